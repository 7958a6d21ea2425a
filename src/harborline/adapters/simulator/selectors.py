"""What the phones page shows; each opens the program's context itself."""

from __future__ import annotations

from django.db.models import Count, Max

from harborline.adapters.simulator.facts import Bubble, Handset
from harborline.adapters.simulator.models import HandsetText
from harborline.kernel import NotFound
from harborline.messaging.ports import Receipt
from harborline.walls import ALL_COUNTIES, Actor, acting

__all__ = ["conversation", "handsets"]

PHONES = Actor("system", "simulated-handsets")
NEVER_ARRIVED = (Receipt.FAILED.value, Receipt.EXPIRED.value)


def handsets(program: str, *, limit: int = 50, holding: str = "") -> list[Handset]:
    """The handsets with the newest texts, newest first; `holding` keeps numbers that contain these digits."""
    with acting(PHONES, program=program, counties=ALL_COUNTIES, purpose="simulated-handsets"):
        shown = HandsetText.objects.filter(program=program, number__contains=holding).exclude(receipt__in=NEVER_ARRIVED)
        newest = shown.values("number").annotate(count=Count("id"), newest=Max("at")).order_by("-newest")[:limit]
        counts = {row["number"]: row["count"] for row in newest}
        texts = shown.filter(number__in=list(counts)).order_by("number", "-at", "-id").distinct("number")
        found = [Handset(one.number, one.text, one.at, counts[one.number]) for one in texts]
    return sorted(found, key=lambda handset: handset.at, reverse=True)


def conversation(program: str, number: str, *, limit: int = 200) -> list[Bubble]:
    """What one handset shows, oldest first; raises `NotFound` for a number that never had a text."""
    with acting(PHONES, program=program, counties=ALL_COUNTIES, purpose="simulated-handsets"):
        shown = HandsetText.objects.filter(program=program, number=number).exclude(receipt__in=NEVER_ARRIVED)
        rows = list(shown.order_by("-at", "-id")[:limit])
    if not rows:
        raise NotFound("no such handset")
    return [_bubble(row) for row in reversed(rows)]


def _bubble(row: HandsetText) -> Bubble:
    direction = "out" if row.from_handset else "in"
    return Bubble(row.id, direction, row.text, row.at, row.program, row.sender, row.receipt if row.reported_at else "")
