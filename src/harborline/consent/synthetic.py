"""Bring in what invented people agreed to; inside `walls.acting` of the program."""

from __future__ import annotations

import csv
import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from harborline.consent.facts import CONTACT_US, NOTICES, ConsentKind, Means
from harborline.consent.services import Given, import_list, load_permissions, required_statements, suppress
from harborline.law import Profile, block, profile
from harborline.people.selectors import participant_ids

_INVITED = "Answer START to get text messages from us."
# Kind, platform, how many days ago, and for how many days (0: until it ends otherwise).
_STORIES: dict[str, tuple[ConsentKind, str, int]] = {
    "keyword": (ConsentKind.KEYWORD, NOTICES, 120),
    "signed-release": (ConsentKind.SIGNED_RELEASE, NOTICES, 90),
    "portal-opt-in": (ConsentKind.PORTAL, NOTICES, 45),
    "app-opt-in": (ConsentKind.APP, CONTACT_US, 45),
    "verbal-temporary": (ConsentKind.VERBAL, NOTICES, 4),
    "lapsed": (ConsentKind.VERBAL, NOTICES, 12),
    "withdrawn": (ConsentKind.KEYWORD, NOTICES, 150),
    "list": (ConsentKind.KEYWORD, NOTICES, 400),
}


def settle_permissions(path: Path, program: str, *, now: datetime) -> int:
    """Load the permissions file of `people.synthetic`: consents with evidence, withdrawals, an unattested list.

    Answers how many consents there are now.
    """
    law = profile(program)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ids = participant_ids(program, [row["participant_id"] for row in rows])
    told = [(row["agreed"], _given(row, ids, law, now)) for row in rows if row["participant_id"] in ids]
    listed = [given for agreed, given in told if agreed == "list"]
    count = load_permissions([given for agreed, given in told if agreed != "list"], at=now)
    if listed:
        import_list(path.read_bytes(), listed, ())
    for number in _stopped(told):
        suppress(number, Means.TEXT, words="STOP", at=now - timedelta(days=20))
    return count + len(listed)


def _stopped(told: list[tuple[str, Given]]) -> Iterator[str]:
    return iter(dict.fromkeys(given.number for agreed, given in told if agreed == "withdrawn"))


def _given(row: dict[str, str], ids: dict[str, tuple[uuid.UUID, str]], law: Profile, now: datetime) -> Given:
    kind, platform, days_ago = _STORIES[row["agreed"]]
    participant_id, county = ids[row["participant_id"]]
    at = now - timedelta(days=days_ago, minutes=int(row["participant_id"][-4:]) % 600)
    days, statement = _terms(kind, law)
    return Given(
        participant_id=participant_id,
        county=county,
        number=row["phone"],
        kind=kind,
        given_at=at,
        evidence=_evidence(kind, row),
        platform=platform,
        language=row["language"],
        expires_at=at + timedelta(days=days) if days else None,
        statement_sha256=statement,
    )


def _terms(kind: ConsentKind, law: Profile) -> tuple[int, str]:
    if kind is ConsentKind.VERBAL:
        return law.consent.verbal_cap_days, ""
    if kind is ConsentKind.SIGNED_RELEASE:
        assert required_statements(law)
        return law.consent.release_expiry_days, block(law.consent.release_statement, "en").sha256
    return 0, ""


def _evidence(kind: ConsentKind, row: dict[str, str]) -> dict[str, str]:
    if kind is ConsentKind.KEYWORD:
        return {"keyword": "START", "shown": _INVITED, "message": f"demo-{row['participant_id']}"}
    if kind is ConsentKind.SIGNED_RELEASE:
        scan = hashlib.sha256(row["participant_id"].encode()).hexdigest()
        return {"how": "paper", "signed_as": "signature on paper", "evidence": scan, "witness": ""}
    if kind is ConsentKind.VERBAL:
        return {"script": "May we send you text messages about your appointments until you sign a release?"}
    return {"shown": _INVITED, "pressed": "I agree"}
