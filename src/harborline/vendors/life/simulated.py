"""The life of a simulated company: the same steps, the same order and records, each saying that it is simulated.

Nothing of a simulated company leaves this machine, so no person signs for it and no paper exists; the gate asks of it
what it asks of every other, and its end stops it as it stops every other.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from harborline.kernel import Invalid
from harborline.vendors.facts import CHECKS, StepKind
from harborline.vendors.life.taking import begin, take
from harborline.vendors.models import Approval, Vendor
from harborline.vendors.screening.lists import categories, requirements_of

SAYS: Final = "simulated: nothing leaves this machine"
NOBODY: Final = "Nobody, this is simulated"
_NO_ROLES: Final[frozenset[str]] = frozenset()


def walk(
    vendor: Vendor, *, program: str, purpose: str, elements: list[str], letter: dict[str, Any], signed_on: date
) -> Approval:
    """Take a simulated company through its whole life to going live; answers its permission.

    Raises `Invalid` for a real company: nobody's word stands in for the state's.
    """
    if not vendor.simulated:
        raise Invalid(
            "a real company goes through its life step by step; only a simulated one is approved at once", "vendor"
        )
    made = begin(vendor, purposes=[purpose], elements=elements, systems=SAYS)
    contract_day = signed_on + timedelta(days=1)

    def do(kind: StepKind, on: date | None = None, **detail: Any) -> None:  # noqa: ANN401 - whatever the step says
        take(made.id, kind, on=on, detail=detail, roles=_NO_ROLES)

    do(StepKind.SUBMITTED, signed_on, why=SAYS)
    for area in ("program", "security", "legal", "it"):
        do(StepKind.REVIEWED, signed_on, area=area, approve=True, reviewer=NOBODY, reason=SAYS)
    do(StepKind.PERMITTED, signed_on, **letter, purposes=[purpose], elements=elements, systems=SAYS)
    do(StepKind.CONTRACTED, contract_day, number="SIMULATED", until=contract_day + timedelta(days=365))
    do(StepKind.VETTED, contract_day, checks=list(CHECKS), signer=NOBODY)
    memorandum = requirements_of(program).memorandum
    if memorandum:
        do(StepKind.MEMORANDUM, contract_day, version=memorandum, signer=NOBODY)
    do(StepKind.CERTIFIED, contract_day, signer=NOBODY, uses_covered=False, flow_down=True)
    do(StepKind.ANSWERED, contract_day, **_answers())
    do(StepKind.SCREENED)
    do(StepKind.LIVE)
    return Approval.objects.get(engagement_id=made.id, purpose=purpose)


def letter(document_no: str, signer: str, valid_from_at: datetime, valid_until_at: datetime) -> dict[str, Any]:
    """What a letter of permission says."""
    return {
        "document_no": document_no,
        "signer": signer,
        "valid_from": valid_from_at,
        "valid_until": valid_until_at,
    }


def _answers() -> dict[str, Any]:
    return {
        "owners": [],
        "none_above_tenth": True,
        "uses_covered": False,
        "subprocessors": [],
        "categories": {name: {"supplies": False} for name in categories()},
    }
