"""Judge what is due with the facts of this moment: equal situations share one decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from harborline.consent.facts import ConsentStanding
from harborline.consent.rules import may_text
from harborline.kernel import Decision, allow, refuse, strictest
from harborline.law import Profile
from harborline.messaging.facts import MessageKind
from harborline.messaging.notices.windows import Windows
from harborline.messaging.rules import NO_TEXTS, RecentTexts, cited, within_caps
from harborline.messaging.sending.due import ClaimFacts, Due, counted

_LAWFUL = ("NC-CSS-22-18:lawful-notifications", "MN-WIC-9.6:local-it-legal")
_OPT_IN = ("NC-CSS-22-18:opt-in", "MN-WIC-9.6:permission-first")
_TOO_LATE = refuse("too-late").stamped("messaging.sending.claims", _LAWFUL)
_STOPPED = refuse("asked-to-stop").stamped("messaging.sending.claims", _OPT_IN)
_NO_CONSENT = refuse("no-consent").stamped("messaging.sending.claims", _OPT_IN)
_UNSAFE = refuse("no-texts-by-safety-choice").stamped("messaging.rules.texting_is_safe", ("OFFSET-8.1:harm",))
_ALLOWED = allow()


@dataclass(slots=True)
class Judge:
    """Decides for one program; remembers what it decided about each situation within one claim's moment."""

    profile: Profile
    windows: Windows
    now: datetime
    _permissions: dict[tuple[object, ...], Decision] = field(default_factory=dict)
    _shown: dict[Decision, Decision] = field(default_factory=dict)

    def decide(self, due: Sequence[Due], facts: ClaimFacts) -> list[Decision]:
        """The decision about each, in order; of several to one number each counts for those after it."""
        return [self._cited(self._one(item, facts)) for item in due]

    def _one(self, item: Due, facts: ClaimFacts) -> Decision:
        if item.last_due_at <= self.now:
            return _TOO_LATE
        before = facts.sent_before.get(item.message_id)
        if before is not None and not before.allowed:
            return before
        if item.kind == MessageKind.NOTICE.value:
            return self._notice(item, facts)
        if item.kind == MessageKind.REPLY.value:
            # An answer to the person's own text is outside consent and quiet hours (47 CFR 64.1200(a)(12)).
            return _ALLOWED
        # A code was asked for a moment ago: outside them too, but a number that stopped since gets none (below).
        if item.kind == MessageKind.ANSWER.value:
            return facts.answers.get(item.message_id, _NO_CONSENT)
        return _STOPPED if item.phone_idx in facts.stopped else _ALLOWED

    def _notice(self, item: Due, facts: ClaimFacts) -> Decision:
        if not facts.current.allowed:
            return facts.current
        if item.participant_id in facts.blocked:
            return _UNSAFE
        standing = facts.standings.get((item.case_id, item.phone_idx)) if item.case_id else None
        if standing is None:
            return _NO_CONSENT
        moments = facts.recent.get(item.phone_idx)
        recent = counted(moments, self.now) if moments else NO_TEXTS
        found = strictest((self._permission(standing), self._caps(recent), self.windows.decide(item.zones, self.now)))
        if found.allowed:
            facts.recent.setdefault(item.phone_idx, []).append(self.now)
        return found

    def _permission(self, standing: ConsentStanding) -> Decision:
        # The key holds every fact the rule may see, and the standing given to the rule holds nothing else.
        over = standing.expires_at is not None and standing.expires_at <= self.now
        key = (standing.kind, standing.state, standing.suppressed, standing.held, standing.platform, over)
        found = self._permissions.get(key)
        if found is None:
            alike = replace(standing, consent_id=None, holder=None, expires_at=self.now if over else None)
            found = self._permissions[key] = may_text(standing=alike, profile=self.profile, now=self.now)
        return found

    def _caps(self, recent: RecentTexts) -> Decision:
        if not recent.week:
            return _ALLOWED
        return within_caps(recent=recent, profile=self.profile)

    def _cited(self, decision: Decision) -> Decision:
        found = self._shown.get(decision)
        if found is None:
            found = self._shown[decision] = cited(decision, self.profile)
        return found
