"""Lists of an earlier vendor: opt-outs at once, opt-ins when a named person attests them, nothing half done."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tests.rooms.town import ANA, BEN, NC, OTTO, WAKE, as_cora, as_state, phone

from harborline.consent.facts import ConsentStanding, Means
from harborline.consent.models import Consent, ConsentList, Suppression
from harborline.consent.selectors import consent_lists, standings, suppressed_numbers
from harborline.consent.services import ListReport, attest, import_vendor_list, suppress
from harborline.kernel import Invalid, NotFound, Refused
from harborline.ledger.selectors import entries_of
from harborline.messaging.words.numbers import e164
from harborline.people.models import Case
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

HEADER = "phone,status,date,participant,kind,evidence\n"
BENS = f"{BEN},opt-in,2025-03-04,P-2,keyword,archive box 7\n"
ANAS = f"{ANA},opt-out,,,,\n"


def as_olga() -> AbstractContextManager[Context]:
    """Olga answers for the program in the whole state."""
    return acting(Actor("worker", "olga"), program=NC, counties=ALL_COUNTIES, purpose="consent-list")


def take_over(content: str) -> ListReport:
    """The list as the command takes it."""
    return import_vendor_list(content.encode(), vendor="Old Texts", number=lambda one: e164(one, allow_fictional=True))


def standing(case: str, number: str) -> ConsentStanding:
    """What stands for a number on a case."""
    found: uuid.UUID = Case.objects.get(program=NC, external_id=case).id
    return standings(NC, [(found, phone(number))])[0]


class TestTakingAListOver:
    """The first step."""

    def test_stops_at_once_and_starts_nothing(self, town: Path) -> None:
        """Ana's opt-out holds this second; Ben's opt-in waits."""
        with as_olga():
            report = take_over(HEADER + BENS + ANAS)
            assert (report.opt_outs, report.opt_ins, report.bad, report.unmatched) == (1, 1, (), ())
            assert suppressed_numbers(NC, [phone(ANA), phone(BEN)]) == {phone(ANA)}
            assert standing("C-100", BEN).state == "unattested"

    def test_twice_changes_nothing(self, town: Path) -> None:
        """The same file, and the same opt-in in another file."""
        with as_olga():
            take_over(HEADER + BENS + ANAS)
            again, reordered = take_over(HEADER + BENS + ANAS), take_over(HEADER + ANAS + BENS)
            assert again.repeated
            assert (reordered.repeated, reordered.opt_ins) == (False, 0)
            assert (Consent.objects.count(), Suppression.objects.count(), ConsentList.objects.count()) == (1, 1, 2)

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ("12345,opt-out,,,,\n", "phone"),
            (f"{BEN},maybe,,,,\n", "status"),
            (f"{BEN},opt-in,,P-2,keyword,box\n", "date"),
            (f"{BEN},opt-in,2999-01-01,P-2,keyword,box\n", "date"),
            (f"{BEN},opt-in,2025-01-01,P-2,verbal-temporary,box\n", "kind"),
            (f"{BEN},opt-in,2025-01-01,P-2,keyword,\n", "evidence"),
            (f"{BEN},opt-out\n", "row"),
            (f"{BEN},opt-in,2025-01-01,{'x' * 300},keyword,box\n", "participant"),
        ],
    )
    def test_with_a_bad_row_does_nothing_at_all(self, town: Path, row: str, column: str) -> None:
        """The row and the column are named, no value is repeated, and not even the good opt-out is half done."""
        with as_olga():
            report = take_over(HEADER + ANAS + row)
            assert [(one.row_no, one.column) for one in report.bad] == [(3, column)]
            assert not {"12345", "maybe", "2999", BEN} & set(report.bad[0].problem.split())
            assert (Suppression.objects.count(), Consent.objects.count(), consent_lists(NC)) == (0, 0, [])

    @pytest.mark.parametrize(
        "content",
        ["", HEADER, "phone\n+19195550101\n", "phone,status,colour\n", HEADER + '"open', "phone,status\n\0,opt-out\n"],
    )
    def test_of_another_shape_is_refused(self, town: Path, content: str) -> None:
        """Empty, without its columns, with a strange one, cut off, or no text at all."""
        with as_olga(), pytest.raises(Invalid):
            take_over(content)

    def test_that_is_no_text_is_refused(self, town: Path) -> None:
        """A spreadsheet saved as it is."""
        with as_olga(), pytest.raises(Invalid, match="UTF-8"):
            import_vendor_list(
                b"PK\x03\x04\xff", vendor="Old Texts", number=lambda one: e164(one, allow_fictional=True)
            )

    def test_leaves_out_opt_ins_of_nobody(self, town: Path) -> None:
        """An unknown person, another's number, a number without a name that several have: named, and left out."""
        rows = f"{BEN},opt-in,2025-03-04,P-77,keyword,b\n{OTTO},opt-in,2025-03-04,P-2,keyword,b\n"
        with as_olga():
            report = take_over(
                HEADER + rows + f"{ANA},opt-in,2025-03-04,,keyword,b\n" + f"{BEN},opt-in,2025-03-04,,,b\n"
            )
            assert [(one.row_no, one.column) for one in report.unmatched] == [
                (2, "participant"), (3, "phone"), (4, "participant"),
            ]  # fmt: skip
            assert (report.opt_ins, Consent.objects.get().county) == (1, WAKE)

    def test_lets_an_opt_out_win_over_an_opt_in(self, town: Path) -> None:
        """Both in one file: the number is silent."""
        with as_olga():
            report = take_over(HEADER + BENS + f"{BEN},opt-out,,,,\n")
            assert (report.overruled, report.opt_ins, suppressed_numbers(NC, [phone(BEN)])) == (1, 0, {phone(BEN)})

    def test_is_for_the_whole_program_only(self, town: Path) -> None:
        """A county cannot take over the state's list."""
        with as_cora(), pytest.raises(Invalid, match="whole program"):
            take_over(HEADER + ANAS)

    def test_is_recorded(self, town: Path) -> None:
        """The list is on record."""
        with as_olga():
            report = take_over(HEADER + ANAS)
            assert [entry.kind for entry in entries_of(f"list:{report.name}")] == ["consent.list-imported"]


class TestAttesting:
    """The second step."""

    @pytest.mark.clause("NC-CSS-22-18:opt-in-monitored", shows="allows")
    def test_by_name_makes_the_opt_ins_count(self, town: Path) -> None:
        """Olga says what she saw; the list remembers her."""
        with as_olga():
            report = take_over(HEADER + BENS)
            assert attest(report.name, statement="screenshots of each START in the vendor's archive") == 1
            assert standing("C-100", BEN).state == "given"
            assert attest(report.name, statement="once more") == 0
            (found,) = consent_lists(NC)
        assert found.attested_by == "worker:olga"
        assert b"screenshots" not in bytes(found.statement)

    def test_does_not_undo_a_stop_that_came_since(self, town: Path) -> None:
        """Ben asked to stop while his opt-in waited."""
        with as_olga():
            report = take_over(HEADER + BENS)
            suppress(BEN, Means.TELEPHONE)
            attest(report.name, statement="seen")
            assert standing("C-100", BEN).suppressed

    @pytest.mark.clause("NC-CSS-22-18:opt-in-monitored", shows="refuses")
    def test_by_a_machine_is_refused(self, town: Path) -> None:
        """Nobody by name, nobody to ask later."""
        with as_olga():
            report = take_over(HEADER + BENS)
        with as_state(), pytest.raises(Refused, match="attested-by-nobody"):
            attest(report.name, statement="seen")

    def test_without_saying_what_was_seen_is_no_attestation(self, town: Path) -> None:
        """Nor of a list nobody knows."""
        with as_olga():
            report = take_over(HEADER + BENS)
            with pytest.raises(Invalid):
                attest(report.name, statement=" ")
            with pytest.raises(NotFound):
                attest("0" * 64, statement="seen")
