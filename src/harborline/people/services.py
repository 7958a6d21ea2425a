"""What others may ask people to do; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from harborline.kernel import Invalid, NotFound, clock
from harborline.kernel.clock import iso
from harborline.law import profile
from harborline.ledger.services import record
from harborline.people.contacts import keep_contacts
from harborline.people.facts import ContactEvent, FeedKind, FeedReport
from harborline.people.feeds import case_managers, cases, events, people, protections
from harborline.people.feeds.changes import Applied
from harborline.people.feeds.reading import Feed, read_feed
from harborline.people.models import Agency, County, FeedImport, Office, Participant, Program
from harborline.walls import ALL_COUNTIES, current
from harborline.walls.cursor import bulk_cursor

__all__ = ["choose_wording", "import_feed", "open_office", "record_contact", "register_county", "register_program"]

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
