"""The life of texts that came in."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter

from harborline.messaging.conversations.keeping import Words, group
from harborline.messaging.conversations.records import TextOpening, ThreadText
from harborline.messaging.models import InboundMessage
from harborline.messaging.reports.life_facts import Asked, Life, LifeStep, Seen, span
from harborline.vault.facts import Piece
from harborline.vault.services import commit_keys, unseal_records
from harborline.walls import current

Kept = tuple[InboundMessage, list[ThreadText]]


def received(asked: Asked) -> list[Kept]:
    """The texts asked for, each with the threads it is in."""
    # A text belongs to the threads of everybody whose number it came from, within the counties of the context.
    rows = ThreadText.objects.select_related("thread", "inbound").filter(program=current().program)
    rows = rows.filter(**span(asked, "received_at"))
    if asked.phone_idx is not None:
        rows = rows.filter(thread__phone_idx=asked.phone_idx)
    if asked.case_id is not None or asked.participants:
        mine = asked.participants or asked.parties
        rows = rows.filter(inbound_id__in=rows.filter(thread__participant_id__in=mine).values("inbound_id"))
    by_text: dict[uuid.UUID, list[ThreadText]] = defaultdict(list)
    for row in rows.order_by("received_at", "id"):
        by_text[row.inbound_id].append(row)
    return [(threads[0].inbound, threads) for threads in by_text.values()]


def _opened(inbounds: Sequence[InboundMessage]) -> dict[uuid.UUID, tuple[Words, bytes]]:
    # The words of those texts that still have them, with the key of their commitment.
    there = [one for one in inbounds if one.sealed is not None]
    if not there:
        return {}
    place = group(there[0].program)
    pieces = [Piece(one.id, f"inbound:{one.id}", bytes(one.sealed or b"")) for one in there]
    found = [
        (one.id, Words(*json.loads(content)))
        for one, content in zip(there, unseal_records(pieces, group=place), strict=True)
        if content is not None
    ]
    keys = commit_keys([one for one, _ in found], group=place)
    return {one: (words, key) for (one, words), key in zip(found, keys, strict=True)}


def received_lives(rows: Sequence[Kept]) -> Iterable[Life]:
    """Their lives."""
    opened = _opened([inbound for inbound, _ in rows])
    seen: dict[uuid.UUID, list[Seen]] = defaultdict(list)
    texts = {text.id: text.inbound_id for _, threads in rows for text in threads}
    for view in TextOpening.objects.filter(text_id__in=list(texts)).order_by("at", "id"):
        seen[texts[view.text_id]].append(Seen(view.at, view.actor, view.how, view.entry_id))
    for inbound, threads in rows:
        found = opened.get(inbound.id)
        yield Life(
            id=inbound.id,
            direction="in",
            kind="inbound",
            at=inbound.received_at,
            holders=frozenset(one.thread.participant_id for one in threads if one.thread.participant_id),
            case_id=None,
            language=inbound.language,
            template="",
            template_sha256="",
            run_id=None,
            row_no=None,
            consent_id=None,
            answers=None,
            segments=0,
            number=found[0].number if found else None,
            words=found[0].text if found else None,
            key=found[1] if found else b"",
            state="destroyed" if inbound.destroyed_at else "kept",
            decision=None,
            profile_sha256="",
            steps=_received_steps(inbound, threads),
            seen=tuple(seen[inbound.id]),
        )


def _received_steps(inbound: InboundMessage, threads: Sequence[ThreadText]) -> tuple[LifeStep, ...]:
    steps = [LifeStep("received", inbound.received_at, reason=inbound.effect, entry_id=inbound.entry_id)]
    steps += [
        LifeStep(f"closed-{text.asked}", text.gone_at) for text in threads if text.asked and text.gone_at is not None
    ]
    if inbound.destroyed_at is not None:
        steps.append(LifeStep("words-destroyed", inbound.destroyed_at))
    return tuple(sorted(steps, key=attrgetter("at")))
