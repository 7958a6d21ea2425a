"""A whole published log, verified from its files: what must pass and every way it can be bent."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harborline.kernel import Broken, NotFound
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.facts import Differs
from harborline.ledger.keyfile import signing_key
from harborline.ledger.note import SigningKey
from harborline.ledger.proof import Proof
from harborline.ledger.published import Directory
from harborline.ledger.tiles import Edge, bundle, unbundled
from harborline.ledger.tree import leaf_hashes, root_of
from harborline.ledger.verifier import verify_log
from harborline.ledger.verify_command import app

ORIGIN = "notices.nc.example/log"
Publish = Callable[[Sequence[bytes]], Directory]


def checkpoint_of(entries: Sequence[bytes], key: SigningKey) -> bytes:
    """What the log would have signed over these entries."""
    return bytes(Checkpoint(key.name, len(entries), root_of(leaf_hashes(entries))).signed(key))


def rewrite(directory: Directory, path: str, change: Callable[[bytes], bytes]) -> None:
    """Change a published file behind the log's back."""
    file = directory.root / path
    file.write_bytes(change(file.read_bytes()))


def flipped(place: int) -> Callable[[bytes], bytes]:
    """One bit of one byte."""
    return lambda content: content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
@pytest.mark.clause("CA-CSS-03-11:safeguards", shows="keeps")
class TestAPublishedLog:
    """Every entry, every hash and the signature."""

    @pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 700])
    def test_is_found_whole_at_every_size(
        self, size: int, publish: Publish, entries: list[bytes], key: SigningKey
    ) -> None:
        """From the empty log on."""
        found = verify_log(publish(entries[:size]), key.verifier)
        assert (found.entries, found.named) == (size, size)

    def test_may_hold_entries_of_another_form(self, publish: Publish, key: SigningKey) -> None:
        """Any log in this layout is verified, not only ours."""
        found = verify_log(publish([b"one", b"", b"three"]), key.verifier)
        assert (found.entries, found.named) == (3, 0)

    def test_may_have_replaced_its_partial_files(self, publish: Publish, entries: list[bytes], key: SigningKey) -> None:
        """An older checkpoint is verified from the full files that took the partial ones' place."""
        directory = publish(entries[:512])
        note = bytes(Checkpoint(ORIGIN, 300, root_of(leaf_hashes(entries[:300]))).signed(key))
        (directory.root / "checkpoint").write_bytes(note)
        edge = Edge()
        edge.append(leaf_hashes(entries[:300]))
        for tile in edge.partial_tiles():
            if tile.level:
                directory.write_tile(tile)
        assert verify_log(directory, key.verifier).entries == 300

    @pytest.mark.parametrize(
        "bent",
        [
            ("checkpoint", 30, "checkpoint"),
            ("checkpoint", 120, "checkpoint"),
            ("tile/entries/000", 200, "entry 0"),
            ("tile/entries/001", 60_000, "tile/"),
            ("tile/entries/002.p/188", 300, "tile/"),
            ("tile/0/000", 32 * 17, "entry 17"),
            ("tile/0/001", 32 * 3 + 5, "entry 259"),
            ("tile/0/002.p/188", 32 * 187, "entry 699"),
            ("tile/1/000.p/2", 40, "from 256 on"),
        ],
    )
    def test_is_found_bent_by_one_bit_anywhere(
        self, bent: tuple[str, int, str], publish: Publish, entries: list[bytes], key: SigningKey
    ) -> None:
        """And the first place of the difference is named."""
        path, place, told = bent
        directory = publish(entries)
        rewrite(directory, path, flipped(place))
        with pytest.raises(Differs) as caught:
            verify_log(directory, key.verifier)
        assert told in str(caught.value)

    @pytest.mark.parametrize(
        "path",
        ["tile/entries/000", "tile/entries/002.p/188", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"],
    )
    def test_is_found_incomplete_when_a_file_is_missing_or_cut(
        self, path: str, publish: Publish, entries: list[bytes], key: SigningKey
    ) -> None:
        """Missing, shorter or longer: named by its path."""
        directory = publish(entries)
        whole = (directory.root / path).read_bytes()
        for content in (whole[:-1], whole[: len(whole) // 2], whole + whole[-32:], b""):
            (directory.root / path).write_bytes(content)
            with pytest.raises(Differs) as caught:
                verify_log(directory, key.verifier)
            assert "tile/" in caught.value.where
        (directory.root / path).unlink()
        with pytest.raises(Differs) as missing:
            verify_log(directory, key.verifier)
        assert missing.value.where == path

    def test_is_found_bent_when_entries_are_swapped_removed_or_doubled(
        self, publish: Publish, entries: list[bytes], key: SigningKey
    ) -> None:
        """The order and the number count."""
        directory = publish(entries)
        found = unbundled(directory.read("tile/entries/001"))
        for bent in (
            [found[1], found[0], *found[2:]],
            [*found[:-1], found[-2]],
            found[:-1],
            [*found, found[-1]],
        ):
            (directory.root / "tile/entries/001").write_bytes(bundle(bent))
            with pytest.raises(Differs) as caught:
                verify_log(directory, key.verifier)
            assert "001" in caught.value.where

    def test_is_not_believed_on_another_key_of_the_same_name(self, publish: Publish, entries: list[bytes]) -> None:
        """A log rebuilt with a key of our name is not ours."""
        directory = publish(entries[:5])
        with pytest.raises(Differs):
            verify_log(directory, SigningKey.generate(ORIGIN).verifier)

    def test_with_a_signed_but_wrong_root_is_found_bent(
        self, publish: Publish, entries: list[bytes], key: SigningKey
    ) -> None:
        """Even the right key cannot sign entries that are not there."""
        directory = publish(entries)
        note = bytes(Checkpoint(ORIGIN, 700, bytes(32)).signed(key))
        (directory.root / "checkpoint").write_bytes(note)
        with pytest.raises(Differs) as caught:
            verify_log(directory, key.verifier)
        assert caught.value.where == "checkpoint"

    def test_holding_an_entry_of_our_name_in_another_form_is_found_bent(
        self, publish: Publish, entries: list[bytes], key: SigningKey
    ) -> None:
        """What carries our name has our form."""
        directory = publish([entries[0], entries[1] + b" "])
        with pytest.raises(Differs, match="entry 1"):
            verify_log(directory, key.verifier)


class TestAnOlderCheckpoint:
    """What somebody kept outside holds the log to its word."""

    @pytest.mark.parametrize("size", [0, 1, 255, 256, 300, 512, 699, 700])
    def test_is_kept_by_a_log_that_only_grew(
        self, size: int, publish: Publish, entries: list[bytes], key: SigningKey
    ) -> None:
        """Nothing before it was changed."""
        found = verify_log(publish(entries), key.verifier, older=checkpoint_of(entries[:size], key))
        assert found.older is not None
        assert found.older.size == size

    @pytest.mark.parametrize("size", [18, 256, 300, 700])
    def test_is_broken_by_a_log_that_was_rewritten(
        self, size: int, publish: Publish, entries: list[bytes], key: SigningKey
    ) -> None:
        """A whole tree rebuilt with the right key after entry 17 was changed."""
        rewritten = [*entries[:17], entries[17].replace(b"0", b"1"), *entries[18:]]
        directory = publish(rewritten)
        assert verify_log(directory, key.verifier).entries == 700
        with pytest.raises(Differs, match="older checkpoint"):
            verify_log(directory, key.verifier, older=checkpoint_of(entries[:size], key))

    def test_is_broken_by_a_log_that_was_set_back(
        self, publish: Publish, entries: list[bytes], key: SigningKey
    ) -> None:
        """Entries that were there are gone."""
        with pytest.raises(Differs, match="taken away"):
            verify_log(publish(entries[:600]), key.verifier, older=checkpoint_of(entries, key))

    def test_counts_only_when_the_log_signed_it(self, publish: Publish, entries: list[bytes], key: SigningKey) -> None:
        """A paper of another key says nothing about this log."""
        stranger = SigningKey.generate(ORIGIN)
        for older in (checkpoint_of(entries[:5], stranger), b"not a note"):
            with pytest.raises(Differs):
                verify_log(publish(entries), key.verifier, older=older)


class TestTheDirectory:
    """Files appear whole, the checkpoint last."""

    def test_knows_nothing_of_files_that_are_not_there(self, tmp_path: Path, key: SigningKey) -> None:
        """A new directory has no checkpoint; any other missing file is named."""
        directory = Directory(tmp_path)
        assert directory.checkpoint(key.verifier) is None
        for path in ("tile/0/000", "checkpoint/x", "tile"):
            with pytest.raises(NotFound):
                directory.read(path)

    def test_is_not_extended_from_damaged_tiles(self, publish: Publish, entries: list[bytes], key: SigningKey) -> None:
        """A damaged edge stops publishing."""
        directory = publish(entries)
        checkpoint = directory.checkpoint(key.verifier)
        assert checkpoint is not None
        assert directory.edge(checkpoint).root() == checkpoint.root
        rewrite(directory, "tile/0/002.p/188", flipped(9))
        with pytest.raises(Broken):
            directory.edge(checkpoint)

    def test_keeps_the_verifier_key_it_began_with(self, publish: Publish, entries: list[bytes]) -> None:
        """Another key does not slip in."""
        with pytest.raises(Broken):
            publish(entries[:3]).write_vkey(SigningKey.generate(ORIGIN).verifier)

    def test_has_one_publisher(self, tmp_path: Path) -> None:
        """A second one is told to wait."""
        with Directory(tmp_path).alone() as first, Directory(tmp_path).alone() as second:
            assert (first, second) == (True, False)


class TestTheKeyFile:
    """The signing key, readable by the sequencer alone."""

    def test_is_made_once(self, tmp_path: Path) -> None:
        """Mode 0600; the second start reads the same key."""
        path = tmp_path / "keys" / "ledger.key"
        made = signing_key(path, ORIGIN)
        assert path.stat().st_mode & 0o777 == 0o600
        assert signing_key(path, ORIGIN).verifier == made.verifier

    def test_is_turned_down_when_it_cannot_be_trusted(self, tmp_path: Path) -> None:
        """Readable by others, of another log, or not a key."""
        path = tmp_path / "ledger.key"
        signing_key(path, ORIGIN)
        with pytest.raises(Broken, match="another"):
            signing_key(path, "another.example/log")
        path.chmod(0o640)
        with pytest.raises(Broken, match="chmod"):
            signing_key(path, ORIGIN)
        path.chmod(0o600)
        path.write_text("nothing")
        with pytest.raises(Broken, match="signing key"):
            signing_key(path, ORIGIN)


class TestTheCommand:
    """`harborline ledger`, in plain words."""

    def test_says_that_all_is_well(
        self, publish: Publish, entries: list[bytes], key: SigningKey, tmp_path: Path
    ) -> None:
        """With the key as a line, as a file, or from the log itself."""
        directory = publish(entries)
        old = tmp_path / "old"
        old.write_bytes(checkpoint_of(entries[:300], key))
        log = ["--log", str(directory.root)]
        for vkey in ([], ["--vkey", str(key.verifier)], ["--vkey", str(directory.root / "vkey")]):
            done = CliRunner().invoke(app, ["verify", *log, *vkey, "--old-checkpoint", str(old)])
            assert done.exit_code == 0
            assert "is whole: 700 entries" in done.output
            assert "older checkpoint (300 entries)" in done.output
        done = CliRunner().invoke(app, ["verify", *log, "--json"])
        assert json.loads(done.stdout)["verified"] is True

    def test_names_the_first_difference(self, publish: Publish, entries: list[bytes]) -> None:
        """Exit code 1 and the exact place, never a traceback."""
        directory = publish(entries)
        rewrite(directory, "tile/entries/000", flipped(200))
        done = CliRunner().invoke(app, ["verify", "--log", str(directory.root)])
        assert done.exit_code == 1
        assert "entry 0" in done.output
        done = CliRunner().invoke(app, ["verify", "--log", str(directory.root), "--json"])
        assert (done.exit_code, json.loads(done.stdout)["verified"]) == (1, False)

    def test_turns_down_what_it_cannot_use(self, publish: Publish, entries: list[bytes], tmp_path: Path) -> None:
        """Exit code 2 for a missing directory, a broken key, a missing file, a broken id."""
        log = ["--log", str(publish(entries[:3]).root)]
        for arguments in (
            ["verify", "--log", str(tmp_path / "nowhere")],
            ["verify", *log, "--vkey", "no key"],
            ["verify", *log, "--old-checkpoint", str(tmp_path / "nowhere")],
            ["proof", "no-id", *log],
            ["verify", "--nonsense"],
        ):
            assert CliRunner().invoke(app, arguments).exit_code == 2, arguments

    def test_shows_how_far_the_log_is(self, publish: Publish, entries: list[bytes]) -> None:
        """Size and root of the checkpoint; nothing when there is none."""
        directory = publish(entries)
        done = CliRunner().invoke(app, ["status", "--log", str(directory.root), "--json"])
        assert json.loads(done.stdout)["entries"] == 700
        assert "700" in CliRunner().invoke(app, ["status", "--log", str(directory.root)]).output
        (directory.root / "checkpoint").unlink()
        assert CliRunner().invoke(app, ["status", "--log", str(directory.root)]).exit_code == 1

    def test_makes_a_proof_anybody_can_check(
        self, publish: Publish, entries: list[bytes], key: SigningKey, tmp_path: Path
    ) -> None:
        """From the published files alone."""
        log = ["--log", str(publish(entries).root)]
        wanted = uuid.UUID(int=511, version=4)
        done = CliRunner().invoke(app, ["proof", str(wanted), *log])
        assert Proof.parse(done.stdout).verify(entries[511], key.verifier).size == 700
        out = tmp_path / "entry.tlog-proof"
        assert CliRunner().invoke(app, ["proof", str(wanted), *log, "--out", str(out)]).exit_code == 0
        assert out.read_text() == done.stdout
        assert CliRunner().invoke(app, ["proof", str(uuid.uuid4()), *log]).exit_code == 1

    def test_needs_neither_database_nor_django(self, publish: Publish, entries: list[bytes]) -> None:
        """An auditor verifies on a machine that never ran the product's database."""
        directory = publish(entries)
        code = (
            "import sys\n"
            "from harborline.ledger.verify_command import app\n"
            "app(['verify', '--log', sys.argv[1]], standalone_mode=False)\n"
            "sys.exit(any(name.split('.')[0] in ('django', 'psycopg') for name in sys.modules))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(directory.root)], check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        shutil.rmtree(directory.root)
