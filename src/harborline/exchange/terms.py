"""The terms of an agreement, read once into a type; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from harborline.disclosure.facts import Basis, OffsetPart, Payment, Place, Recipient
from harborline.exchange.naming import Naming
from harborline.exchange.wording import (
    Channel,
    Direction,
    Encryption,
    Level,
    Proof,
    ReceiptKind,
    Rhythm,
    Shift,
)
from harborline.kernel import Invalid
from harborline.people.facts import HeldName

W = TypeVar("W", bound=StrEnum)

LARGEST_FILE: Final = 64 * 1024**3
_LAYOUT = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}(@[0-9A-Za-z.-]{1,20})?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Window:
    """When files may come: weekdays (0 = Monday) and hours of the partner's zone, half-open; equal hours: all day."""

    days: frozenset[int] = frozenset(range(7))
    opens: time = time(0)
    closes: time = time(0)
    zone: str = "America/New_York"


@dataclass(frozen=True, slots=True)
class Expects:
    """When a file is expected: rhythm, the day it falls on, the hour it is due, minutes of grace.

    `day`: weekday 0-6 for weekly, day of the month for monthly, which business day for business-monthly.
    `closed`: days of the agency's own, beside weekends and federal holidays.
    """

    rhythm: Rhythm
    due: time
    day: int = 0
    grace_min: int = 60
    shift: Shift = Shift.NEXT
    closed: tuple[date, ...] = ()


RECIPIENTS: Final = (
    Recipient.IVD_OFFICE, Recipient.FEDERAL_OFFICE, Recipient.OTHER_STATE, Recipient.TRIBAL, Recipient.TANF,
    Recipient.CHILD_WELFARE, Recipient.FOSTER_CARE, Recipient.MEDICAID, Recipient.CHIP, Recipient.SNAP,
)  # fmt: skip
"""Who may be a partner for protected values; the law of what each may have is disclosure's."""
_BASES: Final = (Basis.PROGRAM, Basis.AGREEMENT)


@dataclass(frozen=True, slots=True)
class Tells:
    """Which protected fields go out under an agreement: each with its column of the layout; to whom, on which law.

    A record goes without the `optional` ones; without any other it stays out of the file.
    """

    recipient: Recipient
    fields: tuple[tuple[HeldName, str], ...]
    optional: frozenset[HeldName] = frozenset()
    basis: Basis = Basis.AGREEMENT
    place: Place = Place.PREMISES
    payment: Payment = Payment.NONE
    offset_parts: frozenset[OffsetPart] = frozenset()

    def said(self) -> dict[str, Any]:
        """The same as plain JSON."""
        made = {one.name: _plain(getattr(self, one.name)) for one in fields(self)}
        return {**made, "fields": {name.value: column for name, column in self.fields}}

    @property
    def tax(self) -> bool:
        """Whether these fields are federal tax information, whatever their source."""
        return self.payment is Payment.TAX_REFUND or any(name is HeldName.OFFSET for name, _column in self.fields)


@dataclass(frozen=True, slots=True)
class Terms:
    """What one data flow is bound to; `expires_date` is exclusive, sizes are bytes, `wait_min` minutes."""

    holds: str
    purpose: str
    direction: Direction
    channel: Channel
    expires_date: date
    naming: Naming
    level: Level = Level.CONFIDENTIAL
    fti: bool = False
    elements: tuple[str, ...] = ("case-file",)
    layout: str = ""
    tells: Tells | None = None
    window: Window = Window()
    expects: Expects | None = None
    encryption: Encryption = Encryption.NONE
    signature: bool = False
    scan: bool = False
    proofs: frozenset[Proof] = frozenset(Proof)
    manifest: bool = False
    identical: bool = False
    size_bytes: int = 2 * 1024**3
    day_bytes: int = 20 * 1024**3
    sessions: int = 4
    wait_min: int = 15
    receipts: tuple[ReceiptKind, ...] = tuple(ReceiptKind)
    pickup_hours: int = 72
    host: str = ""
    port: int = 22
    folder: str = ""
    login: str = ""
    host_keys: tuple[str, ...] = ()

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Terms:
        """The terms from a mapping (JSON, a form, a file); raises `Invalid` naming the field and what it takes."""
        unknown = set(said) - {one.name for one in fields(cls)}
        if unknown:
            raise Invalid(f"is no part of an agreement; known: {', '.join(sorted(_NAMES))}", min(unknown))
        channel = _word(said, "channel", Channel, Channel.SFTP)
        if _flag(said, "signature") and said.get("encryption") != Encryption.OPENPGP.value:
            raise Invalid("a signature is checked with OpenPGP: set encryption to openpgp", "signature")
        direction = _word(said, "direction", Direction, None)
        tells = _tells(said.get("tells"))
        if tells is not None:
            _must_be_told(tells, direction, layout=_layout(said), fti=_flag(said, "fti"))
        return cls(
            holds=_text(said, "holds", 400),
            purpose=_text(said, "purpose", 400),
            direction=direction,
            channel=channel,
            expires_date=_day(said.get("expires_date"), "expires_date"),
            naming=Naming.read(_text(said, "naming", 120)),
            level=_word(said, "level", Level, Level.CONFIDENTIAL),
            fti=_flag(said, "fti"),
            elements=tuple(_words(said, "elements", ("case-file",))),
            layout=_layout(said),
            tells=tells,
            window=_window(said.get("window") or {}),
            expects=_expects(said.get("expects")),
            encryption=_word(said, "encryption", Encryption, Encryption.NONE),
            signature=_flag(said, "signature"),
            scan=_flag(said, "scan"),
            proofs=frozenset(_each(said, "proofs", Proof)),
            manifest=_flag(said, "manifest"),
            identical=_flag(said, "identical"),
            size_bytes=_number(said, "size_bytes", 2 * 1024**3, 1, LARGEST_FILE),
            day_bytes=_number(said, "day_bytes", 20 * 1024**3, 1, 1024**4),
            sessions=_number(said, "sessions", 4, 1, 16),
            wait_min=_number(said, "wait_min", 15, 1, 15),
            receipts=tuple(_each(said, "receipts", ReceiptKind)),
            pickup_hours=_number(said, "pickup_hours", 72, 1, 24 * 60),
            host=str(said.get("host", ""))[:200],
            port=_number(said, "port", 22, 1, 65535),
            folder=str(said.get("folder", ""))[:200],
            login=str(said.get("login", ""))[:60],
            host_keys=tuple(_words(said, "host_keys", ())),
        )

    def said(self) -> dict[str, Any]:
        """The same as plain JSON: `Terms.read(terms.said()) == terms`."""
        made = {one.name: _plain(getattr(self, one.name)) for one in fields(self)}
        made["naming"] = self.naming.pattern
        made["window"] = {
            "days": sorted(self.window.days), "opens": f"{self.window.opens:%H:%M}",
            "closes": f"{self.window.closes:%H:%M}", "zone": self.window.zone,
        }  # fmt: skip
        if self.tells is not None:
            made["tells"] = self.tells.said()
        if self.expects is not None:
            made["expects"] = {
                "rhythm": self.expects.rhythm.value, "due": f"{self.expects.due:%H:%M}", "day": self.expects.day,
                "grace_min": self.expects.grace_min, "shift": self.expects.shift.value,
                "closed": [day.isoformat() for day in self.expects.closed],
            }  # fmt: skip
        return made


_NAMES = tuple(one.name for one in fields(Terms))


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(str(one) for one in value)
    return [str(one) for one in value] if isinstance(value, tuple) else value


def _text(said: Mapping[str, Any], name: str, longest: int) -> str:
    value = str(said.get(name) or "").strip()
    if not value:
        raise Invalid("is missing", name)
    if len(value) > longest:
        raise Invalid(f"is longer than {longest} characters", name)
    return value


def _flag(said: Mapping[str, Any], name: str) -> bool:
    value = said.get(name, False)
    if not isinstance(value, bool):
        raise Invalid("is true or false", name)
    return value


def _word(said: Mapping[str, Any], name: str, kind: type[W], default: W | None) -> W:
    value = said.get(name, default)
    try:
        return kind(value)
    except ValueError:
        raise Invalid(f"is one of {', '.join(one.value for one in kind)}", name) from None


def _words(said: Mapping[str, Any], name: str, default: Sequence[str]) -> list[str]:
    value = said.get(name, default)
    if isinstance(value, str) or not isinstance(value, list | tuple | frozenset):
        raise Invalid("is a list", name)
    return [str(one)[:4000] for one in value]


def _each(said: Mapping[str, Any], name: str, kind: type[W]) -> list[W]:
    chosen = [_word({name: one}, name, kind, None) for one in _words(said, name, [one.value for one in kind])]
    if not chosen:
        raise Invalid("names at least one", name)
    return [one for one in kind if one in chosen]


def _number(said: Mapping[str, Any], name: str, default: int, least: int, most: int) -> int:
    value = said.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Invalid(f"is a whole number from {least} to {most}", name)
    return value


def _day(value: object, name: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid("is a day such as 2027-06-30", name) from None


def _clock(value: object, name: str) -> time:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise Invalid("is an hour such as 06:30", name)
    return time.fromisoformat(value)


def _layout(said: Mapping[str, Any]) -> str:
    value = str(said.get("layout") or "")
    if value and not _LAYOUT.fullmatch(value):
        raise Invalid("is the name of a layout, with @version if one is meant", "layout")
    return value


def _tells(said: object) -> Tells | None:
    if said in (None, {}, ""):
        return None
    if not isinstance(said, Mapping):
        raise Invalid("is a table", "tells")
    unknown = set(said) - {one.name for one in fields(Tells)}
    if unknown:
        raise Invalid(f"has no '{min(unknown)}'; known: {', '.join(one.name for one in fields(Tells))}", "tells")
    told = said.get("fields")
    if not isinstance(told, Mapping) or not told:
        raise Invalid('names at least one protected field with its column, such as ssn = "ssn"', "tells")
    columns = tuple((_word({"tells": name}, "tells", HeldName, None), str(column)) for name, column in told.items())
    if len({column for _name, column in columns}) < len(columns):
        raise Invalid("two fields have one column", "tells")
    optional = _some(said, "optional", HeldName)
    if not optional <= {name for name, _column in columns}:
        raise Invalid("a field is optional that does not go out", "tells")
    recipient, basis = (_word(said, "recipient", Recipient, None), _word(said, "basis", Basis, Basis.AGREEMENT))
    if recipient not in RECIPIENTS:
        raise Invalid(f"recipient is one of {', '.join(one.value for one in RECIPIENTS)}", "tells")
    if basis not in _BASES:
        raise Invalid(f"basis is one of {', '.join(one.value for one in _BASES)}", "tells")
    return Tells(
        recipient=recipient,
        fields=columns,
        optional=optional,
        basis=basis,
        place=_word(said, "place", Place, Place.PREMISES),
        payment=_word(said, "payment", Payment, Payment.NONE),
        offset_parts=_some(said, "offset_parts", OffsetPart),
    )


def _some(said: Mapping[str, Any], name: str, kind: type[W]) -> frozenset[W]:
    return frozenset(_word({name: one}, name, kind, None) for one in _words(said, name, ()))


def _must_be_told(tells: Tells, direction: Direction, *, layout: str, fti: bool) -> None:
    if not direction.gives:
        raise Invalid("protected fields go out, and this agreement gives no files", "tells")
    if not layout:
        raise Invalid("protected fields are written by a layout, and this agreement has none", "tells")
    if tells.tax and not fti:
        raise Invalid("an offset is federal tax information: set fti to true", "tells")


@cache
def _zones() -> frozenset[str]:
    # Looking for them reads hundreds of folders, and terms are read with every request of a partner.
    return frozenset(available_timezones())


def _window(said: Mapping[str, Any]) -> Window:
    days = said.get("days", list(range(_WEEK)))
    if not isinstance(days, list) or not days or not all(isinstance(one, int) and 0 <= one < _WEEK for one in days):
        raise Invalid("are weekdays from 0 (Monday) to 6", "window.days")
    zone = str(said.get("zone", "America/New_York"))
    if zone not in _zones():
        raise Invalid("is no time zone", "window.zone")
    opens, closes = (_clock(said.get(name, "00:00"), f"window.{name}") for name in ("opens", "closes"))
    return Window(frozenset(days), opens, closes, str(ZoneInfo(zone)))


_DAYS: Final[Mapping[Rhythm, tuple[int, int]]] = {
    Rhythm.DAILY: (0, 0),
    Rhythm.BUSINESS_DAILY: (0, 0),
    Rhythm.WEEKLY: (0, 6),
    Rhythm.MONTHLY: (1, 31),
    Rhythm.BUSINESS_MONTHLY: (1, 15),
}


def _expects(said: object) -> Expects | None:
    if said in (None, {}, ""):
        return None
    if not isinstance(said, Mapping):
        raise Invalid("is a table", "expects")
    rhythm = _word(said, "rhythm", Rhythm, None)
    least, most = _DAYS[rhythm]
    closed = tuple(sorted(_day(one, "expects.closed") for one in said.get("closed", [])))
    return Expects(
        rhythm=rhythm,
        due=_clock(said.get("due"), "expects.due"),
        day=_number(said, "day", least, least, most),
        grace_min=_number(said, "grace_min", 60, 0, 7 * 24 * 60),
        shift=_word(said, "shift", Shift, Shift.NEXT),
        closed=closed,
    )
