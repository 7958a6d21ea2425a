"""Partners and their keys: registered, added, confirmed out of band by a second person, revoked."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pysequoia
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from django.db import transaction

from harborline.exchange import naming
from harborline.exchange.alarming import settle_alarm
from harborline.exchange.facts import AlarmKind, KeyKind, PartnerKind
from harborline.exchange.gathering import actor_name, credential_facts, must
from harborline.exchange.known import forget
from harborline.exchange.models import Credential, Partner
from harborline.exchange.rules import OVERLAP, key_acceptable, may_confirm
from harborline.kernel import Invalid, NotFound, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.walls import current

_LARGEST_CERTIFICATE = 65_536
NOTICES: Final = (60, 30, 7)
"""So many days before a key ends somebody is told."""


def register_partner(key: str, *, name: str, kind: PartnerKind, vendor: str = "", contact: str = "") -> Partner:
    """Write down an organisation; raises `Invalid` for a key in use, and for a vendor without the company's key."""
    naming.key(key, "key")
    program = current().program
    if not name.strip():
        raise Invalid("is missing", "name")
    if kind is PartnerKind.VENDOR and not vendor.strip():
        raise Invalid("a vendor is a company that the program permitted: name it", "vendor")
    if Partner.objects.filter(key=key, program=program).exists():
        raise Invalid("is used by another partner", "key")
    content = {"partner": key, "kind": kind.value, "vendor": vendor}
    entry_id = record("exchange.partner-registered", subject=f"partner:{key}", content=content)
    return Partner.objects.create(
        program=program, key=key, name=name.strip()[:200], kind=kind.value, vendor=vendor.strip()[:40],
        contact=contact.strip()[:200], at=clock.now(), by=actor_name(), entry_id=entry_id,
    )  # fmt: skip


def partner_row(partner_id: uuid.UUID) -> Partner:
    """A partner of the context's program; raises `NotFound`."""
    row = Partner.objects.filter(id=partner_id, program=current().program).first()
    if row is None:
        raise NotFound("no such partner here")
    return row


def add_credential(
    partner_id: uuid.UUID,
    *,
    login: str,
    public_key: str,
    from_at: datetime,
    until_at: datetime,
    networks: Sequence[str] = (),
    kind: KeyKind = KeyKind.SSH,
    digest: str = "",
) -> Credential:
    """Take down a partner's key; nobody comes in with it before a second person confirmed its fingerprint.

    `public_key` is an OpenSSH public key line (or an OpenPGP certificate with its fingerprint in `digest`). Raises
    `Invalid` for what is no such key or a login of another partner, `Refused` for a weak or too long one.
    """
    partner = partner_row(partner_id)
    naming.key(login, "login")
    blob, algorithm, bits, found = _read_key(kind, public_key, digest)
    if Credential.objects.filter(login=login).exclude(partner=partner).exists():
        raise Invalid("is the login of another partner", "login")
    identifier, by = new_id(), actor_name()
    row = Credential(
        id=identifier, program=partner.program, partner=partner, login=login, kind=kind.value, algorithm=algorithm,
        bits=bits, public_key=blob, digest=found, networks=_networks(networks), from_at=from_at, until_at=until_at,
        added_by=by, added_at=clock.now(),
    )  # fmt: skip
    must(key_acceptable(credential=credential_facts(row)))
    content = {"credential": str(identifier), "login": login, "kind": kind.value, "fingerprint": found}
    row.entry_id = record("exchange.credential-added", subject=f"partner:{partner.key}", content=content)
    row.save(force_insert=True)
    return row


def confirm_credential(credential_id: uuid.UUID, *, read_back: str, how: str) -> Credential:
    """Put a key in force: a second person says which fingerprint the partner read to them, and over which channel.

    Keys of the same login end after the overlap. Raises `Refused` when it differs or the same person does both.
    """
    row = _locked(credential_id)
    if not how.strip():
        raise Invalid("say how you spoke with the partner", "how")
    now, by = clock.now(), actor_name()
    others = [credential_facts(one) for one in Credential.objects.filter(partner_id=row.partner_id)]
    must(may_confirm(credential=credential_facts(row), by=by, read_back=read_back, others=others, now=now))
    row.confirmed_by, row.confirmed_at, row.confirmed_how = by, now, how.strip()[:200]
    content = {"credential": str(row.id), "fingerprint": row.digest, "how": row.confirmed_how}
    record("exchange.credential-confirmed", subject=f"partner:{row.partner.key}", content=content)
    row.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_how"])
    ends_at = max(now, row.from_at) + OVERLAP
    older = Credential.objects.filter(
        partner_id=row.partner_id, login=row.login, kind=row.kind, revoked_at__isnull=True, until_at__gt=ends_at
    ).exclude(id=row.id)
    older.exclude(confirmed_by="").update(until_at=ends_at)
    return row


def revoke_credential(credential_id: uuid.UUID, *, because: str) -> None:
    """End a key now; raises `NotFound`, `Invalid` without a reason; twice changes nothing."""
    row = _locked(credential_id)
    if not because.strip():
        raise Invalid("say why", "because")
    if row.revoked_at is not None:
        return
    row.revoked_at, row.revoked_because = clock.now(), because.strip()[:200]
    content = {"credential": str(row.id), "fingerprint": row.digest, "because": row.revoked_because}
    record("exchange.credential-revoked", subject=f"partner:{row.partner.key}", content=content)
    row.save(update_fields=["revoked_at", "revoked_because"])
    transaction.on_commit(forget)
    forget()
    for days in NOTICES:
        settle_alarm(AlarmKind.CREDENTIAL, f"credential:{row.id}:{days}", because="revoked")


def _locked(credential_id: uuid.UUID) -> Credential:
    with transaction.atomic():
        row = Credential.objects.select_for_update().filter(id=credential_id, program=current().program).first()
    if row is None:
        raise NotFound("no such key here")
    return row


def fingerprint(wire: bytes) -> str:
    """`SHA256:` and the unpadded base64 of a public key in wire form, as OpenSSH prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(wire).digest()).decode().rstrip("=")


def _read_key(kind: KeyKind, text: str, digest: str) -> tuple[bytes, str, int, str]:
    if kind is KeyKind.OPENPGP:
        plain = "".join(digest.split()).upper()
        if len(text.encode()) > _LARGEST_CERTIFICATE or "BEGIN PGP PUBLIC KEY BLOCK" not in text:
            raise Invalid("is an OpenPGP public key block of at most 64 KB", "public_key")
        if len(plain) not in (40, 64) or set(plain) - set("0123456789ABCDEF"):
            raise Invalid("is the key's whole fingerprint in hexadecimal", "digest")
        if _certificate_fingerprint(text) != plain:
            raise Invalid("is not the fingerprint of the key block beside it", "digest")
        return text.encode(), "openpgp", 0, plain
    words = text.split()
    try:
        wire = base64.b64decode(words[1], validate=True)
        named = wire[4 : 4 + int.from_bytes(wire[:4], "big")].decode("ascii")
        bits = _bits(words, named)
    except (IndexError, ValueError, binascii.Error, UnsupportedAlgorithm):
        raise Invalid("is one line of an OpenSSH public key, such as ssh-ed25519 AAAA…", "public_key") from None
    if named != words[0]:
        raise Invalid("names another kind of key than it holds", "public_key")
    return wire, named, bits, fingerprint(wire)


def _certificate_fingerprint(text: str) -> str:
    try:
        return str(pysequoia.Cert.from_bytes(text.encode()).fingerprint).upper()
    except Exception:  # noqa: BLE001 - the library raises bare exceptions with traces in their words
        raise Invalid("is no OpenPGP public key block that can be read", "public_key") from None


def _bits(words: Sequence[str], named: str) -> int:
    if named.startswith("sk-"):
        return 256
    made = load_ssh_public_key(" ".join(words[:2]).encode())
    return made.key_size if isinstance(made, rsa.RSAPublicKey) else 256


def _networks(given: Sequence[str]) -> list[str]:
    try:
        return [str(ipaddress.ip_network(one.strip())) for one in given if one.strip()]
    except ValueError:
        raise Invalid("is an address or a network such as 192.0.2.0/24", "networks") from None
