"""Look at a database that came out of a set: rows, log, walls, keys. Each look answers findings in sentences."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db.migrations.loader import MigrationLoader
from psycopg import sql
from psycopg.rows import dict_row

from harborline.kernel import Fault, Invalid, NotFound
from harborline.ledger.published import Directory
from harborline.ledger.tiles import Edge
from harborline.ledger.tree import EMPTY_ROOT, leaf_hashes
from harborline.project.backup.figures import Connection, Facts, Head, read_heads, table_names
from harborline.vault.keyring import Keyring
from harborline.vault.protected import Field, Kept, protected_fields
from harborline.vault.sealed import key_number, unseal_for_record, unseal_with
from harborline.walls.services import missing_walls

_BATCH = 8_192
SAMPLE = 200


def unknown_migrations(applied: Sequence[str]) -> list[str]:
    """Migrations of a database that this version does not have: it was brought up by a newer one."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    known = {f"{app}.{name}" for app, name in {*loader.disk_migrations, *replaced}}
    return [name for name in applied if name not in known]


def rows_findings(connection: Connection, facts: Facts) -> list[str]:
    """Tables that are missing, are new, or have another number of rows than when the set was taken."""
    found: list[str] = []
    present = set(table_names(connection))
    for name, counted in facts.counts.items():
        if name not in present:
            found.append(f"the table {name} is missing")
            continue
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        if row and row[0] != counted:
            found.append(f"the table {name} has {row[0]} rows instead of {counted}")
    found += [f"the table {name} was not there before" for name in sorted(present - set(facts.counts))]
    return found


def wall_findings(connection: Connection) -> list[str]:
    """Protected tables without their walls."""
    with connection.cursor() as cursor:
        return [f"the table {name} has no wall" for name in missing_walls(cursor)]


def ledger_findings(connection: Connection, facts: Facts) -> list[str]:
    """Every life of the log recomputed from its entries, and held against its head and against what was known."""
    found: list[str] = []
    heads = {head.epoch: head for head in read_heads(connection)}
    for head in heads.values():
        size, root = _recomputed(connection, head)
        if size != head.size:
            found.append(f"log {head.origin}: {size} entries are there instead of {head.size}")
        elif root != head.root:
            found.append(f"log {head.origin}: the entries do not lead to the root of the tree")
    for known in facts.heads:
        standing = heads.get(known.epoch)
        if standing is None or standing.size < known.size:
            found.append(f"log {known.origin}: {known.size} entries were there when the set was taken")
    return found


def _recomputed(connection: Connection, head: Head) -> tuple[int, str]:
    edge = Edge()
    with connection.transaction(), connection.cursor("leaves") as cursor:
        cursor.execute(
            "SELECT e.leaf FROM ledger_leaf l JOIN ledger_entry e ON e.number = l.number WHERE l.epoch = %s"
            " ORDER BY l.seq",
            [head.epoch],
        )
        while rows := cursor.fetchmany(_BATCH):
            edge.append(leaf_hashes(bytes(row[0]) for row in rows))
    return edge.size, edge.root().hex()


def log_findings(connection: Connection, log: Path) -> list[str]:
    """Whether the published log, as far as the database goes, tells the same; being ahead of it is no fault."""
    found: list[str] = []
    for head in read_heads(connection):
        shared = min(head.size, published_size(log, head.epoch))
        same = published_root(log, head.epoch, shared) == root_in_tables(connection, head.epoch, shared)
        if shared and not same:
            found.append(f"log {head.origin}: the published log and the database tell different histories")
    return found


def published_ahead(connection: Connection, log: Path) -> int:
    """How many entries were published after the database's last one: those have to be explained."""
    heads = read_heads(connection)
    return sum(max(0, published_size(log, head.epoch) - head.size) for head in heads)


def published_size(log: Path, epoch: int) -> int:
    """How many entries the published log of an epoch has; 0 where there is none."""
    try:
        return int(Directory(log).epoch(epoch).read("checkpoint").split(b"\n")[1])
    except (NotFound, IndexError, ValueError):
        return 0


def published_root(log: Path, epoch: int, size: int) -> str:
    """The root of the published tree's first `size` entries, hex; a word where its tiles are not whole."""
    try:
        return Edge.read(size, Directory(log).epoch(epoch).tile).root().hex()
    except (NotFound, Invalid):
        return "not whole"


def size_in_tables(connection: Connection, epoch: int) -> int:
    """How many entries the tree of an epoch has in the database."""
    return next((head.size for head in read_heads(connection) if head.epoch == epoch), 0)


def root_in_tables(connection: Connection, epoch: int, size: int) -> str:
    """The root of the first `size` entries as the tables have them, hex; a word where they are not whole."""

    def tile(level: int, index: int, width: int) -> bytes:
        row = connection.execute(
            "SELECT hashes FROM ledger_storedtile WHERE epoch = %s AND level = %s AND index = %s", [epoch, level, index]
        ).fetchone()
        return bytes(row[0])[: width * len(EMPTY_ROOT)] if row else b""

    try:
        return Edge.read(size, tile).root().hex()
    except Invalid:
        return "torn"


def key_findings(connection: Connection, ring: Keyring, *, sample: int = SAMPLE) -> list[str]:
    """Sealed values whose key is not held, and of a sample of each column those that do not open.

    Records that were shredded are no finding: they are meant to stay closed.
    """
    found: list[str] = []
    present = set(table_names(connection))
    for field in protected_fields():
        if field.table not in present or not field.columns():
            continue
        if field.kept is Kept.SEALED:
            found += _class_findings(connection, ring, field)
        if field.kept is Kept.VAULT:
            found += _record_findings(connection, ring, field)
        if field.context and field.kept in (Kept.SEALED, Kept.VAULT):
            found += _sample_findings(connection, ring, field, sample)
    return found


def _class_findings(connection: Connection, ring: Keyring, field: Field) -> Iterator[str]:
    names = [name for name in field.columns() if "{" + name + "}" in field.keys]
    listed = sql.SQL(", ").join(sql.Identifier(name) for name in names)
    query = sql.SQL(
        "SELECT {names}, substring({column} FROM 2 FOR 4) AS hl_number, count(*) AS hl_count FROM {table}"
        " WHERE length({column}) > 0 AND get_byte({column}, 0) = 1 GROUP BY {names}, hl_number"
    ).format(names=listed, column=sql.Identifier(field.column), table=sql.Identifier(field.table))
    for row in _rows(connection, query):
        group, number = field.keys.format(**row), int.from_bytes(row["hl_number"])
        if number not in ring.numbers(group) and not ring.is_gone(group, number):
            yield f"{row['hl_count']} values of {field.name}: key {number} of {group} is not held"


def _record_findings(connection: Connection, ring: Keyring, field: Field) -> Iterator[str]:
    names = [name for name in field.columns() if "{" + name + "}" in field.keys]
    listed = sql.SQL(", ").join(sql.Identifier(name) for name in names)
    query = sql.SQL(
        "SELECT {names}, array_agg({record}) AS hl_records FROM {table} WHERE length({column}) > 0 GROUP BY {names}"
    ).format(
        names=listed,
        record=sql.Identifier(field.record),
        column=sql.Identifier(field.column),
        table=sql.Identifier(field.table),
    )
    for row in _rows(connection, query):
        group, records = field.keys.format(**row), [uuid.UUID(str(each)) for each in row["hl_records"]]
        shelf = ring.shelf(group)
        erased = shelf.erased(records)
        pairs = zip(records, shelf.get(records), strict=True)
        missing = sum(1 for record, slot in pairs if slot is None and record not in erased)
        if missing:
            yield f"{missing} records of {field.name}: their secrets in {group} are not held"


def _sample_findings(connection: Connection, ring: Keyring, field: Field, sample: int) -> Iterator[str]:
    query = sql.SQL(
        "SELECT {names}, {column} AS hl_sealed FROM {table} WHERE length({column}) > 0 LIMIT {limit}"
    ).format(
        names=sql.SQL(", ").join(sql.Identifier(name) for name in field.columns()),
        column=sql.Identifier(field.column),
        table=sql.Identifier(field.table),
        limit=sql.Literal(sample),
    )
    closed = sum(1 for row in _rows(connection, query) if not _opens(ring, field, row))
    if closed:
        yield f"{closed} of the first {sample} values of {field.name} do not open"


def _opens(ring: Keyring, field: Field, row: dict[str, Any]) -> bool:
    group, context, sealed = field.keys.format(**row), field.context.format(**row), bytes(row["hl_sealed"])
    try:
        if field.kept is Kept.VAULT:
            record = uuid.UUID(str(row[field.record]))
            (secret,) = ring.secrets(group, [record])
            if secret is not None:
                unseal_for_record(secret.key, sealed, record=record, group=group, context=context)
        elif not ring.is_gone(group, key_number(sealed)):
            unseal_with(AESGCM(ring.key(group, key_number(sealed))), sealed, group=group, context=context)
    except NotFound:
        return True  # named already, by the look at the keys
    except Fault:
        return False
    return True


def _rows(connection: Connection, query: sql.Composed) -> Iterator[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(query)
        yield from cursor.fetchall()
