"""Rotation: every value still opens, no value is touched, what is old is gone; wherever it is killed."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.rules.vault.conftest import serving

from harborline.adapters.keys import DirectoryStore, FileRoot, MemoryJournal
from harborline.kernel import Invalid, NotFound
from harborline.vault import services
from harborline.vault.checking import findings
from harborline.vault.keyring import Keyring
from harborline.vault.ports import KeyProvider
from harborline.vault.rotation import Moving, Rotation

PROGRAM = Path(__file__).with_name("killed_rotation.py")
SEED = 20261121
GROUPS = ("nc-css/people", "nc-css/messages", "mn-wic/people", "staff/sign-in")


@dataclass(frozen=True)
class Content:
    """What was sealed before a rotation."""

    values: dict[str, bytes]
    records: dict[uuid.UUID, bytes]
    gone: uuid.UUID
    index: bytes

    def opens(self, provider: KeyProvider, directory: Path) -> bool:
        """Whether all of it opens with these keys, and what was destroyed does not."""
        with serving(provider, DirectoryStore(directory), MemoryJournal()):
            values = [services.unseal(sealed, group=group, context="c") for group, sealed in self.values.items()]
            records = [
                services.unseal_record(sealed, record=record, group="nc-css/inbound", context="c")
                for record, sealed in self.records.items()
                if record != self.gone
            ]
            index = services.blind_index("phone", "+19195550123")
            gone = services.shredded(list(self.records), group="nc-css/inbound")
        return {*values, *records} == {b"value", b"record"} and index == self.index and gone == {self.gone}


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """Values in several groups, records with slots, one of them destroyed."""
    with serving(FileRoot(tmp_path), DirectoryStore(tmp_path), MemoryJournal()):
        values = {group: services.seal(b"value", group=group, context="c") for group in GROUPS}
        records = {
            record: services.seal_record(b"record", record=record, group="nc-css/inbound", context="c")
            for record in (uuid.uuid4() for _ in range(40))
        }
        gone = next(iter(records))
        services.keyring().shelf("nc-css/inbound").erase([gone])
        return Content(values, records, gone, services.blind_index("phone", "+19195550123"))


def rotation(directory: Path) -> Rotation:
    """A rotation of these keys."""
    return Rotation(FileRoot(directory), DirectoryStore(directory))


class TestRotation:
    """By re-wrapping only."""

    def test_of_the_root_retires_the_old_one(self, content: Content, tmp_path: Path) -> None:
        """The file of the old root key is gone, and a copy of it opens nothing any more."""
        old = tmp_path / "old"
        old.mkdir()
        shutil.copy(tmp_path / "root.key", old / "root.key")
        assert rotation(tmp_path).root() == 2
        assert FileRoot(tmp_path).numbers() == [2]
        assert content.opens(FileRoot(tmp_path), tmp_path)
        with pytest.raises(NotFound):
            Keyring(FileRoot(old), DirectoryStore(tmp_path)).key("nc-css/people", 1)

    def test_of_an_office_retires_its_old_key_and_those_of_its_slots(self, content: Content, tmp_path: Path) -> None:
        """Other offices keep theirs."""
        shelf = next(tmp_path.rglob("*.shelf"))
        before = {name: DirectoryStore(tmp_path).read(f"offices/{name}") for name in ("mn-wic.1", "staff.1")}
        old_slots, old_key = shelf.read_bytes(), DirectoryStore(tmp_path).read("groups/nc-css__inbound__slots.1")
        assert rotation(tmp_path).office("nc-css") == 2
        assert content.opens(FileRoot(tmp_path), tmp_path)
        assert DirectoryStore(tmp_path).names("offices") == ["index.1", "mn-wic.1", "nc-css.2", "staff.1"]
        assert {name: DirectoryStore(tmp_path).read(f"offices/{name}") for name in before} == before
        # Whoever kept the shelf's old bytes and its old wrapped key finds that nothing opens them.
        shelf.write_bytes(old_slots)
        DirectoryStore(tmp_path).replace("groups/nc-css__inbound__slots.1", old_key)
        with pytest.raises(NotFound):
            content.opens(FileRoot(tmp_path), tmp_path)

    def test_of_a_class_seals_anew_and_opens_the_old(self, content: Content, tmp_path: Path) -> None:
        """Only what comes from now on is under the new number."""
        assert rotation(tmp_path).group("nc-css/people", 0) == 2
        with serving(FileRoot(tmp_path), DirectoryStore(tmp_path), MemoryJournal()):
            assert services.key_number(content.values["nc-css/people"]) == 1
            assert services.keyring().numbers("nc-css/people") == [1, 2]
        assert content.opens(FileRoot(tmp_path), tmp_path)

    @pytest.mark.parametrize(
        ("group", "error"), [("index", Invalid), ("nc-css/inbound/slots", Invalid), ("nc-css/none", NotFound)]
    )
    def test_of_what_must_not_change_is_refused(
        self, content: Content, tmp_path: Path, group: str, error: type[Exception]
    ) -> None:
        """The index, the slots, and what is not there."""
        with pytest.raises(error):
            rotation(tmp_path).group(group, 0)

    def test_of_an_unknown_office_makes_no_key(self, content: Content, tmp_path: Path) -> None:
        """A slip of the pen is told."""
        with pytest.raises(NotFound):
            rotation(tmp_path).office("nc-cs")
        assert "nc-cs.1" not in DirectoryStore(tmp_path).names("offices")

    def test_changes_no_sealed_content(self, content: Content, tmp_path: Path) -> None:
        """The same sealed bytes open before and after, again and again."""
        for _ in range(3):
            rotation(tmp_path).root()
            rotation(tmp_path).office("nc-css")
        assert content.opens(FileRoot(tmp_path), tmp_path)
        assert findings(FileRoot(tmp_path), DirectoryStore(tmp_path)) == []

    def test_moves_keys_from_files_to_another_holder(self, content: Content, tmp_path: Path) -> None:
        """Into a token: afterwards no root key is left in a file."""
        newer = FileRoot(tmp_path / "token")
        assert Rotation(Moving(newer, FileRoot(tmp_path)), DirectoryStore(tmp_path)).root() == 2
        assert FileRoot(tmp_path).numbers() == []
        assert newer.numbers() == [2]
        assert content.opens(newer, tmp_path)

    @pytest.mark.parametrize("what", ["root", "office", "move"])
    def test_killed_at_any_step_leaves_everything_readable(
        self,
        content: Content,
        tmp_path: Path,
        tmp_path_factory: pytest.TempPathFactory,
        soak: bool,
        what: str,
    ) -> None:
        """A power cut, then everything opens, and the next rotation ends what was begun."""
        whole = tmp_path_factory.mktemp("whole")
        count = int(_killed(_copied(tmp_path, whole), what, 0).stdout)
        steps = range(1, count + 1)
        for step in steps if soak else sorted(random.Random(f"{SEED}{what}").sample(steps, 5)):
            here = _copied(tmp_path, tmp_path_factory.mktemp("cut"))
            assert _killed(here, what, step).returncode == -signal.SIGKILL
            provider: KeyProvider = FileRoot(here)
            if what == "move":
                provider = Moving(FileRoot(here / "token"), FileRoot(here))
            assert content.opens(provider, here), f"step {step}"
            again = Rotation(provider, DirectoryStore(here))
            again.office("nc-css") if what == "office" else again.root()
            assert content.opens(provider, here), f"after step {step}"
            assert findings(provider, DirectoryStore(here)) == []


def _copied(directory: Path, target: Path) -> Path:
    shutil.copytree(directory, target, dirs_exist_ok=True)
    return target


def _killed(directory: Path, what: str, step: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), str(directory), what, str(step)]
    return subprocess.run(command, check=False, capture_output=True, text=True)
