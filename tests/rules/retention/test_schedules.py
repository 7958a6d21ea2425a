"""Retention schedules: shipped ones are sound, unsound ones do not load, an agency's own is never looser."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline import law
from harborline.kernel import Invalid
from harborline.law import schedules
from harborline.law.periods import Period
from harborline.law.schedules import APPROVERS, HERE, Copy, Limit, Mode, Trigger, load_schedules
from harborline.workforce.facts import StaffRole

SHIPPED = [
    ("ca-dcss", Mode.KEEP),
    ("mn-wic", Mode.KEEP_SEALED),
    ("mn-wic", Mode.VIEW_THEN_DESTROY),
    ("nc-css", Mode.KEEP),
]
NORTH_CAROLINA = "nc-css.keep.1.toml"
MINNESOTA = "mn-wic.view-then-destroy.1.toml"
PERIODS = st.builds(Period, st.integers(0, 40), st.integers(0, 60), st.integers(0, 4000), st.integers(0, 200))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def folder(tmp_path: Path, name: str, *changes: tuple[str, str], called: str = "") -> Path:
    """A folder with one shipped schedule in which words were changed."""
    made = tmp_path / "schedules"
    made.mkdir()
    content = (HERE / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in content
        content = content.replace(old, new, 1)
    (made / (called or name)).write_text(content, encoding="utf-8")
    return made


class TestTheShippedSchedules:
    """North Carolina, Minnesota in both modes, California."""

    def test_are_these(self) -> None:
        """Each with a first version."""
        found = {(one.program, one.mode) for one in schedules.every_schedule() if one.version == 1}
        assert found >= set(SHIPPED)

    @pytest.mark.parametrize(("program", "mode"), SHIPPED)
    def test_give_each_series_an_authority_an_approver_and_a_clause(self, program: str, mode: Mode) -> None:
        """Nothing is destroyed, or kept, on nobody's word."""
        for series in schedules.versions(program, mode)[0].series:
            assert series.authority
            assert series.approver in APPROVERS
            assert law.clause(series.clause)
            assert series.title["es"] != series.title["en"]

    def test_keep_every_text_of_north_carolina_for_all_three_reasons(self) -> None:
        """Case closed three years, the controller's date, five years after the last text: the longest of them."""
        (schedule, *_) = schedules.versions("nc-css", Mode.KEEP)
        for key in ("texts-out", "texts-in"):
            series = schedule.of(key)
            assert series.copy is Copy.SEALED
            assert not series.limits(Limit.MAXIMUM)
            assert {(term.trigger, str(term.period)) for term in series.limits(Limit.MINIMUM)} == {
                (Trigger.CASE_CLOSED, "P3Y"),
                (Trigger.CONTROLLER_RELEASE, "P0D"),
                (Trigger.LAST_TEXT, "P5Y"),
            }

    def test_take_the_limits_of_viewing_from_the_profile(self) -> None:
        """One number in one place: a tighter profile tightens the schedule."""
        series = schedules.versions("mn-wic", Mode.VIEW_THEN_DESTROY)[0].of("texts-in")
        limits = law.profile("mn-wic").retention
        assert {term.trigger: term.period for term in series.limits(Limit.MAXIMUM)} == {
            Trigger.VIEWED: Period(hours=limits.viewed_text_hours),
            Trigger.RECEIVED: Period(days=limits.unread_text_days),
        }
        assert series.automatic
        assert series.hold == "converts"

    def test_keep_the_sealed_record_where_counsel_says_so(self) -> None:
        """The other Minnesota mode: the inbox forgets at the same hour, the record stays three years."""
        (schedule, *_) = schedules.versions("mn-wic", Mode.KEEP_SEALED)
        destroyed = schedules.versions("mn-wic", Mode.VIEW_THEN_DESTROY)[0].of("texts-in")
        assert [term.period for term in schedule.of("texts-shown").terms] == [term.period for term in destroyed.terms]
        assert schedule.of("texts-in").limits(Limit.MINIMUM)[0].trigger is Trigger.FINAL_REPORT
        assert not schedule.of("texts-in").limits(Limit.MAXIMUM)

    @pytest.mark.parametrize(("program", "mode"), SHIPPED)
    def test_never_destroy_the_proof_log(self, program: str, mode: Mode) -> None:
        """Nor a request to stop."""
        schedule = schedules.versions(program, mode)[0]
        assert schedule.of("ledger").action == "never"
        assert not schedule.has("opt-outs") or schedule.of("opt-outs").action == "never"

    def test_name_roles_that_exist(self) -> None:
        """Workforce stands on a higher floor; the two lists are held together here."""
        assert {role.value for role in StaffRole} >= APPROVERS


class TestAnUnsoundSchedule:
    """Each way of being wrong stops the load and names its place."""

    @pytest.mark.parametrize(
        ("name", "old", "new", "said"),
        [
            (NORTH_CAROLINA, 'authority = "45 CFR 303.11(e); 2 CFR 200.334"', 'authority = " "', "'authority'"),
            (NORTH_CAROLINA, 'authority = "45 CFR 303.11(e); 2 CFR 200.334"\n', "", "'authority'"),
            (NORTH_CAROLINA, 'period = "P3Y"', 'period = "3 years"', "not a period"),
            (NORTH_CAROLINA, 'period = "P3Y"', 'period = "P3Y"\nsetting = "retention.consent_years"', "either"),
            (NORTH_CAROLINA, 'trigger = "case-closed"', 'trigger = "whenever"', "trigger 'whenever'"),
            (NORTH_CAROLINA, 'limit = "minimum"', 'limit = "about"', "limit 'about'"),
            (NORTH_CAROLINA, 'approver = "state-operator"', 'approver = "anybody"', "approver 'anybody'"),
            (NORTH_CAROLINA, 'clause = "NC-CSS-22-18:keep-all-texts"', 'clause = "NC-1:no"', "no clause"),
            (NORTH_CAROLINA, "effective = 2022-03-18", 'effective = "soon"', "must be a date"),
            (NORTH_CAROLINA, 'fiscal_year_starts = "07-01"', 'fiscal_year_starts = "13-40"', "month and day"),
            (NORTH_CAROLINA, 'key = "texts-in"', 'key = "texts-out"', "stands twice"),
            (NORTH_CAROLINA, "version = 1", "version = 2", "must be called"),
            (NORTH_CAROLINA, "version = 1", "version = true", "must be called"),
            (NORTH_CAROLINA, 'hold = "stops"', 'holds = "stops"', "not a key"),
            (NORTH_CAROLINA, 'setting = "retention.consent_years"', 'setting = "retention.texts"', "length of time"),
            (MINNESOTA, 'es = "Palabras de los mensajes recibidos"', 'fr = "Mots"', "'es'"),
        ],
    )
    def test_is_named(self, tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
        """File, series and what to do."""
        changed = folder(tmp_path, name, (old, new))
        with pytest.raises(Invalid, match=said):
            load_schedules(changed)

    def test_with_a_minimum_above_its_maximum_is_named(self, tmp_path: Path) -> None:
        """Nobody could keep both."""
        more = 'authority = "one"\n[[series.term]]\nlimit = "minimum"\ntrigger = "created"\nperiod = "P31D"\n'
        changed = folder(
            tmp_path,
            NORTH_CAROLINA,
            ('period = "P30D"\n', f'period = "P30D"\n{more}'),
        )
        with pytest.raises(Invalid, match="minimum P31D after created is above the maximum P30D"):
            load_schedules(changed)

    def test_that_never_ends_but_has_a_maximum_is_named(self, tmp_path: Path) -> None:
        """One of the two is a slip."""
        changed = folder(tmp_path, MINNESOTA, ('action = "destroy"', 'action = "never"'))
        with pytest.raises(Invalid, match="never destroyed has no maximum"):
            load_schedules(changed)

    def test_whose_working_copy_never_ends_is_named(self, tmp_path: Path) -> None:
        """A working copy without a maximum is an uncontrolled copy."""
        changed = folder(tmp_path, NORTH_CAROLINA, ('copy = "sealed"', 'copy = "working"'))
        with pytest.raises(Invalid, match="a working copy has a maximum"):
            load_schedules(changed)

    def test_with_an_evidence_copy_without_minimum_is_named(self, tmp_path: Path) -> None:
        """Evidence that may go at any time is none."""
        changed = folder(tmp_path, MINNESOTA, ('copy = "working"', 'copy = "evidence"'))
        with pytest.raises(Invalid, match="has a minimum"):
            load_schedules(changed)

    def test_folder_that_is_empty_is_refused(self, tmp_path: Path) -> None:
        """An empty list would let everything go."""
        with pytest.raises(Invalid, match="no schedule files"):
            load_schedules(tmp_path)


class TestAnAgencysOwnVersion:
    """A second version in the agency's own folder."""

    def own(self, tmp_path: Path, *changes: tuple[str, str]) -> Path:
        """Version 2 of North Carolina's schedule, effective in 2027."""
        return folder(
            tmp_path,
            NORTH_CAROLINA,
            ("version = 1", "version = 2"),
            ("effective = 2022-03-18", "effective = 2027-01-01"),
            *changes,
            called="nc-css.keep.2.toml",
        )

    def test_may_keep_longer(self, tmp_path: Path) -> None:
        """Seven years after the case was closed."""
        loaded = load_schedules(HERE, self.own(tmp_path, ('period = "P3Y"', 'period = "P7Y"')))
        assert [(one.version, str(one.of("texts-out").terms[0].period)) for one in loaded if one.program == "nc-css"]

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('period = "P3Y"', 'period = "P2Y"', "texts-out is looser than shipped: its minimum is P3Y"),
            ('period = "P30D"', 'period = "P60D"', "run-papers is looser than shipped: its maximum is P30D"),
            ('key = "texts-shown"', 'key = "texts-seen"', "texts-shown is missing"),
            ('action = "never"', 'action = "destroy"', "opt-outs is never destroyed"),
        ],
    )
    def test_is_never_looser(self, tmp_path: Path, old: str, new: str, said: str) -> None:
        """Shorter than the least, or longer than the most, does not load."""
        with pytest.raises(Invalid, match=said):
            load_schedules(HERE, self.own(tmp_path, (old, new)))

    def test_takes_effect_after_the_one_before(self, tmp_path: Path) -> None:
        """No version slips in under an older one."""
        own = folder(tmp_path, NORTH_CAROLINA, ("version = 1", "version = 2"), called="nc-css.keep.2.toml")
        with pytest.raises(Invalid, match="no later than the one before"):
            load_schedules(HERE, own)

    def test_leaves_no_gap(self, tmp_path: Path) -> None:
        """A version that was taken away is missed."""
        own = tmp_path / "own"
        own.mkdir()
        shutil.copy(HERE / NORTH_CAROLINA, own / "nc-css.keep.3.toml")
        path = own / "nc-css.keep.3.toml"
        path.write_text(path.read_text().replace("version = 1", "version = 3").replace("2022-03-18", "2027-01-01"))
        with pytest.raises(Invalid, match="without a gap"):
            load_schedules(HERE, own)


class TestAPeriod:
    """Years and months by the calendar."""

    @given(PERIODS)
    def test_reads_what_it_writes(self, period: Period) -> None:
        """A schedule survives being written and read."""
        assert Period.parse(str(period), "") == period

    @given(PERIODS, MOMENTS)
    def test_never_ends_before_it_begins(self, period: Period, moment: datetime) -> None:
        """Whatever the calendar does in between."""
        assert period.after(moment) >= moment

    @given(PERIODS, PERIODS, MOMENTS)
    def test_that_is_not_longer_never_ends_later(self, one: Period, other: Period, moment: datetime) -> None:
        """The comparison at loading holds from every beginning."""
        if not one.longer_than(other):
            assert one.after(moment) <= other.after(moment)

    def test_of_years_ends_on_the_last_day_of_february(self) -> None:
        """Three years after a leap day."""
        assert Period(years=3).after(datetime(2024, 2, 29, 12, tzinfo=UTC)) == datetime(2027, 2, 28, 12, tzinfo=UTC)

    @pytest.mark.parametrize("written", ["", "P", "PT", "3Y", "P-1Y", "P1.5Y", "P1W", "P1YT", "p3y", "P99999Y"])
    def test_in_no_known_spelling_is_refused(self, written: str) -> None:
        """Rather than read as nothing."""
        with pytest.raises(Invalid):
            Period.parse(written, "here")
