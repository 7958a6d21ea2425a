"""Bursts: plain deliveries that are renamed at the same moment land together, with one transaction and one flush.

A delivery is plain when nothing about it needs thinking: one file, whole under a temporary name, renamed to a free
final name under terms that take a rename for the proof, no number missing, nothing known of it. Everything else, and
whatever goes wrong here, goes the ordinary way (`proving`, `landing`) one by one, which decides the same for a plain
one. Nobody is told before the commit.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import DatabaseError

from harborline.exchange import naming
from harborline.exchange.content import whole_ones
from harborline.exchange.facts import AgreementFacts, Arrival, Guest, HeldFile, Standing, Verdict
from harborline.exchange.folders import name_for, open_now
from harborline.exchange.gathering import facts_in_force, terms_of
from harborline.exchange.landing import gap_open, highest_of
from harborline.exchange.models import Agreement, Transmission, TransmittedFile, Upload
from harborline.exchange.plain import Plain, write_all
from harborline.exchange.rules import judge_landing
from harborline.exchange.units import as_guest
from harborline.exchange.wording import Box, Proof
from harborline.kernel import Fault

MOST: Final = 64
"""So many land in one transaction: an answer waits for the work of so many at most."""
_PARTS: Final = 3
_PROVING_ENDS: Final = (*naming.CHECKSUM_ENDS, *naming.DONE_ENDS)
_Key = tuple[str, str, str, str]


@dataclass(slots=True)
class _Slot:
    old: str
    new: str
    done: bool = False
    landed: bool = False


@dataclass(slots=True)
class _Queue:
    turn: threading.Lock = field(default_factory=threading.Lock)
    waiting: list[_Slot] = field(default_factory=list)


class Bursts:
    """Renames of many threads: whoever has its turn lands what waits, the others find it done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queues: dict[_Key, _Queue] = {}

    def landed(self, guest: Guest, old: str, new: str) -> bool:
        """Whether the delivery was plain and is landed for good; otherwise nothing was done."""
        before, after = old.strip("/").split("/"), new.strip("/").split("/")
        if len(before) != _PARTS or len(after) != _PARTS or before[:2] != after[:2]:
            return False
        slot, key = _Slot(before[2], after[2]), (guest.program, guest.login, before[0], before[1])
        with self._lock:
            queue = self._queues.setdefault(key, _Queue())
            queue.waiting.append(slot)
        with queue.turn:
            while not slot.done:
                with self._lock:
                    taken, queue.waiting = queue.waiting[:MOST], queue.waiting[MOST:]
                _land(guest, before[0], before[1], taken)
        with self._lock:
            # Folders are a partner's words: none is remembered for longer than somebody waits in it.
            if not queue.waiting and self._queues.get(key) is queue:
                del self._queues[key]
        return slot.landed


def _land(guest: Guest, key: str, box: str, slots: Sequence[_Slot]) -> None:
    landed: set[str] = set()
    try:
        if box in (Box.IN, Box.TEST):
            with as_guest(guest):
                landed = _landed(guest, key, Box(box), slots)
    except (Fault, DatabaseError):
        landed = set()  # the ordinary way says which one it was and why
    finally:
        for slot in slots:
            slot.landed, slot.done = slot.old in landed, True


def _landed(guest: Guest, key: str, box: Box, slots: Sequence[_Slot]) -> set[str]:
    rows = Agreement.objects.filter(program=guest.program, partner_id=guest.partner_id, version__gt=0, key=key)
    agreement = rows.select_related("partner").select_for_update(of=("self",), no_key=True).first()
    if agreement is None:
        return set()
    facts = facts_in_force(agreement)
    open_now(facts, box)
    terms = terms_of(facts)
    if Proof.RENAME not in terms.proofs or (terms.manifest and box is Box.IN):
        return set()
    plain = _whole(_free(agreement, box, facts, slots))
    if box is Box.IN:
        plain = _in_turn(agreement, facts, plain)
    write_all(agreement, plain, test=box is Box.TEST)
    return {one.old for one in plain}


def _free(agreement: Agreement, box: Box, facts: AgreementFacts, slots: Iterable[_Slot]) -> list[Plain]:
    asked = {one.old: one for one in slots if _final(facts, box, one)}
    names = [naming.folded(name) for one in asked.values() for name in (one.old, *_beside(one.new))]
    found = Upload.objects.filter(agreement=agreement, box=box.value, state__in=("receiving", "uploaded"))
    # A manifest that waits may name any of them.
    if found.filter(state="uploaded", folded__endswith=naming.MANIFEST_END).exists():
        return []
    there = {one.folded: one for one in found.filter(folded__in=names)}
    plain: dict[str, Plain] = {}
    for one in asked.values():
        row = there.get(naming.folded(one.old))
        taken = any(naming.folded(name) in there or naming.folded(name) in plain for name in _beside(one.new))
        if row is not None and row.name == one.old and row.state == "uploaded" and row.sha256 and not taken:
            number = terms_of(facts).naming.sequence(one.new)
            plain[naming.folded(one.new)] = Plain(one.old, one.new, row, number)
    return list(plain.values())


def _final(facts: AgreementFacts, box: Box, slot: _Slot) -> bool:
    try:
        naming.temporary_name(slot.old)
        name = name_for(facts, box, slot.new)
    except Fault:
        return False
    plain = name == slot.new and not naming.temporary(name) and not naming.sidecar_of(name)[0]
    return plain and naming.temporary(slot.old)


def _beside(name: str) -> list[str]:
    return [name, *(name + end for end in _PROVING_ENDS)]


def _whole(plain: Sequence[Plain]) -> list[Plain]:
    there = whole_ones({one.upload.id: one.upload.size for one in plain})
    return [one for one in plain if one.upload.id in there]


def _in_turn(agreement: Agreement, facts: AgreementFacts, plain: Sequence[Plain]) -> list[Plain]:
    # Those that came at one moment are taken in the order of their numbers.
    identical = terms_of(facts).identical
    if not plain or gap_open(agreement):
        return []
    known, digests = _known(agreement, plain, identical=identical)
    highest, taken = highest_of(agreement), []
    for one in sorted(plain, key=lambda each: each.number or 0):
        digest = one.upload.sha256
        if one.old in known or (not identical and digest in digests):
            continue
        held = HeldFile(one.new, one.upload.size, digest)
        arrival = Arrival(files=(held,), external_id=None, sequence=one.number, supersedes=None, test=False)
        verdict, _ = judge_landing(arrival=arrival, standing=Standing(highest=highest), identical=identical)
        if verdict is Verdict.ACCEPT:
            taken.append(one)
            digests.add(digest)
            highest = highest if one.number is None else one.number
    return taken


def _known(agreement: Agreement, plain: Sequence[Plain], *, identical: bool) -> tuple[set[str], set[str]]:
    """Temporary names of those whose final name or number stands already; digests that stand."""
    rows = Transmission.objects.filter(agreement=agreement, outgoing=False, test=False, counted=True)
    files = TransmittedFile.objects.filter(transmission__in=rows)
    names = set(files.filter(folded__in=[naming.folded(one.new) for one in plain]).values_list("folded", flat=True))
    asked = [one.number for one in plain if one.number is not None]
    numbers = set(rows.filter(sequence__in=asked).values_list("sequence", flat=True)) if asked else set()
    digests: set[str] = set()
    if not identical:
        said = [one.upload.sha256 for one in plain]
        digests = set(files.filter(sha256__in=said).values_list("sha256", flat=True))
    known = {one.old for one in plain if naming.folded(one.new) in names or one.number in numbers}
    return known, digests
