"""Quiet hours: where the person may be, on the days clocks change too."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Outcome
from harborline.messaging.hours import ALL_US, candidates, lawful_hour, window

EIGHT, TWENTY = time(8), time(20)


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestCandidates:
    """Where a number may be."""

    @pytest.mark.parametrize(
        ("number", "zip_code", "wanted"),
        [
            ("+19195550123", "27601", {"America/New_York"}),
            ("+18505550123", "32501", {"America/Chicago", "America/New_York"}),
            ("+19285550123", "86515", {"America/Phoenix", "America/Denver"}),
            ("+15415550123", "97914", {"America/Boise", "America/Los_Angeles"}),
            ("+19065550123", "49801", {"America/Menominee"}),
            ("+13645550123", "", {"America/Chicago", "America/New_York"}),
            ("+17755550123", "89883", {"America/Denver", "America/Los_Angeles"}),
        ],
    )
    def test_joins_the_zip_with_everything_under_the_area_code(
        self, number: str, zip_code: str, wanted: set[str]
    ) -> None:
        """A number of Pensacola may be in either zone of its area code."""
        assert wanted <= set(candidates(number=number, zip_code=zip_code, state_zones=("America/New_York",)))

    def test_takes_a_stated_zone_alone(self) -> None:
        """What the person said and staff verified needs no guess."""
        found = candidates(number="+19195550123", zip_code="27601", stated="America/Denver")
        assert found == ("America/Denver",)

    def test_takes_the_state_when_the_zip_is_unknown(self) -> None:
        """No ZIP: the agency's state and the area code."""
        found = candidates(number="+16125550123", state_zones=("America/New_York",))
        assert found == ("America/Chicago", "America/New_York")

    @pytest.mark.parametrize("number", ["+18005550123", "+19995550123", "+525555550123", ""])
    def test_takes_all_states_when_nothing_is_known(self, number: str) -> None:
        """A toll-free or foreign number may ring anywhere."""
        assert candidates(number=number, zip_code="27601") == ALL_US

    @given(st.text(max_size=8))
    def test_never_fails_on_an_odd_zip(self, zip_code: str) -> None:
        """Whatever stands in the column."""
        assert candidates(number="+19195550123", zip_code=zip_code, state_zones=("America/New_York",))


class TestThePostOfTheForces:
    """An APO, FPO or DPO box says which part of the world, and nothing nearer."""

    @pytest.mark.parametrize(
        ("zip_code", "among"),
        [
            ("09012", {"America/Halifax", "Europe/Berlin", "Asia/Dubai"}),
            ("09899", {"Asia/Dubai"}),
            ("34002", {"America/Tegucigalpa", "America/Sao_Paulo"}),
            ("96201", {"Asia/Bangkok", "Asia/Tokyo", "Pacific/Auckland"}),
            ("96699", {"Pacific/Auckland"}),
        ],
    )
    def test_joins_its_whole_part_of_the_world(self, zip_code: str, among: set[str]) -> None:
        """With whatever the area code says."""
        found = candidates(number="+19195550123", zip_code=zip_code, state_zones=("America/New_York",))
        assert set(found) == among | set(found)
        assert "America/New_York" in found

    @pytest.mark.parametrize("zip_code", ["08999", "09901", "34101", "96101", "96701"])
    def test_ends_where_its_numbers_end(self, zip_code: str) -> None:
        """The codes beside them are places."""
        found = candidates(number="+19195550123", zip_code=zip_code, state_zones=("America/New_York",))
        assert not set(found) & {"Asia/Dubai", "Asia/Bangkok", "America/Sao_Paulo"}

    def test_leaves_a_number_without_ground_everywhere_and_there(self) -> None:
        """A toll-free number adds nothing that narrows."""
        assert set(ALL_US) < set(candidates(number="+18005550123", zip_code="09012"))

    def test_never_wakes_anybody_in_it(self) -> None:
        """An allowed hour is lawful at both ends of Europe's and the Gulf's clocks; in the Pacific there is none."""
        zones = candidates(number="+19195550123", zip_code="09012", state_zones=("America/New_York",))
        found = window(zones=zones, start=time(8), end=time(20), now=at("2026-12-01T06:00:00Z"))
        assert found.next_at == at("2026-12-01T13:00:00Z")
        zones = candidates(number="+19195550123", zip_code="96201", state_zones=("America/New_York",))
        assert window(zones=zones, start=time(8), end=time(20), now=at("2026-12-01T06:00:00Z")).next_at is None

    def test_gives_way_to_a_stated_zone(self) -> None:
        """Who says where they are is asked there alone."""
        assert candidates(number="+19195550123", zip_code="96201", stated="Asia/Tokyo") == ("Asia/Tokyo",)


class TestWindow:
    """The half-open window [8:00, 20:00)."""

    @pytest.mark.parametrize(
        ("moment", "open_now"),
        [
            ("2026-12-01T12:59:59", False),
            ("2026-12-01T13:00:00", True),
            ("2026-12-02T00:59:59", True),
            ("2026-12-02T01:00:00", False),
        ],
    )
    def test_is_open_from_eight_to_before_twenty(self, moment: str, *, open_now: bool) -> None:
        """Eastern winter time is five hours behind UTC."""
        found = window(zones=("America/New_York",), start=EIGHT, end=TWENTY, now=at(moment))
        assert found.open_now is open_now

    @pytest.mark.parametrize(
        ("moment", "next_at"),
        [
            ("2026-12-01T10:00:00", "2026-12-01T18:00:00"),
            ("2026-07-01T10:00:00", "2026-07-01T18:00:00"),
            ("2026-12-02T01:30:00", "2026-12-02T18:00:00"),
        ],
    )
    def test_for_anywhere_opens_with_hawaii(self, moment: str, next_at: str) -> None:
        """Ten in Honolulu is 20:00 in UTC, eight is 18:00; New York closes it at one in the night."""
        found = window(zones=ALL_US, start=EIGHT, end=TWENTY, now=at(moment))
        assert found.next_at == at(next_at)

    @pytest.mark.parametrize(
        ("moment", "next_at"),
        [
            ("2026-11-01T04:30:00", "2026-11-01T13:00:00"),
            ("2026-10-31T04:30:00", "2026-10-31T12:00:00"),
            ("2027-03-14T05:30:00", "2027-03-14T12:00:00"),
            ("2027-03-13T05:30:00", "2027-03-13T13:00:00"),
        ],
    )
    def test_is_exact_on_the_days_clocks_change(self, moment: str, next_at: str) -> None:
        """The night of a change is an hour longer or shorter."""
        found = window(zones=("America/New_York",), start=EIGHT, end=TWENTY, now=at(moment))
        assert found.next_at == at(next_at)

    def test_tells_arizona_from_the_navajo_nation(self) -> None:
        """In July Phoenix is an hour behind Window Rock; at 7:30 in Phoenix nobody is texted."""
        moment = at("2026-07-01T14:30:00")
        assert window(zones=("America/Denver",), start=EIGHT, end=TWENTY, now=moment).open_now
        both = window(zones=("America/Denver", "America/Phoenix"), start=EIGHT, end=TWENTY, now=moment)
        assert both.next_at == at("2026-07-01T15:00:00")

    @given(
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
        st.lists(st.sampled_from(ALL_US), min_size=1, max_size=4, unique=True),
    )
    def test_never_opens_outside_anybodys_hours(self, moment: datetime, zones: list[str]) -> None:
        """Whatever the moment: the next opening is open, and just before closing it still is."""
        found = window(zones=tuple(zones), start=EIGHT, end=TWENTY, now=moment)
        opening = moment if found.open_now else found.next_at
        assert opening is not None
        again = window(zones=tuple(zones), start=EIGHT, end=TWENTY, now=opening)
        assert again.open_now
        assert again.closes_at is not None
        last = window(zones=tuple(zones), start=EIGHT, end=TWENTY, now=again.closes_at - timedelta(seconds=1))
        assert last.open_now
        assert not window(zones=tuple(zones), start=EIGHT, end=TWENTY, now=again.closes_at).open_now


class TestTheRule:
    """What the hour decides."""

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="allows")
    def test_allows_a_lawful_hour(self) -> None:
        """Noon in New York."""
        found = window(zones=("America/New_York",), start=EIGHT, end=TWENTY, now=at("2026-12-01T17:00:00"))
        assert lawful_hour(found=found).outcome is Outcome.ALLOW

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="refuses")
    def test_holds_until_the_next_one(self) -> None:
        """Three in the night waits for eight."""
        found = window(zones=("America/New_York",), start=EIGHT, end=TWENTY, now=at("2026-12-01T08:00:00"))
        decision = lawful_hour(found=found)
        assert (decision.outcome, decision.until) == (Outcome.HOLD, at("2026-12-01T13:00:00"))
