"""What "stricter" means for one setting: a value may be stricter than its floor, never looser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import NoReturn

from harborline.kernel import Invalid

Value = bool | int | str | time | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strictness:
    """How a setting is read and compared.

    `how` is one of the names in `_ADVICE`.
    """

    how: str

    def read(self, raw: object, where: str) -> Value:
        """The typed value of `raw`; raises `Invalid` when it is of the wrong kind."""
        if self.how in _TIMES:
            return _clock_time(raw, where)
        if self.how in _COUNTS:
            return _count(raw, where)
        if self.how == "may-forbid":
            return _yes_no(raw, where)
        if self.how == "only-from":
            return _list(raw, where)
        return raw if isinstance(raw, str) and raw else _wrong("a word", where)

    def looser(self, value: Value, floor: Value) -> bool:
        """True when `value` permits anything that `floor` does not; both were read by `read`."""
        match value, floor:
            case bool(), bool():
                return value and not floor
            case int(), int():
                return value > floor if self.how == "at-most" else value < floor
            case time(), time():
                return value < floor if self.how == "not-before" else value > floor
            case tuple(), tuple():
                return not set(value) <= set(floor)
            case _:
                return value != floor

    def advice(self, floor: Value) -> str:
        """What to choose instead, for the message."""
        return _ADVICE[self.how].format(floor=spoken(floor))


NOT_BEFORE = Strictness("not-before")
NOT_AFTER = Strictness("not-after")
AT_MOST = Strictness("at-most")
AT_LEAST = Strictness("at-least")
ONLY_FROM = Strictness("only-from")
MAY_FORBID = Strictness("may-forbid")
FIXED = Strictness("fixed")

_TIMES = ("not-before", "not-after")
_COUNTS = ("at-most", "at-least")
_ADVICE = {
    "not-before": "choose {floor} or later",
    "not-after": "choose {floor} or earlier",
    "at-most": "choose {floor} or less",
    "at-least": "choose {floor} or more",
    "only-from": "choose only from: {floor}",
    "may-forbid": "it stays {floor}",
    "fixed": "it stays {floor}",
}


def spoken(value: Value) -> str:
    """A value as it is written in messages, in the matrix and in the hash: `08:00`, `no`, `keyword, portal-opt-in`."""
    match value:
        case bool():
            return "yes" if value else "no"
        case time():
            return value.isoformat("minutes")
        case tuple():
            return ", ".join(value) or "none"
        case _:
            return str(value)


def _clock_time(raw: object, where: str) -> time:
    if isinstance(raw, time):
        return raw
    try:
        return time.fromisoformat(raw) if isinstance(raw, str) else _wrong("a time such as 08:00", where)
    except ValueError:
        return _wrong("a time such as 08:00", where)


def _count(raw: object, where: str) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0:
        return raw
    return _wrong("a whole number, zero or more", where)


def _yes_no(raw: object, where: str) -> bool:
    return raw if isinstance(raw, bool) else _wrong("true or false", where)


def _list(raw: object, where: str) -> tuple[str, ...]:
    if isinstance(raw, list) and raw and all(isinstance(item, str) and item for item in raw):
        return tuple(raw)
    return _wrong("a list of words that is not empty", where)


def _wrong(expected: str, where: str) -> NoReturn:
    raise Invalid(f"this must be {expected}", where)
