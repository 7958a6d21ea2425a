"""When records may leave: role, legal basis, what must have happened before; pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from harborline.kernel import Decision, allow, hold, refuse, rule, strictest
from harborline.oversight.facts import Before, LegalBasis, Request

EXPORTERS = frozenset({"state-operator", "supervisor", "security-officer", "auditor"})
AUDITOR = "auditor"
WIC_ONLY = frozenset({LegalBasis.CHILD_ABUSE_REPORT, LegalBasis.DESIGNATED_USE})
# The records of WIC participants are confidential: 7 CFR 246.26(d) lists who may have them.
NOT_IN_WIC = frozenset({LegalBasis.PUBLIC_RECORDS})
NEEDS_REFERENCE = frozenset(
    {
        LegalBasis.COURT_ORDER,
        LegalBasis.SUBPOENA,
        LegalBasis.SEARCH_WARRANT,
        LegalBasis.SIGNED_RELEASE,
        LegalBasis.DESIGNATED_USE,
    }
)
# 7 CFR 246.26(i): counsel first, then a motion to quash; a warrant is complied with, limited to what is necessary.
NEEDS_BEFORE = {
    LegalBasis.SUBPOENA: (Before.COUNSEL_NOTIFIED, Before.QUASH_ATTEMPTED),
    LegalBasis.COURT_ORDER: (Before.COUNSEL_NOTIFIED,),
    LegalBasis.SEARCH_WARRANT: (Before.COUNSEL_NOTIFIED, Before.LIMITED_TO_NECESSARY),
}
OF_ONE_PERSON = frozenset({LegalBasis.SUBJECT_ACCESS, LegalBasis.SIGNED_RELEASE})
# What goes to somebody outside, whoever is named; the others stay with the agency unless a recipient is named.
OUTWARD = frozenset(
    {
        LegalBasis.COURT_ORDER,
        LegalBasis.SUBPOENA,
        LegalBasis.SEARCH_WARRANT,
        LegalBasis.PUBLIC_RECORDS,
        LegalBasis.SUBJECT_ACCESS,
        LegalBasis.SIGNED_RELEASE,
        LegalBasis.CHILD_ABUSE_REPORT,
        LegalBasis.DESIGNATED_USE,
    }
)


@rule("OFFSET-8.2:only-as-necessary", "OFFSET-8.2:systems-controls", "MN-WIC-9.6:safeguards-private-data")
def may_ask(*, roles: Collection[str]) -> Decision:
    """Only roles that answer for records take them out of the house."""
    return allow() if EXPORTERS & set(roles) else refuse("role-may-not-export")


@rule("OFFSET-8.2:only-as-necessary", "OFFSET-8.1:proceedings", "MN-WIC-9.6:safeguards-private-data")
def basis_holds(*, request: Request, kind: str) -> Decision:
    """A basis of this kind of program, with its reference; subject access and release are for one person only.

    Whoever asks for public records asks about nobody: 45 CFR 303.21(c) knows no such basis for a person or case.
    """
    if (kind == "wic" and request.basis in NOT_IN_WIC) or (kind != "wic" and request.basis in WIC_ONLY):
        return refuse("basis-not-of-this-program")
    if request.basis in NEEDS_REFERENCE and not request.reference.strip():
        return hold("reference-missing")
    if request.basis in OF_ONE_PERSON and not request.selection.person:
        return refuse("basis-is-for-one-person")
    chosen = request.selection
    if request.basis is LegalBasis.PUBLIC_RECORDS and (chosen.person or chosen.case or chosen.number):
        return refuse("basis-is-about-nobody")
    return allow()


@rule("OFFSET-8.1:proceedings", "MN-WIC-9.6:safeguards-private-data")
def steps_taken(*, request: Request, kind: str) -> Decision:
    """In WIC a subpoena, order or warrant goes to counsel first, and a subpoena is fought before it is followed."""
    wanted = NEEDS_BEFORE.get(request.basis, ()) if kind == "wic" else ()
    missing = [step for step in wanted if step not in request.done_before]
    return hold(f"{missing[0]}-missing") if missing else allow()


def leaves(*, request: Request) -> bool:
    """Whether an export goes to somebody outside the agency: by its basis, or because a recipient is named."""
    return request.basis in OUTWARD or bool(request.recipient.strip())


@rule("OFFSET-8.2:systems-controls", "OFFSET-8.2:only-as-necessary", "MN-WIC-9.6:text-delete-after-viewing")
def alone(*, sealed_mode: bool, asked_by: str, approved_by: str, outward: bool = False) -> Decision:
    """Nobody opens texts alone that are kept sealed, or that go to somebody outside: a second person approves."""
    if not (sealed_mode or outward):
        return allow()
    if not approved_by:
        return hold("second-person-needed")
    return refuse("same-person") if asked_by == approved_by else allow()


def may_export(*, request: Request, kind: str, roles: Collection[str]) -> Decision:
    """1. The role. 2. The basis, its reference, and that it fits the selection. 3. What must have happened before."""
    return strictest(
        (
            may_ask(roles=roles),
            basis_holds(request=request, kind=kind),
            steps_taken(request=request, kind=kind),
        )
    )


LARGEST_SAMPLE = 100
LONGEST_SEED = 64


@rule("OFFSET-8.2:routine-monitoring", "OFFSET-8.2:only-as-necessary")
def may_look(*, roles: frozenset[str], whole_program: bool) -> Decision:
    """Only an auditor of the whole program looks at samples: what stands in an entry knows no county."""
    return allow() if AUDITOR in roles and whole_program else refuse("role-may-not-audit")


@rule("OFFSET-8.2:routine-monitoring")
def may_draw(
    *,
    roles: frozenset[str],
    whole_program: bool,
    seed: str,
    size: int,
    from_at: datetime,
    until_at: datetime,
    now: datetime,
) -> Decision:
    """An auditor draws few entries of a span that is over, by a seed of their own: nobody else steers the lot."""
    looks = may_look(roles=roles, whole_program=whole_program)
    if not looks.allowed:
        return looks
    if not seed or len(seed) > LONGEST_SEED:
        return refuse("sample-needs-a-seed")
    if not 1 <= size <= LARGEST_SAMPLE:
        return refuse("sample-too-large")
    if not from_at < until_at <= now:
        return refuse("sample-of-a-span-that-is-over")
    return allow()
