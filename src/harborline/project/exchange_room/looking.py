"""What an operator sees of the exchange at the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from harborline.exchange import naming, selectors
from harborline.exchange.facts import AgreementFacts, State
from harborline.exchange.models import Alarm, Credential, Transmission, Upload, Work
from harborline.exchange.selectors import Delivery
from harborline.exchange.services import UNREADABLE
from harborline.exchange.upkeep import Expected
from harborline.kernel import Decision, Invalid, clock
from harborline.project.actors import Acting
from harborline.project.exchange_room.desk import agreement_named, delivery_named, partner_named
from harborline.project.exchange_room.told import Told
from harborline.sites.console.exchange.words import ALARMS, REMEDIES
from harborline.sites.sentences import words

PURPOSE = "exchange"
_ASIDE = (State.QUARANTINED, State.HELD, State.FAILED, State.UNKNOWN)


def status(who: Acting) -> Told:
    """Everything that needs somebody now, the most pressing first; empty when all is well."""
    now = clock.now()
    today = now.date()
    with who.acting(PURPOSE):
        alarms, dead, uploads = selectors.alarms(), selectors.dead_letters(), selectors.open_uploads()
        aside = selectors.deliveries(states=_ASIDE)
        late = [one for one in selectors.calendar(after=today - timedelta(days=7), before=today + timedelta(days=2))
                if one.standing == "late"]  # fmt: skip
        closed = [one for one in uploads if one.state == "uploaded"]
        waiting = [one for one in closed if not naming.sidecar_of(one.name)[0]]
        manifests = [one for one in closed if naming.sidecar_of(one.name)[0] == "manifest"]
        facts = {
            "at": clock.iso(now),
            "alarms": [alarm_facts(one) for one in alarms],
            "dead_letters": [work_facts(one) for one in dead],
            "set_aside": [delivery_facts(one) for one in aside],
            "waiting_for_proof": [upload_facts(one) for one in waiting],
            "waiting_for_files": [upload_facts(one) for one in manifests],
            "receiving": [upload_facts(one) for one in uploads if one.state == "receiving"],
            "not_arrived": [expected_facts(one) for one in late],
        }
    lines = _status_lines(facts)
    return Told(facts, lines or ["Nothing needs you. Everything that was expected arrived."], bool(lines))


def _status_lines(facts: Mapping[str, Any]) -> list[str]:
    lines = []
    for one in facts["alarms"]:
        lines += [f"ALARM {one['kind']}: {one['says']}, {one['where']}  (since {one['at']})", f"    {one['remedy']}",
                  f"    then: harborline exchange settle {one['alarm']} --because …"]  # fmt: skip
    lines += [
        f"FAILED {one['step']} of {one['file']} ({one['where']}): {one['error']}, {one['tries']} tries;"
        f" harborline exchange replay {one['delivery']} --step {one['step']}"
        for one in facts["dead_letters"]
    ]
    lines += [
        f"{one['state'].upper()} {one['file']} ({one['where']}): {one['says']}"
        f" harborline exchange delivery {one['delivery']}"
        for one in facts["set_aside"]
    ]
    lines += [
        f"WAITING FOR PROOF {one['file']} ({one['where']}), {one['bytes']} bytes since {one['since']}:"
        f" the partner {_proof_of(one['file'])}"
        for one in facts["waiting_for_proof"]
    ]
    lines += [
        f"WAITING FOR ITS FILES {one['file']} ({one['where']}), since {one['since']}: the partner sends what it names"
        for one in facts["waiting_for_files"]
    ]
    lines += [f"NOT ARRIVED {one['where']}, {one['day']}, due {one['due']}" for one in facts["not_arrived"]]
    return lines


def _proof_of(name: str) -> str:
    # Beside a temporary name nothing proves: it is renamed, or sent again under its final one.
    beside = "puts a checksum file, a done-file or a manifest beside it"
    return f"renames it to its final name, or sends it under that and {beside}" if naming.temporary(name) else beside


def partners(who: Acting, key: str) -> Told:
    """Every partner; or one with its keys and agreements."""
    with who.acting(PURPOSE):
        if not key:
            rows = [
                {"partner": one.key, "name": one.name, "kind": one.kind, "vendor": one.vendor, "contact": one.contact}
                for one in selectors.partners()
            ]
            lines = [f"{one['partner']:<24} {one['kind']:<16} {one['name']}" for one in rows]
            return Told({"partners": rows}, lines or ["There is no partner."])
        one = partner_named(key)
        keys = [key_facts(row) for row in selectors.credentials(one.id)]
        made = [agreement_facts(row) for row in selectors.agreements(one.id)]
    facts = {"partner": one.key, "name": one.name, "kind": one.kind, "vendor": one.vendor, "contact": one.contact,
             "keys": keys, "agreements": made}  # fmt: skip
    lines = [f"{one.name} ({one.key}), {one.kind}, telephone {one.contact or 'unknown'}"]
    lines += [f"key  {row['login']:<20} {row['digest']}  {row['state']}, until {row['until']}" for row in keys]
    lines += [f"agreement  {row['agreement']:<20} {row['state']:<10} {row['title']}" for row in made]
    return Told(facts, lines)


def prepared(who: Acting) -> Told:
    """Files with protected values whose people are all in sight; none of their values."""
    with who.acting(PURPOSE):
        rows = [
            {"prepared": str(one.id), "file": one.name, "partner": one.partner, "agreement": one.agreement,
             "state": one.state.value, "fields": list(one.fields), "records": one.records,
             "records_sent": one.sent_records, "sha256": one.sha256, "prepared_by": one.prepared_by,
             "approved_by": one.approved_by, "sent_by": one.sent_by}
            for one in selectors.prepared_in_sight()
        ]  # fmt: skip
    lines = [
        f"{one['state']:<10} {one['file']:<20} {one['records']:>6} records  {one['partner']}  {one['prepared']}"
        for one in rows
    ]
    return Told({"prepared": rows}, lines or ["No file is prepared."])


def agreements(who: Acting, key: str) -> Told:
    """Every agreement; or one with its terms, its folders, and whether anything may go under it now."""
    with who.acting(PURPOSE):
        if not key:
            rows = [agreement_facts(one) for one in selectors.agreements()]
            lines = [f"{one['agreement']:<24} {one['state']:<10} {one['partner']:<24} {one['title']}" for one in rows]
            return Told({"agreements": rows}, lines or ["There is no agreement."])
        one = agreement_named(key)
        standing = selectors.standing(one)
        events = [
            {"what": row.kind, "number": row.number, "by": row.by, "at": clock.iso(row.at), "because": row.because}
            for row in selectors.agreement_events(one.id)
        ]
    shown = agreement_facts(one) | _terms_of(one) | {"standing": said(standing), "events": events}
    return Told(shown, _agreement_lines(one, shown, standing))


def _terms_of(one: AgreementFacts) -> dict[str, Any]:
    return {
        "terms": one.terms.said() if one.terms else None,
        "drafted": one.drafted.said() if one.drafted else None,
        "drafted_by": one.drafted_by,
        "folders": [f"/{one.key}/{box}" for box in ("in", "out", "test", "receipts")],
    }


def _agreement_lines(one: AgreementFacts, shown: Mapping[str, Any], standing: Decision) -> list[str]:
    lines = [f"{one.partner_name}: {one.title} ({one.key}), {one.state.value}, terms number {one.version}"]
    found = words(standing.reason)
    lines.append("files may go now" if standing.allowed else f"nothing goes now: {found.sentence} {found.next_step}")
    for name, value in (shown["terms"] or shown["drafted"] or {}).items():
        if value not in ("", None, [], {}, False):
            lines.append(f"  {name}: {value}")
    if one.drafted:
        lines.append(f"draft number {one.drafted_version} waits for a second person:"
                     f" harborline exchange activate {one.key}")  # fmt: skip
    lines += [f"  {row['at']}  {row['what']} ({row['number']}) {row['because']}".rstrip() for row in shown["events"]]
    return lines


def deliveries(who: Acting, *, agreement: str, states: Sequence[str], limit: int) -> Told:
    """Deliveries, the newest first; raises `Invalid` for a state there is not."""
    known = {one.value for one in State}
    unknown = [one for one in states if one not in known]
    if unknown:
        raise Invalid(f"is no state; there are: {', '.join(sorted(known))}", unknown[0])
    with who.acting(PURPOSE):
        about = agreement_named(agreement).id if agreement else None
        rows = selectors.deliveries(agreement_id=about, states=[State(one) for one in states], limit=limit)
        found = [delivery_facts(one) for one in rows]
    lines = [
        f"{one['at'][:16]}  {one['state']:<12} {'out' if one['outgoing'] else 'in '}  {one['file']:<28}"
        f" {one['where']}  {one['reason']}  {one['delivery']}"
        for one in found
    ]
    return Told({"deliveries": found}, lines or ["There is no such delivery."])


def one_delivery(who: Acting, name: str) -> Told:
    """One delivery with files, receipts, steps and everything that happened, and what may be done now."""
    with who.acting(PURPOSE):
        found = selectors.story(delivery_named(name).id)
        facts = delivery_facts(found.row) | {
            "files": [{"name": one.name, "bytes": one.size, "sha256": one.sha256, "destroyed": bool(one.destroyed_at)}
                      for one in found.files],
            "receipts": [{"receipt": str(one.id), "name": one.name, "kind": one.kind, "verdict": one.verdict,
                          "reason": one.reason, "theirs": one.theirs, "at": clock.iso(one.at)}
                         for one in found.receipts],
            "steps": [work_facts(one) for one in found.work],
            "events": [{"state": one.state, "reason": one.reason, "by": one.by, "at": clock.iso(one.at),
                        "detail": one.detail} for one in found.events],
            "wrong": [asdict(one) for one in found.wrong],
            "waits_for_earlier": found.blocked,
            "next": _next(found),
        }  # fmt: skip
    return Told(facts, _story_lines(facts))


def _next(found: Delivery) -> list[str]:
    row, at = found.row, State(found.row.state)
    call = "harborline exchange"
    offered = [f"{call} replay {row.id} --step {one.step}" for one in found.work if one.state == "dead"]
    if row.outgoing:
        again = at in (State.FAILED, State.UNKNOWN, State.SENT)
        return offered + ([f"{call} send-again {row.id} --because …"] if again else [])
    if at in (State.HELD, State.QUARANTINED) and row.reason not in UNREADABLE:
        second = " (as another person)" if row.asked_by else ""
        offered.append(f"{call} release {row.id} --because …{second}")
    if at is State.VALIDATED and not row.test and not found.blocked:
        offered.append(f"{call} take-over {row.id} --because …")
    return offered if at.over else [*offered, f"{call} reject {row.id} --because … [--resend]"]


def _story_lines(facts: Mapping[str, Any]) -> list[str]:
    lines = [f"{facts['file']}  {facts['state']}  {facts['where']}", f"{facts['says']} {facts['next_step']}"]
    lines += [f"file     {one['name']}  {one['bytes']} bytes  SHA-256 {one['sha256']}" for one in facts["files"]]
    lines += [f"count    {name}: {value}" for name, value in facts["counts"].items()]
    lines += [
        f"wrong    {one['name']} record {one['record']}, byte {one['byte']}, {one['field'] or 'record'}:"
        f" {one['code']} [{one['masked']}]"
        if one["record"]
        else f"wrong    {one['name']}: {one['code']}"
        for one in facts["wrong"]
    ]
    lines += [f"receipt  {one['kind']}: {one['verdict']} {one['reason']}  {one['name']}" for one in facts["receipts"]]
    lines += [f"step     {one['step']}: {one['state']} {one['error']}".rstrip() for one in facts["steps"]]
    lines += [f"{one['at'][:19]}  {one['state']:<12} {one['reason']}  {one['by']}" for one in facts["events"]]
    if facts["waits_for_earlier"]:
        lines.append("a delivery before this one is not settled; nothing later is posted first")
    return lines + [f"may be done now: {one}" for one in facts["next"]]


def expected(who: Acting, *, agreement: str, back: int, ahead: int) -> Told:
    """Expected files of a span of days; somebody is needed when one did not arrive."""
    today = clock.now().date()
    span = {"after": today - timedelta(days=back), "before": today + timedelta(days=ahead + 1)}
    with who.acting(PURPOSE):
        rows = selectors.expected_of(agreement_named(agreement).id, **span) if agreement else selectors.calendar(**span)
        found = [expected_facts(one) for one in rows]
    lines = [
        f"{one['day']}  due {one['due'][:16]}Z  {one['standing']:<13} {one['where']}"
        + (f"  arrived {one['arrived'][:16]}Z" if one["arrived"] else "")
        for one in found
    ]
    late = any(one["standing"] == "late" for one in found)
    return Told({"expected": found}, lines or ["No file is expected in that time."], late)


def statistics(who: Acting, *, days: int) -> Told:
    """Deliveries by partner and way, and by day."""
    with who.acting(PURPOSE):
        flows = selectors.flows(days=days)
        listed, counted = selectors.statistics(days=days)
    rows = [
        {"partner": one.partner, "way": "out" if one.outgoing else "in", "deliveries": one.deliveries,
         "bytes": one.size_bytes, "set_aside": one.troubled, "last": _iso(one.last_at)}
        for one in flows
    ]  # fmt: skip
    lines = [
        f"{one['partner']:<28} {one['way']:<3} {one['deliveries']:>8,} deliveries {one['bytes']:>15,} bytes"
        f" {one['set_aside']:>5,} set aside  last {str(one['last'])[:16] or 'never'}"
        for one in rows
    ]
    by_day = [
        {"day": day.isoformat(), **{kind: counts[number] for kind, counts in counted.items()}}
        for number, day in enumerate(listed)
    ]
    return Told({"flows": rows, "days": by_day}, lines or ["There is no partner with an agreement."])


def agreement_facts(one: AgreementFacts) -> dict[str, Any]:
    """An agreement in a list."""
    return {"agreement": one.key, "title": one.title, "partner": one.partner_key, "state": one.state.value,
            "number": one.version, "draft": one.drafted_version}  # fmt: skip


def key_facts(row: Credential) -> dict[str, Any]:
    """A key with where it stands."""
    now = clock.now()
    state = "confirmed" if row.confirmed_by else "waits for a second person"
    if row.revoked_at is not None or row.until_at <= now:
        state = "ended"
    return {"login": row.login, "kind": row.kind, "digest": row.digest, "state": state,
            "from": row.from_at.date().isoformat(), "until": row.until_at.date().isoformat(),
            "networks": list(row.networks)}  # fmt: skip


def delivery_facts(row: Transmission) -> dict[str, Any]:
    """A delivery in a list, with its reason in words."""
    found = words(row.reason)
    names = sorted(one.name for one in row.files.all())
    return {
        "delivery": str(row.id), "file": names[0] if len(names) == 1 else f"{', '.join(names)}",
        "where": _where(row.agreement.partner.name, row.agreement.key), "agreement": row.agreement.key,
        "outgoing": row.outgoing, "channel": row.channel, "test": row.test, "state": row.state, "reason": row.reason,
        "says": str(found.sentence), "next_step": str(found.next_step), "sequence": row.sequence,
        "sender_id": row.external_id, "counts": row.counts, "asked_by": row.asked_by, "at": clock.iso(row.at),
        "changed_at": clock.iso(row.changed_at),
    }  # fmt: skip


def upload_facts(row: Upload) -> dict[str, Any]:
    """A file that is not complete."""
    return {"file": row.name, "where": _where(row.agreement.partner.name, row.agreement.key), "box": row.box,
            "state": row.state, "bytes": row.size, "since": clock.iso(row.begun_at)}  # fmt: skip


def work_facts(row: Work) -> dict[str, Any]:
    """A step."""
    one = row.transmission
    return {"delivery": str(one.id), "file": ", ".join(sorted(file.name for file in one.files.all())),
            "where": _where(one.agreement.partner.name, one.agreement.key), "step": row.step, "state": row.state,
            "tries": row.tries, "error": row.error, "next_at": clock.iso(row.next_at)}  # fmt: skip


def alarm_facts(row: Alarm) -> dict[str, Any]:
    """An alarm in words with its remedy."""
    where = row.partner.name if row.partner else ""
    if row.agreement:
        where = _where(row.agreement.partner.name, row.agreement.key)
    return {"alarm": str(row.id), "kind": row.kind, "says": str(ALARMS.get(row.kind, row.kind)),
            "remedy": str(REMEDIES.get(row.kind, "")), "where": where, "detail": row.detail,
            "at": clock.iso(row.at)}  # fmt: skip


def expected_facts(one: Expected) -> dict[str, Any]:
    """An expected file."""
    return {"agreement": one.agreement.key, "where": _where(one.agreement.partner_name, one.agreement.key),
            "day": one.occurrence.day.isoformat(), "due": clock.iso(one.occurrence.due_at),
            "standing": one.standing, "arrived": _iso(one.arrived_at)}  # fmt: skip


def said(decision: Decision) -> dict[str, Any]:
    """A decision for a machine."""
    return {"outcome": decision.outcome.value, "reason": decision.reason, "clauses": list(decision.clauses)}


def _where(partner: str, agreement: str) -> str:
    return f"{partner}: {agreement}"


def _iso(at: datetime | None) -> str:
    return clock.iso(at) if at else ""
