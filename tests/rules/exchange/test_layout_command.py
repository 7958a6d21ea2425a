"""`harborline layout` as an operator types it: verdicts, exit codes, and what is said about unusable input."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from tests.rules.exchange.csenet import sound
from tests.rules.exchange.offset import case, control, whole

from harborline.exchange import layouts
from harborline.project import command

LAYOUT = "fop-case-submission-245"
COLUMNS = "submitting_state,ssn,ncp_last_name,ncp_first_name,arrearage_amount,transaction_type,case_type"
GOOD = [case(case_id=f"IV{number:010d}", case_type="AN"[number % 2]) for number in range(1, 6)]


@dataclass(frozen=True)
class Answer:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """`harborline layout …` in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def running(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["harborline", "layout", *arguments])
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Answer(int(ended.value.code or 0), said.out, said.err)

    return running


@pytest.fixture
def good(run: Run) -> Path:
    """A sound file in the folder."""
    del run
    path = Path("cases.dat")
    path.write_bytes(whole(GOOD))
    return path


class TestChecking:
    """`layout check`."""

    def test_of_a_sound_file_ends_with_0(self, run: Run, good: Path) -> None:
        """With counts, totals and, on demand, the digest."""
        said = run("check", str(good), "--layout", LAYOUT, "--json", "--sha256")
        told = json.loads(said.out)
        assert (said.code, told["verdict"], told["records"]) == (0, "accepted", 6)
        assert told["totals"]["tanf_record_count"] == 2
        assert told["sha256"] == hashlib.sha256(good.read_bytes()).hexdigest()

    def test_of_a_file_with_bad_records_ends_with_5(self, run: Run) -> None:
        """Each is named by number, byte, field and code; its value is masked."""
        Path("bad.dat").write_bytes(whole([*GOOD, case(ssn="000456789")]))
        said = run("check", "bad.dat", "--layout", LAYOUT, "--jsonl", "found.jsonl")
        [finding] = [json.loads(line) for line in Path("found.jsonl").read_text().splitlines()]
        assert said.code == 5
        assert (finding["record"], finding["field"], finding["code"], finding["byte"]) == (6, "ssn", "ssn", 5 * 246 + 6)
        assert "456789" not in said.out + Path("found.jsonl").read_text()

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (lambda good: good[:-100], "control"),
            (lambda good: good[:246] + good[492:], "total"),
            (lambda good: good[: 5 * 246], "control"),
            (lambda good: good + good, "control"),
            (lambda _good: b"", "empty"),
            (lambda _good: b"\n\n\n", "record-length"),
            (lambda good: good.replace(b"\n", b""), ""),
            (lambda _good: random.Random(7).randbytes(10_000), ""),
            (lambda _good: b"x" * 3_000_000, ""),
            (lambda good: "﻿".encode() + good, ""),
            (lambda good: good.decode().encode("utf-16"), ""),
        ],
    )
    def test_never_lets_a_broken_file_pass_or_ends_in_confusion(
        self, run: Run, good: Path, change: Callable[[bytes], bytes], code: str
    ) -> None:
        """Cut, doubled, emptied, other endings, another encoding, noise: a verdict with its reason, nothing else."""
        Path("given.dat").write_bytes(change(good.read_bytes()))
        said = run("check", "given.dat", "--layout", LAYOUT)
        if change(good.read_bytes()) == good.read_bytes().replace(b"\n", b""):
            assert said.code == 0
            return
        assert said.code == 2
        assert "harborline: refused" in said.err
        assert code in said.err

    def test_of_an_empty_file_says_that_it_is_empty(self, run: Run) -> None:
        """And guesses at no form."""
        Path("empty.dat").touch()
        said = run("check", "empty.dat", "--layout", LAYOUT)
        assert (said.code, "the file is empty" in said.err) == (2, True)
        assert "an empty file" in said.out
        assert "read as" not in said.out

    def test_reads_standard_input(self, run: Run, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As a pipe from a mainframe's transfer program."""

        class Piped:
            buffer = io.BytesIO(whole(GOOD))

        monkeypatch.setattr(sys, "stdin", Piped())
        assert run("check", "-", "--layout", LAYOUT).code == 0
        del good

    def test_of_a_mainframes_file_gives_the_same_verdict(self, run: Run) -> None:
        """EBCDIC without line ends."""
        Path("host.dat").write_bytes(b"".join([*GOOD, control(GOOD)]).decode("ascii").encode("cp037"))
        said = run("check", "host.dat", "--layout", LAYOUT)
        assert (said.code, "cp037, framing none" in said.out) == (0, True)


class TestTables:
    """`layout decode` and `layout encode`."""

    @pytest.mark.parametrize("table", ["cases.csv", "cases.parquet"])
    def test_give_the_same_bytes_again(self, run: Run, good: Path, table: str) -> None:
        """Bad records and unknown bytes included."""
        odd = bytearray(case(ssn="000456789"))
        odd[227:245] = bytes(range(200, 218))
        good.write_bytes(whole([*GOOD, bytes(odd)]))
        assert run("decode", str(good), table, "--layout", LAYOUT).code == 5
        said = run("encode", table, "again.dat", "--layout", LAYOUT)
        assert Path("again.dat").read_bytes() == good.read_bytes(), said.err

    def test_of_a_refused_file_do_not_appear(self, run: Run, good: Path) -> None:
        """Nothing half is left behind."""
        good.write_bytes(good.read_bytes()[:-100])
        assert run("decode", str(good), "cases.csv", "--layout", LAYOUT).code == 2
        assert not Path("cases.csv").exists()

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ("", "no header line"),
            ("ssn\n", "no row"),
            ("social\n1\n", "the first line is no header of"),
            (
                "ssn,case_tipe\n1,2\n",
                "column 2 [aaaa_aaaa] is no field of fop-case-submission-245@1; did you mean case_type?",
            ),
            ("ssn,_form\n1,123456789\n", "_form: is a code page and a framing"),
            ("ssn,ssn\n1,1\n", "stands twice"),
            ("ssn,case_type\n123456789\n", "row 1: has 1 cells, the header 2"),
            ("submitting_state,ssn\nNC,12345678901234\n", "row 1, ssn"),
            ("submitting_state,ncp_last_name\nNC," + "X" * 2_000_000 + "\n", "is not CSV"),
            ('submitting_state,ncp_last_name\nNC,"open\n', "is not CSV"),
            (
                f"{COLUMNS}\nNC,123456789,ŁUKASZ,B,1,A,A\n",
                "row 1, ncp_last_name",
            ),
            ("_type,ssn\nnothing,1\n", "[aaaaaaa] is no record of"),
            ("_kept\nzz\n", "is not hexadecimal"),
        ],
    )
    def test_that_cannot_become_a_file_say_where_and_why(self, run: Run, rows: str, said: str) -> None:
        """The place and the remedy; no file appears."""
        Path("table.csv").write_text(rows, encoding="utf-8")
        answer = run("encode", "table.csv", "out.dat", "--layout", LAYOUT)
        assert (answer.code, said in answer.err) == (2, True), answer.err
        assert not Path("out.dat").exists()

    def test_in_another_encoding_are_refused(self, run: Run) -> None:
        """A spreadsheet's Latin-1, and a file that only calls itself Parquet."""
        Path("table.csv").write_bytes("ncp_last_name\nÑandú\n".encode("latin-1"))
        assert "is not UTF-8" in run("encode", "table.csv", "o", "--layout", LAYOUT).err
        Path("table.parquet").write_bytes(b"PAR1 but no more")
        assert "Parquet" in run("encode", "table.parquet", "o", "--layout", LAYOUT).err

    def test_made_by_hand_get_their_control_record(self, run: Run) -> None:
        """And the written file is read back before it is given."""
        with Path("table.csv").open("w", newline="") as out:
            csv.writer(out).writerows(
                [
                    COLUMNS.split(","),
                    ["NC", "123456789", "TEST", "BEN", "750", "A", "N"],
                ]
            )  # fmt: skip
        assert run("encode", "table.csv", "out.dat", "--layout", LAYOUT, "--code-page", "cp037").code == 0
        assert run("check", "out.dat", "--layout", LAYOUT).code == 0


class TestWhatIsRead:
    """The file, the table and the layout."""

    @pytest.mark.parametrize("link", ["", "symbolic", "hard"])
    @pytest.mark.parametrize("command_line", ["check {0} --jsonl {1}", "decode {0} {1}", "encode {0} {1}"])
    def test_is_never_written_over(self, run: Run, good: Path, command_line: str, link: str) -> None:
        """By its own name or by another one; the remedy is said."""
        other = Path("other.dat") if link else Path(good)
        if link == "symbolic":
            other.symlink_to(good)
        elif link == "hard":
            other.hardlink_to(good)
        before = good.read_bytes()
        said = run(*command_line.format(good, other).split(), "--layout", LAYOUT)
        assert (said.code, f"{other}: is the file that is read; name another" in said.err) == (2, True), said.err
        assert (good.read_bytes(), other.read_bytes()) == (before, before)

    @pytest.mark.parametrize("command_line", ["check {0} --jsonl {1}", "decode {0} {1}", "encode {0} {1}"])
    def test_is_not_the_layout_either(self, run: Run, good: Path, command_line: str) -> None:
        """A layout file of one's own stays too."""
        shipped = Path(layouts.__file__).parent / "shipped" / f"{LAYOUT}.1.toml"
        own = Path(shutil.copyfile(shipped, "own.toml"))
        said = run(*command_line.format(good, own).split(), "--layout", "own.toml")
        assert (said.code, own.read_bytes()) == (2, shipped.read_bytes()), said.err


class TestWhatIsWritten:
    """A table, a file, findings: new, replaced knowingly, or refused."""

    @pytest.mark.parametrize("command_line", ["decode {0} {1}", "encode table.csv {1}"])
    @pytest.mark.parametrize("kind", ["pipe", "device", "folder", "-"])
    def test_takes_the_place_of_no_device_and_no_pipe(self, run: Run, good: Path, command_line: str, kind: str) -> None:
        """Nor of standard output; each stays what it was."""
        run("decode", str(good), "table.csv", "--layout", LAYOUT)
        target = Path("-" if kind == "-" else "out")
        if kind == "pipe":
            os.mkfifo(target)
        elif kind == "device":
            target.symlink_to("/dev/null")
        elif kind == "folder":
            target.mkdir()
        before = target.stat() if kind != "-" else None
        said = run(*command_line.format(good, target).split(), "--layout", LAYOUT)
        assert (said.code, "name one" in said.err or "name a file" in said.err) == (2, True), said.err
        assert (target.stat() if target.exists() else None) == before
        assert not list(Path().glob(".harborline-*"))

    @pytest.mark.parametrize("command_line", ["decode {0} {1}", "encode table.csv {1}", "check {0} --jsonl {1}"])
    def test_goes_where_a_link_leads_and_keeps_the_mode(self, run: Run, good: Path, command_line: str) -> None:
        """The link stays; whoever could read the file still can."""
        run("decode", str(good), "table.csv", "--layout", LAYOUT)
        real, link = Path("real.out"), Path("link.out")
        real.write_text("old")
        real.chmod(0o640)
        link.symlink_to(real)
        said = run(*command_line.format(good, link).split(), "--layout", LAYOUT)
        assert (said.code, link.is_symlink(), link.readlink()) == (0, True, real), said.err
        assert (real.read_text() != "old", real.stat().st_mode & 0o777) == (True, 0o640)
        assert "check" in command_line or "link.out: written over what was there" in said.out

    def test_goes_down_a_pipe_as_findings(self, run: Run) -> None:
        """A program that waits for them gets each line."""
        Path("bad.dat").write_bytes(whole([*GOOD, case(ssn="000456789")]))
        os.mkfifo("pipe")
        heard: list[str] = []
        listener = threading.Thread(target=lambda: heard.extend(Path("pipe").read_text().splitlines()))
        listener.start()
        assert run("check", "bad.dat", "--layout", LAYOUT, "--jsonl", "pipe").code == 5
        listener.join(30)
        assert (len(heard), Path("pipe").is_fifo()) == (1, True)

    @pytest.mark.parametrize("command_line", ["decode {0} {1}", "encode table.csv {1}", "check bad.dat --jsonl {1}"])
    def test_on_a_full_disk_is_told_and_leaves_what_was_there(self, run: Run, good: Path, command_line: str) -> None:
        """Neither half a file, nor exit code 0, nor that of a verdict."""
        run("decode", str(good), "table.csv", "--layout", LAYOUT)
        Path("bad.dat").write_bytes(whole([case(ssn="000456789")] * 40))
        Path("out").write_text("old")
        said = _apart([*command_line.format(good, "out").split(), "--layout", LAYOUT], most=300)
        assert (said.returncode, Path("out").read_text()) == (3, "old")
        assert said.stderr.startswith("harborline: out: cannot be written: ")
        assert (said.stderr.count("\n"), list(Path().glob(".harborline-*"))) == (1, [])


def _apart(
    arguments: list[str], *, most: int = -1, out: int | IO[bytes] | None = None
) -> subprocess.CompletedProcess[str]:
    """`harborline layout …` in a process of its own that may write files of `most` bytes, its output going to `out`."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return subprocess.run(
        [sys.executable, "-m", "harborline.project.command", "layout", *arguments],
        stdout=out, stderr=subprocess.PIPE, text=True, check=False, preexec_fn=limited if most >= 0 else None,
    )  # fmt: skip


class TestWhatIsSaid:
    """Standard output."""

    SAYING = ("list", "list --json", f"show {LAYOUT}", f"check cases.dat --layout {LAYOUT}", "--help")

    @pytest.mark.parametrize("arguments", SAYING)
    def test_on_a_full_disk_is_a_fault_of_one_line(self, good: Path, arguments: str) -> None:
        """Never a traceback, never exit code 0."""
        del good
        with Path("/dev/full").open("wb") as full:
            said = _apart(arguments.split(), out=full)
        assert (said.returncode, said.stderr) == (3, "harborline: No space left on device\n")

    @pytest.mark.parametrize("arguments", SAYING[:-1])
    def test_that_nobody_reads_on_is_a_fault_of_one_line(self, good: Path, arguments: str) -> None:
        """As in `| head -1`."""
        del good
        ours, theirs = os.pipe()
        os.close(ours)
        try:
            said = _apart(arguments.split(), out=theirs)
        finally:
            os.close(theirs)
        assert (said.returncode, said.stderr) == (3, "harborline: Broken pipe\n")

    def test_of_a_fault_of_ours_is_one_line_without_its_words(
        self, run: Run, good: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What an unexpected error says may tell of a person; only where it was is told."""

        class Failing:
            @property
            def buffer(self) -> IO[bytes]:
                raise ValueError("123456789")

        del good
        monkeypatch.setattr(sys, "stdin", Failing())
        said = run("check", "-", "--layout", LAYOUT)
        assert (said.code, said.err.count("\n"), "123456789" in said.err) == (4, 1, False)
        assert said.err.startswith("harborline: ValueError at test_layout_command.py:")

    def test_to_a_closed_stream_changes_no_file(self, good: Path) -> None:
        """The number of a closed stream is given to no file that is opened later."""
        script = f'exec "$0" -m harborline.project.command layout check cases.dat --layout {LAYOUT} >&- 2>&- <&-'
        before = good.read_bytes()
        ended = subprocess.run(["/bin/sh", "-c", script, sys.executable], check=False)
        assert (ended.returncode, good.read_bytes()) == (0, before)


class TestMistakes:
    """What is typed wrongly."""

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("check", "missing.dat", "--layout", LAYOUT), "missing.dat: cannot be read: No such file"),
            (("check", ".", "--layout", LAYOUT), "cannot be read: Is a directory"),
            (("check", "cases.dat", "--layout", "fop-case-submision"), "did you mean fop-case-submission-245"),
            (("check", "cases.dat", "--layout", f"{LAYOUT}@9"), "has no version 9; known: 1"),
            (("check", "cases.dat", "--layout", f"{LAYOUT}@x"), "a version is a whole number"),
            (("check", "cases.dat", "--layout", "missing.toml"), "missing.toml"),
            (("check", "cases.dat", "--layout", LAYOUT, "--code-page", "cp1252"), "cp037"),
            (("check", "cases.dat", "--layout", LAYOUT, "--framing", "tabs"), "crlf"),
            (("check", "cases.dat", "--layout", LAYOUT, "--jsonl", "no/where"), "cannot be written"),
            (("decode", "cases.dat", "no/where.csv", "--layout", LAYOUT), "cannot be written"),
            (("encode", "missing.csv", "out.dat", "--layout", LAYOUT), "missing.csv: cannot be read"),
            (("encode", "missing.parquet", "out.dat", "--layout", LAYOUT), "missing.parquet: cannot be read"),
            (("diff", LAYOUT, "nothing"), "there is no layout 'nothing'"),
            (("show", "nothing"), "there is no layout 'nothing'"),
            (("check", "cases.dat", "--layout", "nope"), "'nope'; `harborline layout list` shows every one"),
        ],
    )
    def test_are_named_with_their_remedy(self, run: Run, good: Path, arguments: tuple[str, ...], said: str) -> None:
        """Exit code 2, and the place."""
        del good
        answer = run(*arguments)
        assert (answer.code, said in answer.err) == (2, True), answer.err

    @pytest.mark.parametrize(
        "written",
        ["", "name = 7", "name = 'x'\nversion = 1", "[[record]]", "\x00", "name = 'x'\nname = 'y'", "a" * 100_000],
    )
    def test_in_a_layout_file_are_named(self, run: Run, good: Path, written: str) -> None:
        """The file's name stands before what is wrong with it."""
        Path("own.1.toml").write_text(written)
        answer = run("check", str(good), "--layout", "own.1.toml")
        assert (answer.code, "own.1.toml" in answer.err) == (2, True), answer.err


class TestWarnings:
    """Of what nothing confirms."""

    def test_are_told_and_end_with_0(self, run: Run) -> None:
        """Beside the findings, for people and for machines."""
        Path("t.dat").write_bytes(sound("COL", "P", "CITAX", participant="2") + b"\n")
        said = run("check", "t.dat", "--layout", "csenet-transaction", "--jsonl", "found.jsonl")
        assert (said.code, "1 records, 0 bad, 1 warnings" in said.out) == (0, True)
        assert "participant_data_ind: warning: fixed [9]" in said.out
        [finding] = [json.loads(line) for line in Path("found.jsonl").read_text().splitlines()]
        assert (finding["code"], finding["warning"]) == ("fixed", True)


class TestLooking:
    """`layout list`, `show` and `diff`."""

    def test_shows_every_field_with_how_sure_it_is(self, run: Run) -> None:
        """Evidence stands beside each."""
        said = run("show", LAYOUT)
        assert said.code == 0
        assert (
            sum(" verified" in line or " system" in line or " inferred" in line for line in said.out.splitlines()) >= 28
        )

    def test_lists_every_layout(self, run: Run) -> None:
        """For people and for machines."""
        names = {one["name"] for one in json.loads(run("list", "--json").out)}
        assert {LAYOUT, "fop-rejected-case-245", "csenet-transaction", "eiwo", "fcr-input", "w4-new-hire"} <= names
        assert all(name in run("list").out for name in names)

    def test_shows_what_a_record_needs_by_its_codes(self, run: Run) -> None:
        """How many combinations are known, and where they are from."""
        [line] = [one for one in run("show", "csenet-transaction").out.splitlines() if "186 combinations" in one]
        assert "no others (verified)" in line
        assert "Interface Guidance Document" in line

    def test_compares_two_layouts(self, run: Run) -> None:
        """What moved, came and went."""
        said = run("diff", LAYOUT, "fop-rejected-case-245")
        assert said.code == 0
        assert "case" in said.out
        assert run("diff", LAYOUT, LAYOUT).out == "no difference\n"

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            (
                'role = "control"',
                'role = "control"\nneeded = false',
                "control: needed: every file has one -> a file may",
            ),
            ("valid_from = ", "valid_to = 2099-01-01\nvalid_from = ", "valid to: nothing -> 2099-01-01"),
            ("[[total]]", '[[pair]]\nof = ["control"]\n[[total]]', ""),
        ],
    )
    def test_tells_when_completeness_was_switched_off(self, run: Run, old: str, new: str, said: str) -> None:
        """And from when to when each holds."""
        shipped = (Path(layouts.__file__).parent / "shipped" / f"{LAYOUT}.1.toml").read_text()
        Path("own.toml").write_text(shipped.replace(old, new, 1))
        answer = run("diff", LAYOUT, "own.toml")
        assert said in answer.out if said else answer.code == 2

    def test_shows_the_version_that_is_checked_with(
        self, run: Run, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A bare name is the version of today, not one that is yet to come."""
        shipped = (Path(layouts.__file__).parent / "shipped" / f"{LAYOUT}.1.toml").read_text()
        own = tmp_path / "own"
        own.mkdir()
        coming = re.sub(
            r"valid_from = \S+", "valid_from = 2090-01-01", shipped.replace("version = 1", "version = 2", 1)
        )
        (own / f"{LAYOUT}.2.toml").write_text(coming)
        monkeypatch.setenv("HARBORLINE_LAYOUTS", str(own))
        layouts.forget()
        try:
            assert run("show", LAYOUT).out.startswith(f"{LAYOUT}@1")
            assert f"{LAYOUT}@1" in run("check", str(good), "--layout", LAYOUT).out
            assert run("show", f"{LAYOUT}@2").out.startswith(f"{LAYOUT}@2")
        finally:
            layouts.forget()
