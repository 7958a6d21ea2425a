"""Who may propose and approve words, and when words may be used at all: pure."""

from __future__ import annotations

from collections.abc import Sequence

from harborline.kernel import Decision, allow, refuse, rule
from harborline.law import Profile
from harborline.messaging.wording.facts import VersionState
from harborline.messaging.words.proofreading import Proof

PROPOSERS = frozenset({"state-operator", "supervisor", "case-manager", "clinic-staff"})


@rule("NC-CSS-22-18:county-needs")
def may_propose(*, roles: frozenset[str]) -> Decision:
    """Whoever works with people in a county, and the state, may propose words."""
    return allow() if roles & PROPOSERS else refuse("role-may-not-propose-templates")


@rule("NC-CSS-22-18:county-needs", "MN-WIC-9.6:text-easy")
def may_approve(*, roles: frozenset[str], proposed_by: str, worker: str, profile: Profile) -> Decision:
    """Only the state approves, and never the one who proposed."""
    if not roles & frozenset(profile.texting.template_roles):
        return refuse("role-may-not-approve-templates")
    if proposed_by == worker:
        return refuse("second-person-is-the-first")
    return allow()


@rule("NC-CSS-22-18:county-needs")
def may_step(*, state: VersionState, wanted: VersionState) -> Decision:
    """A proposal is approved or refused once; only what is approved can be retired; nothing comes back."""
    follows = {
        VersionState.PROPOSED: {VersionState.APPROVED, VersionState.REFUSED},
        VersionState.APPROVED: {VersionState.RETIRED},
    }
    if wanted in follows.get(state, set()):
        return allow()
    return refuse("template-already-decided")


@rule(
    "MN-WIC-9.6:text-no-private",
    "MN-WIC-9.6:text-no-abbreviations",
    "MN-WIC-9.6:text-easy",
    "MN-WIC-9.6:text-no-asking",
    "NC-CSS-22-18:pii-fti-in-texts",
    "NC-CSS-22-18:lawful-notifications",
)
def words_fit(*, proofs: Sequence[Proof]) -> Decision:
    """Words are used only when nothing in any language must be put right."""
    for proof in proofs:
        for remark in proof.remarks:
            if remark.stops:
                return refuse("template-must-be-put-right")
    return allow()
