"""Reading the law's files: TOML in, plain values out, every complaint with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from harborline.kernel import Invalid

Table = Mapping[str, object]


def read_toml(path: Path) -> Table:
    """The table in `path`; raises `Invalid` naming the file when it is missing, not UTF-8 or not TOML."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise Invalid("there is no such file", path.name) from None
    except OSError as fault:
        raise Invalid(f"the file cannot be read ({fault.strerror})", path.name) from None
    except UnicodeDecodeError:
        raise Invalid("the file is not UTF-8 text", path.name) from None
    except tomllib.TOMLDecodeError as fault:
        raise Invalid(f"the file is not TOML: {fault}", path.name) from None


def files_in(directory: Path, what: str) -> list[Path]:
    """The TOML files of `directory` by name; none at all is `Invalid`, since an empty list would allow everything."""
    found = sorted(directory.glob("*.toml")) if directory.is_dir() else []
    if not found:
        raise Invalid(f"no {what} files here", str(directory.name))
    return found


def text(table: Table, key: str, where: str) -> str:
    """A non-empty string under `key`."""
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"'{key}' must be a sentence or word, and not empty", where)
    return value.strip()


def words(table: Table, key: str, where: str, *, empty: bool = False) -> tuple[str, ...]:
    """A list of strings under `key`; an empty one is refused unless `empty`."""
    value = table.get(key, [] if empty else None)
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise Invalid(f"'{key}' must be a list of words", where)
    if not value and not empty:
        raise Invalid(f"'{key}' is an empty list", where)
    if len(set(value)) != len(value):
        raise Invalid(f"'{key}' names something twice", where)
    return tuple(value)


def known(value: str, allowed: frozenset[str], key: str, where: str) -> str:
    """`value` if it is one of `allowed`."""
    if value not in allowed:
        raise Invalid(f"{key} '{value}' is unknown; known: {', '.join(sorted(allowed))}", where)
    return value


def only(table: Table, allowed: frozenset[str], where: str) -> None:
    """Refuse keys nobody reads: a misspelt setting must not be silently ignored."""
    for key in table:
        if key not in allowed:
            raise Invalid(f"'{key}' is not a key of this table; known: {', '.join(sorted(allowed))}", where)
