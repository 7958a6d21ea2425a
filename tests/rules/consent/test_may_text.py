"""May this number be texted for this person: the two letters, side by side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.consent.facts import CONTACT_US, ConsentFacts, ConsentKind, ConsentStanding, ConsentState, Ending, Means
from harborline.consent.rules import (
    best_of,
    kind_accepted,
    lapses_at_contact,
    may_consent,
    may_start_again,
    may_take_spoken,
    may_text,
    may_text_in_contact_us,
    release_complete,
    state_of,
)
from harborline.kernel import Decision, Outcome
from harborline.law import block, profile

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SOON = NOW + timedelta(days=3)


def standing(
    kind: ConsentKind | None = ConsentKind.SIGNED_RELEASE,
    state: ConsentState = ConsentState.GIVEN,
    *,
    platform: str = "notices",
    suppressed: bool = False,
    held: bool = False,
    expires_at: datetime | None = None,
) -> ConsentStanding:
    """One situation."""
    word = kind.value if kind else None
    return ConsentStanding(word, state.value, None, None, expires_at, suppressed, held, platform)


def asked(program: str, situation: ConsentStanding) -> Decision:
    """The program's answer."""
    return may_text(standing=situation, profile=profile(program), now=NOW)


SPOKEN = standing(ConsentKind.VERBAL, ConsentState.TEMPORARY, expires_at=SOON)


class TestNorthCarolina:
    """Texts only to those who opted in."""

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="allows")
    @pytest.mark.parametrize("kind", [ConsentKind.KEYWORD, ConsentKind.SIGNED_RELEASE, ConsentKind.PORTAL])
    def test_texts_those_who_opted_in(self, kind: ConsentKind) -> None:
        """By keyword, by signature, in the state's portal."""
        assert asked("nc-css", standing(kind)).allowed

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="refuses")
    @pytest.mark.parametrize(
        ("situation", "reason"),
        [
            (ConsentStanding.none(), "no-consent"),
            (standing(state=ConsentState.WITHDRAWN), "consent-withdrawn"),
            (standing(suppressed=True), "asked-to-stop"),
            (standing(state=ConsentState.ENDED), "no-consent"),
            (standing(state=ConsentState.LAPSED), "release-expired"),
            (standing(expires_at=NOW), "release-expired"),
            (SPOKEN, "kind-not-accepted"),
            (standing(ConsentKind.APP), "kind-not-accepted"),
            (standing(ConsentKind.PORTAL, platform=CONTACT_US), "opt-in-covers-portal-only"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_texts_nobody_else(self, situation: ConsentStanding, reason: str) -> None:
        """Not objecting is not opting in; a spoken yes does not count here."""
        decision = asked("nc-css", situation)
        assert decision.outcome is Outcome.REFUSE
        assert decision.reason == reason
        assert decision.clauses == ("NC-CSS-22-18:opt-in",)

    def test_waits_for_staff_where_a_text_may_have_meant_stop(self) -> None:
        """Held, not refused: staff read it first. So do unattested lists."""
        assert asked("nc-css", standing(held=True)).outcome is Outcome.HOLD
        assert asked("nc-css", standing(state=ConsentState.UNATTESTED)).reason == "list-awaits-attestation"


class TestMinnesota:
    """Documented permission first; a spoken one for a while; the app's opt-in for the app only."""

    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:text-must-document-permission", shows="allows")
    def test_texts_those_with_documented_permission(self) -> None:
        """A signed release on file."""
        assert asked("mn-wic", standing()).allowed

    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:text-must-document-permission", shows="refuses")
    def test_texts_nobody_without_it(self) -> None:
        """No permission on file: no text, citing the section."""
        decision = asked("mn-wic", ConsentStanding.none())
        assert decision.reason == "no-consent"
        assert "MN-WIC-9.6:permission-first" in decision.clauses

    @pytest.mark.clause("MN-WIC-9.6:verbal-temporary", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:written-at-next-contact", shows="allows")
    def test_texts_on_a_spoken_permission_while_it_is_open(self) -> None:
        """Before the next contact and within the cap."""
        assert asked("mn-wic", SPOKEN).allowed

    @pytest.mark.clause("MN-WIC-9.6:verbal-temporary", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:written-at-next-contact", shows="refuses")
    @pytest.mark.parametrize(
        "situation",
        [
            standing(ConsentKind.VERBAL, ConsentState.LAPSED),
            standing(ConsentKind.VERBAL, ConsentState.TEMPORARY, expires_at=NOW),
        ],
        ids=["after the next contact", "after the cap"],
    )
    def test_stops_when_nobody_signed(self, situation: ConsentStanding) -> None:
        """The spoken permission lapsed."""
        decision = asked("mn-wic", situation)
        assert (decision.outcome, decision.reason) == (Outcome.REFUSE, "spoken-permission-lapsed")

    @pytest.mark.clause("MN-WIC-9.6:contact-us-other-platform", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:text-app-opt-in", shows="refuses")
    def test_does_not_take_the_apps_opt_in_for_a_release(self) -> None:
        """Opted in to "Contact Us": this platform needs another signed release."""
        decision = asked("mn-wic", standing(ConsentKind.APP, platform=CONTACT_US))
        assert decision.reason == "opt-in-covers-portal-only"
        assert "MN-WIC-9.6:contact-us-other-platform" in decision.clauses

    @pytest.mark.clause("MN-WIC-9.6:contact-us-other-platform", shows="allows")
    def test_takes_a_release_for_this_platform(self) -> None:
        """A signed release names this service."""
        assert asked("mn-wic", standing(platform="notices")).allowed

    @pytest.mark.clause("MN-WIC-9.6:text-app-opt-in", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:contact-us-opt-in", shows="allows")
    def test_lets_the_portal_text_those_who_opted_in_there(self) -> None:
        """In "Contact Us" the app's opt-in is enough."""
        opt_in = ConsentFacts(ConsentKind.APP, CONTACT_US, NOW - timedelta(days=1))
        assert may_text_in_contact_us(opt_in=opt_in, now=NOW).allowed

    @pytest.mark.clause("MN-WIC-9.6:contact-us-opt-in", shows="refuses")
    def test_lets_the_portal_text_nobody_else(self) -> None:
        """No opt-in, one for notices, one that was withdrawn: no text in the thread."""
        notices = ConsentFacts(ConsentKind.SIGNED_RELEASE, "notices", NOW)
        gone = ConsentFacts(ConsentKind.APP, CONTACT_US, NOW, ended_at=NOW, ended_as=Ending.WITHDRAWN)
        for opt_in in (None, notices, gone):
            assert may_text_in_contact_us(opt_in=opt_in, now=NOW).outcome is Outcome.REFUSE


class TestWhoConsents:
    """Parents, guardians, proxies, parties; nobody else."""

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="allows")
    def test_is_an_adult_party(self) -> None:
        """A parent may."""
        assert may_consent(adult=True).allowed

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="refuses")
    def test_is_never_a_dependent_or_a_stranger(self) -> None:
        """A child may not, and who is not on file may not."""
        assert may_consent(adult=False).reason == "dependents-cannot-consent"
        assert may_consent(adult=None).reason == "not-on-file"


class TestARelease:
    """The required statement, word for word, and a signature."""

    WORDS = frozenset({block("mn-text-release", "en").sha256})

    @pytest.mark.clause("MN-WIC-9.6:release-statement", shows="allows")
    def test_counts_with_the_statement_and_a_signature(self) -> None:
        """The digest of the statement that stood above the signature is the required one."""
        (words,) = self.WORDS
        assert release_complete(
            statement_sha256=words, required=self.WORDS, signed_as="Maya Hassan", evidence=True
        ).allowed

    @pytest.mark.clause("MN-WIC-9.6:release-statement", shows="refuses")
    def test_does_not_count_without_the_statement(self) -> None:
        """One word changed is another digest."""
        decision = release_complete(statement_sha256="0" * 64, required=self.WORDS, signed_as="M", evidence=True)
        assert decision.reason == "release-without-required-statement"

    def test_does_not_count_unsigned(self) -> None:
        """No name, or no signature kept."""
        (words,) = self.WORDS
        for signed_as, evidence in (("  ", True), ("Maya", False)):
            decision = release_complete(
                statement_sha256=words, required=self.WORDS, signed_as=signed_as, evidence=evidence
            )
            assert decision.reason == "release-not-signed"


class TestASpokenPermission:
    """Known to Minnesota only."""

    @pytest.mark.clause("MN-WIC-9.6:verbal-temporary", shows="allows")
    def test_is_taken_where_the_letter_knows_it(self) -> None:
        """Minnesota WIC."""
        assert may_take_spoken(profile=profile("mn-wic"), stopped=False).allowed

    @pytest.mark.clause("MN-WIC-9.6:verbal-temporary", shows="refuses")
    def test_is_not_taken_elsewhere_or_after_a_stop(self) -> None:
        """North Carolina's letter asks for an opt-in; and who asked to stop must sign."""
        assert may_take_spoken(profile=profile("nc-css"), stopped=False).reason == "spoken-permission-not-accepted"
        assert may_take_spoken(profile=profile("mn-wic"), stopped=True).reason == "asked-to-stop-needs-signature"

    @pytest.mark.clause("MN-WIC-9.6:written-at-next-contact", shows="refuses")
    def test_lapses_at_the_next_contact(self) -> None:
        """Given on Monday, at the clinic on Thursday, nothing signed."""
        spoken = ConsentFacts(ConsentKind.VERBAL, "notices", NOW)
        assert not lapses_at_contact(consent=spoken, contact_at=NOW + timedelta(days=3)).allowed

    @pytest.mark.clause("MN-WIC-9.6:written-at-next-contact", shows="allows")
    def test_outlives_the_contact_in_which_it_was_given(self) -> None:
        """The click after the conversation is not the next contact; nor does a release lapse."""
        spoken = ConsentFacts(ConsentKind.VERBAL, "notices", NOW)
        signed = ConsentFacts(ConsentKind.SIGNED_RELEASE, "notices", NOW)
        assert lapses_at_contact(consent=spoken, contact_at=NOW + timedelta(minutes=20)).allowed
        assert lapses_at_contact(consent=signed, contact_at=NOW + timedelta(days=3)).allowed


class TestStartingAgain:
    """START opts in the adult whose number it is."""

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="allows")
    @pytest.mark.parametrize("stop", [None, Means.TEXT, Means.CARRIER])
    def test_works_by_text_what_was_stopped_by_text(self, stop: Means | None) -> None:
        """Never stopped, or stopped by text."""
        assert may_start_again(last_stop=stop, adults=1, both_parents=False).allowed

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="refuses")
    def test_does_not_undo_a_letter(self) -> None:
        """Who withdrew on paper, at the counter or as a wrong number signs again."""
        for stop in (Means.LETTER, Means.IN_PERSON, Means.WRONG_NUMBER, Means.POSSIBLE):
            decision = may_start_again(last_stop=stop, adults=1, both_parents=False)
            assert decision.reason == "asked-to-stop-needs-signature"

    def test_needs_somebody_on_file_and_only_one_parent(self) -> None:
        """An unknown number opts in nobody; a number of both parents waits."""
        assert may_start_again(last_stop=None, adults=0, both_parents=False).outcome is Outcome.REFUSE
        assert may_start_again(last_stop=None, adults=2, both_parents=True).outcome is Outcome.HOLD


class TestKinds:
    """The profile names the kinds and the platforms."""

    @pytest.mark.clause("MN-WIC-9.6:text-must-document-permission", shows="allows")
    def test_an_app_opt_in_covers_contact_us(self) -> None:
        """In Minnesota."""
        assert kind_accepted(kind=ConsentKind.APP, platform=CONTACT_US, profile=profile("mn-wic")).allowed

    @pytest.mark.clause("MN-WIC-9.6:text-must-document-permission", shows="refuses")
    def test_an_app_opt_in_never_covers_notices_in_minnesota(self) -> None:
        """It is recorded for the portal, or not at all."""
        decision = kind_accepted(kind=ConsentKind.APP, platform="notices", profile=profile("mn-wic"))
        assert decision.reason == "opt-in-does-not-cover-platform"


moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


class TestLaws:
    """What holds whatever the moment."""

    @given(given_at=moments, ended_at=moments, later=st.timedeltas(min_value=timedelta(0), max_value=timedelta(4000)))
    def test_once_ended_no_later_moment_allows(self, given_at: datetime, ended_at: datetime, later: timedelta) -> None:
        """Withdrawn stays withdrawn."""
        consent = ConsentFacts(ConsentKind.KEYWORD, "notices", given_at, ended_at=ended_at, ended_as=Ending.WITHDRAWN)
        assert state_of(consent=consent, now=ended_at + later) is ConsentState.WITHDRAWN

    @given(expires_at=moments, later=st.timedeltas(min_value=timedelta(0), max_value=timedelta(4000)))
    def test_once_expired_no_later_moment_allows(self, expires_at: datetime, later: timedelta) -> None:
        """Lapsed stays lapsed."""
        consent = ConsentFacts(ConsentKind.VERBAL, "notices", expires_at - timedelta(days=30), expires_at)
        assert state_of(consent=consent, now=expires_at + later) is ConsentState.LAPSED

    def test_the_best_is_a_standing_one_for_notices(self) -> None:
        """A withdrawn release does not hide a later keyword, nor the app's opt-in a release."""
        app = ConsentFacts(ConsentKind.APP, CONTACT_US, NOW)
        gone = ConsentFacts(ConsentKind.SIGNED_RELEASE, "notices", NOW, ended_at=NOW, ended_as=Ending.WITHDRAWN)
        keyword = ConsentFacts(ConsentKind.KEYWORD, "notices", NOW)
        assert best_of([app, gone, keyword], now=NOW) == 2
        assert best_of([gone, app], now=NOW) == 1
        assert best_of([], now=NOW) is None
