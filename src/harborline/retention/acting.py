"""Who acts, and what a rule's answer means for a service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from harborline.kernel import Decision, Refused
from harborline.ledger.services import record_apart
from harborline.walls import ALL_COUNTIES, Actor, acting, current

SYSTEM = Actor("system", "retention")


def actor() -> str:
    """Who acts, as records name them."""
    who = current().actor
    return f"{who.kind}:{who.id}"[:80]


def insist(decision: Decision) -> None:
    """Go on only with an allow; raises `Refused`, and the refusal stays on record whatever becomes of the caller."""
    if not decision.allowed:
        content = {"reason": decision.reason, "rule": decision.rule, "clauses": list(decision.clauses)}
        record_apart("retention.refused", subject=f"program:{current().program}", content=content)
        raise Refused(decision)


@contextmanager
def everywhere() -> Iterator[None]:
    """The same unit of work, looking across all counties: a hold of another county counts too."""
    with acting(SYSTEM, program=current().program, counties=ALL_COUNTIES, purpose="retention"):
        yield


def one_at_a_time(program: str) -> None:
    """Holds and disposal of one program take turns until the end of the transaction: a hold is never overtaken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('retention'), hashtext(%s))", [program])
