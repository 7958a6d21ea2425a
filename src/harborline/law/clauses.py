"""The clauses of the four letters: what each asks, who keeps it, and how far that is built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harborline.kernel import Invalid
from harborline.law.reading import Table, files_in, known, only, read_toml, text, words

HERE = Path(__file__).parent / "sources"

FORCES = frozenset({"must", "must-not", "should", "may", "states"})
KEPT = frozenset({"rule", "control", "people", "n/a"})
STATUSES = frozenset({"built", "planned"})
ROOMS = frozenset(
    {
        *("kernel", "law", "walls", "ledger", "vault", "people", "workforce", "consent", "vendors", "disclosure"),
        *("retention", "messaging", "exchange", "documents", "contact", "offset", "interstate", "oversight"),
        *("adapters", "sites", "project", "docs"),
    }
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing a letter asks.

    `id` is `DOCUMENT:name`; `locator` finds the sentence in the letter; `force` is must, must-not, should, may or
    states; `says` is our paraphrase; `kept` names the ways (rule, control, people, n/a); `where` the rooms;
    `how` the mechanism; `by` the modules or objects that are the control, once there; `status` built or planned.
    """

    id: str
    document: str
    locator: str
    force: str
    says: str
    kept: tuple[str, ...]
    where: tuple[str, ...]
    how: str
    by: tuple[str, ...]
    status: str

    @property
    def built(self) -> bool:
        """True once the product keeps it today."""
        return self.status == "built"


@dataclass(frozen=True, slots=True)
class Document:
    """One letter: its id, title, issuer, date as printed, and its clauses in the letter's order."""

    id: str
    title: str
    issuer: str
    dated: str
    clauses: tuple[Clause, ...]


_DOCUMENT_KEYS = frozenset({"document", "title", "issuer", "dated", "clause"})
_CLAUSE_KEYS = frozenset({"id", "locator", "force", "says", "kept", "where", "how", "by", "status"})


def load_documents(directory: Path = HERE) -> tuple[Document, ...]:
    """Every letter in `directory` with its clauses.

    Raises `Invalid`, naming file and clause, for an unreadable file, an empty clause list, an id used twice, and
    for a force, way of keeping, room or status that is not known.
    """
    documents = tuple(_document(path) for path in files_in(directory, "clause"))
    _refuse_twice(clause for document in documents for clause in document.clauses)
    return documents


def _document(path: Path) -> Document:
    table = read_toml(path)
    only(table, _DOCUMENT_KEYS, path.name)
    name = text(table, "document", path.name)
    entries = table.get("clause")
    if not isinstance(entries, list) or not entries:
        raise Invalid("the clause list is empty: a letter without clauses would allow everything", path.name)
    return Document(
        id=name,
        title=text(table, "title", path.name),
        issuer=text(table, "issuer", path.name),
        dated=text(table, "dated", path.name),
        clauses=tuple(_clause(entry, name, f"{path.name}, clause {row}") for row, entry in enumerate(entries, start=1)),
    )


def _clause(table: Table, document: str, row: str) -> Clause:
    if not isinstance(table, Mapping):
        raise Invalid("a clause must be a table", row)
    name = text(table, "id", row)
    where = f"{row} '{name}'"
    only(table, _CLAUSE_KEYS, where)
    if not name.partition(":")[0].startswith(document) or not name.partition(":")[2]:
        raise Invalid(f"the id must read '{document}…:name'", where)
    kept = tuple(known(each, KEPT, "kept", where) for each in words(table, "kept", where))
    return Clause(
        id=name,
        document=document,
        locator=text(table, "locator", where),
        force=known(text(table, "force", where), FORCES, "force", where),
        says=text(table, "says", where),
        kept=kept,
        where=tuple(known(each, ROOMS, "where", where) for each in words(table, "where", where)),
        how=text(table, "how", where),
        by=words(table, "by", where, empty=True),
        status=known(text(table, "status", where), STATUSES, "status", where),
    )


def _refuse_twice(clauses: Iterable[Clause]) -> None:
    seen: set[str] = set()
    for clause in clauses:
        if clause.id in seen:
            raise Invalid("the id is used twice", f"clause '{clause.id}'")
        seen.add(clause.id)
