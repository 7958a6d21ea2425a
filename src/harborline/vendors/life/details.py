"""What each step must say, read into one form; a wrong or missing part is named. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from harborline.kernel import Invalid
from harborline.kernel.clock import iso
from harborline.vendors.facts import CHECKS, ELEMENTS, FTI_FIELDS, PURPOSES, Area, LifeFacts, StepKind
from harborline.vendors.screening.folding import readings
from harborline.vendors.screening.lists import categories

_TEXT_MAX: Final = 400
_OWNERS_MAX: Final = 50
_ALL: Final = 100

Given = Mapping[str, Any]


def checked(kind: StepKind, given: Given, *, on: date, life: LifeFacts) -> dict[str, Any]:
    """The step's detail in its one form; raises `Invalid` naming the part and the remedy."""
    return _READERS.get(kind, _because)(given, on, life)


def _submitted(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del on, life
    return {"why": _text(given, "why")}


def _reviewed(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del on, life
    if given.get("area") not in {area.value for area in Area}:
        raise Invalid("is one of {known}", "area", known=", ".join(Area))
    approve = _yes_no(given, "approve")
    reason = str(given.get("reason", "")).strip()[:_TEXT_MAX]
    if not approve and not reason:
        raise Invalid("a no needs its reason", "reason")
    return {"area": given["area"], "approve": approve, "reviewer": _text(given, "reviewer"), "reason": reason}


def _permitted(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    begins, ends = _moment(given, "valid_from"), _moment(given, "valid_until")
    if not on <= begins.date() or not begins < ends:
        raise Invalid("a permission is signed before it begins and begins before it ends", "valid_from")
    purposes = _some(given, "purposes", life.purposes)
    elements = _some(given, "elements", life.elements)
    for purpose in purposes:
        if not set(PURPOSES[purpose]) <= set(elements):
            raise Invalid(
                "for {purpose} the permission must cover {known}",
                "elements",
                purpose=purpose,
                known=", ".join(PURPOSES[purpose]),
            )
    return {
        "document_no": _text(given, "document_no"),
        "signer": _text(given, "signer"),
        "valid_from": iso(begins),
        "valid_until": iso(ends),
        "purposes": purposes,
        "elements": elements,
        "systems": _text(given, "systems"),
    }


def _contracted(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del life
    until = _day(given, "until")
    if until <= on:
        raise Invalid("a contract ends after it begins", "until")
    return {"number": _text(given, "number"), "until": until.isoformat()}


def _vetted(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del on, life
    return {"checks": _some(given, "checks", CHECKS), "signer": str(given.get("signer", "")).strip()[:_TEXT_MAX]}


def _memorandum(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del on
    if not life.memorandum:
        raise Invalid("this program has no memorandum to sign", "version")
    return {"version": _text(given, "version"), "signer": _text(given, "signer")}


def _certified(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del on, life
    return {
        "signer": _text(given, "signer"),
        "uses_covered": _yes_no(given, "uses_covered"),
        "flow_down": _yes_no(given, "flow_down"),
    }


def _recertified(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del on, life
    return {"signer": _text(given, "signer"), "uses_covered": _yes_no(given, "uses_covered")}


def _answered(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del on, life
    asked = given.get("categories", {})
    if not isinstance(asked, Mapping) or not set(asked) <= set(categories()):
        raise Invalid("names a class of devices nobody asks about", "categories")
    return {
        "owners": [_owner(one) for one in _list(given, "owners")[:_OWNERS_MAX]],
        "none_above_tenth": _yes_no(given, "none_above_tenth"),
        "uses_covered": _yes_no(given, "uses_covered"),
        "subprocessors": [str(one).strip()[:_TEXT_MAX] for one in _list(given, "subprocessors") if str(one).strip()],
        "categories": {name: _device(answer, name) for name, answer in asked.items()},
    }


def _owner(one: object) -> dict[str, Any]:
    if not isinstance(one, Mapping) or not readings(str(one.get("name", ""))):
        raise Invalid("an owner has a name", "owners")
    try:
        percent = float(one.get("percent", ""))
    except (TypeError, ValueError):
        raise Invalid("an owner's share is a number of percent", "owners") from None
    if not 0 < percent <= _ALL:
        raise Invalid("an owner's share is above 0 and at most 100 percent", "owners")
    return {"name": str(one["name"]).strip()[:_TEXT_MAX], "percent": percent}


def _device(answer: object, name: str) -> dict[str, Any]:
    where = f"categories.{name}"
    if not isinstance(answer, Mapping):
        raise Invalid("is not answered", where)
    supplies = _yes_no(answer, "supplies", where)
    made = answer.get("made", "")
    if supplies and made not in {"us", "abroad"}:
        raise Invalid(
            "say where the device is made: us or abroad (any major stage, design and assembly included)", where
        )
    said = {key: str(answer.get(key, "")).strip()[:_TEXT_MAX] for key in ("exception", "document")}
    return {"supplies": supplies, "made": made if supplies else "", **said}


def _tax_field(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del on
    if given.get("element") not in FTI_FIELDS or given["element"] not in life.elements:
        raise Invalid("is no field of federal tax information that was asked for", "element")
    begins, ends = _day(given, "from"), _day(given, "until")
    if not begins < ends:
        raise Invalid("begins before it ends", "from")
    return {
        "element": given["element"],
        "legal_basis": _text(given, "legal_basis"),
        "from": begins.isoformat(),
        "until": ends.isoformat(),
    }


def _noted(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del on, life
    return {"note": _text(given, "note")}


def _because(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del on, life
    return {"because": _text(given, "because")}


def _nothing(given: Given, on: date, life: LifeFacts) -> dict[str, Any]:
    del given, on, life
    return {}


_READERS: Final[Mapping[StepKind, Callable[[Given, date, LifeFacts], dict[str, Any]]]] = {
    StepKind.SUBMITTED: _submitted,
    StepKind.REVIEWED: _reviewed,
    StepKind.PERMITTED: _permitted,
    StepKind.CONTRACTED: _contracted,
    StepKind.VETTED: _vetted,
    StepKind.MEMORANDUM: _memorandum,
    StepKind.CERTIFIED: _certified,
    StepKind.RECERTIFIED: _recertified,
    StepKind.ANSWERED: _answered,
    StepKind.SCREENED: _nothing,
    StepKind.LIVE: _nothing,
    StepKind.TAX_FIELD: _tax_field,
    StepKind.TAX_NOTICE: _noted,
    StepKind.TAX_VISIT: _noted,
    StepKind.TAX_CERTIFIED: _noted,
}


def purposes_and_elements(purposes: Iterable[str], elements: Iterable[str]) -> tuple[list[str], list[str]]:
    """What a request asks for, in one form; raises `Invalid` for unknown ones or too little to serve the purpose."""
    wanted = _some({"purposes": list(purposes)}, "purposes", tuple(PURPOSES))
    seen = _some({"elements": list(elements)}, "elements", ELEMENTS)
    for purpose in wanted:
        if not set(PURPOSES[purpose]) <= set(seen):
            raise Invalid(
                "{purpose} cannot do without {known}", "elements", purpose=purpose, known=", ".join(PURPOSES[purpose])
            )
    return wanted, seen


def _text(given: Given, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Invalid("is missing", name)
    if len(value.strip()) > _TEXT_MAX:
        raise Invalid("is longer than {most} characters", name, most=_TEXT_MAX)
    return value.strip()


def _yes_no(given: Given, name: str, where: str = "") -> bool:
    value = given.get(name)
    if not isinstance(value, bool):
        raise Invalid("must be answered yes or no", where or name)
    return value


def _list(given: Given, name: str) -> list[Any]:
    value = given.get(name, [])
    if not isinstance(value, list | tuple):
        raise Invalid("must be a list", name)
    return list(value)


def _some(given: Given, name: str, known: Iterable[str]) -> list[str]:
    value, allowed = _list(given, name), tuple(known)
    if not value:
        raise Invalid("names at least one", name)
    for one in value:
        if one not in allowed:
            raise Invalid("'{given}' is not among {known}", name, given=str(one)[:40], known=", ".join(allowed))
    return sorted(set(value))


def _day(given: Given, name: str) -> date:
    value = given.get(name)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid("is not a day such as 2027-01-31", name) from None


def _moment(given: Given, name: str) -> datetime:
    value = given.get(name)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Invalid("is not a moment with its time zone", name)
    return value
