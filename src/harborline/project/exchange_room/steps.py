"""What an operator does with the exchange at the command line; every step is the console's own, with its rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from harborline.exchange import selectors, services
from harborline.exchange.facts import KeyKind, PartnerKind, Step
from harborline.kernel import Invalid, NotFound, clock
from harborline.people.facts import HeldName
from harborline.project.actors import Acting
from harborline.project.exchange_room.desk import (
    agreement_named,
    delivery_named,
    key_named,
    partner_named,
    prepared_named,
    uuid_of,
)
from harborline.project.exchange_room.papers import bytes_in, reading, terms_in, text_in
from harborline.project.exporting import until_signed

PURPOSE = "exchange"


def add_partner(who: Acting, key: str, *, name: str, kind: str, vendor: str, contact: str) -> str:
    """Write an organisation down."""
    known = [one.value for one in PartnerKind]
    if kind not in known:
        raise Invalid(f"is one of {', '.join(known)}", "--kind")
    with who.acting(PURPOSE):
        made = services.register_partner(key, name=name, kind=PartnerKind(kind), vendor=vendor, contact=contact)
    return f"{made.name} is written down; nothing goes there before an agreement is in force"


def add_key(
    who: Acting, partner: str, login: str, path: Path, *, days: int, networks: Sequence[str], digest: str
) -> str:
    """Take a partner's key down from a file: an OpenSSH line, or an OpenPGP certificate with its fingerprint."""
    text = text_in(path)
    now = clock.now()
    with who.acting(PURPOSE):
        made = services.add_credential(
            partner_named(partner).id, login=login, public_key=text, from_at=now, until_at=now + timedelta(days=days),
            networks=networks, kind=KeyKind.OPENPGP if "BEGIN PGP" in text else KeyKind.SSH, digest=digest,
        )  # fmt: skip
    return (
        f"{made.digest} is taken down; another person calls the partner and types what they read:"
        f" harborline exchange confirm-key {partner} {made.digest} --read-back … --how …"
    )


def confirm_key(who: Acting, partner: str, key: str, *, read_back: str, how: str) -> str:
    """Put a key in force, as the second person."""
    with who.acting(PURPOSE):
        made = services.confirm_credential(key_named(partner, key).id, read_back=read_back, how=how)
    return f"the key is confirmed; {made.login} can come in with it until {made.until_at:%Y-%m-%d}"


def end_key(who: Acting, partner: str, key: str, *, because: str) -> str:
    """End a key now."""
    with who.acting(PURPOSE):
        services.revoke_credential(key_named(partner, key).id, because=because)
    return "the key has ended; nobody comes in with it"


def draft(who: Acting, partner: str, key: str, *, title: str, path: Path) -> str:
    """Draft an agreement, or other terms for one that is there, from a TOML or JSON file."""
    terms = terms_in(path)
    with who.acting(PURPOSE):
        known = next((one for one in selectors.agreements() if one.key == key), None)
        if known is None:
            services.draft_agreement(partner_named(partner).id, key, title=title or key, terms=terms)
        elif known.partner_key != partner:
            raise Invalid(f"is an agreement with {known.partner_key}", key)
        else:
            services.redraft(known.id, terms=terms)
    return f"drafted; another person puts it in force: harborline exchange activate {key}"


def steer(who: Acting, step: str, key: str, *, because: str) -> str:
    """Put an agreement in force, stop it, let it go on, or end it."""
    with who.acting(PURPOSE):
        about = agreement_named(key).id
        if step == "activate":
            services.activate(about)
            return f"{key} is in force"
        steps = {"suspend": services.suspend, "resume": services.resume, "end": services.end_agreement}
        steps[step](about, because=because)
    said = {"suspend": "is stopped; another person lets it go on", "resume": "goes on", "end": "has ended for good"}
    return f"{key} {said[step]}"


def release(who: Acting, name: str, *, because: str) -> str:
    """Let a delivery go on."""
    with who.acting(PURPOSE):
        row = delivery_named(name)
        others = [
            one for rival in selectors.in_its_place(row.id) for one in sorted(file.name for file in rival.files.all())
        ]
        done = services.release(row.id, because=because)
    instead = f"; {', '.join(others)} is set aside for it" if others else ""
    return f"it goes on{instead}" if done else f"asked; another person confirms with the same command{instead}"


def reject(who: Acting, name: str, *, because: str, resend: bool) -> str:
    """Refuse a delivery, with or without asking for another one."""
    with who.acting(PURPOSE):
        services.reject(delivery_named(name).id, because=because, resend=resend)
    return "refused; the partner gets a receipt that says so" + (" and asks for another one" if resend else "")


def replay(who: Acting, name: str, step: str) -> str:
    """Have a step taken again; without a step, every one that failed."""
    known = [one.value for one in Step]
    if step and step not in known:
        raise Invalid(f"is one of {', '.join(known)}", "--step")
    with who.acting(PURPOSE):
        row = delivery_named(name)
        dead = [one.step for one in selectors.story(row.id).work if one.state == "dead"]
        steps = [step] if step else dead
        if not steps:
            raise NotFound("no step of this delivery failed; --step names one that waits to be tried")
        for one in steps:
            services.replay(row.id, Step(one))
    return f"{', '.join(steps)} will be tried again within a minute"


def replay_all(who: Acting) -> str:
    """Have every step that failed for good taken again, once its cause is gone."""
    with who.acting(PURPOSE):
        dead = selectors.dead_letters()
        for one in dead:
            services.replay(one.transmission_id, Step(one.step))
    return f"{len(dead)} steps will be tried again within a minute" if dead else "no step failed"


def take_over(who: Acting, name: str, *, because: str) -> str:
    """Say that a checked delivery was posted elsewhere."""
    with who.acting(PURPOSE):
        services.take_over(delivery_named(name).id, because=because)
    return "marked as posted; the partner gets a receipt"


def send(who: Acting, agreement: str, path: Path) -> str:
    """Make a file ready for a partner under its own name."""
    with reading(path) as source, who.acting(PURPOSE):
        made = services.send_file(agreement_named(agreement).id, path.name, source)
    return f"ready for the partner as number {made.sequence}: {made.id}"


def prepare(who: Acting, agreement: str, table: Path, *, name: str, fields: Sequence[str]) -> str:
    """Prepare a file with protected values from a table."""
    known = [one.value for one in HeldName]
    for one in fields:
        if one not in known:
            raise Invalid(f"is one of {', '.join(known)}", "--field")
    chosen = [HeldName(one) for one in fields]
    with reading(table) as source, who.acting(PURPOSE):
        made = services.prepare_file(agreement_named(agreement).id, name, source, fields=chosen)
    return (
        f"{made.records} records are prepared as {made.id}; another person approves:"
        f" harborline exchange approve-prepared {made.name}"
    )


def approve_prepared(who: Acting, name: str) -> str:
    """Approve a prepared file, as the second person."""
    with who.acting(PURPOSE):
        services.approve_prepared(prepared_named(name).id)
    return f"approved; harborline exchange send-prepared {name} opens its values and sends it"


def send_prepared(who: Acting, name: str) -> str:
    """Open the values of an approved file and send it."""
    with who.acting(PURPOSE):
        one = prepared_named(name)
        made = services.send_prepared(one.id)
        sent = selectors.prepared_one(one.id).sent_records
    return f"ready for the partner as number {made.sequence}: {sent} of {one.records} records"


def withdraw_prepared(who: Acting, name: str, *, because: str) -> str:
    """Take a prepared file back."""
    with who.acting(PURPOSE):
        services.withdraw_prepared(prepared_named(name).id, because=because)
    return "taken back; its name is free again"


def send_again(who: Acting, name: str, *, because: str) -> str:
    """Offer a delivery once more."""
    with who.acting(PURPOSE):
        services.send_again(delivery_named(name).id, because=because)
    return "it is offered again"


def acknowledge(who: Acting, name: str, *, receipt: Path | None, how: str) -> str:
    """Keep the partner's word that a file arrived."""
    content = bytes_in(receipt) if receipt else b""
    with who.acting(PURPOSE):
        services.acknowledge(delivery_named(name).id, content=content, how=how)
    return "the partner's word is kept"


def settle(who: Acting, alarm: str, *, because: str) -> str:
    """Say what was found about an alarm."""
    identifier = uuid_of(alarm)
    if identifier is None:
        raise Invalid("is the id of an alarm, as `harborline exchange status` shows it", alarm)
    with who.acting(PURPOSE):
        services.settle(identifier, because=because)
    return "the alarm is settled"


def receipts(who: Acting, name: str, folder: Path) -> list[str]:
    """Write the receipts of a delivery into a folder; answers the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    with who.acting(PURPOSE):
        found = [selectors.receipt_note(one.id) for one in selectors.story(delivery_named(name).id).receipts]
    if not found:
        raise NotFound("this delivery has no receipt yet; it gets one as soon as it lands")
    written = []
    for title, note in found:
        target = folder / Path(title).name
        target.write_bytes(note)
        written.append(str(target))
    return written


def policy(who: Acting, *, as_text: bool) -> bytes:
    """The written policy; waits for the log's first checkpoint where there is none yet."""

    def made() -> bytes:
        with who.acting(PURPOSE):
            return services.issue_policy(as_text=as_text)

    return until_signed(made)
