"""Bursts: plain deliveries that are renamed at the same moment land together, with one transaction and one flush.

A delivery is plain when nothing about it needs thinking: one file, whole under a temporary name, renamed to a free
final name under terms that take a rename for the proof, no number missing, nothing known of it. Everything else, and
whatever goes wrong here, goes the ordinary way (`proving`, `landing`) one by one, which decides the same for a plain
one. Nobody is told before the commit.

However many there are, it is four or five questions: the lock with the agreement's state, what is known of any of
them, the entries of the log (two for several), all rows.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from django.db import DatabaseError

from harborline.exchange import naming
from harborline.exchange.content import there, whole_ones
from harborline.exchange.drafts import Draft, Drafts
from harborline.exchange.facts import AgreementFacts, Arrival, Guest, HeldFile, Standing, Verdict
from harborline.exchange.folders import name_for, open_now
from harborline.exchange.gathering import terms_of
from harborline.exchange.known import Known, forget, known_to
from harborline.exchange.models import Agreement, Upload
from harborline.exchange.plain import Circumstances, Plain, alarms_about, write_all
from harborline.exchange.rules import judge_landing
from harborline.exchange.units import as_guest
from harborline.exchange.wording import Box, Proof
from harborline.kernel import Fault, clock
from harborline.ledger.selectors import current_checkpoint
from harborline.walls.cursor import bulk_cursor

MOST: Final = 64
"""So many land in one transaction: an answer waits for the work of so many at most."""
_PARTS: Final = 3
_PROVING_ENDS: Final = (*naming.CHECKSUM_ENDS, *naming.DONE_ENDS)
# Receipts carry the newest checkpoint of the log; a new one is signed about once in a second.
_CHECKPOINT_S: Final = 0.1
_Key = tuple[str, str, str, str]

# These tables grow while the statements are prepared, so the planner's picture of them is old: along the indexes.
_LOCK = """
SELECT a.state, a.version, set_config('enable_seqscan', 'off', true),
       set_config('plan_cache_mode', 'force_generic_plan', true)
FROM exchange_agreement a WHERE a.id = %b::uuid FOR NO KEY UPDATE
"""
_FIND = """
WITH taken AS MATERIALIZED (
  SELECT f.folded, f.sha256 FROM exchange_transmittedfile f JOIN exchange_transmission t ON t.id = f.transmission_id
  WHERE (f.folded = ANY(%(finals)b::text[]) OR f.sha256 = ANY(%(digests)b::text[]))
    AND t.agreement_id = %(agreement)b AND NOT t.outgoing AND NOT t.test AND t.counted
)
SELECT
  ARRAY(SELECT folded FROM exchange_upload WHERE agreement_id = %(agreement)b AND box = %(box)b
        AND state IN ('receiving', 'uploaded') AND folded = ANY(%(names)b::text[])),
  EXISTS(SELECT FROM exchange_upload WHERE agreement_id = %(agreement)b AND box = %(box)b
         AND state IN ('receiving', 'uploaded') AND state = 'uploaded' AND folded LIKE %(manifest)b),
  ARRAY(SELECT folded FROM taken),
  ARRAY(SELECT sha256 FROM taken),
  ARRAY(SELECT sequence FROM exchange_transmission WHERE agreement_id = %(agreement)b AND NOT outgoing AND counted
        AND sequence = ANY(%(numbers)b::bigint[])),
  EXISTS(SELECT FROM exchange_transmission WHERE agreement_id = %(agreement)b AND state = 'held'
         AND reason = 'sequence-gap' AND NOT outgoing AND counted)
    OR coalesce((SELECT state IN ('held', 'rejected') FROM exchange_transmission WHERE agreement_id = %(agreement)b
                 AND NOT outgoing AND counted AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1), false),
  (SELECT sequence FROM exchange_transmission WHERE agreement_id = %(agreement)b AND NOT outgoing AND counted
   AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1),
  EXISTS(SELECT FROM exchange_alarm WHERE about = ANY(%(abouts)b::text[]) AND settled_at IS NULL)
"""


@dataclass(slots=True)
class _Slot:
    old: str
    new: str
    draft: Draft | None = None
    done: bool = False
    landed: bool = False


@dataclass(slots=True)
class _Queue:
    turn: threading.Lock = field(default_factory=threading.Lock)
    waiting: list[_Slot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is on file: open uploads by name, a waiting manifest; of deliveries names, digests, numbers.

    `gap`: one waits for a number before it, or the one of the highest number is held or was refused.
    """

    open_names: Sequence[str]
    manifest: bool
    names: Sequence[str]
    digests: Sequence[str]
    numbers: Sequence[int]
    gap: bool
    highest: int | None
    alarms: bool


class Bursts:
    """Renames of many threads: whoever has its turn lands what waits, the others find it done."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts
        self._lock = threading.Lock()
        self._queues: dict[_Key, _Queue] = {}
        self._checkpoint = (b"", 0.0)

    def landed(self, guest: Guest, old: str, new: str) -> bool:
        """Whether the delivery was plain and is landed for good; otherwise nothing was done."""
        before, after = old.strip("/").split("/"), new.strip("/").split("/")
        if len(before) != _PARTS or len(after) != _PARTS or before[:2] != after[:2]:
            return False
        slot, key = _Slot(before[2], after[2]), (guest.program, guest.login, before[0], before[1])
        with self._asked(guest, before):
            self._wait(guest, key, slot)
        return slot.landed

    @contextmanager
    def _asked(self, guest: Guest, path: Sequence[str]) -> Iterator[None]:
        # However long it waits for its turn, it need not get its row before it lands.
        known = known_to(guest).get(path[0]) if path[1] in (Box.IN, Box.TEST) else None
        draft = self._drafts.at((known.row.id, Box(path[1]), naming.folded(path[2]))) if known else None
        if draft is None:
            yield
            return
        draft.asked = True
        try:
            yield
        finally:
            draft.asked = False

    def _wait(self, guest: Guest, key: _Key, slot: _Slot) -> None:
        with self._lock:
            queue = self._queues.setdefault(key, _Queue())
            queue.waiting.append(slot)
        with queue.turn:
            while not slot.done:
                with self._lock:
                    taken, queue.waiting = queue.waiting[:MOST], queue.waiting[MOST:]
                self._land(guest, key[2], key[3], taken)
        with self._lock:
            # Folders are a partner's words: none is remembered for longer than somebody waits in it.
            if not queue.waiting and self._queues.get(key) is queue:
                del self._queues[key]

    def _land(self, guest: Guest, key: str, box: str, slots: Sequence[_Slot]) -> None:
        landed: set[str] = set()
        try:
            known = known_to(guest).get(key) if box in (Box.IN, Box.TEST) else None
            if known is not None:
                self._take(known.row, Box(box), slots)
                with as_guest(guest):
                    landed = self._landed(known, Box(box), slots)
        except (Fault, DatabaseError):
            landed = set()  # the ordinary way says which one it was and why
        finally:
            for slot in slots:
                slot.landed, slot.done = slot.old in landed, True
            self._drafts.put_back([one.draft for one in slots if one.draft is not None and not one.landed])

    def _take(self, agreement: Agreement, box: Box, slots: Iterable[_Slot]) -> None:
        for slot in slots:
            draft = self._drafts.at((agreement.id, box, naming.folded(slot.old)))
            if draft is not None and draft.closed_at is not None and self._drafts.take(draft):
                draft.tried = True
                slot.draft = draft

    def _landed(self, known: Known, box: Box, slots: Sequence[_Slot]) -> set[str]:
        agreement, facts = known.row, known.facts
        if not _locked(agreement):
            return set()
        open_now(facts, box)
        terms = terms_of(facts)
        if Proof.RENAME not in terms.proofs or (terms.manifest and box is Box.IN):
            return set()
        plain = _whole(_candidates(agreement, facts, box, slots))
        found = _find(agreement, box, plain, identical=terms.identical)
        plain = self._free(agreement, box, plain, found)
        if box is Box.IN:
            plain = _in_turn(plain, found, identical=terms.identical)
        at = Circumstances(agreement, box.value, box is Box.TEST, self._newest(), found.alarms)
        write_all(at, plain)
        return {one.old for one in plain}

    def _free(self, agreement: Agreement, box: Box, plain: Iterable[Plain], found: _Found) -> list[Plain]:
        # A manifest that waits may name any of them.
        if found.manifest:
            return []
        free: dict[str, Plain] = {}
        for one in plain:
            names = [naming.folded(name) for name in _beside(one.new)]
            names += [naming.folded(one.old)] if isinstance(one.upload, Draft) else []
            begun = any(self._drafts.at((agreement.id, box, name)) is not None for name in names)
            if not begun and not any(name in found.open_names or name in free for name in names):
                free[naming.folded(one.new)] = one
        return list(free.values())

    def _newest(self) -> bytes:
        note, until_s = self._checkpoint
        if clock.monotonic_s() >= until_s:
            note = current_checkpoint()
            self._checkpoint = note, clock.monotonic_s() + _CHECKPOINT_S
        return note


def _locked(agreement: Agreement) -> bool:
    with bulk_cursor() as cursor:
        row = cursor.execute(_LOCK, [agreement.id]).fetchone()
    if row is not None and row[:2] == (agreement.state, agreement.version):
        return True
    forget()
    return False


def _candidates(agreement: Agreement, facts: AgreementFacts, box: Box, slots: Iterable[_Slot]) -> list[Plain]:
    asked = {one.old: one for one in slots if _final(facts, box, one)}
    rows: Mapping[str, Upload] = {}
    without = [naming.folded(one.old) for one in asked.values() if one.draft is None]
    if without:
        found = Upload.objects.filter(agreement=agreement, box=box.value, state="uploaded", folded__in=without)
        rows = {one.name: one for one in found if one.sha256}
    sequence = terms_of(facts).naming.sequence
    return [
        Plain(one.old, one.new, upload, sequence(one.new))
        for one in asked.values()
        if (upload := one.draft or rows.get(one.old)) is not None and upload.name == one.old
    ]


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
    whole = {one.upload.id for one in plain if isinstance(one.upload, Draft) and there(one.upload.parts)}
    whole |= whole_ones({one.upload.id: one.upload.size for one in plain if isinstance(one.upload, Upload)})
    return [one for one in plain if one.upload.id in whole]


def _find(agreement: Agreement, box: Box, plain: Sequence[Plain], *, identical: bool) -> _Found:
    drafts = [one.old for one in plain if isinstance(one.upload, Draft)]
    asked = {
        "agreement": agreement.id,
        "box": box.value,
        "manifest": f"%{naming.MANIFEST_END}",
        "names": [naming.folded(name) for name in (*drafts, *(name for one in plain for name in _beside(one.new)))],
        "finals": [naming.folded(one.new) for one in plain],
        "numbers": [one.number for one in plain if one.number is not None],
        "digests": [] if identical else [one.upload.sha256 for one in plain],
        "abouts": list(alarms_about(agreement, plain)),
    }
    with bulk_cursor() as cursor:
        row = cursor.execute(_FIND, asked).fetchone()
    assert row is not None
    return _Found(*row)


def _in_turn(plain: Sequence[Plain], found: _Found, *, identical: bool) -> list[Plain]:
    # Those that came at one moment are taken in the order of their numbers.
    if found.gap:
        return []
    digests, highest, taken = set(found.digests), found.highest, []
    for one in sorted(plain, key=lambda each: each.number or 0):
        digest = one.upload.sha256
        known = naming.folded(one.new) in found.names or one.number in found.numbers
        if known or (not identical and digest in digests):
            continue
        held = HeldFile(one.new, one.upload.size, digest)
        arrival = Arrival(files=(held,), external_id=None, sequence=one.number, supersedes=None, test=False)
        verdict, _ = judge_landing(arrival=arrival, standing=Standing(highest=highest), identical=identical)
        if verdict is Verdict.ACCEPT:
            taken.append(one)
            digests.add(digest)
            highest = highest if one.number is None else one.number
    return taken
