"""Manifests: what a sender says of a delivery, read strictly; and checksum files. Pure."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from harborline.exchange.naming import file_name
from harborline.kernel import Invalid

LARGEST: Final = 1_000_000
MOST_FILES: Final = 1_000
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_CHECKSUM = re.compile(r"(?:SHA256 \((?P<named>[^)\r\n]{1,200})\) = )?(?P<digest>[0-9A-Fa-f]{64}|[0-9A-Fa-f]{128})"
                       r"(?:[ \t]+[*]?(?P<name>[^\r\n]{1,200}))?\s*")  # fmt: skip
_KNOWN = {"v", "id", "agreement", "sequence", "created", "previous", "supersedes", "test", "files", "receiver"}
_KNOWN_FILE = {"name", "size", "sha256", "layout", "records", "totals"}
_BIGGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Promised:
    """One file as its sender describes it; `records` and `totals` are None and empty where nothing was said."""

    name: str
    size: int
    sha256: str
    layout: str = ""
    records: int | None = None
    totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One delivery as its sender describes it."""

    id: str
    agreement: str
    files: tuple[Promised, ...]
    sequence: int | None = None
    supersedes: str | None = None
    test: bool = False


def read_manifest(content: bytes) -> Manifest:
    """Read a manifest (version 1); raises `Invalid` naming the field for anything that is not exactly its form."""
    if len(content) > LARGEST:
        raise Invalid(f"is larger than {LARGEST} bytes", "manifest")
    try:
        said = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once, parse_float=_no_float,
                          parse_constant=_no_float)  # fmt: skip
    except (ValueError, RecursionError):
        raise Invalid("is not JSON with strings, whole numbers, booleans, arrays and objects", "manifest") from None
    if not isinstance(said, dict) or said.get("v") != 1 or isinstance(said.get("v"), bool):
        raise Invalid('is an object with "v": 1', "manifest")
    if set(said) - _KNOWN:
        raise Invalid(f"holds an unknown field; known: {', '.join(sorted(_KNOWN))}", "manifest")
    return Manifest(
        id=_identifier(said.get("id"), "id"),
        agreement=_string(said.get("agreement"), "agreement"),
        files=_files(said.get("files")),
        sequence=_whole(said["sequence"], "sequence") if said.get("sequence") is not None else None,
        supersedes=_identifier(said["supersedes"], "supersedes") if said.get("supersedes") else None,
        test=_flag(said.get("test", False)),
    )


def read_checksum(content: bytes) -> tuple[str, str]:
    """The digest (hex, lower case) and the name in a checksum file of one line; raises `Invalid`."""
    try:
        match = _CHECKSUM.fullmatch(content[:1000].decode("utf-8-sig"))
    except UnicodeDecodeError:
        match = None
    if match is None or len(content) > 1000:  # noqa: PLR2004 - one line
        raise Invalid("is one line: a SHA-256 or SHA-512 in hexadecimal, and the name", "checksum")
    return match["digest"].lower(), (match["named"] or match["name"] or "").strip()


def read_done(content: bytes) -> tuple[frozenset[int], frozenset[str]]:
    """The sizes (bytes) and SHA-256 (hex, lower case) that a done-file names; nothing where it only says "done"."""
    words = content[:200].decode("utf-8", "replace").split()
    sizes = {int(one) for one in words if one.isascii() and one.isdigit() and len(one) < 20}  # noqa: PLR2004 - 64-bit sizes
    return frozenset(sizes), frozenset(one.lower() for one in words if len(one) == 64)  # noqa: PLR2004 - hexadecimal


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name twice")
    return made


def _no_float(_text: str) -> None:
    raise ValueError("not a whole number")


def _identifier(value: object, where: str) -> str:
    text = _string(value, where)
    if _ULID.fullmatch(text):
        return text
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Invalid("is a UUID or a ULID", f"manifest.{where}") from None


def _string(value: object, where: str) -> str:
    if not isinstance(value, str) or not value or len(value) > 200:  # noqa: PLR2004 - as for names
        raise Invalid("is a text of at most 200 characters", f"manifest.{where}")
    return value


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _BIGGEST:
        raise Invalid("is a whole number, not negative", f"manifest.{where}")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid("is true or false", "manifest.test")
    return value


def _files(value: object) -> tuple[Promised, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_FILES:
        raise Invalid(f"lists 1 to {MOST_FILES} files", "manifest.files")
    found = tuple(_file(one, f"files[{number}]") for number, one in enumerate(value))
    if len({one.name.casefold() for one in found}) != len(found):
        raise Invalid("names a file twice", "manifest.files")
    return found


def _file(said: object, where: str) -> Promised:
    if not isinstance(said, dict) or set(said) - _KNOWN_FILE:
        raise Invalid(f"is an object with {', '.join(sorted(_KNOWN_FILE))}", f"manifest.{where}")
    digest = said.get("sha256")
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise Invalid("is 64 hexadecimal digits in lower case", f"manifest.{where}.sha256")
    totals = said.get("totals", {})
    if not isinstance(totals, dict) or not all(isinstance(one, int) and not isinstance(one, bool)
                                               for one in totals.values()):  # fmt: skip
        raise Invalid("are whole numbers by name", f"manifest.{where}.totals")
    return Promised(
        name=file_name(_string(said.get("name"), f"{where}.name")),
        size=_whole(said.get("size"), f"{where}.size"),
        sha256=digest,
        layout=str(said.get("layout") or ""),
        records=_whole(said["records"], f"{where}.records") if said.get("records") is not None else None,
        totals=totals,
    )
