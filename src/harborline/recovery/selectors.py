"""Read what is held; inside `walls.acting` of the program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q

from harborline.kernel import Decision, allow, clock
from harborline.recovery.facts import DueText, HoldFacts, HoldKind, SentFacts, Step
from harborline.recovery.models import Reconciliation, SendingHold, SentBefore
from harborline.recovery.rules import may_send_now, not_sent_already
from harborline.vault.services import blind_index

__all__ = ["hold_facts", "holds", "knows_sent_before", "open_hold", "sending_held", "sent_already"]

WORDS = "text-words"


def sending_held(program: str) -> Decision:
    """Whether the program may send at all: `hold` while tables that were restored are not reconciled and released."""
    found = open_hold(program)
    return may_send_now(held=None if found is None else hold_facts(found))


def open_hold(program: str) -> SendingHold | None:
    """The oldest open hold of the program, if there is one."""
    return SendingHold.objects.filter(program=program, released_at__isnull=True).order_by("held_at").first()


def holds(program: str) -> list[SendingHold]:
    """Every hold there ever was, newest first."""
    return list(SendingHold.objects.filter(program=program).order_by("-held_at"))


def hold_facts(found: SendingHold) -> HoldFacts:
    """A hold as the rules see it."""
    # A file with rows nobody could read does not count until somebody says that they do not matter.
    usable = Q(bad_count=0) | Q(bad_accepted=True)
    done = Reconciliation.objects.filter(usable, hold=found).values_list("step", flat=True)
    return HoldFacts(HoldKind(found.kind), found.held_at, found.as_of_at, frozenset(Step(step) for step in done))


def knows_sent_before(program: str) -> bool:
    """Whether there is anything `sent_already` could answer: only after a restore was reconciled."""
    return SentBefore.objects.filter(program=program).exists()


def sent_already(program: str, due: Sequence[DueText]) -> list[Decision]:
    """Whether each text that is about to go, in order, may go, or was sent by the provider before the restore.

    One query; the table is empty unless a restore was reconciled.
    """
    known: dict[bytes, list[SentBefore]] = defaultdict(list)
    numbers = list({text.phone_idx for text in due})
    for row in SentBefore.objects.filter(program=program, phone_idx__in=numbers).select_related("hold"):
        known[bytes(row.phone_idx)].append(row)
    if not known:
        return [allow()] * len(due)
    return [_judged(text, known.get(bytes(text.phone_idx), [])) for text in due]


def _judged(text: DueText, rows: Sequence[SentBefore]) -> Decision:
    if not rows:
        return allow()
    words_idx = blind_index(WORDS, text.words())
    sent = [
        SentFacts(row.sent_at, row.hold.held_at, None if row.words_idx is None else bytes(row.words_idx) == words_idx)
        for row in rows
    ]
    return not_sent_already(sent=sent, created_at=text.created_at, now=clock.now())
