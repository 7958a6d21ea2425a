"""Names as a client sends them, made plain: the one place where a path is read. Pure and lexical.

Nothing here or behind it is a path of this machine. A path becomes `/a/b/c`: absolute, no empty parts, no dots, never
above `/`. Reading a plain path again gives the same path.
"""

from __future__ import annotations

import unicodedata
from typing import Final

NAME_BYTES: Final = 200
PATH_BYTES: Final = 1024
_DEPTH: Final = 16


class BadName(Exception):  # noqa: N818 - it is what the name is
    """A name no mailbox can hold; the text says why, and never repeats the name."""


def plain(raw: bytes) -> str:
    """The path in plain form; raises `BadName`."""
    if len(raw) > PATH_BYTES:
        raise BadName(f"a path has at most {PATH_BYTES} bytes (name-not-usable)")
    try:
        text = unicodedata.normalize("NFC", raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadName("a name is UTF-8 (name-not-usable)") from None
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for letter in text):
        raise BadName("a name holds no control characters (name-not-usable)")
    if "\\" in text:
        raise BadName("a path is written with / and holds no backslash (name-not-usable)")
    return "/" + "/".join(_walked(text))


def _walked(text: str) -> list[str]:
    parts: list[str] = []
    for part in text.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            if len(part.encode()) > NAME_BYTES:
                raise BadName(f"a name has at most {NAME_BYTES} bytes (name-not-usable)")
            parts.append(part)
    if len(parts) > _DEPTH:
        raise BadName(f"a path has at most {_DEPTH} parts (name-not-usable)")
    return parts


def last(path: str) -> str:
    """The last part of a plain path; `/` for the top."""
    return path.rpartition("/")[2] or "/"
