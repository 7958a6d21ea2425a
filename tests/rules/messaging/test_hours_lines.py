"""The questions of `quiet-hours` and `segments`, as commands without a database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harborline.kernel import Invalid
from harborline.messaging.hours.lines import hours_answer


def asked(**question: object) -> Mapping[str, Any]:
    """The answer to one question of nc-css."""
    return hours_answer({"program": "nc-css", "number": "+19195550123", **question})


def command(*words: str, lines: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run the real command with `lines` on stdin."""
    return subprocess.run(
        [sys.executable, "-m", "harborline.project.command", *words], input=lines, capture_output=True, check=False
    )


class TestAMoment:
    """Is judged where the person may be."""

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="refuses")
    def test_a_second_too_early_waits_for_the_hour(self) -> None:
        """At 7:59:59 in the morning the answer is eight o'clock."""
        found = asked(at="2026-11-21T12:59:59Z")
        assert found == {
            "zones": ["America/New_York"],
            "allowed": False,
            "next_at": "2026-11-21T13:00:00Z",
            "clauses": ["NC-CSS-22-18:lawful-notifications"],
        }

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="allows")
    def test_in_the_window_is_allowed(self) -> None:
        """Then there is no next moment to wait for."""
        found = asked(at="2026-11-21T13:00:00Z")
        assert found["allowed"] is True
        assert found["next_at"] is None

    def test_counts_in_every_zone_of_the_number(self) -> None:
        """A Pensacola ZIP with an area code that spans two zones waits for the later one."""
        found = asked(number="(850) 555-0123", zip="32501-1234", at="2026-11-21T13:30:00Z")
        assert found["zones"] == ["America/Chicago", "America/New_York"]
        assert found["next_at"] == "2026-11-21T14:00:00Z"

    def test_on_the_day_the_clocks_change_follows_the_clocks(self) -> None:
        """Eight in the morning comes an hour earlier in UTC after the change in March."""
        assert asked(at="2027-03-14T06:30:00Z")["next_at"] == "2027-03-14T12:00:00Z"

    def test_of_a_foreign_or_free_number_is_judged_everywhere(self) -> None:
        """A number without ground in the United States may be anywhere in it."""
        for number in ("+442079460123", "800-555-0123"):
            assert len(asked(number=number, at="2026-07-21T13:30:00Z")["zones"]) == 8

    def test_at_a_stated_zone_is_judged_there_alone(self) -> None:
        """What the person said and somebody verified stands alone."""
        assert asked(zone="America/Phoenix", at="2026-07-21T13:30:00Z")["next_at"] == "2026-07-21T15:00:00Z"


class TestABadLine:
    """Names its field and the remedy, never its content."""

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("program", "nobody"),
            ("program", 7),
            ("number", "12"),
            ("number", "+9195550123"),
            ("number", None),
            ("zip", "ABCDE"),
            ("zone", "Mars/Base"),
            ("zone", "../etc/passwd"),
            ("at", "2026-07-21T13:30:00"),
            ("at", "soon"),
            ("at", "9999-12-31T23:30:00-05:00"),
            ("at", None),
        ],
    )
    def test_is_refused_by_field(self, field: str, value: object) -> None:
        """Each field on its own."""
        question: dict[str, Any] = {"at": "2026-11-21T13:00:00Z", field: value}
        with pytest.raises(Invalid) as wrong:
            asked(**question)
        assert wrong.value.where == field


class TestTheCommand:
    """Answers what it can and names what it cannot."""

    def test_answers_good_lines_and_names_bad_ones(self, tmp_path: Path) -> None:
        """Exit code 5, the answers kept, the content of bad lines repeated nowhere."""
        target = tmp_path / "out.jsonl"
        lines = b'{"id":"a","text":"ol\xc3\xa9"}\nsecret 555\n\n{"id":2,"text":"ok"}\n\xff\n{"id":[1],"text":""}\n'
        done = command("segments", "--jsonl", "-", "--out", str(target), lines=lines)
        assert done.returncode == 5
        assert [json.loads(line) for line in target.read_text().splitlines()] == [
            {"id": "a", "encoding": "gsm7", "segments": 1, "sizes": [3]},
            {"id": 2, "encoding": "gsm7", "segments": 1, "sizes": [2]},
        ]
        assert [line.split(b":")[1].strip() for line in done.stderr.splitlines()] == [
            b"line 2",
            b"line 5",
            b"line 6, id",
        ]
        assert b"secret" not in done.stderr

    def test_refuses_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        """Exit code 2, no answers file made."""
        target = tmp_path / "out.jsonl"
        done = command("quiet-hours", "--jsonl", str(tmp_path / "none"), "--out", str(target), lines=b"")
        assert done.returncode == 2
        assert not target.exists()

    def test_takes_any_text_at_all(self) -> None:
        """Lone surrogates, direction marks and controls are counted, never a crash."""
        text = json.dumps({"id": 1, "text": "\ud83d \u202e\x00" + "x" * 10_000})
        done = command("segments", "--jsonl", "-", "--out", "-", lines=text.encode())
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["encoding"] == "ucs2"

    def test_never_writes_over_what_it_reads(self, tmp_path: Path) -> None:
        """Lines that cannot be answered would be gone."""
        source = tmp_path / "in.jsonl"
        source.write_text('{"id": 1, "text": "a"}\n')
        done = command("segments", "--jsonl", str(source), "--out", str(source), lines=b"")
        assert (done.returncode, source.read_text()) == (2, '{"id": 1, "text": "a"}\n')

    def test_says_so_when_the_disk_is_full(self) -> None:
        """A sentence, not a trace."""
        lines = b'{"id": 1, "text": "a"}\n' * 20_000
        done = command("segments", "--jsonl", "-", "--out", "/dev/full", lines=lines)
        assert done.returncode == 2
        assert b"cannot be written" in done.stderr
        assert b"Traceback" not in done.stderr

    def test_writes_where_a_link_leads(self, tmp_path: Path) -> None:
        """The link stays one."""
        target, link = tmp_path / "target.jsonl", tmp_path / "link.jsonl"
        target.write_text("old")
        link.symlink_to(target)
        done = command("segments", "--jsonl", "-", "--out", str(link), lines=b'\xef\xbb\xbf{"id": 1, "text": "a"}\n')
        assert (done.returncode, link.is_symlink()) == (0, True), done.stderr
        assert json.loads(target.read_text())["id"] == 1

    @pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
    def test_names_the_line_of_a_moment_that_is_nowhere(self, at: str) -> None:
        """The other lines are answered."""
        lines = [
            {"id": 1, "program": "nc-css", "number": "+19195550123", "at": each} for each in (at, "2026-12-01T12:00Z")
        ]
        done = command("quiet-hours", "--jsonl", "-", "--out", "-", lines="\n".join(map(json.dumps, lines)).encode())
        assert (done.returncode, done.stdout.count(b"\n")) == (5, 1)
        assert b"line 1, at:" in done.stderr

    @pytest.mark.parametrize("zone", ["localtime", "Factory"])
    def test_takes_no_zone_that_is_nowhere(self, zone: str) -> None:
        """The answer must not hang on the machine."""
        with pytest.raises(Invalid, match="is not a time zone"):
            asked(at="2026-12-01T12:00Z", zone=zone)
