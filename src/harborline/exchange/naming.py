"""Names as partners write them: what is allowed, what is temporary, what an agreement's pattern says. Pure.

One normaliser for every way in: behind it there are rows only, no path of this machine is made of a name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import re2  # type: ignore[import-untyped]  # the library ships no types

from harborline.kernel import Invalid

LONGEST: Final = 200
_PART = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._@=+,-]*[A-Za-z0-9_@=+-])?")
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_TEMPORARY_ENDS: Final = (".part", ".tmp", ".filepart")
_TEMPORARY_BEGINS: Final = (".in.", ".")
_TOKEN = re.compile(r"\{(seq|date|time)(?::([1-9]))?\}|\*")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{word}{n}" for word in ("com", "lpt") for n in range(1, 10))})
MANIFEST_END: Final = ".manifest.json"
DONE_ENDS: Final = (".done", ".ok")
CHECKSUM_ENDS: Final = (".sha256", ".sha512")


def key(value: str, where: str) -> str:
    """A short key of ours (partner, agreement) or `Invalid`: lower-case letters, digits, hyphens; at most 60."""
    if not _KEY.fullmatch(value):
        raise Invalid("is made of lower-case letters, digits and hyphens, at most 60", where)
    return value


def file_name(value: str) -> str:
    """A final name or `Invalid` with the reason: letters, digits and . _ - @ = + , from our list, at most 200.

    The same bytes in any Unicode form are one name (NFC); control characters, separators, leading dots and hyphens,
    trailing dots and spaces, and the device names of Windows are none.
    """
    name = unicodedata.normalize("NFC", value)
    if not name or len(name.encode("utf-8", "surrogatepass")) > LONGEST:
        raise Invalid(f"a name has 1 to {LONGEST} bytes", "name")
    if not _PART.fullmatch(name):
        raise Invalid("a name has letters, digits and . _ - @ = + , only, and begins and ends with a letter or digit",
                      "name")  # fmt: skip
    if name.split(".")[0].lower() in _RESERVED:
        raise Invalid("is a name that some systems keep for a device", "name")
    return name


def temporary(value: str) -> bool:
    """Whether a name says itself that the file is not complete."""
    low = value.lower()
    return low.endswith(_TEMPORARY_ENDS) or low.startswith(_TEMPORARY_BEGINS)


def temporary_name(value: str) -> str:
    """A temporary name or `Invalid`: a final name with a temporary ending, or as clients put them before a final name.

    Those are lftp's `.in.NAME`, rsync's `.NAME.XXXXXX` and our own `.NAME.XXXXXXXX.part`, and `.NAME` where it
    has an ending. A dot before one word (`.part`, `.sha256`, `.hidden`) is none: it names no file.
    """
    if value.startswith(".") and ("." not in value[1:] or value.lower() == MANIFEST_END):
        raise Invalid("a name begins with a letter or digit", "name")
    bare = value.removeprefix(".in.").removeprefix(".")
    for end in _TEMPORARY_ENDS:
        if bare.lower().endswith(end):
            bare = bare[: -len(end)]
            break
    file_name(bare)
    if len(value.encode()) > LONGEST:
        raise Invalid(f"a name has 1 to {LONGEST} bytes", "name")
    return value


def folded(name: str) -> str:
    """The form in which names are compared: two that differ only in case are one."""
    return unicodedata.normalize("NFC", name).casefold()


def split(path: str) -> tuple[str, ...]:
    """The parts of a path, with empty ones and single dots taken out; raises `Invalid` for `..`, NUL and backslash."""
    if "\x00" in path or "\\" in path:
        raise Invalid("a path holds no backslash and no NUL", "path")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if ".." in parts:
        raise Invalid("a path does not go up", "path")
    return parts


def sidecar_of(name: str) -> tuple[str, str]:
    """For `X.manifest.json`, `X.done`, `X.sha256`: the kind of the sidecar and `X`; otherwise two empty strings."""
    low = name.lower()
    if low.endswith(MANIFEST_END):
        return "manifest", name[: -len(MANIFEST_END)]
    for kind, ends in (("done-file", DONE_ENDS), ("checksum", CHECKSUM_ENDS)):
        for end in ends:
            if low.endswith(end):
                return kind, name[: -len(end)]
    return "", ""


@dataclass(frozen=True, slots=True)
class Naming:
    """A pattern of final names: literal text, `{seq}` or `{seq:4}`, `{date}` (yyyymmdd), `{time}` (hhmmss), `*`."""

    pattern: str

    @classmethod
    def read(cls, pattern: str) -> Naming:
        """The pattern, or `Invalid` when it holds something that no name may hold, or two sequence numbers."""
        literal = _TOKEN.sub("0", pattern)
        if "{" in literal or "}" in literal:
            raise Invalid("a place is {seq}, {seq:4}, {date}, {time} or *", "naming")
        file_name(literal)
        if len(re.findall(r"\{seq", pattern)) > 1:
            raise Invalid("has one sequence number at most", "naming")
        return cls(pattern)

    def matches(self, name: str) -> bool:
        """Whether a final name follows the pattern, in any case of letters."""
        return self._found(name) is not None

    def sequence(self, name: str) -> int | None:
        """The sequence number in a name that follows the pattern; None where the pattern has none."""
        found = self._found(name)
        return None if found is None or found == "" else int(found)

    def _found(self, name: str) -> str | None:
        match = _compiled(self.pattern).fullmatch(name)
        if match is None:
            return None
        return str(match.groupdict().get("seq") or "")

    def __str__(self) -> str:
        """The pattern."""
        return self.pattern


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - the library ships no types
    # re2 looks at each byte once, whatever a pattern says.
    parts, at = ["(?i)"], 0
    for token in _TOKEN.finditer(pattern):
        parts += [re2.escape(pattern[at : token.start()]), _expression(token)]
        at = token.end()
    return re2.compile("".join([*parts, re2.escape(pattern[at:])]))


def _expression(token: re.Match[str]) -> str:
    kind, width = token.group(1), token.group(2)
    if kind == "seq":
        return f"(?P<seq>[0-9]{{{width}}})" if width else "(?P<seq>[0-9]{1,9})"
    return {"date": "[0-9]{8}", "time": "[0-9]{6}", None: "[A-Za-z0-9._@=+,-]*"}[kind]
