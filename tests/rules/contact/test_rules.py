"""Who begins a contact, until when it is answered, what an answer says, who may have it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.consent.facts import CONTACT_US, NOTICES, ConsentFacts, ConsentKind, Ending
from harborline.contact.facts import ClosedAs, ContactState, Standing
from harborline.contact.rules import (
    answer_by,
    begun_by_the_person,
    leads_to_documents,
    may_ask,
    may_close,
    may_have,
    may_open_again,
    may_pass_on,
    may_see,
    not_too_many,
    reads_well,
    state_of,
    tells_only_the_person,
)
from harborline.contact.topics import ready_answers, safe_numbers, topic_of, topics
from harborline.contact.wording import readable
from harborline.kernel import Invalid
from harborline.law import profile
from harborline.messaging.conversations.rules import answers_nothing_private
from harborline.messaging.words.guard import Kind, judge
from harborline.messaging.words.guard.facts import PRIVATE
from harborline.messaging.words.templates import ready_templates

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
MN, NC = profile("mn-wic"), profile("nc-css")
YES = ConsentFacts(ConsentKind.PORTAL, CONTACT_US, NOW - timedelta(days=1))


def standing(**moments: int) -> Standing:
    """Moments as hours after now."""
    made = {f"{name}_at": NOW + timedelta(hours=hours) for name, hours in moments.items()}
    return Standing(**{"last_in_at": NOW, **made})


class TestTheState:
    """Follows from the moments alone."""

    @pytest.mark.parametrize(
        ("found", "expected"),
        [
            (standing(), ContactState.NEW),
            (standing(seen=1), ContactState.ON_US),
            (standing(seen=1, last_out=2), ContactState.ON_PERSON),
            (standing(seen=1, last_out=2, last_in=3), ContactState.ON_US),
            (standing(seen=1, last_out=2, closed=3), ContactState.CLOSED),
            (standing(seen=1, last_out=2, reopened=4), ContactState.REOPENED),
            (standing(seen=1, reopened=2, last_out=5), ContactState.ON_PERSON),
        ],
    )
    def test_says_who_is_next(self, found: Standing, expected: ContactState) -> None:
        """Looked at, answered, written again, closed, opened again."""
        assert state_of(standing=found) is expected


class TestTheDayOfTheAnswer:
    """Business days, five in the afternoon there."""

    @pytest.mark.parametrize(
        ("asked", "days", "expected"),
        [
            ("2026-11-20T18:00", 1, "2026-11-23T17:00"),  # a Friday: Monday
            ("2026-11-21T18:00", 1, "2026-11-23T17:00"),  # a Saturday: Monday
            ("2026-11-24T18:00", 2, "2026-11-27T17:00"),  # Thanksgiving does not count
            ("2026-12-24T18:00", 1, "2026-12-28T17:00"),  # neither do Christmas and the weekend
            ("2026-11-23T03:00", 1, "2026-11-23T17:00"),  # still Sunday evening in Raleigh
            ("2027-12-30T18:00", 1, "2028-01-03T17:00"),  # New Year on a Saturday is kept on the Friday before
        ],
    )
    def test_skips_weekends_and_holidays(self, asked: str, days: int, expected: str) -> None:
        """As the calendar of federal offices has it."""
        zone = "America/New_York"
        found = answer_by(asked_at=datetime.fromisoformat(asked).replace(tzinfo=UTC), days=days, zone=zone)
        assert found == datetime.fromisoformat(expected).replace(tzinfo=ZoneInfo(zone))

    @given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), st.integers(1, 10))  # noqa: DTZ001 - bounds of a search
    def test_is_always_ahead_and_never_sooner_for_more_days(self, asked: datetime, days: int) -> None:
        """One more day is at least a day later."""
        found = [answer_by(asked_at=asked, days=each, zone="America/Chicago") for each in (days, days + 1)]
        assert asked < found[0]
        assert found[1] - found[0] >= timedelta(hours=23)


class TestBeginning:
    """The person begins, with the opt-in where it is asked for."""

    @pytest.mark.clause("MN-WIC-9.6:contact-us-opt-in", shows="refuses")
    @pytest.mark.parametrize("kind", ["worker", "system", "carrier", ""])
    def test_is_for_the_person_alone(self, kind: str) -> None:
        """Nobody begins it in their name."""
        assert begun_by_the_person(actor_kind=kind).reason == "contact-not-started-by-person"
        assert begun_by_the_person(actor_kind="participant").allowed

    @pytest.mark.clause("MN-WIC-9.6:contact-us-opt-in", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:text-app-opt-in", shows="allows")
    def test_goes_with_the_opt_in(self) -> None:
        """Of the portal, standing."""
        assert may_ask(opt_in=YES, profile=MN, now=NOW).allowed

    @pytest.mark.clause("MN-WIC-9.6:contact-us-opt-in", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:text-app-opt-in", shows="refuses")
    @pytest.mark.parametrize(
        "opt_in",
        [
            None,
            ConsentFacts(ConsentKind.KEYWORD, NOTICES, NOW),
            ConsentFacts(ConsentKind.PORTAL, CONTACT_US, NOW, ended_at=NOW, ended_as=Ending.WITHDRAWN),
        ],
    )
    def test_needs_it_in_minnesota(self, opt_in: ConsentFacts | None) -> None:
        """None, one for notices, one that ended; in North Carolina none is asked for."""
        assert not may_ask(opt_in=opt_in, profile=MN, now=NOW).allowed
        assert may_ask(opt_in=opt_in, profile=NC, now=NOW).allowed

    def test_is_bounded_by_the_day(self) -> None:
        """Ten questions, and no eleventh."""
        assert not_too_many(asked_today=9, profile=NC).allowed
        assert not_too_many(asked_today=10, profile=NC).reason == "too-many-questions-today"

    def test_again_is_bounded_too(self) -> None:
        """Forty-five days after it was closed."""
        for days, allowed in ((45, True), (46, False)):
            closed = NOW - timedelta(days=days)
            assert may_open_again(closed_at=closed, profile=NC, now=NOW).allowed is allowed
        assert may_open_again(closed_at=None, profile=NC, now=NOW).allowed


class TestWhatAnAnswerSays:
    """Behind the sign-in."""

    @pytest.mark.clause("MN-WIC-9.6:contact-us-no-documents", shows="refuses")
    @pytest.mark.clause("NC-CSS-22-18:portal-upload", shows="refuses")
    def test_asks_for_papers_only_with_the_way_to_them(self) -> None:
        """Else it is refused."""
        kinds = {Kind.REQUESTS_PRIVATE_INFO}
        assert leads_to_documents(kinds=kinds, leads=False).reason == "documents-by-new-contact"

    @pytest.mark.clause("MN-WIC-9.6:contact-us-no-documents", shows="allows")
    @pytest.mark.clause("NC-CSS-22-18:portal-upload", shows="allows")
    def test_may_lead_to_submit_documents(self) -> None:
        """With the way to it, or without asking for any."""
        assert leads_to_documents(kinds={Kind.REQUESTS_PRIVATE_INFO}, leads=True).allowed
        assert leads_to_documents(kinds=set(), leads=False).allowed

    @pytest.mark.parametrize(
        ("kinds", "others", "reason"),
        [
            ({Kind.FTI}, False, "tax-information-in-answer"),
            ({Kind.DV, Kind.STREET_ADDRESS_OR_WHEREABOUTS}, True, "danger-in-answer"),
            ({Kind.STREET_ADDRESS_OR_WHEREABOUTS}, False, "place-in-answer"),
            (set(), True, "somebody-else-in-answer"),
            ({Kind.AMOUNT_OWED, Kind.HEALTH_INFO}, False, "allowed"),
        ],
    )
    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    def test_is_about_the_person_alone(self, kinds: set[Kind], others: bool, reason: str) -> None:
        """The gravest is said; what is private to them may stand."""
        assert tells_only_the_person(kinds=kinds, others_named=others).reason == reason

    @pytest.mark.parametrize(
        ("length", "kinds", "judged", "reason"),
        [
            (0, set(), True, "nothing-to-send"),
            (4001, set(), True, "answer-too-long"),
            (10, set(), False, "language-not-read-over"),
            (10, {Kind.ABBREVIATION}, True, "answer-hard-to-read"),
            (10, {Kind.AMOUNT_OWED}, True, "allowed"),
        ],
    )
    def test_reads_well(self, length: int, kinds: set[Kind], judged: bool, reason: str) -> None:
        """Something, not too much, plain, in a language somebody judged."""
        assert reads_well(kinds=kinds, length=length, judged=judged).reason == reason

    @pytest.mark.parametrize("program", ["nc-css", "mn-wic"])
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_of_ready_words_passes_its_own_check(self, program: str, language: str) -> None:
        """Nobody has to mend what came ready."""
        for one in ready_answers(program):
            kinds = {found.kind for found in judge(one.words[language], program=program, lang=language).findings}
            for decision in (
                leads_to_documents(kinds=kinds, leads=one.leads_to_documents),
                tells_only_the_person(kinds=kinds, others_named=False),
                reads_well(kinds=kinds, length=len(one.words[language]), judged=True),
            ):
                assert decision.allowed, (one.key, language, kinds)


class TestAnAnswerByText:
    """In the portal's thread of texts nothing private is said."""

    @pytest.mark.clause("MN-WIC-9.6:contact-us-no-private-reply", shows="refuses")
    @pytest.mark.parametrize("kind", [kind for kind in Kind if kind in PRIVATE])
    def test_is_refused_with_anything_private(self, kind: Kind) -> None:
        """Whatever the person wrote first."""
        assert answers_nothing_private(kinds={kind}).reason == "private-in-text"

    @pytest.mark.clause("MN-WIC-9.6:contact-us-no-private-reply", shows="allows")
    def test_says_that_a_message_waits(self) -> None:
        """The words that tell of an answer hold nothing private, in either language of either program."""
        for program in (MN, NC):
            words = ready_templates(program.program, program.kind)["message-waiting"].words
            for language in ("en", "es"):
                found = judge(words[language], program=program.program, lang=language).findings
                assert answers_nothing_private(kinds={one.kind for one in found}).allowed


class TestWhoMayHaveIt:
    """Offices and workers."""

    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    def test_says_the_same_of_the_shielded_as_of_strangers(self) -> None:
        """Another county learns of neither; nobody can tell which it was."""
        hidden = may_pass_on(known=True, same_county=False, served_there=True, shielded=True)
        strange = may_pass_on(known=True, same_county=False, served_there=False, shielded=False)
        assert hidden == strange
        assert hidden.reason == "office-does-not-serve-person"

    @pytest.mark.clause("OFFSET-8.1:harm", shows="allows")
    def test_moves_within_the_county_and_to_where_the_person_is_served(self) -> None:
        """Also of somebody shielded, within their county."""
        assert may_pass_on(known=True, same_county=True, served_there=False, shielded=True).allowed
        assert may_pass_on(known=True, same_county=False, served_there=True, shielded=False).allowed
        assert not may_pass_on(known=False, same_county=False, served_there=True, shielded=False).allowed

    def test_is_for_workers_of_the_county(self) -> None:
        """No other; and for nobody whose family asks."""
        assert may_have(works_there=True, kin=False).allowed
        assert may_have(works_there=False, kin=False).reason == "worker-not-in-this-county"
        assert may_have(works_there=True, kin=True).reason == "question-of-family"

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="allows")
    def test_of_somebody_shielded_is_seen_by_those_whose_work_it_is(self) -> None:
        """By whoever works with them, and who leads; of others by the whole county; by family never."""
        assert may_see(kin=False, shielded=False, mine=False, leads=False).allowed
        assert may_see(kin=False, shielded=True, mine=True, leads=False).allowed
        assert may_see(kin=False, shielded=True, mine=False, leads=True).allowed
        assert may_see(kin=False, shielded=True, mine=False, leads=False).reason == "question-not-your-work"
        assert may_see(kin=True, shielded=False, mine=True, leads=True).reason == "question-of-family"

    @pytest.mark.parametrize(
        ("state", "how", "alarming", "reason"),
        [
            (ContactState.ON_PERSON, ClosedAs.ANSWERED, False, "allowed"),
            (ContactState.NEW, ClosedAs.ANSWERED, False, "answer-it-first"),
            (ContactState.NEW, ClosedAs.NO_RESPONSE, False, "allowed"),
            (ContactState.ON_PERSON, ClosedAs.ANSWERED, True, "alert-still-open"),
            (ContactState.CLOSED, ClosedAs.NO_RESPONSE, False, "contact-closed-already"),
        ],
    )
    def test_closes_with_reason(self, state: ContactState, how: ClosedAs, alarming: bool, reason: str) -> None:
        """Answered is what was answered."""
        assert may_close(state=state, how=how, alarming=alarming).reason == reason


class TestTheLists:
    """Topics, ready answers and numbers in both languages."""

    @pytest.mark.parametrize("program", ["nc-css", "mn-wic"])
    def test_are_whole(self, program: str) -> None:
        """One of the topics leads to Submit documents."""
        assert [one.key for one in topics(program) if one.submits] == ["documents"]
        assert {one.call for one in safe_numbers()} >= {"911", "988"}
        with pytest.raises(Invalid):
            topic_of(program, "everything")
        with pytest.raises(Invalid):
            topics("xx-none")


class TestWords:
    """What is typed."""

    @given(st.text(max_size=300))
    def test_are_made_readable_once_for_all(self, raw: str) -> None:
        """Made readable twice they stay the same, and hold nothing that nobody sees."""
        try:
            words = readable(raw)
        except Invalid:
            return
        assert readable(words) == words
        assert not set(words) & {chr(each) for each in range(32) if chr(each) not in "\n\t"}
        assert "\u202e" not in words

    def test_are_bounded(self) -> None:
        """Ten million signs are refused at once."""
        for raw in ("x" * 4001, "x" * 10_000_000, "\x00" * 16_001 + "x"):
            with pytest.raises(Invalid):
                readable(raw)
        assert readable("x" * 4000)
