"""Whole columns of a set-wise statement as PostgreSQL's own binary arrays.

A list of Python values costs a call for each of them on its way to the server; a column of a thousand joined here
costs one. They are bound with `%b` on a cursor that `takes_columns`; `hot_cursor` also answers ids as their 16 bytes.
Source: PostgreSQL, `array_recv` and the binary formats of the types (src/backend/utils/adt).
"""

from __future__ import annotations

import os
import struct
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar
from weakref import WeakSet

import numpy as np
import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.string import ByteaBinaryLoader

from harborline.kernel import clock
from harborline.walls.cursor import bulk_cursor

ID_BYTES = 16
_HEAD = struct.Struct(">iiiii")
_LENGTH = struct.Struct(">i")
_NULL = _LENGTH.pack(-1)
_ID_LENGTH, _MOMENT_LENGTH = _LENGTH.pack(ID_BYTES), _LENGTH.pack(8)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MOMENT = struct.Struct(">q")

Id = uuid.UUID | bytes


class Column(bytes):
    """One array in PostgreSQL's binary form."""

    oid: ClassVar[int]


class Ids(Column):
    """uuid[]."""

    oid = 2951


class Bytes(Column):
    """bytea[]."""

    oid = 1001


class Texts(Column):
    """text[]."""

    oid = 1009


class Integers(Column):
    """int[]."""

    oid = 1007


class Smalls(Column):
    """smallint[]."""

    oid = 1005


class Moments(Column):
    """timestamptz[]."""

    oid = 1185


_ELEMENTS: dict[type[Column], int] = {Ids: 2950, Bytes: 17, Texts: 25, Integers: 23, Smalls: 21, Moments: 1184}


def raw(identifier: Id) -> bytes:
    """The 16 bytes of an id."""
    return identifier if isinstance(identifier, bytes) else identifier.bytes


def spelled(identifier: Id) -> str:
    """An id as records spell it, 8-4-4-4-12."""
    digits = raw(identifier).hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def raw_ids(count: int) -> list[bytes]:
    """`count` ids that sort by the time they were made (RFC 9562, version 7), as their bytes."""
    stamp = clock.unix_ms().to_bytes(6)
    noise = np.frombuffer(bytearray(os.urandom(ID_BYTES * count)), np.uint8).reshape(count, ID_BYTES)
    noise[:, :6] = np.frombuffer(stamp, np.uint8)
    noise[:, 6] = noise[:, 6] & 0x0F | 0x70
    noise[:, 8] = noise[:, 8] & 0x3F | 0x80
    joined = noise.tobytes()
    return [joined[start : start + ID_BYTES] for start in range(0, len(joined), ID_BYTES)]


def ids(values: Iterable[Id | None]) -> Ids:
    """A column of ids; None stands for NULL."""
    listed = [value.bytes if isinstance(value, uuid.UUID) else value for value in values]
    if not listed or None in listed:
        return Ids(_joined(Ids, [None if value is None else _ID_LENGTH + value for value in listed]))
    return Ids(_head(Ids, len(listed)) + _ID_LENGTH + _ID_LENGTH.join(listed))  # type: ignore[arg-type]  # none is None


def byteas(values: Iterable[bytes | None]) -> Bytes:
    """A column of bytes of any length; None stands for NULL."""
    packed = _LENGTH.pack
    return Bytes(_joined(Bytes, [None if value is None else packed(len(value)) + value for value in values]))


def texts(values: Iterable[str]) -> Texts:
    """A column of short texts that repeat."""
    return Texts(_joined(Texts, list(map(_text, values))))


def unique_texts(values: Iterable[str]) -> Texts:
    """A column of texts that hardly repeat."""
    packed = _LENGTH.pack
    encoded = [value.encode() for value in values]
    return Texts(_joined(Texts, [packed(len(value)) + value for value in encoded]))


def integers(values: Sequence[int | None]) -> Integers:
    """A column of 32-bit numbers; None stands for NULL."""
    packed = _integer.pack
    return Integers(_joined(Integers, [None if value is None else packed(4, value) for value in values]))


def smalls(values: Sequence[int]) -> Smalls:
    """A column of 16-bit numbers."""
    packed = _small.pack
    return Smalls(_joined(Smalls, [packed(2, value) for value in values]))


def moments(values: Iterable[datetime | None]) -> Moments:
    """A column of moments that repeat; None stands for NULL."""
    return Moments(_joined(Moments, [None if value is None else _moment(value) for value in values]))


_integer, _small = struct.Struct(">ii"), struct.Struct(">ih")


def _joined(kind: type[Column], elements: Sequence[bytes | None]) -> bytes:
    if not elements:
        return _empty(kind)
    if None in elements:
        return _head(kind, len(elements), nulls=1) + b"".join(_NULL if one is None else one for one in elements)
    return _head(kind, len(elements)) + b"".join(elements)  # type: ignore[arg-type]  # none is None


def _head(kind: type[Column], count: int, *, nulls: int = 0) -> bytes:
    return _HEAD.pack(1, nulls, _ELEMENTS[kind], count, 1)


def _empty(kind: type[Column]) -> bytes:
    return struct.pack(">iii", 0, 0, _ELEMENTS[kind])


@lru_cache(maxsize=4096)
def _text(value: str) -> bytes:
    encoded = value.encode()
    return _LENGTH.pack(len(encoded)) + encoded


@lru_cache(maxsize=4096)
def _moment(value: datetime) -> bytes:
    since = value - _EPOCH
    return _MOMENT_LENGTH + _MOMENT.pack((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: Any) -> Buffer | None:  # noqa: ANN401 - as the base class has it
        return obj  # type: ignore[no-any-return]  # a Column


_DUMPERS: dict[type[Column], type[Dumper]] = {
    kind: type(f"_{kind.__name__}Dumper", (_AsItIs,), {"oid": kind.oid}) for kind in _ELEMENTS
}
_READY: WeakSet[psycopg.Connection[Any]] = WeakSet()


def takes_columns(cursor: psycopg.Cursor[Any]) -> psycopg.Cursor[Any]:
    """The cursor, whose connection now knows how to send whole columns."""
    if cursor.connection not in _READY:
        for kind, dumper in _DUMPERS.items():
            cursor.connection.adapters.register_dumper(kind, dumper)
            cursor.adapters.register_dumper(kind, dumper)
        _READY.add(cursor.connection)
    return cursor


# For work that touches few rows of tables that grow while it runs, thousands of times: statements follow indexes
# whatever the statistics say, and their plans are made once.
_STEADY = (
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),"
    " set_config('enable_mergejoin', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)"
)


@contextmanager
def hot_cursor(*, pipelined: bool = False) -> Iterator[psycopg.Cursor[Any]]:
    """A bulk cursor for work that repeats: takes whole columns, answers ids as bytes, keeps plans along indexes.

    The settings hold to the end of the transaction. Raises `Broken` outside one. `pipelined`: the server is waited for
    only where an answer is read, so `rowcount` says nothing within, and what fails may be told at a later statement.
    """
    with bulk_cursor() as cursor, cursor.connection.pipeline() if pipelined else nullcontext():
        takes_columns(cursor).adapters.register_loader("uuid", ByteaBinaryLoader)
        cursor.execute(_STEADY)
        yield cursor
