"""Files that an operator names on the command line: terms, keys, receipts. Pure but for reading them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import IO, Any

from harborline.kernel import Invalid

_LARGEST = 1_000_000


def terms_in(path: Path) -> Mapping[str, Any]:
    """The terms of an agreement from a TOML or JSON file; raises `Invalid` naming the file."""
    text = text_in(path)
    try:
        said = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, RecursionError) as wrong:
        raise Invalid(f"is no TOML (.toml) or JSON: {wrong}", str(path)) from None
    if not isinstance(said, dict):
        raise Invalid("is a table of terms; docs/operate/exchange.md shows one", str(path))
    return {name: _plain(value) for name, value in said.items()}


def _plain(value: object) -> object:
    # TOML has days and hours of its own; terms are read from JSON's kinds.
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def text_in(path: Path) -> str:
    """A short text; raises `Invalid` for other bytes."""
    try:
        return bytes_in(path).decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid("is no text in UTF-8", str(path)) from None


def bytes_in(path: Path) -> bytes:
    """A file of at most 1 MB."""
    with reading(path) as source:
        content = source.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise Invalid("is larger than 1 MB", str(path))
    return content


def reading(path: Path) -> IO[bytes]:
    """A file to be read; raises `Invalid` naming it."""
    try:
        return path.open("rb")
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror}", str(path)) from None
