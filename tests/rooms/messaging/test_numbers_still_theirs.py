"""A number that has a new owner, or none, gets no text, and staff are told to ask."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from tests.rooms.town import ANA, BEN, NC, as_cora, as_state, settle

from harborline.consent.facts import NOTICES, ConsentKind, Doubt
from harborline.consent.keeping import Given
from harborline.consent.selectors import number_questions, suppressed_numbers
from harborline.consent.services import load_permissions
from harborline.kernel import Invalid, clock
from harborline.messaging.hygiene.facts import Report
from harborline.messaging.hygiene.records import NumberCheck
from harborline.messaging.hygiene.services import questions, take_answers, take_deactivations
from harborline.people.selectors import participant_id
from harborline.vault.services import blind_index

EVIDENCE = {"keyword": "START", "shown": "", "message": "", "number": ""}


@pytest.fixture
def opted_in(db: None, tmp_path: Path) -> None:
    """Ana and Ben opted in with the keyword."""
    settle(tmp_path)
    with as_state():
        now = clock.now()
        given = [
            Given(participant_id(NC, who), "37183", number, ConsentKind.KEYWORD, now, {**EVIDENCE, "number": number},
                  NOTICES)
            for who, number in (("P-1", ANA), ("P-2", BEN))
        ]  # fmt: skip
        load_permissions(given)


def answered(*rows: tuple[str, str, str]) -> Report:
    """A register's file is taken."""
    text = "tn,date,answer\n" + "".join(f"{number[2:]},{day},{said}\n" for number, day, said in rows)
    with as_state():
        return take_answers(io.BytesIO(text.encode()), name="answers.csv", register="reassigned.us")


def stopped(number: str) -> bool:
    """Whether nothing is sent to the number."""
    with as_state():
        return bool(suppressed_numbers(NC, [blind_index("phone", number)]))


@pytest.mark.usefixtures("opted_in")
class TestTheRegister:
    """Is asked and believed."""

    def test_is_asked_about_every_number_with_a_permission(self) -> None:
        """Once each, with the day of the permission; not again within thirty days."""
        with as_state():
            assert {one.number for one in questions()} == {ANA, BEN}
        answered((ANA, "2026-01-02", "no"))
        with as_state():
            assert {one.number for one in questions()} == {BEN}
            assert {one.number for one in questions(everything=True)} == {ANA, BEN}

    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="refuses")
    def test_that_says_yes_ends_the_number(self) -> None:
        """No permission stands, nothing is sent, staff look for the person's number; Ben is not touched."""
        report = answered((ANA, "2026-01-02", "yes"), (BEN, "2026-01-02", "no"))
        assert (report.lines, report.ended, report.asked) == (2, 1, 0)
        assert (stopped(ANA), stopped(BEN)) == (True, False)
        with as_cora():
            assert [one.kind for one in number_questions(NC)] == [Doubt.REASSIGNED.value]

    def test_without_data_from_before_it_began_makes_a_question(self) -> None:
        """The number is still texted; a person asks."""
        report = answered((ANA, "2020-05-05", "no data"))
        assert (report.ended, report.asked) == (0, 1)
        assert not stopped(ANA)

    def test_is_kept_as_proof_once_per_file(self) -> None:
        """Who said what about which day; the same file again adds nothing."""
        for _ in range(2):
            answered((ANA, "2026-01-02", "no"))
        with as_state():
            (row,) = NumberCheck.objects.all()
            assert (row.answer, row.register, len(row.file_sha256)) == ("no", "reassigned.us", 64)

    def test_is_not_taken_for_one_county_alone(self) -> None:
        """A number belongs to no county."""
        with as_cora(), pytest.raises(Invalid, match="whole program"):
            take_answers(io.BytesIO(b"tn,date,answer\n"), name="x", register="r")


@pytest.mark.usefixtures("opted_in")
class TestADeactivationFile:
    """Ends what is dead here and leaves the rest alone."""

    def test_ends_numbers_of_ours(self) -> None:
        """A number agreed to after it was switched off is somebody's again and stays."""
        lines = f"tn,date\n{ANA[2:]},2030-01-01\n{BEN[2:]},2020-01-01\n9195550177,2026-01-01\nx,2026-01-01\n"
        with as_state():
            report = take_deactivations(io.BytesIO(lines.encode()), name="dead.csv", carrier="Example Wireless")
        assert (report.lines, report.ended, report.unknown, len(report.bad)) == (4, 1, 2, 1)
        assert (stopped(ANA), stopped(BEN)) == (True, False)
