"""Disposal runs on real records: nothing goes early, nothing goes on one person's word, a hold always wins."""

from __future__ import annotations

import io
import os
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from tests.rooms.retention.archive import (
    NOW,
    OPERATOR,
    SENT,
    SUPERVISOR,
    close_case,
    release_years,
    sender,
    texts,
    worker,
)
from tests.rooms.town import ANA, BEN, MAYA, MN, NC, OTTO, WAKE, as_cora

from harborline.consent.facts import ConsentKind, Means
from harborline.consent.keeping import Given, keep
from harborline.consent.models import Consent, Suppression
from harborline.consent.services import suppress
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.law.schedules import Mode, Trigger
from harborline.messaging.facts import DispatchState, RunState
from harborline.messaging.models import Message, MessageContent, NoticeRun
from harborline.people.selectors import participant_id
from harborline.project.disposables import RunPapers
from harborline.retention.facts import HoldScope
from harborline.retention.models import Adoption, DisposalBatch, DisposalRun, Hold
from harborline.retention.selectors import destroyed, in_force, preview, previews, run
from harborline.retention.services import (
    adopt,
    approve_adoption,
    approve_run,
    ask_release,
    confirm_hold,
    destroy_overdue,
    execute_run,
    place_hold,
    prepare_run,
    release_hold,
    tell_program_event,
    withdraw_run,
)
from harborline.vault.blobs import BlobDirectory
from harborline.vault.services import forget_keys, keyring

CLOSED = SENT + timedelta(days=200)
YEARS = range(2021, 2027)


def everything_over() -> None:
    """Ana's and Otto's cases are closed and every year is released: texts of 2021 may go in 2031."""
    close_case("C-100", seen_at=CLOSED)
    close_case("D-200", seen_at=CLOSED)
    release_years(YEARS)


def held(scope: HoldScope, *, program: str = NC) -> uuid.UUID:
    """A hold that two people placed."""
    with worker("first", program):
        found = place_hold(scope, reason="Torres v. Torres, 21 CVD 100", roles=OPERATOR)
    with worker("second", program):
        confirm_hold(found, roles=OPERATOR)
    return found


def ready(series: str = "texts-out", *, program: str = NC) -> uuid.UUID:
    """A run one person prepared and another approved."""
    with worker("first", program):
        made = prepare_run(series, roles=OPERATOR, now=NOW)
    with worker("second", program):
        approve_run(made.id, roles=OPERATOR | SUPERVISOR, now=NOW)
    return made.id


def words_left(program: str = NC) -> set[uuid.UUID]:
    """Texts whose words are still there."""
    with worker("anybody", program):
        return set(MessageContent.objects.filter(program=program).values_list("message_id", flat=True))


@pytest.mark.usefixtures("lasting_town")
class TestOldTexts:
    """The words of North Carolina's texts."""

    @pytest.mark.clause("NC-CSS-22-18:keep-all-texts", shows="keeps")
    def test_stay_while_anything_asks_for_them(self) -> None:
        """A case that is open, a year that is not released, a text to the number four years ago."""
        with worker("state"):
            texts(2)
        release_years(YEARS)
        with worker("first"):
            assert preview("texts-out", now=NOW).ripe == 0
        close_case("C-100", seen_at=CLOSED)
        with worker("first"):
            assert preview("texts-out", now=NOW).ripe == 2
            texts(1, at=NOW - timedelta(days=4 * 365))
            assert preview("texts-out", now=NOW).ripe == 0
            with pytest.raises(NotFound):
                prepare_run("texts-out", roles=OPERATOR, now=NOW)

    def test_go_after_preview_approval_and_execution(self) -> None:
        """The words go, the envelope stays, and a tombstone says under which run."""
        everything_over()
        with worker("state"):
            old = texts(3)
            young = texts(1, person="P-5", case="D-200", number=OTTO, at=NOW - timedelta(days=300))
        run_id = ready()
        execute_run(run_id, program=NC, now=NOW)
        assert words_left() == set(young)
        with worker("anybody"):
            assert Message.objects.filter(id__in=old).count() == 3
            assert {one.run_id for one in destroyed(old).values()} == {run_id}
            told = run(run_id)
        assert (told.state, told.planned, told.destroyed, told.kept) == ("finished", 3, 3, 0)
        assert (told.oldest_at, told.newest_at) == (SENT, SENT + timedelta(minutes=2))
        assert "45 CFR 303.11(e)" in told.authority

    def test_are_named_only_under_seal(self) -> None:
        """The ids of a run do not lie open in the database."""
        everything_over()
        with worker("state"):
            (old,) = texts(1)
        ready()
        with worker("anybody"):
            sealed = bytes(DisposalBatch.objects.get().sealed_ids)
        assert old.bytes not in sealed

    def test_take_the_months_key_with_them_when_none_is_left(self, request: pytest.FixtureRequest) -> None:
        """So that no old copy of the database opens them; the two newest keys stay in use."""
        request.addfinalizer(lambda: clock.shift(timedelta()))
        everything_over()
        before = keyring().numbers(f"{NC}/messages")
        for months_ago in (3, 2, 1, 0):
            clock.shift(-timedelta(days=31 * months_ago))
            forget_keys()
            with worker("state"):
                texts(1)
        made = [number for number in keyring().numbers(f"{NC}/messages") if number not in before]
        assert len(made) >= 3
        execute_run(ready(), program=NC, now=NOW)
        left = keyring().numbers(f"{NC}/messages")
        assert len(left) == 2
        assert set(left) <= {*before, *made}
        with worker("anybody"):
            assert DisposalRun.objects.get().keys_destroyed == len(before) + len(made) - 2

    def test_that_wait_for_their_hour_are_never_offered(self) -> None:
        """A text still queued needs its words."""
        everything_over()
        with worker("state"):
            texts(1, state=DispatchState.QUEUED)
            assert preview("texts-out", now=NOW).ripe == 0

    def test_of_no_case_run_from_their_own_moment(self) -> None:
        """An answer to a number that is on no case of this program."""
        release_years(YEARS)
        with worker("state"):
            texts(1, case=None, number="+19195550199")
            assert preview("texts-out", now=NOW).ripe == 1

    def test_on_no_case_wait_for_every_case_of_their_number(self) -> None:
        """An answer to Ana counts with both of her cases: one is still open."""
        release_years(YEARS)
        with worker("state"):
            texts(1, case=None, number=ANA)
        close_case("C-100", seen_at=CLOSED)
        with worker("state"):
            assert preview("texts-out", now=NOW).ripe == 0
        close_case("D-200", seen_at=CLOSED)
        with worker("state"):
            assert preview("texts-out", now=NOW).ripe == 1


@pytest.mark.usefixtures("lasting_town")
class TestTwoPeople:
    """Nobody disposes alone."""

    @pytest.fixture(autouse=True)
    def _old(self, lasting_town: None) -> None:
        everything_over()
        with worker("state"):
            texts(2)

    def test_are_needed_for_a_run(self) -> None:
        """Whoever prepared it does not approve it; a refused try changes nothing."""
        with worker("first"):
            made = prepare_run("texts-out", roles=OPERATOR, now=NOW)
        with worker("first"), pytest.raises(Refused, match="same-person"):
            approve_run(made.id, roles=OPERATOR, now=NOW)
        with pytest.raises(Invalid, match="another person approves"):
            execute_run(made.id, program=NC, now=NOW)
        assert len(words_left()) == 2

    def test_have_the_role_the_schedule_names(self) -> None:
        """A supervisor does not approve the disposal of texts in North Carolina."""
        with worker("first"):
            made = prepare_run("texts-out", roles=OPERATOR, now=NOW)
        with worker("second"), pytest.raises(Refused, match="role-may-not-approve-disposal"):
            approve_run(made.id, roles=SUPERVISOR, now=NOW)

    def test_may_think_better_of_it(self) -> None:
        """A withdrawn run is not approved."""
        with worker("first"):
            made = prepare_run("texts-out", roles=OPERATOR, now=NOW)
            withdraw_run(made.id)
        with worker("second"), pytest.raises(Invalid, match="withdrawn"):
            approve_run(made.id, roles=OPERATOR, now=NOW)

    def test_see_the_whole_state(self) -> None:
        """A county's worker neither previews nor prepares a disposal, and does not find one."""
        with worker("first"):
            made = prepare_run("texts-out", roles=OPERATOR, now=NOW)
        with as_cora():
            with pytest.raises(NotFound):
                preview("texts-out", now=NOW)
            with pytest.raises(Refused, match="for-the-whole-program"):
                prepare_run("texts-out", roles=OPERATOR, now=NOW)
            with pytest.raises(NotFound):
                approve_run(made.id, roles=OPERATOR, now=NOW)


@pytest.mark.usefixtures("lasting_town")
class TestAHold:
    """It wins over every clock, every approval and every automatic limit."""

    @pytest.fixture(autouse=True)
    def _old(self, lasting_town: None) -> None:
        everything_over()
        with worker("state"):
            self.anas = texts(2)
            self.bens = texts(1, person="P-2", number=BEN)
            self.ottos = texts(1, person="P-5", case="D-200", number=OTTO)

    @pytest.mark.parametrize(
        ("scope", "kept"),
        [
            (HoldScope(person="P-1"), "anas"),
            (HoldScope(person="P-9"), "anas"),
            (HoldScope(case="C-100"), "anas bens"),
            (HoldScope(number=BEN), "bens"),
            (HoldScope(series="texts-out"), "anas bens ottos"),
            (HoldScope(from_at=SENT, until_at=SENT + timedelta(seconds=1)), ""),
            (HoldScope(person="P-1", series="texts-in"), ""),
        ],
    )
    def test_keeps_what_it_covers(self, scope: HoldScope, kept: str) -> None:
        """By person (in every county), case, number, series, or several at once."""
        held(scope)
        execute_run(ready() if kept != "anas bens ottos" else self._none_ready(), program=NC, now=NOW)
        wanted = {one for name in kept.split() for one in getattr(self, name)}
        assert words_left() >= wanted
        if scope.person or scope.case or scope.number:
            assert words_left() == wanted

    def _none_ready(self) -> uuid.UUID:
        with worker("first"), pytest.raises(NotFound):
            prepare_run("texts-out", roles=OPERATOR, now=NOW)
        with worker("first"):
            found = Hold.objects.get()
            ask_release(found.id, reason="for the test of the sweep", roles=OPERATOR)
        with worker("second"):
            release_hold(found.id, roles=OPERATOR)
            texts(1, person="P-5", case="D-200", number=OTTO)
        run_id = ready()
        held(HoldScope(series="texts-out"))
        return run_id

    def test_placed_after_the_approval_still_wins(self) -> None:
        """The run was prepared and approved; then the lawsuit came."""
        run_id = ready()
        held(HoldScope(case="C-100"))
        execute_run(run_id, program=NC, now=NOW)
        assert words_left() == {*self.anas, *self.bens}
        with worker("anybody"):
            told = run(run_id)
        assert (told.destroyed, told.kept) == (1, 3)

    def test_keeps_from_the_moment_it_is_asked_for(self) -> None:
        """Evidence does not wait for the second signature."""
        run_id = ready()
        with worker("first"):
            place_hold(HoldScope(case="C-100"), reason="a letter from counsel", roles=OPERATOR)
        execute_run(run_id, program=NC, now=NOW)
        assert words_left() == {*self.anas, *self.bens}

    def test_is_placed_and_released_by_two(self) -> None:
        """The second differs from the first, both times; until then it keeps."""
        with worker("first"):
            found = place_hold(HoldScope(person="P-1"), reason="a lawsuit", roles=OPERATOR)
            with pytest.raises(Refused, match="same-person"):
                confirm_hold(found, roles=OPERATOR)
        with worker("second"):
            confirm_hold(found, roles=OPERATOR)
            ask_release(found, reason="settled", roles=OPERATOR)
            with pytest.raises(Refused, match="same-person"):
                release_hold(found, roles=OPERATOR)
        execute_run(ready(), program=NC, now=NOW)
        assert words_left() == set(self.anas)
        with worker("first"):
            release_hold(found, roles=OPERATOR)
        execute_run(ready(), program=NC, now=NOW)
        assert words_left() == set()

    def test_of_a_county_is_heeded_by_the_state(self) -> None:
        """Wake's supervisor placed it; the state's run keeps the record."""
        with as_cora():
            place_hold(HoldScope(person="P-1"), reason="a subpoena", roles=SUPERVISOR)
            with pytest.raises(NotFound):
                place_hold(HoldScope(person="P-5"), reason="another county's", roles=SUPERVISOR)
            with pytest.raises(Refused, match="wide-hold-needs-the-state"):
                place_hold(HoldScope(series="texts-out"), reason="everything", roles=SUPERVISOR)
        execute_run(ready(), program=NC, now=NOW)
        assert words_left() == set(self.anas)

    @pytest.mark.parametrize(
        ("scope", "problem"),
        [
            (HoldScope(), "give a person"),
            (HoldScope(person="P-1", case="C-100"), "one hold"),
            (HoldScope(series="nothing"), "no series"),
            (HoldScope(from_at=SENT, until_at=SENT), "ends before"),
        ],
    )
    def test_that_says_nothing_is_not_taken(self, scope: HoldScope, problem: str) -> None:
        """Each way of being unclear is named."""
        with worker("first"), pytest.raises(Invalid, match=problem):
            place_hold(scope, reason="why", roles=OPERATOR)

    def test_needs_a_reason_and_somebody_known(self) -> None:
        """No hold on nobody, and none without why."""
        with worker("first"):
            with pytest.raises(Invalid, match="say why"):
                place_hold(HoldScope(person="P-1"), reason="  ", roles=OPERATOR)
            for scope in (HoldScope(person="P-404"), HoldScope(case="X"), HoldScope(number="+19195550177")):
                with pytest.raises(NotFound):
                    place_hold(scope, reason="why", roles=OPERATOR)


@pytest.mark.usefixtures("lasting_town")
class TestMinnesota:
    """Words go by themselves when the most is over; a hold keeps them sealed."""

    def test_destroys_what_is_overdue_without_anybody(self) -> None:
        """Thirty days after the outcome; a hold keeps it."""
        with worker("state", MN):
            old = texts(2, program=MN, person="R-1", case="H-1", number=MAYA, at=NOW - timedelta(days=40))
            kept = texts(1, program=MN, person="R-3", case="H-1", number="+16125550105", at=NOW - timedelta(days=40))
            young = texts(1, program=MN, person="R-1", case="H-1", number=MAYA, at=NOW - timedelta(days=3))
        held(HoldScope(person="R-3"), program=MN)
        assert destroy_overdue(MN, now=NOW) == {"texts-out": 2}
        assert words_left(MN) == {*kept, *young}
        assert destroy_overdue(MN, now=NOW) == {}
        with worker("anybody", MN):
            assert set(destroyed(old)) == set(old)

    @pytest.mark.parametrize("reaches_back", [False, True])
    def test_keeps_what_was_kept_until_two_people_say_it_reaches_back(self, reaches_back: bool) -> None:
        """Counsel wants the sealed mode, and later no more: what was kept stays, unless the second person says so."""
        with worker("first", MN):
            sealed = adopt(Mode.KEEP_SEALED, 1, reason="counsel", roles=OPERATOR)
            with pytest.raises(Refused, match="same-person"):
                approve_adoption(sealed.id, reaches_back=True, roles=OPERATOR)
        with worker("second", MN):
            approve_adoption(sealed.id, reaches_back=False, roles=OPERATOR)
            assert in_force().mode is Mode.KEEP_SEALED
            sealed_at = approve_moment(sealed.id)
            texts(1, program=MN, person="R-1", case="H-1", number=MAYA, at=sealed_at)
            back = adopt(Mode.VIEW_THEN_DESTROY, 1, reason="counsel again", roles=OPERATOR)
        with worker("first", MN):
            approve_adoption(back.id, reaches_back=reaches_back, roles=OPERATOR)
        gone = destroy_overdue(MN, now=sealed_at + timedelta(days=400))
        assert gone == ({"texts-out": 1} if reaches_back else {})

    def test_year_events_are_told_with_their_paper(self) -> None:
        """Not without a source, not for tomorrow, not for a clock of one record."""
        with worker("first", MN):
            day = NOW.date() - timedelta(days=9000)
            with pytest.raises(Invalid, match="--source"):
                tell_program_event(Trigger.FINAL_REPORT, 2026, day, source="", roles=OPERATOR)
            with pytest.raises(Invalid, match="not an event of a fiscal year"):
                tell_program_event(Trigger.VIEWED, 2026, day, source="FNS-798", roles=OPERATOR)
            with pytest.raises(Invalid, match="future"):
                tell_program_event(
                    Trigger.FINAL_REPORT, 2126, NOW.date().replace(year=2126), source="x", roles=OPERATOR
                )


def approve_moment(adoption_id: uuid.UUID) -> datetime:
    """When an adoption took effect."""
    found = Adoption.objects.get(id=adoption_id).approved_at
    assert found is not None
    return found


@pytest.mark.usefixtures("lasting_town")
class TestOtherSeries:
    """Evidence, papers of runs, caseload files, sign-ins."""

    def test_evidence_stays_while_the_consent_stands(self) -> None:
        """And goes five years after the last text or the stop, never the stop itself."""
        release_years(YEARS)
        with worker("state"):
            ana = participant_id(NC, "P-1")
            given = Given(ana, WAKE, ANA, ConsentKind.KEYWORD, SENT, {"words": "JOIN"})
            (standing,) = keep([given], at=SENT)
            assert preview("consent-evidence", now=NOW).ripe == 0
            suppress(ANA, Means.TEXT, words="STOP", at=SENT + timedelta(days=1))
            assert preview("consent-evidence", now=NOW).ripe == 1
        execute_run(ready("consent-evidence"), program=NC, now=NOW)
        with worker("state"):
            assert bytes(Consent.objects.get(id=standing.id).evidence) == b""
            assert bytes(Suppression.objects.get().evidence)

    def test_papers_of_runs_go_after_thirty_days(self, home: Path) -> None:
        """The folder with call list and letters; a younger one stays."""
        with worker("state"):
            old, young = (self._run().id for _ in range(2))
        for run_id, days in ((old, 31), (young, 2)):
            folder = home / "runs" / str(run_id)
            folder.mkdir(parents=True)
            (folder / "call-list.csv").write_text("P-1,919-555-0101")
            then = (NOW - timedelta(days=days)).timestamp()
            os.utime(folder / "call-list.csv", (then, then))
            os.utime(folder, (then, then))
        assert destroy_overdue(NC, now=NOW) == {"run-papers": 1}
        assert not (home / "runs" / str(old)).exists()
        assert (home / "runs" / str(young) / "call-list.csv").exists()
        with worker("state"):
            assert [one.id for one in RunPapers().look([old, young])] == [young]

    @staticmethod
    def _run() -> NoticeRun:
        return NoticeRun.objects.create(
            program=NC, sender=sender(NC), template_key="appointment-reminder", template_sha256="0" * 64,
            profile_sha256="0" * 64, source_name="caseload.csv", source_sha256="0" * 64, source_blob=str(new_id()),
            state=RunState.FINISHED.value, started_by="olga", created_at=SENT,
        )  # fmt: skip

    def test_caseload_files_go_with_their_keys(self) -> None:
        """The sealed source file of a run of 2021."""
        release_years(YEARS)
        with worker("state"):
            row = self._run()
            blobs = BlobDirectory(settings.BLOB_DIRECTORY)
            blobs.put(row.source_blob, io.BytesIO(b"participant_id"), group=f"{NC}/caseloads")
        execute_run(ready("caseloads"), program=NC, now=NOW)
        with pytest.raises(NotFound):
            blobs.open(row.source_blob, group=f"{NC}/caseloads")

    def test_that_are_never_destroyed_are_not_prepared(self) -> None:
        """Requests to stop, the log, what is only hidden, what no room offers, what only grows."""
        with worker("first"):
            for series in ("opt-outs", "ledger", "texts-shown", "e-mails", "sign-ins"):
                with pytest.raises(Invalid):
                    prepare_run(series, roles=OPERATOR, now=NOW)

    def test_are_all_told_in_the_preview(self) -> None:
        """With authority and whether any room offers them."""
        with worker("first"):
            told = {one.series: one for one in previews(now=NOW)}
        assert told["texts-out"].offered
        assert not told["e-mails"].offered
        assert told["sign-ins"].lasting
        assert all(one.authority for one in told.values())
