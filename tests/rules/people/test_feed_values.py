"""Single values and labels of the nightly feed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Invalid
from harborline.people.facts import ADULT_ROLES, ROLES, FeedKind
from harborline.people.feeds import columns
from harborline.people.feeds.changes import compare, guard_removals
from harborline.people.feeds.columns import BadValueError
from harborline.people.feeds.reading import Label, label_line, read_label
from harborline.people.numbers import e164


class TestANumber:
    """As the case system writes it."""

    @pytest.mark.parametrize(
        "written", ["919-555-0123", "(919) 555 0123", "9195550123", "+19195550123", "1.919.555.0123"]
    )
    def test_is_read_in_the_usual_spellings(self, written: str) -> None:
        """All the same number."""
        assert e164(written) == "+19195550123"

    @pytest.mark.parametrize(
        "written", ["919-555-01O0", "555-0177", "919-555-01234", "119-555-0123", "911-555-0123", ""]
    )
    def test_is_refused_when_it_cannot_be_one(self, written: str) -> None:
        """A letter, too short, too long, no such area code; the message does not repeat it."""
        with pytest.raises(Invalid) as refusal:
            e164(written)
        assert not written or written not in str(refusal.value)

    @given(st.text(max_size=20))
    def test_is_never_half_read(self, written: str) -> None:
        """Whatever stands there, it is E.164 or refused."""
        try:
            number = e164(written)
        except Invalid:
            return
        assert len(number) == 12
        assert number.startswith("+1")


class TestValues:
    """Each kind of value."""

    @pytest.mark.parametrize(
        ("reader", "value"),
        [
            (columns.day, "2027-02-30"),
            (columns.day, "2027-2-3"),
            (columns.day, "20270203"),
            (columns.hour, "24:00"),
            (columns.county, "3718"),
            (columns.reference, ""),
            (columns.reference, "A B"),
            (columns.text, ""),
            (columns.text, "a\x07b"),
            (columns.text, "x" * 301),
            (columns.language, "Spanish"),
            (columns.zone, "Mars/Olympus"),
            (columns.zip_code, "1234"),
            (columns.yes, "Y"),
            (columns.case_open, "pending"),
            (columns.protection_kind, "FV"),
        ],
    )
    def test_that_do_not_exist_are_named(self, reader: columns.Reader, value: str) -> None:
        """A code and what to do, without the value."""
        with pytest.raises(BadValueError) as bad:
            reader(value)
        assert bad.value.code
        assert not value or value not in bad.value.problem.split()

    def test_may_be_absent_where_the_layout_says_so(self) -> None:
        """No zone, no ZIP, no telephone, no end."""
        assert (columns.zone(""), columns.zip_code(""), columns.phone(""), columns.optional_day("")) == (
            "",
            "",
            "",
            None,
        )


class TestTheLabel:
    """The first line of every feed file."""

    def test_reads_what_it_writes(self) -> None:
        """Kind, program, moment, rows."""
        label = Label(FeedKind.PROTECTIONS, "nc-css", datetime(2026, 11, 21, 7, tzinfo=UTC), 12)
        assert read_label(",".join(label_line(label)).encode(), "x.csv") == label

    @pytest.mark.parametrize(
        "line",
        [b"", b"person_id,name", b"harborline-feed,2,people,nc-css,2026-11-21T07:00:00Z,1",
         b"harborline-feed,1,people,nc-css,2026-11-21T07:00:00,1",
         b"harborline-feed,1,pets,nc-css,2026-11-21T07:00:00Z,1",
         b"harborline-feed,1,people,nc-css,yesterday,1", b"\xff\xfe"],
    )  # fmt: skip
    def test_is_asked_for_by_example(self, line: bytes) -> None:
        """A file without a usable label shows what one looks like."""
        with pytest.raises(Invalid, match="harborline-feed,1,people"):
            read_label(line, "x.csv")


class TestComparing:
    """What a file changes."""

    def test_tells_new_different_gone_and_same(self) -> None:
        """One of each."""
        changes = compare({"a": 1, "b": 2, "c": 3}, {"b": 2, "c": 4, "d": 5})
        assert (changes.added, changes.changed, changes.removed, changes.unchanged) == (["a"], ["c"], ["d"], 1)

    @given(st.dictionaries(st.integers(), st.integers()))
    def test_of_a_thing_with_itself_changes_nothing(self, known: dict[int, int]) -> None:
        """The same file twice."""
        changes = compare(known, known)
        assert [*changes.added, *changes.changed, *changes.removed] == []

    def test_stops_a_file_that_ends_too_much(self) -> None:
        """A fifth and more is looked at first; a few are not."""
        guard_removals(20, 25, confirmed=False, where="x")
        guard_removals(200, 1000, confirmed=False, where="x")
        guard_removals(900, 1000, confirmed=True, where="x")
        with pytest.raises(Invalid, match="would end 201 of 1000"):
            guard_removals(201, 1000, confirmed=False, where="x")


class TestRoles:
    """Who may be what."""

    def test_know_adults_from_minors(self) -> None:
        """Dependents, children and infants are none."""
        minors = {role for roles in ROLES.values() for role in roles} - ADULT_ROLES
        assert minors == {"dependent", "child", "infant"}
