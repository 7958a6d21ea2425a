"""Machines at the door: who is admitted, every attempt kept, floods kept without flooding the log."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from harborline.exchange.facts import Guest, Limits
from harborline.exchange.gathering import agreements_facts, credential_facts
from harborline.exchange.models import Agreement, Attempt, Credential
from harborline.exchange.partners import fingerprint
from harborline.exchange.rules import may_enter
from harborline.exchange.units import as_guest, as_system
from harborline.kernel import Decision, Refused, clock
from harborline.law import profiles
from harborline.ledger.services import record
from harborline.vault.services import blind_index

RECORDED_A_MINUTE: Final = 20
"""So many refusals from one address are entries of the log in a minute; beyond it they are kept as rows alone."""
OPEN_FILES: Final = 64
_PATH_KEPT: Final = 200


def admitted(login: str, key: bytes, remote: str) -> Guest:
    """The guest behind a proven key, or `Refused` with one and the same reason whatever was wrong."""
    digest = fingerprint(key)
    found: tuple[str, Credential] | None = None
    # Every program is asked whatever the first one answers: time tells nobody which logins exist.
    for program in sorted(profiles()):
        with as_system(program, "sign-in"):
            row = Credential.objects.filter(login=login, digest=digest, kind="ssh").order_by("-from_at").first()
        if row is not None and found is None:
            found = program, row
    program, credential = found or (min(profiles()), None)
    facts = credential_facts(credential) if credential is not None else None
    decision = may_enter(credential=facts, remote=remote, now=clock.now())
    with as_system(program, "sign-in"):
        _keep(program, credential, (login, digest, remote), decision)
        if decision.allowed and credential is not None:
            return _guest(credential)
    raise Refused(decision)


def _guest(row: Credential) -> Guest:
    agreements = Agreement.objects.filter(partner_id=row.partner_id, version__gt=0).select_related("partner")
    terms = [one.terms for one in agreements_facts(agreements) if one.terms is not None]
    limits = Limits(
        sessions=max((one.sessions for one in terms), default=1),
        open_files=OPEN_FILES,
        file_bytes=max((one.size_bytes for one in terms), default=0),
        day_bytes=max((one.day_bytes for one in terms), default=0),
    )
    return Guest(row.id, row.partner_id, row.login, row.program, limits)


def _keep(program: str, credential: Credential | None, tried: tuple[str, str, str], decision: Decision) -> None:
    login, digest, remote = tried
    now = clock.now()
    since = now - timedelta(minutes=1)
    lately = Attempt.objects.filter(remote=remote[:60], at__gte=since).count()
    Attempt.objects.create(
        program=program, credential_id=credential.id if credential else None, login_idx=blind_index("login", login),
        digest=digest, remote=remote[:60], admitted=decision.allowed, at=now,
    )  # fmt: skip
    if decision.allowed or lately < RECORDED_A_MINUTE:
        known = f"credential:{credential.id}" if credential else "credential:unknown"
        content = {"fingerprint": digest, "remote": remote[:60], "reason": decision.reason}
        event = "exchange.admitted" if decision.allowed else "exchange.not-admitted"
        record(event, subject=known, content=content)


def noted(guest: Guest, what: str, path: str, detail: str) -> None:
    """Record an odd request of a guest, at most so many in a minute."""
    with as_guest(guest):
        since = clock.now() - timedelta(minutes=1)
        told = Attempt.objects.filter(credential_id=guest.credential_id, digest=what[:80], at__gte=since).count()
        if told >= RECORDED_A_MINUTE:
            return
        Attempt.objects.create(
            program=guest.program, credential_id=guest.credential_id, login_idx=blind_index("login", guest.login),
            digest=what[:80], remote="", admitted=False, at=clock.now(),
        )  # fmt: skip
        content = {"what": what[:80], "path": _escaped(path), "detail": _escaped(detail)}
        record("exchange.odd-request", subject=f"credential:{guest.credential_id}", content=content)


def _escaped(text: str) -> str:
    # A partner's words are kept escaped: no line break, no control character, no lone surrogate.
    return text[:_PATH_KEPT].encode("ascii", "backslashreplace").decode().encode("unicode_escape").decode()[:_PATH_KEPT]
