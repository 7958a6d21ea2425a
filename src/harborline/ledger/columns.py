"""Whole columns of the bulk statement as PostgreSQL's own binary arrays: one join instead of a call for each value.

Source: PostgreSQL, `array_recv` (src/backend/utils/adt/arrayfuncs.c).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, ClassVar

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD = struct.Struct(">iiiii")
_LENGTH = struct.Struct(">i")
_NUMBER_BYTES = 8


class Column(bytes):
    """One array in binary form."""

    oid: ClassVar[int]
    element: ClassVar[int]


class Numbers(Column):
    """bigint[]."""

    oid, element = 1016, 20


class Ids(Column):
    """uuid[]."""

    oid, element = 2951, 2950


class Bytes(Column):
    """bytea[]."""

    oid, element = 1001, 17


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: Any) -> Buffer | None:  # noqa: ANN401 - as the base class has it
        return obj  # type: ignore[no-any-return]  # a Column


_DUMPERS: dict[type[Column], type[Dumper]] = {
    kind: type(f"_{kind.__name__}Dumper", (_AsItIs,), {"oid": kind.oid}) for kind in (Numbers, Ids, Bytes)
}


def takes_columns(cursor: psycopg.Cursor[Any]) -> psycopg.Cursor[Any]:
    """The cursor, which now knows how to send whole columns."""
    for kind, dumper in _DUMPERS.items():
        cursor.adapters.register_dumper(kind, dumper)
    return cursor


def drawn(cursor: psycopg.Cursor[Any], query: str, count: int) -> bytes:
    """The elements of a binary bigint[] as the server answered it, to be cut into columns by `numbers`."""
    cursor.execute(query, [count], binary=True)
    result = cursor.pgresult
    content = result.get_value(0, 0) if result is not None else None
    return bytes(content or b"")[_HEAD.size :]


def numbers(elements: bytes, start: int, count: int) -> Numbers:
    """A column of `count` drawn numbers from place `start` on."""
    each = _LENGTH.size + _NUMBER_BYTES
    return Numbers(_head(Numbers, count) + elements[start * each : (start + count) * each])


def ids(values: Sequence[bytes]) -> Ids:
    """A column of ids, each given as its 16 bytes."""
    return Ids(_head(Ids, len(values)) + _even(values))


def even(values: Sequence[bytes]) -> Bytes:
    """A column of bytes that are all of one length, at least one of them."""
    return Bytes(_head(Bytes, len(values)) + _even(values))


def uneven(values: Sequence[bytes]) -> Bytes:
    """A column of bytes of any length."""
    packed = _LENGTH.pack
    return Bytes(_head(Bytes, len(values)) + b"".join([packed(len(value)) + value for value in values]))


def _even(values: Sequence[bytes]) -> bytes:
    length = _LENGTH.pack(len(values[0]))
    return length + length.join(values)


def _head(kind: type[Column], count: int) -> bytes:
    return _HEAD.pack(1, 0, kind.element, count, 1)
