"""Word lists that a person who knows the language can extend: `law/lists/**.txt`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def words_of(path: str) -> frozenset[str]:
    """Read the words of `law/lists/<path>.txt`: separated by white space, `#` begins a remark."""
    text = (files("harborline.law") / "lists" / f"{path}.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() for word in line.partition("#")[0].split())
