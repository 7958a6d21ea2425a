"""The verifier that goes with an export: what it finds, and what it says of what it cannot read."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.rooms.oversight.file_room import (
    FileRoom,
    ben_writes,
    exported,
    lines,
    opened,
)
from tests.rooms.oversight.verifying import unpacked, verified
from tests.rooms.town import ANA, as_state

from harborline.messaging.selectors import message
from harborline.oversight import verify_bundle
from harborline.oversight.facts import Selection

BENS = Selection(person="P-2")
SECRETS = ("Ana", "ana torres", "12 Elm", "555-0101", "5550101", "Kim", "PO Box 7", "Vega", "P-1", ANA)


def make_the_manifest_agree(folder: Path, file: str) -> None:
    """Name the digest of a changed file."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][file] = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


class TestAnotherMachine:
    """The verifier of an export knows nothing of us."""

    def test_is_all_it_needs(self, room: FileRoom, tmp_path: Path) -> None:
        """An isolated Python with `cryptography`: from the folder, and from the zip, with the agency's key."""
        content = exported(BENS)
        folder = unpacked(content, tmp_path / "unpacked")
        (folder.parent / "export.zip").write_bytes(content)
        for place in ("", str(folder.parent / "export.zip")):
            done = verified(folder, *([place] if place else []), "--vkey", room.vkey)
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith("Everything holds: ")

    def test_needs_nothing_but_the_standard_library_and_cryptography(self) -> None:
        """Read from its own source."""
        tree = ast.parse(Path(verify_bundle.__file__).read_text(encoding="utf-8"))
        found = {
            (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else alias.name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert found <= sys.stdlib_module_names | {"cryptography"}

    @pytest.mark.parametrize(
        "change",
        [
            ("texts.jsonl", b"you have an appointment", b"you have no appointment"),
            ("texts.jsonl", b'"kind":"delivered"', b'"kind":"failed"'),
            ("texts.jsonl", b'"carrier":"simulator"', b'"carrier":"elsewhere"'),
            ("evidence/items.jsonl", b'"outcome":"allow"', b'"outcome":"refuse"'),
            ("evidence/entries.jsonl", b'"kind":"notice.planned"', b'"kind":"notice.refused"'),
            ("not-sent.jsonl", b'"reason":"no-consent"', b'"reason":"no-number"'),
        ],
    )
    def test_finds_every_change(
        self, room: FileRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, bytes, bytes]
    ) -> None:
        """Even when the manifest was made to agree."""
        (file, old, new), folder = change, unpacked(exported(BENS), tmp_path / "unpacked")
        content = (folder / file).read_bytes()
        assert old in content
        (folder / file).write_bytes(content.replace(old, new))
        assert verified(folder, "--vkey", room.vkey).returncode == 1
        make_the_manifest_agree(folder, file)
        done = verified(folder, "--vkey", room.vkey)
        assert (done.returncode, done.stderr) == (1, "does not hold: the manifest is not the one the agency recorded\n")
        # Even an agency that records a false manifest is found out, by what it recorded at the time.
        monkeypatch.setattr(verify_bundle.Verification, "check_manifest", lambda *_: None)
        keys = verify_bundle.Keys([room.vkey.strip()])
        with pytest.raises(verify_bundle.Differs, match=r"text|row|item|entry|step"):
            verify_bundle.Verification(verify_bundle.Files(folder), keys, None).run()

    @pytest.mark.parametrize(
        ("file", "change"),
        [
            ("transcript.pdf", lambda made: made.replace(b"%PDF-1.", b"%PDF-2.")),
            ("texts.jsonl", lambda made: made.split(b"\n", 1)[1]),
            ("not-sent.jsonl", lambda _: b""),
            ("consents.jsonl", lambda _: b""),
            ("READ-ME.txt", lambda _: b"Trust this."),
            ("manifest.json", lambda made: made.replace(b'"litigation"', b'"audit"')),
        ],
    )
    def test_finds_what_was_left_out_or_replaced(
        self, room: FileRoom, tmp_path: Path, file: str, change: Callable[[bytes], bytes]
    ) -> None:
        """The manifest itself is on record: writing it anew does not help, nor does the record of another export."""
        with as_state():
            message(room.ben_text)
        room.publish()
        folder, other = unpacked(exported(BENS), tmp_path / "unpacked"), opened(exported(BENS))
        content = (folder / file).read_bytes()
        assert content != change(content)
        (folder / file).write_bytes(change(content))
        if file != "manifest.json":
            make_the_manifest_agree(folder, file)
        done = verified(folder, "--vkey", room.vkey)
        assert (done.returncode, done.stderr) == (1, "does not hold: the manifest is not the one the agency recorded\n")
        for name in ("evidence/export.json", "evidence/export.tlog-proof"):
            (folder / name).write_bytes(other[name])
        done = verified(folder, "--vkey", room.vkey)
        assert (done.returncode, done.stderr) == (
            1, "does not hold: the entry beside the manifest is not the record of this export\n",
        )  # fmt: skip

    def test_refuses_two_files_of_one_name(self, room: FileRoom, tmp_path: Path) -> None:
        """Of which one program reads the first and another the last."""
        content = exported(BENS)
        folder, packed = unpacked(content, tmp_path / "unpacked"), tmp_path / "export.zip"
        packed.write_bytes(content)
        with zipfile.ZipFile(packed, "a") as more, pytest.warns(UserWarning, match="Duplicate name"):
            more.writestr("transcript.pdf", (folder / "transcript.pdf").read_bytes())
        done = verified(folder, str(packed), "--vkey", room.vkey)
        assert (done.returncode, done.stderr) == (1, "does not hold: two files have the same name\n")

    def test_refuses_what_stands_beside_the_files_in_the_zip(self, room: FileRoom, tmp_path: Path) -> None:
        """Before, between and after them, where another program finds other files."""
        content = exported(BENS)
        folder, packed = unpacked(content, tmp_path / "unpacked"), tmp_path / "export.zip"
        first_end = content.index(b"PK\x03\x04", 4)
        for other in (
            content + content,
            b"#!/bin/sh\n" + content,
            content + b"\0",
            content[:first_end] + content[:first_end] + content[first_end:],
        ):
            packed.write_bytes(other)
            assert verified(folder, str(packed), "--vkey", room.vkey).returncode in {1, 2}
        packed.write_bytes(content + content)
        done = verified(folder, str(packed), "--vkey", room.vkey)
        assert (done.returncode, done.stderr) == (1, "does not hold: the zip file holds more than the files it lists\n")

    def test_names_what_was_damaged(self, room: FileRoom, tmp_path: Path) -> None:
        """One line and exit code 2, wherever a bit of the zip fell over; never what Python says."""
        content = exported(BENS)
        folder, packed = unpacked(content, tmp_path / "unpacked"), tmp_path / "export.zip"
        files, keys = verify_bundle.Files, verify_bundle.Keys([room.vkey.strip()])
        verdicts = set()
        for at in range(0, len(content), max(1, len(content) // 150)):
            packed.write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
            try:
                verify_bundle.Verification(files(packed), keys, None).run()
            except (verify_bundle.Differs, verify_bundle.Unusable) as wrong:
                verdicts.add(str(wrong))
        assert any("is damaged: ask for the export again" in one for one in verdicts)
        packed.write_bytes(content[:2000] + bytes([content[2000] ^ 4]) + content[2001:])
        done = verified(folder, str(packed), "--vkey", room.vkey)
        assert (done.returncode in {1, 2}, done.stderr.count("\n"), "Traceback" in done.stderr) == (True, 1, False)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("kind", "spoken"),
            ("given_at", "2031-01-01T00:00:00Z"),
            ("expires_at", "2020-01-01T00:00:00Z"),
            ("platform", "portal"),
            ("statement_sha256", "00" * 32),
            ("ended_at", "2020-01-01T00:00:00Z"),
            ("ended_as", "superseded"),
            ("events.at", "2020-01-01T00:00:00Z"),
            ("events.kind", "attested"),
            ("events.reason", "superseded"),
        ],
    )
    def test_finds_a_consent_that_is_not_what_was_recorded(
        self, room: FileRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        """Even under a manifest that says so: its proof lies beside it."""
        ben_writes("STOP")
        room.publish()
        folder = unpacked(exported(BENS), tmp_path / "unpacked")
        rows = lines((folder / "consents.jsonl").read_bytes())
        part, _, fact = name.rpartition(".")
        place = rows[0]["events"][-1] if part else rows[0]
        assert place[fact] != value
        place[fact] = value
        (folder / "consents.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        make_the_manifest_agree(folder, "consents.jsonl")
        monkeypatch.setattr(verify_bundle.Verification, "check_manifest", lambda *_: None)
        keys = verify_bundle.Keys([room.vkey.strip()])
        with pytest.raises(verify_bundle.Differs, match="is not what was recorded"):
            verify_bundle.Verification(verify_bundle.Files(folder), keys, None).run()

    def test_counts_what_has_no_proof_of_its_own(
        self, room: FileRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Words and steps that are merely shown are not said to be withheld, nor proven."""
        content = exported(BENS)
        folder = unpacked(content, tmp_path / "unpacked")
        assert "; 0 steps and the words of 1 texts are shown without" in verified(folder, "--vkey", room.vkey).stdout
        rows = lines((folder / "texts.jsonl").read_bytes())
        told_of = next(row for row in rows if row["words_proven"])
        told_of.update(words="You owe money.", words_proven=False)
        told_of["steps"][-1].update(kind="failed", proof=None)
        (folder / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        make_the_manifest_agree(folder, "texts.jsonl")
        monkeypatch.setattr(verify_bundle.Verification, "check_manifest", lambda *_: None)
        keys = verify_bundle.Keys([room.vkey.strip()])
        said = verify_bundle.Verification(verify_bundle.Files(folder), keys, None).run()
        assert "; 1 steps and the words of 2 texts are shown without proof of their own" in said

    def test_refuses_another_key_a_missing_file_and_what_is_no_export(self, room: FileRoom, tmp_path: Path) -> None:
        """A missing or foreign part is named; what cannot be read ends with another code."""
        folder = unpacked(exported(BENS), tmp_path / "unpacked")
        other = "other.example/log+" + room.vkey.split("+", 1)[1]
        assert verified(folder, "--vkey", other).returncode == 2
        (folder / "notes.txt").write_text("of whoever checks it")
        assert verified(folder, "--vkey", room.vkey).returncode == 0
        (next((folder / "evidence/proofs").iterdir())).unlink()
        assert verified(folder, "--vkey", room.vkey).returncode == 1
        shutil.rmtree(folder / "evidence")
        assert verified(folder, "--vkey", room.vkey).returncode == 1
        (folder / "manifest.json").write_text("{}")
        assert verified(folder).returncode == 2
