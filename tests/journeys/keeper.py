"""What the backup journeys do inside a home, as a program: one act, then an answer in JSON.

HARBORLINE_HOME=… python tests/journeys/keeper.py ACT [ARGUMENT …]
"""

from __future__ import annotations

import json
import shutil
import sys
import uuid
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg

from harborline.project import embedded
from harborline.project.start import prepare, ready

MN, NC, MAYA = "mn-wic", "nc-css", "+16125550104"


def acting_in(program: str) -> AbstractContextManager[object]:
    """The retention of a program."""
    from harborline.walls import ALL_COUNTIES, Actor, acting

    return acting(Actor("system", "retention"), program=program, counties=ALL_COUNTIES, purpose="disposal")


def settle(folder: str) -> list[str]:
    """A town with its workers and senders; one of them has signed in."""
    from tests.rooms.town import settle as move_in

    from harborline.messaging.models import Sender
    from harborline.project import demonstration
    from harborline.project.actors import keep_sign_in
    from harborline.project.home import home
    from harborline.workforce.models import Worker

    move_in(Path(folder))
    # Invented workers without a second factor: only a demonstration lets them in.
    (home() / "demo-clock.json").write_text(json.dumps({"shift_s": 0}))
    with acting_in(NC):
        demonstration._hire(NC)
        Sender.objects.create(program=NC, key="nc", number="+19195550199", carrier="simulator")
    with acting_in(MN):
        Sender.objects.create(program=MN, key="mn", number="+16125550199", carrier="simulator")
    (home() / "blobs").mkdir(exist_ok=True)
    keep_sign_in(Worker.objects.get(email=demonstration.OPERATOR))
    return [demonstration.OPERATOR, demonstration.PASSWORD]


def come_in(words: str) -> str:
    """Maya's text comes in; answers its id."""
    from harborline.kernel import clock
    from harborline.messaging.facts import InboundText
    from harborline.messaging.services import take_inbound

    return str(take_inbound(MN, InboundText("mn", MAYA, words, f"IN{uuid.uuid4().hex}", clock.now())).inbound_id)


def keep_blob(record: str) -> str:
    """A paper of an erasable record; answers its name."""
    import io

    from django.conf import settings

    from harborline.vault.blobs import BlobDirectory

    name = str(uuid.uuid4())
    blobs = BlobDirectory(settings.BLOB_DIRECTORY)
    blobs.put(name, io.BytesIO(b"a paper"), group=f"{MN}/papers", record=uuid.UUID(record))
    return name


def shred(*ids: str) -> None:
    """What disposal does: the ciphertext goes from the table, the key and salt from their slot."""
    from harborline.messaging.models import InboundMessage
    from harborline.vault.facts import Grounds
    from harborline.vault.services import shred as destroy

    records, grounds = [uuid.UUID(each) for each in ids], Grounds("mn-wic/texts-in@1", "MN WIC 9.6")
    with acting_in(MN):
        InboundMessage.objects.filter(id__in=records).update(sealed=None)
        destroy(records, group=f"{MN}/texts-in", grounds=grounds)
        destroy(records, group=f"{MN}/papers", grounds=grounds)


def read(*ids: str) -> dict[str, str]:
    """Of each text its words; `closed`: only ciphertext is there, `gone`: not even that, `never`: not even a row."""
    with embedded.admin_connection("harborline") as connection:
        return words_in(connection, ids)


def words_in(connection: psycopg.Connection[Any], ids: tuple[str, ...]) -> dict[str, str]:
    """The same in any database, with the keys of this home."""
    from harborline.kernel import NotFound
    from harborline.vault.services import unseal_record

    found: dict[str, str] = {}
    for each in ids:
        row = connection.execute("SELECT sealed FROM messaging_inboundmessage WHERE id = %s", [each]).fetchone()
        if row is None or row[0] is None:
            found[each] = "never" if row is None else "gone"
            continue
        try:
            opened = unseal_record(row[0], record=uuid.UUID(each), group=f"{MN}/texts-in", context=f"inbound:{each}")
            found[each] = json.loads(opened)[1]
        except NotFound:
            found[each] = "closed"
    return found


def read_blob(name: str, record: str) -> str:
    """The paper, or `closed`."""
    from django.conf import settings

    from harborline.kernel import NotFound
    from harborline.vault.blobs import BlobDirectory

    try:
        blobs = BlobDirectory(settings.BLOB_DIRECTORY)
        with blobs.open(name, group=f"{MN}/papers", record=uuid.UUID(record)) as stream:
            return stream.read().decode()
    except NotFound:
        return "closed"


def publish() -> int:
    """Sequence and publish what waits; answers how long the log is."""
    from harborline.ledger.selectors import standing
    from harborline.project.sequencing import sequence_now

    sequence_now()
    return standing().signed


def mark(name: str) -> None:
    """Name this point of the WAL, so that a replay can end here."""
    with embedded.admin_connection("harborline") as connection:
        connection.execute("SELECT pg_create_restore_point(%s)", [name])


def copy_wal(target: str) -> int:
    """End the current segment and copy every segment there is; answers how many."""
    with embedded.admin_connection("harborline") as connection:
        connection.execute("SELECT pg_switch_wal()")
    wal = embedded.place().data / "pg_wal"
    found = [path for path in wal.iterdir() if path.is_file()]
    for path in found:
        shutil.copy(path, target)
    return len(found)


def replay(base: str, wal: str, until: str, *ids: str) -> dict[str, str]:
    """Start the base backup elsewhere, replay the WAL up to the named point, read the texts with this home's keys."""
    from harborline.project import databases
    from harborline.project.backup.opening import Opener
    from harborline.project.backup.scratch import running_copy, scratch_place
    from harborline.project.backup.taking import DATABASE_PART
    from harborline.project.backup.unpacking import unpack_cluster
    from harborline.project.cluster import own

    opened = Opener().open_tables(Path(base))
    with scratch_place() as place:
        with opened.envelope.opened(opened.directory, opened.manifest.part(DATABASE_PART)) as source:
            unpack_cluster(source, place)
        segments = place.data.with_name("wal")
        shutil.copytree(wal, segments)
        own(place, segments)
        for path in segments.iterdir():
            path.chmod(0o644)
        with (place.data / "postgresql.conf").open("a") as file:
            file.write(
                f"restore_command = 'cp {segments}/%f %p'\nrecovery_target_name = '{until}'\n"
                "recovery_target_action = 'promote'\n"
            )
        (place.data / "recovery.signal").touch()
        with running_copy(place, databases.cluster()["passwords"]) as scratch, scratch.connect() as connection:
            while connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
                continue
            return words_in(connection, ids)


def sql(statement: str) -> None:
    """Something nobody may do, as the administrator."""
    with embedded.admin_connection("harborline") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)


def unmigrate(room: str) -> None:
    """As a database of a version before that room."""
    from django.core.management import call_command

    call_command("migrate", room, "zero", database="migrator", verbosity=0)


def tables() -> list[str]:
    """Every table."""
    from harborline.project.backup.figures import table_names

    with embedded.admin_connection("harborline") as connection:
        return table_names(connection)


def may_send(program: str) -> str:
    """The decision about sending."""
    from harborline.recovery.selectors import sending_held

    with acting_in(program):
        return sending_held(program).reason


ACTS = {
    act.__name__: act
    for act in (
        settle, come_in, keep_blob, shred, read, read_blob, publish, mark, copy_wal, replay, sql, unmigrate, tables,
        may_send,
    )
}  # fmt: skip

if __name__ == "__main__":
    with embedded.running():
        prepare()
        for line in sys.stdin:
            name, *given = json.loads(line)
            if name not in {"unmigrate", "tables", "sql"}:
                ready()
            sys.stdout.write(json.dumps(ACTS[name](*given)) + "\n")
            sys.stdout.flush()
