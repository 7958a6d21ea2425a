"""What others may ask people to do; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from harborline.kernel import Invalid, NotFound, clock
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.people.contacts import keep_contacts
from harborline.people.facts import ContactEvent, FeedKind, FeedReport, HeldName, Source
from harborline.people.feeds import case_managers, cases, events, people, protections
from harborline.people.feeds.changes import Applied
from harborline.people.feeds.reading import Feed, read_feed
from harborline.people.holding import held_of, keep_value
from harborline.people.models import Agency, County, FeedImport, Office, Participant, Program
from harborline.people.portal.coding import digits_of
from harborline.people.portal.counting import first_time
from harborline.people.portal.entering import (
    StartFacts,
    Trial,
    ask_code,
    begin_try,
    show_passphrase,
    start_at,
    try_code,
    try_start,
    use_start,
)
from harborline.people.portal.handing import StartCode, make_start, review_renewal, start_paper
from harborline.people.portal.keys import choose_passphrase, nobodys
from harborline.people.portal.sending import forget_old_attempts, send_waiting_codes
from harborline.people.portal.visits import begin_visit, end_visit, visit_at
from harborline.people.portal.wishes import settle_wish, wish
from harborline.people.protecting import end_protection, record_protection
from harborline.people.rules import must_be_independent
from harborline.people.sealing import seal_field
from harborline.walls import ALL_COUNTIES, current
from harborline.walls.cursor import bulk_cursor

__all__ = [
    "StartCode",
    "StartFacts",
    "Trial",
    "ask_code",
    "begin_try",
    "begin_visit",
    "choose_passphrase",
    "choose_wording",
    "digits_of",
    "end_protection",
    "end_visit",
    "first_time",
    "forget_old_attempts",
    "hold_value",
    "import_feed",
    "make_start",
    "nobodys",
    "open_office",
    "record_contact",
    "record_protection",
    "register_county",
    "register_program",
    "review_renewal",
    "send_codes_soon",
    "send_waiting_codes",
    "settle_wish",
    "show_passphrase",
    "start_at",
    "start_paper",
    "try_code",
    "try_start",
    "use_start",
    "visit_at",
    "wish",
]

_AHEAD = timedelta(minutes=10)
_APPLY: Mapping[FeedKind, Callable[..., Applied]] = {
    FeedKind.PEOPLE: people.apply,
    FeedKind.CASES: cases.apply,
    FeedKind.CASE_MANAGERS: case_managers.apply,
    FeedKind.PROTECTIONS: protections.apply,
    FeedKind.APPOINTMENTS: events.apply_appointments,
    FeedKind.CONTACTS: events.apply_contacts,
}


def import_feed(
    kind: FeedKind | str, path: Path, program: str, *, confirm_removals: bool = False, now: datetime | None = None
) -> FeedReport:
    """Import one file of the nightly feed: all of it, or nothing when a single row is bad (`applied` is False).

    The same file again changes nothing. Raises `Invalid` when the file cannot be used as a whole: unreadable, of
    another kind or program, cut short, from the future, older than the one imported last, or ending more than a
    fifth of what is known without `confirm_removals`. Source: OFFSET-8.2:integrity.
    """
    wanted, at = FeedKind(kind), now or clock.now()
    if current().program != program or current().counties != ALL_COUNTIES:
        raise Invalid("a feed is imported for a whole program, in all its counties", path.name)
    with transaction.atomic(), bulk_cursor() as cursor:
        # A state's file is read and sealed for longer than the database bears a silent transaction.
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', '2h', true)")
    feed = read_feed(wanted, path, program)
    newest = FeedImport.objects.filter(program=program, kind=wanted.value).order_by("-as_of").first()
    if newest is not None and newest.sha256 == feed.sha256:
        return replace(_report(feed), unchanged=feed.row_count, repeated=True)
    _check_moment(feed, newest.as_of if newest else None, at, path.name)
    if feed.bad:
        return _refused(feed)
    with transaction.atomic(), bulk_cursor() as cursor:
        applied = _APPLY[wanted](cursor, feed.rows, program=program, as_of=feed.label.as_of, confirmed=confirm_removals)
        if applied.bad:
            return _refused(feed, applied)
        return _accepted(feed, applied, at)


def record_contact(participant_id: uuid.UUID, at: datetime | None = None) -> bool:
    """Record with one click that a contact with the participant took place, now or `at`.

    Whoever waits for it hears in the same transaction: a spoken permission without a signed release lapses. Answers
    False when this contact was known. Raises `NotFound`, or `Invalid` for a contact in the future.
    Source: MN-WIC-9.6:written-at-next-contact.
    """
    moment = at or clock.now()
    if moment > clock.now() + _AHEAD:
        raise Invalid("a contact that took place cannot be in the future", "at")
    found = Participant.objects.filter(id=participant_id).values_list("county", flat=True).first()
    if found is None:
        raise NotFound("no such participant here")
    fresh = keep_contacts([ContactEvent(participant_id, found, moment)], way="click")
    if fresh:
        record("people.contact-recorded", subject=f"participant:{participant_id}", content={"at": iso(moment)})
    return bool(fresh)


def choose_wording(participant_id: uuid.UUID, *, discreet: bool) -> bool:
    """Record that a participant wants texts that tell nothing (`discreet`), or the usual ones; anyone may choose.

    Answers whether that changed anything. Raises `NotFound`. Source: OFFSET-8.1:harm.
    """
    found = Participant.objects.filter(id=participant_id, gone_at__isnull=True)
    if not found.exists():
        raise NotFound("no such participant here")
    changed = found.exclude(discreet=discreet).update(discreet=discreet)
    if changed:
        record("people.wording-chosen", subject=f"participant:{participant_id}", content={"discreet": discreet})
    return bool(changed)


def hold_value(
    participant_id: uuid.UUID,
    field: HeldName,
    value: str,
    *,
    source: Source,
    verified_by: Source | None = None,
    derived_from: Sequence[uuid.UUID] = (),
) -> uuid.UUID:
    """Keep one value that opens one at a time; answers its id. What was held before stays as history.

    `verified_by` is a second, independent source that confirmed it; `derived_from` the held values it was made of.
    Raises `NotFound`, `Invalid` for an empty value, a second source that is none, or a value made of somebody else's.
    Source: OFFSET-8.0:by-factor; 45 CFR 303.21(a).
    """
    if not value.strip():
        raise Invalid("is empty", "value")
    must_be_independent(source, verified_by)
    found = Participant.objects.filter(id=participant_id).values_list("program", "county").first()
    if found is None:
        raise NotFound("no such participant here")
    at, made = clock.now(), new_id()
    if set(derived_from) - {one.id for one in held_of([participant_id], at)}:
        raise Invalid("names a value that is not held about this participant", "derived_from")
    columns = {
        "id": made, "program": found[0], "county": found[1], "participant_id": participant_id, "field": field.value,
        "sealed": seal_field(found[0], participant_id, field.value, value), "source": source.value, "entered_at": at,
        "verified_by": verified_by.value if verified_by else "", "verified_at": at if verified_by else None,
    }  # fmt: skip
    with bulk_cursor() as cursor:
        keep_value(cursor, columns, derived_from=derived_from)
    content = {"field": field.value, "source": source.value, "held": str(made)}
    record("people.value-held", subject=f"participant:{participant_id}", content=content)
    return made


def register_program(program: str, *, agency_name: str) -> None:
    """Write the reference rows of a program and its agency from the program's profile; idempotent."""
    law = profile(program)
    Agency.objects.update_or_create(key=law.agency, defaults={"name": agency_name, "state": law.state})
    Program.objects.update_or_create(
        key=program, defaults={"agency_id": law.agency, "kind": law.kind, "name": law.title["en"]}
    )


def register_county(fips: str, *, name: str, state: str) -> None:
    """Write the reference row of a county; idempotent."""
    County.objects.update_or_create(fips=fips, defaults={"name": name, "state": state})


def send_codes_soon(program: str) -> None:
    """Let the queue worker send the codes that wait; deferred inside the caller's transaction."""
    from harborline.people.tasks import codes  # noqa: PLC0415 - tasks register with the queue only where it is used

    codes.defer(program=program)


def open_office(program: str, code: str, **facts: Any) -> Office:  # noqa: ANN401 - the fields of an office
    """Open or change an office: `county`, `names` and `hours` by language, `address`, `phone`, `zone`; idempotent."""
    office, _ = Office.objects.update_or_create(program=program, code=code, defaults=facts)
    record("people.office-opened", subject=f"office:{program}/{code}", content={"county": office.county})
    return office


def _check_moment(feed: Feed, newest: datetime | None, at: datetime, where: str) -> None:
    if feed.label.as_of > at + _AHEAD:
        raise Invalid("was written in the future; check the clock of the sending system", f"{where}, row 1")
    if newest is not None and feed.label.as_of <= newest:
        raise Invalid("is not newer than the file imported last; send the newest", f"{where}, row 1")


def _report(feed: Feed) -> FeedReport:
    label = feed.label
    return FeedReport(label.kind, label.program, feed.sha256, label.as_of, feed.row_count)


def _refused(feed: Feed, applied: Applied | None = None) -> FeedReport:
    bad = tuple(applied.bad if applied else feed.bad)
    content = {"kind": feed.label.kind.value, "sha256": feed.sha256, "rows": feed.row_count, "bad_rows": len(bad)}
    record("people.feed-refused", subject=f"program:{feed.label.program}", content=content)
    return replace(_report(feed), applied=False, bad=bad)


def _accepted(feed: Feed, applied: Applied, at: datetime) -> FeedReport:
    changes, label = applied.changes, feed.label
    counts = {"added": len(changes.added), "changed": len(changes.changed), "removed": len(changes.removed)}
    content = {"kind": label.kind.value, "sha256": feed.sha256, "as_of": iso(label.as_of), "rows": feed.row_count}
    entry_id = record("people.feed-imported", subject=f"program:{label.program}", content={**content, **counts})
    shown = changes.shown()
    FeedImport.objects.create(
        program=label.program,
        kind=label.kind.value,
        sha256=feed.sha256,
        as_of=label.as_of,
        imported_at=at,
        row_count=feed.row_count,
        unchanged=changes.unchanged,
        differences=[f"{word} {key}"[:120] for key, word in shown[:100]],
        entry_id=entry_id,
        **counts,
    )
    return replace(
        _report(feed),
        added=counts["added"],
        changed=counts["changed"],
        removed=counts["removed"],
        unchanged=changes.unchanged,
        differences=shown,
    )
