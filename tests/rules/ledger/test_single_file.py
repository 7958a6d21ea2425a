"""The verifier in one file: it agrees with ours on good and bad, on a machine that never saw the product."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harborline.ledger import verify
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.commitments import open_fields
from harborline.ledger.contents import Circumstances, common_fields, fields_of, items_field, make_entries
from harborline.ledger.entry import prefix
from harborline.ledger.facts import Json
from harborline.ledger.keychain import Statement
from harborline.ledger.note import SigningKey
from harborline.ledger.proof import Proof
from harborline.ledger.published import Directory, statement_path
from harborline.ledger.tiles import bundle, unbundled
from harborline.ledger.tree import inclusion_proof, leaf_hash, leaf_hashes, node_of, root_of
from harborline.ledger.verify_command import app
from harborline.messaging.commitments import commit

ORIGIN = "notices.nc.example/log"
Publish = Callable[[Sequence[bytes]], Directory]
Run = Callable[..., subprocess.CompletedProcess[str]]
AT = Circumstances(datetime(2026, 11, 21, 14, 5, tzinfo=UTC), "worker", "cora", "nc-css", "notice-run", "0" * 64)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a copy of the file, apart from the product: no path of ours, nothing but its own imports."""
    copy = tmp_path / "verify.py"
    shutil.copyfile(verify.__file__, copy)

    def done(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(copy), *map(str, arguments)]
        return subprocess.run(command, check=False, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})

    return done


def checkpoint_of(entries: Sequence[bytes], key: SigningKey) -> bytes:
    """What the log would have signed over these entries."""
    return bytes(Checkpoint(key.name, len(entries), root_of(leaf_hashes(entries))).signed(key))


def inside(arguments: Sequence[object]) -> int:
    """The same in this process, for the many small cases; the exit code."""
    return verify.main([str(one) for one in arguments])


class TestTheFile:
    """What it is made of."""

    def test_needs_nothing_but_the_standard_library_and_cryptography(self) -> None:
        """So that it can be put into an export and read by whoever gets it."""
        imported = {
            line.split()[1].split(".")[0]
            for line in Path(verify.__file__).read_text().splitlines()
            if line.startswith(("import ", "from "))
        }
        assert imported - set(sys.stdlib_module_names) == {"cryptography"}

    def test_says_how_it_is_used(self, run: Run) -> None:
        """To somebody who has nothing else."""
        done = run("--help")
        assert done.returncode == 0
        assert "verify.py log DIRECTORY --vkey KEY" in done.stdout
        assert run("log").returncode == run("proof", "x", "--vkey", "k").returncode == 2


@pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
class TestALog:
    """Every file of it."""

    @pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 700])
    def test_is_found_whole_at_every_size(
        self, size: int, publish: Publish, entries: list[bytes], key: SigningKey, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """And held to an older checkpoint at each of its own sizes."""
        directory = publish(entries[:size])
        older = directory.root.parent / "older"
        for kept in {0, 1, size // 2, size}:
            if kept <= size:
                older.write_bytes(checkpoint_of(entries[:kept], key))
                assert inside(["log", directory.root, "--vkey", key.verifier, "--old-checkpoint", older]) == 0
                assert f"is whole: {size} entries" in capsys.readouterr().out

    def test_is_verified_by_the_program(
        self, publish: Publish, entries: list[bytes], key: SigningKey, run: Run
    ) -> None:
        """As a person runs it, with the key as a line or a file."""
        directory = publish(entries)
        for vkey in (str(key.verifier), directory.root / "vkey"):
            done = run("log", directory.root, "--vkey", vkey)
            assert (done.returncode, done.stderr) == (0, "")
            assert "700 entries, every hash and the signature agree" in done.stdout
        assert run("log", directory.root / "nowhere", "--vkey", key.verifier).returncode == 2
        assert run("log", directory.root, "--vkey", "nonsense").returncode == 2

    @pytest.mark.parametrize(
        ("path", "place"),
        [
            ("checkpoint", 30),
            ("checkpoint", 120),
            ("tile/entries/000", 200),
            ("tile/entries/002.p/188", 300),
            ("tile/0/000", 32 * 17),
            ("tile/0/002.p/188", 32 * 187),
            ("tile/1/000.p/2", 40),
        ],
    )
    def test_is_found_bent_by_one_bit(
        self, path: str, place: int, publish: Publish, entries: list[bytes], key: SigningKey
    ) -> None:
        """Anywhere."""
        directory = publish(entries)
        file = directory.root / path
        whole = file.read_bytes()
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert inside(["log", directory.root, "--vkey", key.verifier]) == 1
        file.unlink()
        assert inside(["log", directory.root, "--vkey", key.verifier]) != 0

    def test_is_found_bent_when_entries_are_swapped_removed_or_doubled(
        self, publish: Publish, entries: list[bytes], key: SigningKey
    ) -> None:
        """The order and the number count; a doubled last entry is no padding."""
        directory = publish(entries)
        file = directory.root / "tile" / "entries" / "002.p" / "188"
        found = unbundled(file.read_bytes())
        for bent in ([found[1], found[0], *found[2:]], [*found[:-1], found[-2]], found[:-1], [*found, found[-1]]):
            file.write_bytes(bundle(bent))
            assert inside(["log", directory.root, "--vkey", key.verifier]) == 1

    def test_is_held_to_an_older_checkpoint(
        self, publish: Publish, entries: list[bytes], key: SigningKey, tmp_path: Path
    ) -> None:
        """Rewritten, set back, of a stranger, of another log."""
        older = tmp_path / "older"
        rewritten = [*entries[:17], entries[17].replace(b"0", b"1"), *entries[18:]]
        stranger = SigningKey.generate(ORIGIN)
        for published, note in (
            (rewritten, checkpoint_of(entries[:300], key)),
            (entries[:600], checkpoint_of(entries, key)),
            (entries, checkpoint_of(entries[:5], stranger)),
            (entries, checkpoint_of(entries[:5], SigningKey.generate("another.example/log"))),
            (entries, b"not a note"),
            (entries, b""),
        ):
            older.write_bytes(note)
            shutil.rmtree(tmp_path / "log", ignore_errors=True)
            directory = publish(published)
            assert inside(["log", directory.root, "--vkey", key.verifier, "--old-checkpoint", older]) == 1

    def test_is_held_to_an_empty_checkpoint_too(
        self, publish: Publish, entries: list[bytes], key: SigningKey, run: Run, tmp_path: Path
    ) -> None:
        """An emptied file is a checkpoint that was taken away, with its reason; no name at all is no file."""
        directory, older = publish(entries), tmp_path / "older"
        older.touch()
        done = run("log", directory.root, "--vkey", key.verifier, "--old-checkpoint", older)
        assert (done.returncode, done.stderr) == (1, "does not hold: not a signed note\n")
        assert run("log", directory.root, "--vkey", key.verifier, "--old-checkpoint", "").returncode == 2

    def test_without_its_checkpoint_does_not_hold(
        self, publish: Publish, entries: list[bytes], key: SigningKey, tmp_path: Path
    ) -> None:
        """One exit code, here and in the product: 1 for a file of the log that is gone, 2 for no directory."""
        directory = publish(entries[:3])
        (directory.root / "checkpoint").unlink()
        for root, code in ((directory.root, 1), (tmp_path / "nowhere", 2)):
            assert inside(["log", root, "--vkey", key.verifier]) == code
            said = CliRunner().invoke(app, ["verify", "--log", str(root), "--vkey", str(key.verifier)])
            assert said.exit_code == code

    def test_is_found_along_its_keys(self, publish: Publish, entries: list[bytes], key: SigningKey) -> None:
        """From the first key over two others, when each was signed by the one before."""
        directory = publish(entries)
        second, third = SigningKey.generate(ORIGIN), SigningKey.generate(ORIGIN)
        root = root_of(leaf_hashes(entries[:9]))
        directory.write_once(
            statement_path(1), bytes(Statement(key.verifier, second.verifier, 9, root).signed(second, key))
        )
        directory.write_once(
            statement_path(2), bytes(Statement(second.verifier, third.verifier, 9, root).signed(third, second))
        )
        (directory.root / "checkpoint").write_bytes(checkpoint_of(entries, third))
        for known in (key, second, third):
            assert inside(["log", directory.root, "--vkey", known.verifier]) == 0
        (directory.root / "keys" / "2").write_bytes(
            bytes(Statement(second.verifier, third.verifier, 9, root).signed(third))
        )
        assert inside(["log", directory.root, "--vkey", key.verifier]) == 1


class TestAProof:
    """C2SP tlog-proof."""

    @pytest.fixture
    def made(self, entries: list[bytes], key: SigningKey) -> Callable[[int, int], Proof]:
        """The proof of an entry in a log of some size."""

        def proof(index: int, size: int) -> Proof:
            path = inclusion_proof(index, size, node_of(leaf_hashes(entries[:size])))
            return Proof(index, tuple(path), checkpoint_of(entries[:size], key))

        return proof

    def check(self, tmp_path: Path, text: str, entry: bytes, key: SigningKey, *more: object) -> int:
        """What the verifier says."""
        (tmp_path / "p.tlog-proof").write_text(text)
        (tmp_path / "entry").write_bytes(entry)
        arguments = ["proof", tmp_path / "p.tlog-proof", "--entry", tmp_path / "entry", "--vkey", key.verifier, *more]
        return inside(arguments)

    def test_holds_for_every_place(
        self, made: Callable[[int, int], Proof], entries: list[bytes], key: SigningKey, tmp_path: Path
    ) -> None:
        """First, last, at the edges, with and without extra words."""
        for index, size in ((0, 1), (0, 2), (1, 2), (0, 700), (255, 700), (256, 700), (699, 700), (5, 7)):
            proof = made(index, size)
            assert self.check(tmp_path, str(proof), entries[index], key) == 0
            assert self.check(tmp_path, str(replace(proof, extra=b"words")), entries[index], key) == 0

    def test_does_not_hold_when_it_is_bent(
        self, made: Callable[[int, int], Proof], entries: list[bytes], key: SigningKey, tmp_path: Path
    ) -> None:
        """Cut, longer, another place, size, origin, key; a leaf that is really a node; another entry."""
        proof = made(5, 7)
        stranger, other = SigningKey.generate(ORIGIN), SigningKey.generate("another.example/log")
        node = b"\x01" + leaf_hash(entries[0]) + leaf_hash(entries[1])
        bent: list[tuple[Proof, bytes]] = [
            (replace(proof, hashes=proof.hashes[:-1]), entries[5]),
            (replace(proof, hashes=(*proof.hashes, bytes(32))), entries[5]),
            (replace(proof, hashes=proof.hashes[::-1]), entries[5]),
            (replace(proof, index=4), entries[5]),
            (replace(proof, index=6), entries[5]),
            (replace(proof, index=7), entries[5]),
            (replace(proof, checkpoint=checkpoint_of(entries[:8], key)), entries[5]),
            (replace(proof, checkpoint=checkpoint_of(entries[:7], stranger)), entries[5]),
            (replace(proof, checkpoint=checkpoint_of(entries[:7], other)), entries[5]),
            (replace(made(0, 2), hashes=()), node[1:]),
            (replace(made(0, 7), hashes=made(0, 7).hashes[1:]), node),
            (proof, entries[6]),
            (proof, b""),
        ]
        for wrong, entry in bent:
            assert self.check(tmp_path, str(wrong), entry, key) == 1
        for text in ("", "c2sp.org/tlog-proof@v2\n", str(proof).replace("index 5", "index 05"), str(proof)[:-9]):
            assert self.check(tmp_path, text, entries[5], key) == 1

    def test_is_held_to_a_checkpoint_that_was_kept(
        self, made: Callable[[int, int], Proof], entries: list[bytes], key: SigningKey, tmp_path: Path
    ) -> None:
        """The same size and root, or it does not count."""
        kept = tmp_path / "kept"
        for note, code in ((checkpoint_of(entries[:7], key), 0), (checkpoint_of(entries[:8], key), 1), (b"", 1)):
            kept.write_bytes(note)
            assert self.check(tmp_path, str(made(5, 7)), entries[5], key, "--checkpoint", kept) == code

    def test_tells_what_the_entry_says(
        self, key: SigningKey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The opened fields and no others; a changed one is found out."""
        content: dict[str, Json] = {"by": "Ñandú", "n": 3, "list": ["a", True, None]}
        [made] = make_entries(prefix(ORIGIN), common_fields("consent.withdrawn", AT), [("participant:ana", content)])
        opening = open_fields(
            made.commit_key, fields_of(made.content), ["event", "content/by", "content/list"]
        ).as_json()
        text = str(Proof(0, (), checkpoint_of([made.leaf], key)))
        file = tmp_path / "opening.json"
        file.write_text(json.dumps(opening))
        assert self.check(tmp_path, text, made.leaf, key, "--opening", file) == 0
        told = capsys.readouterr().out
        assert "Ñandú" in told
        assert "cora" not in told
        for old, new in (("consent.withdrawn", "consent.given"), ("true", "false"), ('"key": "', '"key": "00')):
            file.write_text(json.dumps(opening).replace(old, new, 1))
            assert self.check(tmp_path, text, made.leaf, key, "--opening", file) == 1


class TestTheProofOfAText:
    """A message proof, as it is handed out."""

    @pytest.fixture
    def form(self, key: SigningKey) -> dict[str, object]:
        """One text with one step, among three texts of its run."""
        message, secret = str(uuid.UUID(int=7)), bytes(range(32))
        item: dict[str, str | int | list[str] | None] = {
            "kind": "message.attempted",
            "message": message,
            "at": "2026-11-21T14:05:00.000000Z",
            "text": "Su cita es mañana",
        }
        items = [os.urandom(32), commit(secret, item), os.urandom(32)]
        content: dict[str, Json] = {"items": items_field(items)}
        [made] = make_entries(prefix(ORIGIN), common_fields("message.attempted", AT), [("dispatch", content)])
        opening = open_fields(made.commit_key, fields_of(made.content), ["event", "content/items"])
        step = {
            "item": item,
            "place": 1,
            "path": [one.hex() for one in inclusion_proof(1, 3, node_of(leaf_hashes(items)))],
            "entry": base64.b64encode(made.leaf).decode(),
            "opening": opening.as_json(),
            "proof": str(Proof(0, (), checkpoint_of([made.leaf], key))),
        }
        return {"format": "harborline/message-proof/v1", "message": message, "key": secret.hex(), "steps": [step]}

    def check(self, form: object, key: SigningKey, tmp_path: Path) -> int:
        """What the verifier says."""
        (tmp_path / "m.json").write_text(json.dumps(form, ensure_ascii=False))
        return inside(["message", tmp_path / "m.json", "--vkey", key.verifier])

    def test_shows_the_words_and_the_steps(
        self, form: dict[str, object], key: SigningKey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """In plain lines."""
        assert self.check(form, key, tmp_path) == 0
        told = capsys.readouterr().out
        assert "Su cita es mañana" in told
        assert "message.attempted" in told

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("mañana", "manana"),
            ("14:05", "14:06"),
            ('"place": 1', '"place": 2'),
            ("00000007", "00000008"),
            ('"path": ["', '"path": ["00'),
        ],
    )
    def test_does_not_hold_when_anything_in_it_changed(
        self, old: str, new: str, form: dict[str, object], key: SigningKey, tmp_path: Path
    ) -> None:
        """Words, moment, place, text, path."""
        text = json.dumps(form, ensure_ascii=False)
        assert old in text
        (tmp_path / "m.json").write_text(text.replace(old, new, 1))
        assert inside(["message", tmp_path / "m.json", "--vkey", key.verifier]) == 1

    def test_does_not_hold_under_another_key(self, form: dict[str, object], tmp_path: Path) -> None:
        """A key of the same name."""
        assert self.check(form, SigningKey.generate(ORIGIN), tmp_path) == 1

    def test_cannot_be_used_when_it_is_none(self, form: dict[str, object], key: SigningKey, tmp_path: Path) -> None:
        """Of another form, or without a step: exit code 2, as with `harborline messages verify`."""
        wrong: list[object] = [[], {}, "text", {"format": "harborline/message-proof/v1"}]
        wrong += [{**form, "format": "harborline/message-proof/v2"}, {**form, "steps": []}]
        for broken in wrong:
            assert self.check(broken, key, tmp_path) == 2
