"""One text per phone and appointment group."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from harborline.messaging.notices.caseload import Row
from harborline.messaging.notices.grouping import Groups

NINE = datetime(2026, 12, 1, 9)  # noqa: DTZ001 - local to the office


def row(row_no: int, number: str = "+19195550123", *, day: int = 0, office: str = "wake-1") -> Row:
    """One row of a family."""
    when = NINE + timedelta(days=day, minutes=15 * row_no)
    return Row(row_no, f"P-{row_no}", "C-1", "37183", "dependent", "Name", "en", number, "", when, office)


def gathered(rows: list[Row]) -> list[list[int]]:
    """The row numbers by group."""
    groups = Groups()
    for each in rows:
        groups.add(each)
    return [[member.row_no for member in group] for group in groups.gather(iter(rows))]


class TestGroup:
    """Rows that share a text."""

    def test_three_children_are_one(self) -> None:
        """Same phone, same office, same day."""
        assert gathered([row(2), row(3), row(4)]) == [[2, 3, 4]]

    def test_another_day_office_or_phone_is_another(self) -> None:
        """Each of the three makes a text of its own."""
        rows = [row(2), row(3, day=1), row(4, office="wake-2"), row(5, "+19195550124")]
        assert sorted(gathered(rows)) == [[2], [3], [4], [5]]

    def test_without_a_phone_nobody_is_grouped(self) -> None:
        """Two people without a number are two people to call."""
        assert gathered([row(2, ""), row(3, "")]) == [[2], [3]]

    def test_its_rows_may_be_far_apart(self) -> None:
        """A family scattered over the file still gets one text."""
        rows = [row(2), *(row(number, f"+1919555{number:04}") for number in range(3, 50)), row(50)]
        assert [2, 50] in gathered(rows)

    @given(st.lists(st.integers(0, 5), max_size=60))
    def test_every_row_is_in_exactly_one(self, phones: list[int]) -> None:
        """Nobody is lost, nobody stands twice."""
        rows = [row(number, f"+1919555010{phone}") for number, phone in enumerate(phones, 2)]
        assert sorted(number for group in gathered(rows) for number in group) == [each.row_no for each in rows]


class TestARepeatedRow:
    """The same person, case, time and office once more."""

    def test_belongs_to_no_group(self) -> None:
        """The first stands, the second is named; the family's text does not wait for it."""
        first, second = row(2), row(3)
        again = first._replace(row_no=4)
        groups = Groups()
        for each in (first, second, again):
            groups.add(each)
        assert groups.repeats() == {4}
        assert len(groups) == 2
        assert [[each.row_no for each in group] for group in groups.gather(iter([first, second, again]))] == [[2, 3]]

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=60))
    def test_is_every_one_but_the_first(self, drawn: list[tuple[int, int]]) -> None:
        """Whatever the order: of rows that say the same exactly one is used."""
        rows = [
            row(2, f"+1919555010{phone}")._replace(row_no=number, participant_ref=f"P-{person}")
            for number, (phone, person) in enumerate(drawn, 2)
        ]
        groups = Groups()
        for each in rows:
            groups.add(each)
        used = sorted(each.row_no for group in groups.gather(iter(rows)) for each in group)
        firsts: dict[str, int] = {}
        for each in rows:
            firsts.setdefault(each.participant_ref, each.row_no)
        assert used == sorted(firsts.values())
        assert sorted({*used, *groups.repeats()}) == [each.row_no for each in rows]
