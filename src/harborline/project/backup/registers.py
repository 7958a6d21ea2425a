"""Where recovery's news go: stops into consent, texts that came in into messaging; and how the log stands outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import count, takewhile
from pathlib import Path

from django.conf import settings
from django.db import connections

from harborline.consent.facts import Means
from harborline.consent.services import hold_possible
from harborline.consent.stops import suppress_many
from harborline.kernel import Broken
from harborline.ledger.keyfile import key_ring
from harborline.ledger.selectors import epochs
from harborline.ledger.sequencer import epoch_key_file, signed_last
from harborline.messaging.facts import InboundText
from harborline.messaging.models import AttemptOutcome, InboundMessage, Sender
from harborline.messaging.services import take_inbound
from harborline.messaging.words.numbers import e164
from harborline.project.backup.looking import published_root, published_size, root_in_tables, size_in_tables
from harborline.recovery.facts import LogFacts, ProviderRecord
from harborline.walls import current

_CHUNK = 5_000


class RoomRegisters:
    """`Registers` over the rooms as they are."""

    def number(self, written: str) -> str:
        """As messaging reads numbers."""
        return e164(written, allow_fictional=settings.FICTIONAL_NUMBERS)

    def stop(self, numbers: Sequence[str], *, source: str, at: datetime) -> int:
        """As the carrier's word: it holds for the whole agency."""
        return suppress_many(numbers, Means.CARRIER, words=source, at=at)

    def known(self, references: Collection[str]) -> set[str]:
        """Hand-overs and texts in."""
        listed, found = list(references), set[str]()
        for start in range(0, len(listed), _CHUNK):
            chunk = listed[start : start + _CHUNK]
            found |= set(AttemptOutcome.objects.filter(carrier_ref__in=chunk).values_list("carrier_ref", flat=True))
            found |= set(InboundMessage.objects.filter(carrier_ref__in=chunk).values_list("carrier_ref", flat=True))
        return found

    def take_inbound(self, records: Sequence[ProviderRecord]) -> int:
        """As if they came now; one whose words the provider did not keep may have said stop, so its number is held."""
        program = current().program
        senders = {sender.number: sender.key for sender in Sender.objects.filter(program=program)}
        only = next(iter(senders.values())) if len(set(senders.values())) == 1 else ""
        for one in records:
            key = senders.get(one.ours, only)
            if one.words is None or not key:
                hold_possible(one.number, message_ref=one.reference, at=one.at)
                continue
            take_inbound(program, InboundText(key, one.number, one.words, one.reference, one.at))
        return len(records)


class PublishedOutside:
    """`LogOutside` over the log's directory and the last signature beside its key."""

    def __init__(self, log: Path, key_file: Path) -> None:
        self._log = log
        self._key_file = key_file

    def facts(self, epoch_at_hold: int) -> LogFacts:
        """Both are asked, and the longer one counts; so does a later life of the log that the tables do not know."""
        wrapper = connections["default"]
        wrapper.ensure_connection()
        tables = wrapper.connection
        assert tables is not None
        newest = max((one.number for one in epochs()), default=1)
        published = published_size(self._log, epoch_at_hold)
        signed, signed_root = self._signed_last(epoch_at_hold)
        in_tables = size_in_tables(tables, epoch_at_hold)
        shared = min(in_tables, published)
        same = not shared or published_root(self._log, epoch_at_hold, shared) == root_in_tables(
            tables, epoch_at_hold, shared
        )
        if 0 < signed <= in_tables:
            same = same and signed_root == root_in_tables(tables, epoch_at_hold, signed)
        return LogFacts(in_tables, max(published, signed) + self._unknown(newest), same, newest, epoch_at_hold)

    def _unknown(self, newest: int) -> int:
        # Entries of published lives of the log after the tables' newest one.
        later = takewhile(bool, (published_size(self._log, newest + more) for more in count(1)))
        return sum(later)

    def _signed_last(self, epoch: int) -> tuple[int, str]:
        own = epoch_key_file(self._key_file, epoch)
        names = {one.number: one.origin for one in epochs()}
        if not own.exists() or epoch not in names:
            return 0, ""
        try:
            promise = signed_last(self._key_file, epoch).read(key_ring(own, names[epoch]).verifiers)
        except Broken:
            return 0, ""  # the sequencer says so in its own words, and stops
        return (promise.checkpoint.size, promise.checkpoint.root.hex()) if promise else (0, "")
