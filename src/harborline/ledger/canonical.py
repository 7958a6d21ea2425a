"""Canonical JSON: RFC 8785 restricted to what has one spelling in every language.

Strings, integers within 2^53, true, false, null, arrays, objects with ASCII names. No floating point: its shortest
spelling is where implementations differ.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

from harborline.kernel import Invalid
from harborline.ledger.facts import Json

LIMIT = 2**53
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)
_DEPTH = 32


def canonical(value: Json) -> bytes:
    """The one UTF-8 spelling of `value`; raises `Invalid` naming the path of what may not be recorded."""
    try:
        return _ENCODER.encode(_plain(value, "$", 0)).encode()
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


def _plain(value: object, path: str, depth: int) -> Any:  # noqa: ANN401 - what the encoder takes
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        return _whole(cast("int", value), path)
    if depth >= _DEPTH:
        raise Invalid(f"nested deeper than {_DEPTH} levels", path)
    if isinstance(value, Mapping):
        return {_name(name, path): _plain(inner, f"{path}.{name}", depth + 1) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | memoryview):
        return [_plain(inner, f"{path}[{place}]", depth + 1) for place, inner in enumerate(value)]
    raise Invalid(f"{kind.__name__} cannot be recorded: use strings, whole numbers, booleans, lists, objects", path)


def _whole(value: int, path: str) -> int:
    if not -LIMIT <= value <= LIMIT:
        raise Invalid("a whole number beyond 2^53 has no common spelling: record it as a string", path)
    return value


def _name(name: object, path: str) -> str:
    if type(name) is not str or not name.isascii():
        raise Invalid("a name inside an object must be an ASCII string", path)
    return name


def _refused(_text: str) -> NoReturn:
    raise Invalid("a number with a fraction or exponent", "$")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("an object names the same thing twice", "$")
    return found


_DECODER = json.JSONDecoder(parse_float=_refused, parse_constant=_refused, object_pairs_hook=_once)
