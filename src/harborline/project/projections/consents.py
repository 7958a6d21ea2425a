"""Consents and stops against the entries that were made with them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db import connections

from harborline.consent.facts import EventKind
from harborline.consent.models import Consent, ConsentEvent, Suppression
from harborline.kernel.clock import iso
from harborline.ledger.facts import Difference, Recorded
from harborline.ledger.selectors import opened_many
from harborline.project.projections.rows import chunks

_KINDS = [f"consent.{kind.value}" for kind in EventKind]
# An event of a consent that was taken away: its entry stands, the row does not.
_WITHOUT_ROW = (
    "SELECT e.entry_id, c.kind FROM ledger_content c JOIN ledger_entry e ON e.number = c.number"
    " WHERE c.program = %s AND c.kind = ANY (%s)"
    " AND NOT EXISTS (SELECT 1 FROM consent_consentevent v WHERE v.entry_id = e.entry_id)"
)
_STOP_WITHOUT_ROW = (
    "SELECT e.entry_id, c.kind FROM ledger_content c JOIN ledger_entry e ON e.number = c.number"
    " WHERE c.program = %s AND c.kind = ANY (%s)"
    " AND NOT EXISTS (SELECT 1 FROM consent_suppression s WHERE s.entry_id = e.entry_id)"
)
_STOPS = ["consent.number-stop", "consent.number-start"]


class Consents:
    """The projection of the consent room."""

    def differences(self, program: str) -> Iterator[Difference]:
        """Rows that say something else than their entries, and entries whose rows are gone."""
        for chunk in chunks(Consent.objects.filter(program=program).order_by("id")):
            yield from _consents(chunk)
        for events in chunks(ConsentEvent.objects.filter(program=program).order_by("id")):
            yield from _events(events)
        for stops in chunks(Suppression.objects.filter(program=program).order_by("id")):
            yield from _stops(stops)
        yield from _gone(_WITHOUT_ROW, program, _KINDS, "consent_consentevent")
        yield from _gone(_STOP_WITHOUT_ROW, program, _STOPS, "consent_suppression")


def _consents(rows: Sequence[Consent]) -> Iterator[Difference]:
    entries = opened_many([row.entry_id for row in rows])
    events: dict[uuid.UUID, list[ConsentEvent]] = defaultdict(list)
    for event in ConsentEvent.objects.filter(consent_id__in=[row.id for row in rows]):
        events[event.consent_id].append(event)
    for row in rows:
        said = {
            "kind": row.kind,
            "platform": row.platform,
            "given": iso(row.given_at),
            "until": iso(row.expires_at) if row.expires_at else "",
            "statement": row.statement_sha256,
            "consent": str(row.id),
        }
        where = f"consent_consent {row.id}"
        yield from _compared(where, said, entries.get(row.entry_id), "consent.given")
        entry = entries.get(row.entry_id)
        if entry is not None and entry.subject and entry.subject != f"participant:{row.participant_id}":
            yield Difference(f"{where}.participant_id", "is another participant than the entry is about")
        yield from _endings(where, row, events[row.id])


def _endings(where: str, row: Consent, events: Sequence[ConsentEvent]) -> Iterator[Difference]:
    for kind, at, column in (
        (EventKind.ENDED, row.ended_at, "ended_at"),
        (EventKind.FILED, row.filed_at, "filed_at"),
        (EventKind.ATTESTED, row.attested_at, "attested_at"),
    ):
        told = [event for event in events if event.kind == kind.value]
        moments = {event.at for event in told}
        if at is None and told:
            yield Difference(f"{where}.{column}", f"is empty, but an event says {kind.value}")
        if at is not None and at not in moments:
            yield Difference(f"{where}.{column}", f"is {iso(at)}, which no event says")
        if kind is EventKind.ENDED and at is not None and row.ended_as not in {event.reason for event in told}:
            yield Difference(f"{where}.ended_as", f"is {row.ended_as}, which no event says")


def _events(rows: Sequence[ConsentEvent]) -> Iterator[Difference]:
    entries = opened_many([row.entry_id for row in rows])
    for row in rows:
        said = {"consent": str(row.consent_id)}
        if row.kind != EventKind.GIVEN.value:
            said |= {"at": iso(row.at), "reason": row.reason}
        where = f"consent_consentevent {row.id}"
        entry = entries.get(row.entry_id)
        yield from _compared(where, said, entry, f"consent.{row.kind}")
        if entry is not None and entry.actor[:80] != row.actor:
            yield Difference(f"{where}.actor", "is not who made the entry")


def _stops(rows: Sequence[Suppression]) -> Iterator[Difference]:
    entries = opened_many([row.entry_id for row in rows])
    for row in rows:
        where, entry = f"consent_suppression {row.id}", entries.get(row.entry_id)
        said = {"kind": row.kind, "means": row.means, "at": iso(row.at), "record": str(row.id)}
        yield from _compared(where, said, entry, f"consent.number-{row.kind}")
        if entry is not None and entry.subject and entry.subject != f"number:{bytes(row.phone_idx).hex()}":
            yield Difference(f"{where}.phone_idx", "is another number than the entry is about")


def _compared(where: str, said: dict[str, str], entry: Recorded | None, kind: str) -> Iterator[Difference]:
    # A destroyed content says nothing any more; that it is gone is told elsewhere.
    if entry is None:
        return
    if entry.kind != kind:
        yield Difference(where, f"its entry is of the kind {entry.kind}, not {kind}")
        return
    for name, value in said.items():
        if name in entry.content and entry.content[name] != value:
            yield Difference(f"{where}, {name}", "is not what the entry says")


def _gone(query: str, program: str, kinds: Sequence[str], table: str) -> Iterator[Difference]:
    with connections["default"].cursor() as cursor:
        cursor.execute(query, [program, list(kinds)])
        for entry_id, kind in cursor.fetchall():
            yield Difference(table, f"has no row for the entry {entry_id} ({kind})")
