"""Canonical JSON: RFC 8785 restricted to what has one spelling in every language.

Strings, integers within 2^53, true, false, null, arrays, objects with ASCII names. No floating point: its shortest
spelling is where implementations differ.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring as quoted
from typing import Any, NoReturn, cast

from harborline.kernel import Invalid
from harborline.ledger.facts import Json

LIMIT = 2**53
_DEPTH = 32
_WORDS = {True: "true", False: "false", None: "null"}


def canonical(value: Json) -> bytes:
    """The one UTF-8 spelling of `value`; raises `Invalid` naming the path of what may not be recorded."""
    try:
        return _spelled(value, 0).encode()
    except Invalid as wrong:
        raise Invalid(wrong.problem, f"${wrong.where}") from None
    except UnicodeEncodeError:
        raise Invalid("a string holds half a character (lone surrogate)", "$") from None


def parsed(text: bytes) -> Json:
    """The value of canonical JSON; raises `Invalid` for anything that `canonical` would not have written so."""
    try:
        value = cast("Json", _DECODER.decode(text.decode()))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise Invalid("not JSON in UTF-8", "$") from None
    if canonical(value) != text:
        raise Invalid("JSON, but not in its canonical spelling", "$")
    return value


def _spelled(value: object, depth: int) -> str:
    # One pass that checks and writes: half the time of a check followed by json's encoder.
    kind = type(value)
    if kind is str:
        return quoted(cast("str", value))
    if kind is int:
        return _whole(cast("int", value))
    if kind is bool or value is None:
        return _WORDS[cast("bool | None", value)]
    if depth >= _DEPTH:
        raise Invalid(f"nested deeper than {_DEPTH} levels")
    if kind is dict or isinstance(value, Mapping):
        return _object(cast("Mapping[object, object]", value), depth + 1)
    if kind is list or (isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | memoryview)):
        return _array(cast("Sequence[object]", value), depth + 1)
    raise Invalid(f"{kind.__name__} cannot be recorded: use strings, whole numbers, booleans, lists, objects")


def _array(values: Sequence[object], depth: int) -> str:
    parts: list[str] = []
    for place, value in enumerate(values):
        try:
            parts.append(_spelled(value, depth))
        except Invalid as wrong:
            raise Invalid(wrong.problem, f"[{place}]{wrong.where}") from None
    return f"[{','.join(parts)}]"


def _object(values: Mapping[object, object], depth: int) -> str:
    parts: list[str] = []
    for name in sorted(_name(name) for name in values):
        try:
            parts.append(f"{quoted(name)}:{_spelled(values[name], depth)}")
        except Invalid as wrong:
            raise Invalid(wrong.problem, f".{name}{wrong.where}") from None
    return f"{{{','.join(parts)}}}"


def _whole(value: int) -> str:
    if not -LIMIT <= value <= LIMIT:
        raise Invalid("a whole number beyond 2^53 has no common spelling: record it as a string")
    return str(value)


def _name(name: object) -> str:
    if type(name) is not str or not name.isascii():
        raise Invalid("a name inside an object must be an ASCII string")
    return name


def _refused(_text: str) -> NoReturn:
    raise Invalid("a number with a fraction or exponent", "$")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("an object names the same thing twice", "$")
    return found


_DECODER = json.JSONDecoder(parse_float=_refused, parse_constant=_refused, object_pairs_hook=_once)
