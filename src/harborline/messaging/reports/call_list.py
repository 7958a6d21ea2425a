"""The call list of a run: a spreadsheet of the people it did not reach, with the reason and the next step."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from harborline.disclosure.facts import BulkGroup
from harborline.law import profile
from harborline.messaging.reports.reaching import Reachable, reachable
from harborline.messaging.reports.words import reason_words, step_words
from harborline.messaging.selectors.unreached import NotReached
from harborline.people.facts import OfficeFacts
from harborline.people.selectors import offices
from harborline.walls import current

HEADERS = {
    "en": ("person", "name", "phone", "language", "appointment", "office", "letter", "reason", "next step"),
    "es": ("persona", "nombre", "teléfono", "idioma", "cita", "oficina", "carta", "motivo", "siguiente paso"),
}
LETTER_WORDS = {"en": ("mail", "hand over at the office", ""), "es": ("correo", "entregar en la oficina", "")}
_NATIONAL = re.compile(r"\+1(\d{3})(\d{3})(\d{4})").fullmatch
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def call_list_csv(run_id: uuid.UUID, *, roles: Collection[str], language: str = "en") -> bytes:
    """The call list as CSV, UTF-8 with a byte order mark so that spreadsheets read the accents.

    `language` (en or es) is the reader's. Raises `NotFound` for a hidden run, `Refused` while protections are old or
    nobody else approved it.
    """
    spoken = language if language in HEADERS else "en"
    program = current().program
    places, zone = offices(program), ZoneInfo(profile(program).zones[0])
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(HEADERS[spoken])
    for one in reachable(run_id, BulkGroup.CALLS, roles):
        writer.writerow([_safe(cell) for cell in _cells(one, places, zone, spoken)])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _cells(one: Reachable, places: dict[str, OfficeFacts], zone: ZoneInfo, language: str) -> tuple[str, ...]:
    missed = one.missed
    return (
        missed.external_id,
        one.reach.name if one.reach else "",
        shown_number(one.phone),
        one.reach.language if one.reach else missed.language,
        "; ".join(_moments(missed, zone)),
        "; ".join(_places(missed, places, language)),
        _letter(one, language),
        reason_words(missed.reason, language),
        step_words(missed.next_step, language),
    )


def shown_number(number: str) -> str:
    """`919-555-0101` for a number of the North American plan, else the number as it is."""
    found = _NATIONAL(number)
    return "-".join(found.groups()) if found else number


def _moments(missed: NotReached, zone: ZoneInfo) -> Iterable[str]:
    def local(at: datetime) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"

    return (local(each.at) for each in missed.missed)


def _places(missed: NotReached, places: dict[str, OfficeFacts], language: str) -> Iterable[str]:
    codes = dict.fromkeys(each.office for each in missed.missed)
    return (places[code].name(language) if code in places else code for code in codes)


def _letter(one: Reachable, language: str) -> str:
    by_mail, at_office, none = LETTER_WORDS[language]
    if one.writes and one.by_post:
        return by_mail
    return at_office if one.writes else none


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
