"""Invented people: the same every time, and good enough for the product's own doors."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import phonenumbers
import pytest
from tests.rooms.town import as_state, phone

from harborline.consent.selectors import standings, suppressed_numbers
from harborline.consent.synthetic import settle_permissions
from harborline.kernel import clock
from harborline.people.facts import FeedKind
from harborline.people.selectors import county_codes, offices, protection_age, recipients
from harborline.people.synthetic import SyntheticFiles, settle_program, write_program

TODAY = date(2026, 11, 23)
BEFORE = (FeedKind.PEOPLE, FeedKind.CASES, FeedKind.CASE_MANAGERS, FeedKind.PROTECTIONS)


def _written(directory: Path, program: str, rows: int) -> SyntheticFiles:
    return write_program(directory, program, rows=rows, today=TODAY, as_of=clock.now() - timedelta(minutes=1))


class TestTheFiles:
    """What is written."""

    @pytest.mark.parametrize("program", ["nc-css", "mn-wic"])
    def test_are_the_same_for_the_same_seed(self, tmp_path: Path, program: str) -> None:
        """Byte for byte, but for the moment in the label."""
        one, two = _written(tmp_path / "1", program, 300), _written(tmp_path / "2", program, 300)
        assert one.caseload.read_bytes() == two.caseload.read_bytes()
        for kind, path in one.feeds.items():
            assert path.read_bytes().split(b"\n", 1)[1] == two.feeds[kind].read_bytes().split(b"\n", 1)[1]

    def test_name_only_numbers_made_for_fiction(self, tmp_path: Path) -> None:
        """555-01XX in area codes that exist."""
        files = _written(tmp_path, "nc-css", 2000)
        with files.permissions.open(newline="") as file:
            numbers = {row["phone"] for row in csv.DictReader(file)}
        assert all(number[5:10] == "55501" for number in numbers)
        assert all(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers)

    def test_hold_a_few_rows_that_cannot_be_used(self, tmp_path: Path) -> None:
        """And exactly as many rows as asked for."""
        with _written(tmp_path, "nc-css", 800).caseload.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 800
        assert rows[399]["appointment_date"] == "2027-02-30"


class TestSettling:
    """Through feed and consent, like real ones."""

    @pytest.mark.parametrize("program", ["nc-css", "mn-wic"])
    def test_makes_every_story_of_the_demonstration(self, db: None, tmp_path: Path, program: str) -> None:
        """Given, none, withdrawn, protected; in Minnesota spoken, lapsed and the app's too."""
        files = _written(tmp_path, program, 1200)
        with as_state(program):
            settle_program(files, BEFORE)
            settle_permissions(files.permissions, program, now=clock.now())
            settle_program(files, (FeedKind.CONTACTS,))
            with files.caseload.open(newline="") as file:
                rows = list(csv.DictReader(file))
            known = recipients(program, [(row["participant_id"], row["case_id"], phone(row["phone"])) for row in rows])
            pairs = [(facts, phone(row["phone"])) for facts, row in zip(known, rows, strict=True) if facts]
            found = standings(program, [(facts.case_id, number) for facts, number in pairs])
            stopped = suppressed_numbers(program, {number for _, number in pairs})
            assert protection_age(program) is not None
            assert county_codes(program) == {office.county for office in offices(program).values()}
        states = Counter(standing.state for standing in found)
        assert {"given", "none", "withdrawn"} <= set(states)
        assert stopped
        assert (program == "mn-wic") == ({"temporary", "lapsed"} <= set(states))
        assert sum(facts is None for facts in known) < 10
        assert any(facts.protected for facts, _ in pairs) == (program == "nc-css")
