"""The nightly feed: checked row by row, applied whole or not at all, harmless when sent twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from tests.rooms.post import letters_to
from tests.rooms.town import (
    BEN,
    CASES,
    DURHAM,
    MANAGERS,
    NC,
    PEOPLE,
    WAKE,
    as_cora,
    as_dev,
    as_state,
    bring_in,
    write_feed,
)  # fmt: skip

from harborline.kernel import Invalid, NotFound, clock
from harborline.kernel.ids import new_id
from harborline.people.facts import FeedKind
from harborline.people.models import (
    Appointment,
    Case,
    CaseManagerAssignment,
    CaseParty,
    Contact,
    FeedImport,
    Participant,
    Person,
    PhoneNumber,
    Protection,
)
from harborline.people.selectors import case_managers, feed_history, participant_id, reach
from harborline.people.services import import_feed, record_contact


def _with(row_no: int, column: int, value: str) -> list[tuple[str, ...]]:
    """The people file with one value changed."""
    rows = [list(row) for row in PEOPLE]
    rows[row_no][column] = value
    return [tuple(row) for row in rows]


class TestAStranger:
    """Dev cannot import for the state, nor see what was imported elsewhere."""

    def test_cannot_import_for_all_counties(self, town: Path) -> None:
        """A county's worker has no business with the whole program's feed."""
        path = write_feed(town / "x.csv", FeedKind.PEOPLE, PEOPLE)
        with as_dev(), pytest.raises(Invalid, match="in all its counties"):
            import_feed(FeedKind.PEOPLE, path, NC)

    def test_of_another_program_sees_no_import(self, town: Path) -> None:
        """WIC staff do not see child support's feeds."""
        with as_state("mn-wic"):
            assert not FeedImport.objects.filter(program=NC).exists()
            assert not Person.objects.filter(source=NC).exists()


class TestAnotherAgency:
    """Minnesota's people are nobody here."""

    def test_lends_no_person(self, town: Path) -> None:
        """A row that names one is refused like a row that names nobody: nothing tells that the person is there."""
        with as_state("mn-wic"):
            theirs = Person.objects.create(
                agency="mn-mdh", source="mn-wic", external_id="M-77", identity=b"x", identity_digest=b"x"
            )
        with as_state():
            row = Participant.objects.get(external_id="P-1")
            for person_id in (theirs.id, new_id()):
                row.pk, row.external_id, row.person_id = new_id(), "P-77", person_id
                with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                    row.save(force_insert=True)


class TestTheFirstImport:
    """Everything is new."""

    def test_brings_everything_in(self, town: Path) -> None:
        """Five participants, four persons, two cases, five parties, two managers."""
        with as_state():
            counts = [model.objects.count() for model in (Participant, Person, Case, CaseParty, PhoneNumber)]
            assert counts == [5, 4, 2, 5, 4]
            case = Case.objects.get(external_id="C-100")
            assert case_managers([case.id]) == {case.id: "W-CORA"}

    def test_seals_what_is_personal(self, town: Path) -> None:
        """No name, address or number stands readable in a row."""
        with as_state():
            rows = [*Person.objects.values_list("identity"), *PhoneNumber.objects.values_list("e164")]
        assert len(rows) == 4 + 4
        together = b"".join(bytes(value) for (value,) in rows if value)
        assert not any(word in together for word in (b"Torres", b"Elm", b"+1919", b"Anita"))


class TestTheSameFileAgain:
    """Nothing changes."""

    def test_changes_nothing_as_the_very_same_file(self, town: Path) -> None:
        """The report says that it was known; no second import is kept."""
        path = write_feed(town / "again.csv", FeedKind.PEOPLE, PEOPLE)
        with as_state():
            first = import_feed(FeedKind.PEOPLE, path, NC)
            again = import_feed(FeedKind.PEOPLE, path, NC)
            kept = len([one for one in feed_history(NC) if one.kind == "people"])
        assert (first.repeated, again.repeated, again.unchanged, kept) == (False, True, 5, 2)

    @pytest.mark.parametrize(
        ("kind", "rows"), [(FeedKind.PEOPLE, PEOPLE), (FeedKind.CASES, CASES), (FeedKind.CASE_MANAGERS, MANAGERS)]
    )
    def test_changes_nothing_with_a_new_stamp(self, town: Path, kind: FeedKind, rows: list[tuple[str, ...]]) -> None:
        """Tonight's file says what yesterday's said."""
        report = bring_in(town, kind, rows)
        assert (report.added, report.changed, report.removed, report.unchanged) == (0, 0, 0, len(rows))


class TestADifference:
    """Shown by key, applied, and nothing else touched."""

    def test_in_an_address_changes_one_participant(self, town: Path) -> None:
        """Ben moved."""
        report = bring_in(town, FeedKind.PEOPLE, _with(1, 9, "1 New St, Raleigh"))
        assert report.differences == (("P-2", "changed"),)
        assert (report.unchanged, letters_to("P-2")) == (4, {"P-2": "1 New St, Raleigh"})

    def test_in_a_number_keeps_the_old_one_as_history(self, town: Path) -> None:
        """Ben's old number ended, his new one began."""
        bring_in(town, FeedKind.PEOPLE, _with(1, 11, "919-555-0188"))
        with as_cora():
            ben = participant_id(NC, "P-2")
            ended = list(PhoneNumber.objects.filter(participant_id=ben).values_list("until_at", flat=True))
            number = reach(ben).phone
        assert sorted(value is None for value in ended) == [False, True]
        assert number == "+19195550188"

    @pytest.mark.clause("NC-CSS-22-18:state-owned-data", shows="keeps")
    def test_in_a_persons_name_reaches_both_counties(self, town: Path) -> None:
        """Ana's name changes in both of her rows: one person."""
        rows = [(*row[:3], "Ana Vega", *row[4:]) if row[0] == "N-1" else row for row in PEOPLE]
        report = bring_in(town, FeedKind.PEOPLE, rows)
        with as_dev():
            assert reach(participant_id(NC, "P-9")).name == "Ana Vega"
        assert report.changed == 2

    def test_by_absence_ends_and_by_return_begins_again(self, town: Path) -> None:
        """Otto leaves the file and comes back."""
        gone = bring_in(town, FeedKind.PEOPLE, PEOPLE[:-1])
        back = bring_in(town, FeedKind.PEOPLE, PEOPLE, as_of=clock.now())
        assert (gone.removed, back.changed) == (1, 1)
        with as_dev():
            assert reach(participant_id(NC, "P-5")).phone is not None

    def test_of_a_manager_keeps_who_it_was_before(self, town: Path) -> None:
        """Case C-100 goes to another worker."""
        report = bring_in(town, FeedKind.CASE_MANAGERS, [("C-100", "W-NEW"), MANAGERS[1]])
        with as_state():
            all_of_them = list(
                CaseManagerAssignment.objects.order_by("since_at").values_list("worker_number", flat=True)
            )
        assert report.changed == 1
        assert sorted(all_of_them) == ["W-CORA", "W-DEV", "W-NEW"]

    def test_of_a_protection_ends_it_without_losing_it(self, town: Path) -> None:
        """Dropped from the file: ended, kept as history."""
        row = ("N-1", "fvi", "county", "2026-01-01", "", "no")
        bring_in(town, FeedKind.PROTECTIONS, [row])
        report = bring_in(town, FeedKind.PROTECTIONS, [], as_of=clock.now())
        with as_state():
            assert Protection.objects.get().ended_at is not None
        assert report.differences == (("N-1/fvi", "removed"),)


class TestABadRow:
    """Every one is named; one is enough to keep the whole file out."""

    def test_keeps_the_whole_file_out(self, town: Path) -> None:
        """Row 4 is wrong twice, row 5 once: three findings, nothing applied."""
        rows = _with(1, 11, "919-555-01")
        rows[1] = (*rows[1][:2], "WAKE", *rows[1][3:])
        rows[2] = (*rows[2][:5], "2018-02-30", *rows[2][6:])
        report = bring_in(town, FeedKind.PEOPLE, rows)
        found = [(bad.row_no, bad.column, bad.code) for bad in report.bad]
        assert found == [
            (4, "county_fips", "bad-county"),
            (4, "phone", "bad-number"),
            (5, "birth_date", "no-such-date"),
        ]
        assert not report.applied
        with as_cora():
            assert reach(participant_id(NC, "P-2")).phone == BEN

    @pytest.mark.parametrize(
        ("kind", "row", "expected"),
        [
            (FeedKind.PEOPLE, ("N-1", "P-7", *PEOPLE[1][2:]), ("name", "differs-from-earlier-row")),
            (FeedKind.PEOPLE, PEOPLE[0], ("participant_id", "repeated-row")),
            (FeedKind.PEOPLE, ("N-9", "P-8"), ("", "wrong-width")),
            (FeedKind.CASES, ("C-100", WAKE, "open", "P-404", "dependent"), ("participant_id", "unknown-participant")),
            (FeedKind.CASES, ("C-100", WAKE, "open", "P-5", "dependent"), ("participant_id", "other-county")),
            (FeedKind.CASES, ("C-100", WAKE, "closed", "P-5", "dependent"), ("case_id", "differs-from-earlier-row")),
            (FeedKind.CASES, ("C-300", WAKE, "open", "P-1", "proxy"), ("role", "unknown-role")),
            (FeedKind.CASES, ("D-200", WAKE, "open", "P-1", "dependent"), ("case_id", "differs-from-earlier-row")),
            (FeedKind.CASE_MANAGERS, ("C-404", "W-1"), ("case_id", "unknown-case")),
            (FeedKind.PROTECTIONS, ("N-404", "fvi", "x", "2026-01-01", "", "no"), ("person_id", "unknown-person")),
            (FeedKind.APPOINTMENTS, ("P-1", "C-100", "NOWHERE", "2026-12-01", "09:00"), ("office", "unknown")),
            (FeedKind.CONTACTS, ("P-404", "2026-11-01", "09:00"), ("participant_id", "unknown-participant")),
        ],
    )  # fmt: skip
    def test_is_named_by_column_and_code(
        self, town: Path, kind: FeedKind, row: tuple[str, ...], expected: tuple[str, str]
    ) -> None:
        """What does not fit the rest of the file or what is known."""
        known: dict[FeedKind, list[tuple[str, ...]]] = {FeedKind.PEOPLE: [*PEOPLE], FeedKind.CASES: [*CASES]}
        report = bring_in(town, kind, [*known.get(kind, []), row])
        assert not report.applied
        assert (report.bad[-1].column, report.bad[-1].code) == expected

    def test_says_when_a_participant_became_somebody_else(self, town: Path) -> None:
        """A number is never given to another person, nor moved to another county."""
        other = bring_in(town, FeedKind.PEOPLE, _with(1, 0, "N-77"))
        moved = bring_in(town, FeedKind.PEOPLE, _with(1, 2, DURHAM))
        assert [bad.code for bad in (*other.bad, *moved.bad)] == ["other-person", "other-county"]


class TestAFileAsAWhole:
    """That cannot be used is refused with a sentence, and nothing is half done."""

    def _refused(self, path: Path, kind: FeedKind = FeedKind.PEOPLE) -> str:
        with as_state(), pytest.raises(Invalid) as refusal:
            import_feed(kind, path, NC)
        return str(refusal.value)

    def test_is_missing(self, town: Path) -> None:
        """No such file."""
        assert "cannot be read" in self._refused(town / "none.csv")

    def test_was_cut_short(self, town: Path) -> None:
        """Fewer rows than the label says: it must never end protections."""
        path = write_feed(town / "x.csv", FeedKind.PROTECTIONS, [], count=40)
        assert "has 0 rows but its first line says 40" in self._refused(path, FeedKind.PROTECTIONS)

    def test_is_of_another_kind(self, town: Path) -> None:
        """A cases file where people were asked for."""
        assert "is a cases file" in self._refused(write_feed(town / "x.csv", FeedKind.CASES, CASES))

    def test_has_other_columns(self, town: Path) -> None:
        """The message shows the header it needs."""
        path = write_feed(town / "x.csv", FeedKind.PEOPLE, [], header=("name",))
        assert "the header must be: person_id,participant_id" in self._refused(path)

    def test_is_not_utf8(self, town: Path) -> None:
        """Saved in another encoding."""
        path = write_feed(town / "x.csv", FeedKind.PEOPLE, PEOPLE)
        path.write_bytes(path.read_bytes().replace(b"Otto", b"\xd6tto"))
        assert "not UTF-8" in self._refused(path)

    def test_has_broken_quotes(self, town: Path) -> None:
        """A quote that never closes."""
        path = write_feed(town / "x.csv", FeedKind.PEOPLE, PEOPLE)
        path.write_text(path.read_text().replace("Otto Lind", '"Otto" Lind'))
        assert "check the quotes" in self._refused(path)

    def test_comes_from_the_future(self, town: Path) -> None:
        """A wrong clock at the sender would make old protections look fresh."""
        path = write_feed(town / "x.csv", FeedKind.PEOPLE, PEOPLE, as_of=clock.now() + timedelta(hours=2))
        assert "in the future" in self._refused(path)

    def test_is_older_than_the_last(self, town: Path) -> None:
        """Yesterday's file after today's."""
        path = write_feed(town / "x.csv", FeedKind.PEOPLE, PEOPLE, as_of=clock.now() - timedelta(days=1))
        assert "not newer" in self._refused(path)

    def test_would_end_too_much(self, town: Path) -> None:
        """An export that lost most people is not believed without a person's word."""
        many = [(f"Z-{n}", f"Q-{n}", WAKE, f"Invented {n}", "", "", "en", "", "", "", "", "") for n in range(60)]
        bring_in(town, FeedKind.PEOPLE, [*PEOPLE, *many])
        path = write_feed(town / "x.csv", FeedKind.PEOPLE, PEOPLE, as_of=clock.now())
        assert "would end 60 of 65" in self._refused(path)
        with as_state():
            report = import_feed(FeedKind.PEOPLE, path, NC, confirm_removals=True)
        assert report.removed == 60


class TestAppointmentsAndContacts:
    """Come by file or by click."""

    def test_appointments_follow_the_file(self, town: Path) -> None:
        """Added, moved to another office, cancelled when it is gone from the file, and back again."""
        row = ("P-1", "C-100", "WAKE", "2031-12-01", "09:00")
        first = bring_in(town, FeedKind.APPOINTMENTS, [row])
        moved = bring_in(town, FeedKind.APPOINTMENTS, [(*row[:2], "DURHAM", *row[3:])], as_of=clock.now())
        gone = bring_in(town, FeedKind.APPOINTMENTS, [], as_of=clock.now())
        back = bring_in(town, FeedKind.APPOINTMENTS, [row], as_of=clock.now())
        assert (first.added, moved.changed, gone.removed, back.changed) == (1, 1, 1, 1)
        with as_cora():
            appointment = Appointment.objects.get()
        assert appointment.starts_at.isoformat() == "2031-12-01T14:00:00+00:00"

    def test_a_contact_stands_once(self, town: Path) -> None:
        """Told by the file and again by the file."""
        row = ("P-1", "2026-11-01", "09:00")
        first = bring_in(town, FeedKind.CONTACTS, [row])
        again = bring_in(town, FeedKind.CONTACTS, [row], as_of=clock.now())
        with as_state():
            assert Contact.objects.count() == 1
        assert (first.added, again.added, again.unchanged) == (1, 0, 1)

    def test_a_click_records_a_contact(self, town: Path) -> None:
        """Once; a second click at the same moment changes nothing; never in the future."""
        at = clock.now()
        with as_cora():
            ana = participant_id(NC, "P-1")
            assert record_contact(ana, at)
            assert not record_contact(ana, at)
            with pytest.raises(Invalid):
                record_contact(ana, at + timedelta(days=1))

    def test_nobody_clicks_for_another_county(self, town: Path) -> None:
        """Dev cannot record a contact of Wake's Ana."""
        with as_state():
            ana = participant_id(NC, "P-1")
        with as_dev(), pytest.raises(NotFound):
            record_contact(ana)
