"""What permission allows: pure. Each program's letter has rules of its own; `may_text` asks those of the profile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from harborline.consent.facts import (
    CONTACT_US,
    NOTICES,
    SAME_CONTACT,
    ConsentFacts,
    ConsentKind,
    ConsentStanding,
    ConsentState,
    Ending,
    Means,
)
from harborline.kernel import Decision, allow, hold, refuse, rule, strictest
from harborline.law import Profile
from harborline.workforce.facts import StaffRole

_ABSENT = {
    ConsentState.NONE: "no-consent",
    ConsentState.ENDED: "no-consent",
    ConsentState.WITHDRAWN: "consent-withdrawn",
}
_RANK = {
    ConsentState.GIVEN: 0,
    ConsentState.TEMPORARY: 1,
    ConsentState.UNATTESTED: 2,
    ConsentState.LAPSED: 3,
    ConsentState.WITHDRAWN: 4,
    ConsentState.ENDED: 5,
}


def state_of(*, consent: ConsentFacts, now: datetime) -> ConsentState:
    """Where a consent stands at `now`; what ended or expired never stands again."""
    if consent.ended_at is not None and consent.ended_at <= now:
        return {Ending.WITHDRAWN: ConsentState.WITHDRAWN, Ending.LAPSED: ConsentState.LAPSED}.get(
            consent.ended_as or Ending.SUPERSEDED, ConsentState.ENDED
        )
    if consent.imported and consent.attested_at is None:
        return ConsentState.UNATTESTED
    if consent.expires_at is not None and consent.expires_at <= now:
        return ConsentState.LAPSED
    return ConsentState.TEMPORARY if consent.kind is ConsentKind.VERBAL else ConsentState.GIVEN


def best_of(consents: Iterable[ConsentFacts], *, now: datetime) -> int | None:
    """The position of the consent that carries most: for notices before other platforms, standing before ended."""
    ranked = [
        ((consent.platform != NOTICES, _RANK[state_of(consent=consent, now=now)]), position)
        for position, consent in enumerate(consents)
    ]
    standing = [(rank, position) for rank, position in ranked if rank[1] <= _RANK[ConsentState.TEMPORARY]]
    return min(standing or ranked, default=(None, None))[1]


def may_text(*, standing: ConsentStanding, profile: Profile, now: datetime) -> Decision:
    """Whether a notice may be texted to this number for this person, by the letter of the program.

    Child support: `opted_in`. WIC: 1. permission documented, 2. for this platform, 3. a spoken one still open.
    """
    if profile.kind != "wic":
        return opted_in(standing=standing, profile=profile, now=now)
    return strictest(
        (
            permission_documented(standing=standing, profile=profile, now=now),
            covers_this_platform(standing=standing),
            spoken_permission_stands(standing=standing, profile=profile, now=now),
        )
    )


@rule("NC-CSS-22-18:opt-in")
def opted_in(*, standing: ConsentStanding, profile: Profile, now: datetime) -> Decision:
    """Texts go only to those who opted in; not having objected is not enough, and a request to stop wins."""
    return _first_objection(_standing_allows(standing, profile, now), _platform_allows(standing))


@rule("MN-WIC-9.6:permission-first", "MN-WIC-9.6:text-must-document-permission")
def permission_documented(*, standing: ConsentStanding, profile: Profile, now: datetime) -> Decision:
    """No text without the participant's documented permission, of a kind the profile accepts; a stop wins."""
    return _first_objection(_standing_allows(standing, profile, now))


@rule("MN-WIC-9.6:contact-us-other-platform", "MN-WIC-9.6:text-app-opt-in")
def covers_this_platform(*, standing: ConsentStanding) -> Decision:
    """The app's opt-in covers the portal's own texts; this service needs another release."""
    return _first_objection(_platform_allows(standing))


@rule("MN-WIC-9.6:verbal-temporary", "MN-WIC-9.6:written-at-next-contact")
def spoken_permission_stands(*, standing: ConsentStanding, profile: Profile, now: datetime) -> Decision:
    """A spoken permission holds until the next contact, and never past the cap in days."""
    if standing.kind != ConsentKind.VERBAL:
        return allow()
    over = standing.expires_at is not None and standing.expires_at <= now
    if over or standing.state == ConsentState.LAPSED or profile.consent.verbal_cap_days == 0:
        return refuse("spoken-permission-lapsed")
    return allow()


@rule("MN-WIC-9.6:text-app-opt-in", "MN-WIC-9.6:contact-us-opt-in")
def may_text_in_contact_us(*, opt_in: ConsentFacts | None, now: datetime) -> Decision:
    """In the portal's own thread the app's opt-in is enough, and nothing less."""
    if opt_in is None or opt_in.platform != CONTACT_US:
        return refuse("no-portal-opt-in")
    if state_of(consent=opt_in, now=now) is not ConsentState.GIVEN:
        return refuse("portal-opt-in-ended")
    return allow()


@rule("NC-CSS-22-18:opt-in", "MN-WIC-9.6:permission-first")
def may_consent(*, adult: bool | None) -> Decision:
    """Only a party, parent, guardian or proxy consents; a dependent never, and nobody who is not on file."""
    if adult is None:
        return refuse("not-on-file")
    return allow() if adult else refuse("dependents-cannot-consent")


@rule("NC-CSS-22-18:opt-in", "MN-WIC-9.6:text-must-document-permission")
def kind_accepted(*, kind: ConsentKind, platform: str, profile: Profile) -> Decision:
    """The profile names the kinds of consent, and which platforms an opt-in in app or portal covers."""
    if kind.value not in profile.consent.kinds:
        return refuse("kind-not-accepted")
    if kind in {ConsentKind.APP, ConsentKind.PORTAL} and platform not in profile.consent.app_platforms:
        return refuse("opt-in-does-not-cover-platform")
    return allow()


@rule("MN-WIC-9.6:verbal-temporary", "NC-CSS-22-18:opt-in")
def may_take_spoken(*, profile: Profile, stopped: bool) -> Decision:
    """A spoken permission counts only where the letter knows one, and never against an earlier request to stop."""
    if profile.consent.verbal_cap_days == 0 or ConsentKind.VERBAL.value not in profile.consent.kinds:
        return refuse("spoken-permission-not-accepted")
    if stopped:
        return refuse("asked-to-stop-needs-signature")
    return allow()


@rule("MN-WIC-9.6:release-statement", "NC-CSS-22-18:opt-in")
def release_complete(*, statement_sha256: str, required: frozenset[str], signed_as: str, evidence: bool) -> Decision:
    """A release counts when the required statement stood in it word for word and somebody signed it.

    `required` are the digests of the statement's current words in every language; `evidence` tells whether the
    signature itself (scan, strokes, typed name) is kept.
    """
    if statement_sha256 not in required:
        return refuse("release-without-required-statement")
    if not signed_as.strip() or not evidence:
        return refuse("release-not-signed")
    return allow()


@rule("MN-WIC-9.6:written-at-next-contact")
def lapses_at_contact(*, consent: ConsentFacts, contact_at: datetime) -> Decision:
    """At the next contact a spoken permission that nobody signed comes to its end: `refuse` means it lapses.

    A contact told within two hours after the permission is the one in which it was given.
    """
    if consent.kind is not ConsentKind.VERBAL or contact_at <= consent.given_at + SAME_CONTACT:
        return allow()
    return refuse("no-signed-release-at-next-contact")


@rule("NC-CSS-22-18:opt-in", "MN-WIC-9.6:permission-first")
def may_start_again(*, last_stop: Means | None, adults: int, both_parents: bool) -> Decision:
    """A keyword opts in the adult whose number it is; it does not undo what was stopped in another way than by text.

    `last_stop` is how this agency was last asked to stop, None when it never was or it was undone since.
    """
    if adults == 0:
        return refuse("nobody-on-file-with-number")
    if both_parents:
        return hold("number-used-by-both-parties")
    if last_stop in {Means.REASSIGNED, Means.DEACTIVATED}:
        return refuse("number-ended-needs-signature")
    if last_stop not in {None, Means.TEXT, Means.CARRIER}:
        return refuse("asked-to-stop-needs-signature")
    return allow()


_TAKES_OVER = frozenset({StaffRole.STATE_OPERATOR.value, StaffRole.SUPERVISOR.value})


@rule("NC-CSS-22-18:opt-in-monitored", "MN-WIC-9.6:text-must-document-permission")
def may_take_over(*, roles: frozenset[str]) -> Decision:
    """Lists of an earlier vendor are taken over, and attested, by those who answer for the program."""
    return allow() if roles & _TAKES_OVER else refuse("role-may-not-take-over-lists")


@rule("NC-CSS-22-18:opt-in-monitored", "MN-WIC-9.6:text-must-document-permission")
def may_attest(*, actor_kind: str) -> Decision:
    """The opt-ins of an earlier vendor's list count once a named person says what evidence they saw."""
    return allow() if actor_kind == "worker" else refuse("attested-by-nobody")


def _standing_allows(standing: ConsentStanding, profile: Profile, now: datetime) -> Decision | None:
    if standing.suppressed:
        return refuse("asked-to-stop")
    if standing.held:
        return hold("possible-opt-out")
    return _state_allows(standing, profile, now)


def _state_allows(standing: ConsentStanding, profile: Profile, now: datetime) -> Decision | None:
    state = ConsentState(standing.state)
    if state in _ABSENT or standing.kind is None:
        return refuse(_ABSENT.get(state, "no-consent"))
    if state is ConsentState.UNATTESTED:
        return hold("list-awaits-attestation")
    if state is ConsentState.LAPSED or (standing.expires_at is not None and standing.expires_at <= now):
        return refuse("spoken-permission-lapsed" if standing.kind == ConsentKind.VERBAL else "release-expired")
    if standing.kind not in profile.consent.kinds:
        return refuse("kind-not-accepted")
    return None


def _platform_allows(standing: ConsentStanding) -> Decision | None:
    if standing.kind is not None and standing.platform != NOTICES:
        return refuse("opt-in-covers-portal-only")
    return None


def _first_objection(*objections: Decision | None) -> Decision:
    return next((objection for objection in objections if objection is not None), allow())
