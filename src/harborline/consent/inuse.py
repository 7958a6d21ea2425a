"""The numbers that somebody gave permission for: opened one by one, for asking a register whether they still hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from harborline.consent.facts import NOTICES, ConsentState, NumberInUse
from harborline.consent.keeping import evidence_of
from harborline.consent.models import Consent
from harborline.consent.rules import state_of
from harborline.consent.selectors import facts_of, suppressed_numbers
from harborline.kernel import clock
from harborline.walls import current

CHUNK = 500


def numbers_in_use(*, now: datetime | None = None) -> Iterator[NumberInUse]:
    """Every number of the context's program with a permission for notices that stands and no stop, each once.

    Opens sealed evidence: for the questions to a register of reassigned numbers only.
    """
    moment = now or clock.now()
    standing = Consent.objects.filter(program=current().program, platform=NOTICES, ended_at__isnull=True)
    seen: set[bytes] = set()
    batch: list[Consent] = []
    for consent in standing.order_by("-given_at").iterator(CHUNK):
        idx = bytes(consent.phone_idx)
        if idx not in seen and state_of(consent=facts_of(consent), now=moment) is not ConsentState.LAPSED:
            seen.add(idx)
            batch.append(consent)
        if len(batch) >= CHUNK:
            yield from _opened(batch)
            batch = []
    yield from _opened(batch)


def _opened(batch: list[Consent]) -> Iterator[NumberInUse]:
    stopped = suppressed_numbers(current().program, [bytes(one.phone_idx) for one in batch])
    for one in batch:
        idx = bytes(one.phone_idx)
        if idx not in stopped:
            yield NumberInUse(idx, evidence_of(one)["number"], one.given_at)
