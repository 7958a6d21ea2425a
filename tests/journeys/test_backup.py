"""Backups, whole ways: what was shredded stays closed whatever is restored; nothing is sent until it is released."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harborline.adapters.keys import DirectoryStore, FileRoot
from harborline.project.backup.opening import Opener
from harborline.project.backup.taking import KEYS_PART
from harborline.project.backup.unpacking import unpack
from harborline.vault.keyring import Keyring

KEEPER = Path(__file__).with_name("keeper.py")
COMMAND = Path(sys.executable).with_name("harborline")
CHECKOUT = Path(__file__).parents[2]


class Home:
    """One installation of the journey; its keeper runs from the first question on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keeper: subprocess.Popen[str] | None = None

    def environment(self) -> dict[str, str]:
        """Nothing of the test session's own home."""
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(CHECKOUT),
            "HARBORLINE_HOME": str(self.path),
            "HARBORLINE_FICTIONAL_NUMBERS": "1",
            "HARBORLINE_PASSWORD": "harbor-light-demo-2026",
        }

    def command(self, *arguments: str, code: int = 0) -> str:
        """Run `harborline`; answers what it printed (both streams)."""
        command = [str(COMMAND), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=self.environment())
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def ask(self, *act: str) -> Any:  # noqa: ANN401 - JSON
        """Let the keeper do something in this home."""
        if self._keeper is None:
            self._keeper = subprocess.Popen(
                [sys.executable, str(KEEPER)], env=self.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                text=True,
            )  # fmt: skip
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.write(json.dumps(act) + "\n")
        self._keeper.stdin.flush()
        return json.loads(self._keeper.stdout.readline())

    def close(self) -> None:
        """Let the keeper go, and with it the database."""
        if self._keeper is not None:
            self._keeper.communicate(timeout=60)
            self._keeper = None

    def gone(self) -> None:
        """Remove its cluster, wherever it is."""
        self.close()
        if (self.path / "keys" / "database.json").exists():
            socket = json.loads((self.path / "keys" / "database.json").read_text())["socket"]
            shutil.rmtree(Path(socket).with_name("data"), ignore_errors=True)


@dataclass
class Story:
    """What happened: backups, then two texts were shredded and one came in."""

    origin: Home
    backups: Path
    old_keys: Path
    wal: Path
    recovery_key: Path
    shredded: str
    kept: str
    late: str
    blob: str

    def the(self, kind: str) -> Path:
        """The only set of a kind."""
        (found,) = [path for path in self.backups.iterdir() if path.name.startswith(kind)]
        return found


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Home]]:
    """Empty homes, gone afterwards."""
    made: list[Home] = []

    def another() -> Home:
        home = Home(tmp_path_factory.mktemp("home") / "h")
        home.path.mkdir(mode=0o700)
        made.append(home)
        return home

    yield another
    for home in made:
        home.gone()


@pytest.fixture(scope="module")
def story(homes: Callable[[], Home], tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A dump and a base backup; then a text that is shredded again at once, and a shredding of one from before."""
    origin, folder = homes(), tmp_path_factory.mktemp("backups")
    backups, wal = folder / "sets", folder / "wal"
    wal.mkdir()
    origin.command("migrate")
    origin.ask("settle", str(folder))
    shredded, kept = origin.ask("come_in", "my new address is"), origin.ask("come_in", "thank you")
    blob = origin.ask("keep_blob", shredded)
    origin.ask("publish")
    origin.command("backup", "--to", str(backups))
    (keys,) = backups.glob("keys-*")
    shutil.copytree(keys, folder / "old" / keys.name)
    origin.command("backup", "--to", str(backups), "--base")
    late = origin.ask("come_in", "please call me")
    origin.ask("mark", "before_disposal")
    origin.ask("shred", shredded, late)
    origin.ask("publish")
    origin.ask("copy_wal", str(wal))
    # Of the keys the newest set alone is kept: this one has no slot for what was shredded.
    origin.command("backup", "--to", str(folder / "later"), "--keys-to", str(backups))
    return Story(origin, backups, folder / "old", wal, origin.path / "recovery.key", shredded, kept, late, blob)


class TestWhatWasShredded:
    """Stays closed, whatever is restored; what was not shredded reads."""

    def test_is_gone_here(self, story: Story) -> None:
        """Without any restore: the table has no ciphertext, the paper has no key."""
        assert story.origin.ask("read", story.shredded, story.kept, story.late) == {
            story.shredded: "gone",
            story.kept: "thank you",
            story.late: "gone",
        }
        assert story.origin.ask("read_blob", story.blob, story.shredded) == "closed"

    def test_stays_closed_when_an_old_dump_comes_back(self, story: Story, homes: Callable[[], Home]) -> None:
        """The ciphertext is back in the table; its key is not. Sending is held, and the longer log is not forgotten."""
        home = homes()
        shutil.copytree(story.origin.path / "log", home.path / "log")
        said = json.loads(
            home.command(
                "restore", "--from", str(story.the("dump")), "--recovery-key", str(story.recovery_key), "--json"
            )
        )
        assert home.ask("read", story.shredded, story.kept, story.late) == {
            story.shredded: "closed",
            story.kept: "thank you",
            story.late: "never",
        }
        assert home.ask("read_blob", story.blob, story.shredded) == "closed"
        assert said["published_ahead"] > 0
        assert said["held"] == ["mn-wic", "nc-css"]
        assert home.ask("may_send", "nc-css") == "tables-were-restored"
        self._releases_only_when_reconciled(home)

    @staticmethod
    def _releases_only_when_reconciled(home: Home) -> None:
        operator, second = "operator@nc-css.example", "second@nc-css.example"
        release = ("recovery", "release", "--program", "nc-css", "--as", operator, "--approved-by", second,
                   "--reason", "the carrier's record is in")  # fmt: skip
        stops = home.path / "stops.csv"
        stops.write_text("number\n+19195550101\n919-555\n")
        sent = home.path / "sent.jsonl"
        sent.write_text('{"sid": "SM1", "to": "+19195550102", "body": "x", "date_sent": "2026-11-21T14:00:00Z"}\n')
        steps = ("--program", "nc-css", "--as", operator)
        told = home.command("recovery", "stops", str(stops), *steps, "--accept-bad", code=5)
        assert "1 numbers stopped" in told
        assert "row 3" in told
        home.command("recovery", "provider", str(sent), *steps)
        assert "log-is-ahead" in home.command("recovery", "log", *steps, code=1)
        assert "still to be reconciled: log" in home.command("recovery", "status", "--program", "nc-css")
        assert "log-not-reconciled" in home.command(*release, code=1)
        home.command("ledger", "new-epoch", "--program", "nc-css", "--as", operator, "--approved-by", second,
                     "--reason", "restored after a lost disk")  # fmt: skip
        assert "new-epoch" in home.command("recovery", "log", *steps)
        assert "sending goes on" in home.command(*release)
        assert home.ask("may_send", "nc-css") == "allowed"
        assert home.ask("may_send", "mn-wic") == "tables-were-restored"

    def test_stays_closed_when_old_keys_come_back_with_the_journal(
        self, story: Story, homes: Callable[[], Home]
    ) -> None:
        """Dump and keys of one evening; the journal of erasures, kept elsewhere, wins."""
        home = homes()
        journal = story.origin.path / "erasures" / "journal.jsonl"
        home.command(
            "restore", "--from", str(story.the("dump")), "--keys", str(story.old_keys), "--recovery-key",
            str(story.recovery_key), "--erasures", str(journal),
        )  # fmt: skip
        assert home.ask("read", story.shredded, story.kept) == {story.shredded: "closed", story.kept: "thank you"}
        assert home.ask("read_blob", story.blob, story.shredded) == "closed"
        assert home.command("keys", "check") == "every key opens\n"

    def test_would_come_back_with_old_keys_and_no_journal_at_all(self, story: Story, tmp_path: Path) -> None:
        """The negative control: this is why of the keys only the newest copy is kept, and the journal elsewhere."""
        opener, held = Opener(story.recovery_key), {}
        for name, place in (("old", story.old_keys), ("newest", story.backups)):
            keys = opener.open_keys(place)
            with keys.envelope.opened(keys.directory, keys.manifest.part(KEYS_PART)) as source:
                unpack(source, tmp_path / name)
            ring = Keyring(FileRoot(tmp_path / name), DirectoryStore(tmp_path / name))
            both = [uuid.UUID(story.shredded), uuid.UUID(story.kept)]
            held[name] = [secret is not None for secret in ring.secrets("mn-wic/texts-in", both)]
        assert held == {"old": [True, True], "newest": [False, True]}

    def test_stays_closed_when_a_base_backup_comes_back(self, story: Story, homes: Callable[[], Home]) -> None:
        """Every page of the cluster as it was."""
        home = homes()
        home.command("restore", "--from", str(story.the("base")), "--recovery-key", str(story.recovery_key))
        assert home.ask("read", story.shredded, story.kept) == {story.shredded: "closed", story.kept: "thank you"}
        assert home.ask("may_send", "mn-wic") == "tables-were-restored"

    def test_stays_closed_when_the_wal_is_replayed_to_just_before(self, story: Story) -> None:
        """The base backup and its WAL bring back every ciphertext, also of what came later; they bring back no key."""
        found = story.origin.ask(
            "replay", str(story.the("base")), str(story.wal), "before_disposal", story.shredded, story.kept, story.late
        )
        assert found == {story.shredded: "closed", story.kept: "thank you", story.late: "closed"}


class TestLookingAtABackup:
    """`harborline restore --check`."""

    def test_finds_a_good_one_good(self, story: Story) -> None:
        """With the keys of the home, without the recovery key."""
        said = story.origin.command("restore", "--check", str(story.the("dump")))
        assert "whole" in said
        assert "NOT" not in said
        for look in ("files", "rows", "ledger", "walls", "published log", "keys"):
            assert f"{look}: in order" in said

    def test_works_on_a_machine_that_never_saw_the_home(self, story: Story, homes: Callable[[], Home]) -> None:
        """With the recovery key and the keys set."""
        said = homes().command(
            "restore", "--check", str(story.the("base")), "--recovery-key", str(story.recovery_key), "--json"
        )
        assert [look["findings"] for look in json.loads(said)["looks"]] == [[]] * 5

    def test_finds_one_bent_bit(self, story: Story, tmp_path: Path) -> None:
        """Before it looks at anything else."""
        copy = shutil.copytree(story.the("dump"), tmp_path / "set")
        content = bytearray((copy / "database.sealed").read_bytes())
        content[len(content) // 2] ^= 1
        (copy / "database.sealed").write_bytes(content)
        said = story.origin.command("restore", "--check", str(copy), code=4)
        assert "database.sealed was changed" in said
        assert "NOT to be relied on" in said

    def test_names_what_no_key_opens(self, story: Story, homes: Callable[[], Home], tmp_path: Path) -> None:
        """A key directory that lost a file, a shelf that lost its slots."""
        origin = story.origin.path / "keys"
        held = {
            name: (origin / name).read_bytes() for name in ("groups/nc-css__people.1", "slots/mn-wic__texts-in.shelf")
        }
        try:
            for name in held:
                (origin / name).unlink()
            said = story.origin.command("restore", "--check", str(story.the("dump")), code=4)
        finally:
            for name, content in held.items():
                (origin / name).write_bytes(content)
                (origin / name).chmod(0o600)
        assert "key 1 of nc-css/people is not held" in said
        assert "2 records of messaging_inboundmessage.sealed" in said

    def test_of_a_newer_version_says_so(self, story: Story, homes: Callable[[], Home], tmp_path: Path) -> None:
        """Before anything is made; nobody restores half of it, and nobody upgrades it."""
        story.origin.ask("sql", "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '9999', now())")
        try:
            story.origin.command("backup", "--to", str(tmp_path))
            assert "database-is-newer" in story.origin.command("upgrade", "--without-backup", code=1)
        finally:
            story.origin.ask("sql", "DELETE FROM django_migrations WHERE name = '9999'")
        (dump,) = tmp_path.glob("dump-*")
        assert "people.9999 is not known" in story.origin.command("restore", "--check", str(dump), code=4)
        home, key = homes(), ("--recovery-key", str(story.recovery_key))
        assert "people.9999 is not known" in home.command("restore", "--from", str(dump), *key, code=2)
        assert not (home.path / "keys").exists()

    def test_that_is_none_is_told(self, story: Story, tmp_path: Path) -> None:
        """An empty directory."""
        assert "no set of the kind" in story.origin.command("restore", "--check", str(tmp_path), code=2)

    def test_finds_a_manifest_that_was_cut_off(self, story: Story, tmp_path: Path) -> None:
        """Exit code 4 and a finding, for people and for machines."""
        copy = shutil.copytree(story.the("dump"), tmp_path / "set")
        (copy / "manifest.json").write_bytes((copy / "manifest.json").read_bytes()[:100])
        said = story.origin.command("restore", "--check", str(copy), code=4)
        assert "the set was cut off or changed" in said
        assert "NOT to be relied on" in said
        told = json.loads(story.origin.command("restore", "--check", str(copy), "--json", code=4))
        assert len(told["looks"][-1]["findings"]) == 1


class TestTaking:
    """`harborline backup`."""

    def test_to_where_nothing_can_be_written_is_refused(self, story: Story, tmp_path: Path) -> None:
        """One sentence that names the option and the place."""
        (tmp_path / "file").touch()
        for option in (["--to"], ["--to", str(tmp_path / "sets"), "--keys-to"]):
            for place in ("/proc/x", str(tmp_path / "file")):
                said = story.origin.command("backup", *option, place, code=2)
                assert f"{option[-1]} {place}: no backup can be written there" in said
        assert list((tmp_path / "sets").iterdir()) == []


class TestRestoring:
    """Whole or not at all."""

    def test_into_a_home_in_use_is_refused(self, story: Story) -> None:
        """Nothing is overwritten."""
        said = story.origin.command("restore", "--from", str(story.backups), code=2)
        assert "there is a database already" in said

    def test_that_fails_leaves_nothing(self, story: Story, homes: Callable[[], Home], tmp_path: Path) -> None:
        """A set whose tables end in the middle: found before anything is made."""
        home, key = homes(), ("--recovery-key", str(story.recovery_key))
        shutil.copytree(story.backups, tmp_path / "sets")
        (dump,) = (tmp_path / "sets").glob("dump-*")
        with (dump / "database.sealed").open("r+b") as file:
            file.truncate(5_000)
        assert "is not whole" in home.command("restore", "--from", str(dump), *key, code=4)
        assert not (home.path / "keys").exists()

    def test_that_was_cut_off_serves_nothing(self, story: Story, homes: Callable[[], Home]) -> None:
        """Its tables may be back without the hold."""
        home = homes()
        (home.path / "restoring.json").write_text('{"before": [], "kept_keys": false}')
        assert "was cut off" in home.command("check", code=4)


class TestUpgrading:
    """All or nothing, behind a backup."""

    def test_brings_an_older_database_to_this_version(self, homes: Callable[[], Home]) -> None:
        """After a backup of it; what fails leaves it as it was."""
        home = homes()
        home.command("migrate")
        home.ask("unmigrate", "recovery")
        assert "recovery.0001_holds" in home.command("upgrade", "--plan")
        home.ask("sql", "CREATE TABLE rogue (id int)")
        assert "may not read every table (permission denied for table rogue)" in home.command("upgrade", code=3)
        home.ask("sql", "GRANT SELECT ON rogue TO hl_backup")
        assert "without a classification" in home.command("upgrade", code=4)
        assert "recovery_sendinghold" not in home.ask("tables")
        assert len(list((home.path / "backups").glob("dump-*"))) == 1
        home.ask("sql", "DROP TABLE rogue")
        assert "migration recovery.0001_holds" in home.command("upgrade", "--without-backup")
        assert "recovery_sendinghold" in home.ask("tables")
        assert home.command("upgrade", "--plan") == "nothing to do\n"
        assert "role and walls in order" in home.command("check")
