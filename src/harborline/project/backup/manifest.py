"""What a set says of itself: its parts with sizes and SHA-256, and its data key wrapped for those who may open it.

The manifest is plain JSON (`manifest.json`) and tells nothing about anybody; `manifest.mac` is HMAC-SHA256 over its
bytes under a key derived from the data key, so that nobody without that key can write one that is believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from harborline.kernel import Broken, Invalid
from harborline.kernel.clock import iso

FORM = "harborline-backup/1"
FILE, MAC_FILE = "manifest.json", "manifest.mac"
DUMP, BASE, KEYS = "dump", "base", "keys"


@dataclass(frozen=True, slots=True)
class Part:
    """One sealed file of a set: its name, the bytes it has on disk, their SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One set. `kind` is `dump`, `base` or `keys`; `migrations` are names like `people.0001_initial`."""

    id: str
    kind: str
    installation: str
    taken_at: str
    version: str
    postgres: str
    migrations: tuple[str, ...]
    wrapped: Mapping[str, str]
    parts: tuple[Part, ...]
    blobs: tuple[Part, ...] = ()

    def part(self, name: str) -> Part:
        """A part by name; raises `Broken` when the set has none."""
        for each in self.parts:
            if each.name == name:
                return each
        raise Broken(f"the set has no part {name}")

    def spelled(self) -> bytes:
        """The bytes of `manifest.json`."""
        return (json.dumps({"form": FORM, **asdict(self)}, indent=1, sort_keys=True) + "\n").encode()


def read_manifest(directory: Path) -> Manifest:
    """The manifest of the set in `directory`.

    Raises `Invalid` when there is none, `Broken` when it is cut off, changed, unreadable or of another form.
    """
    where = str(directory / FILE)
    try:
        said: dict[str, Any] = json.loads((directory / FILE).read_bytes())
    except FileNotFoundError:
        raise Invalid("there is no backup set here", str(directory)) from None
    except OSError as wrong:
        raise Broken(f"{where}: cannot be read: {wrong.strerror}") from None
    except ValueError:
        raise Broken(f"{where}: is not a manifest: the set was cut off or changed") from None
    if not isinstance(said, dict) or said.pop("form", None) != FORM:
        raise Broken(f"{where}: is not of the form {FORM}: use the version of Harborline that wrote it")
    try:
        parts = tuple(Part(**each) for each in said.pop("parts"))
        blobs = tuple(Part(**each) for each in said.pop("blobs"))
        made = Manifest(parts=parts, blobs=blobs, **{**said, "migrations": tuple(said["migrations"])})
    except (KeyError, TypeError):
        raise Broken(f"{where}: is not a whole manifest") from None
    texts = (made.id, made.kind, made.installation, made.taken_at, *made.migrations)
    if not isinstance(made.wrapped, dict) or not all(isinstance(one, str) for one in (*texts, *made.wrapped.values())):
        raise Broken(f"{where}: is not a whole manifest")
    return made


def sets_in(directory: Path, *kinds: str) -> list[tuple[Path, Manifest]]:
    """The sets of these kinds under `directory` (or the one that it is), oldest first."""
    if (directory / FILE).exists():
        candidates = [directory]
    elif directory.is_dir():
        candidates = [path for path in directory.iterdir() if (path / FILE).exists()]
    else:
        raise Invalid("there is no such directory", str(directory))
    found = [(path, read_manifest(path)) for path in candidates]
    return sorted(((path, one) for path, one in found if one.kind in kinds), key=lambda pair: pair[1].taken_at)


def newest_set(directory: Path, *kinds: str) -> tuple[Path, Manifest]:
    """The newest set of these kinds; raises `Invalid` when there is none."""
    found = sets_in(directory, *kinds)
    if not found:
        raise Invalid(f"there is no set of the kind {' or '.join(kinds)} here", str(directory))
    return found[-1]


def without_manifest(directory: Path, *kinds: str) -> list[Path]:
    """The directories named and filled like sets of these kinds, here or below, that have no manifest."""
    places = [directory, *directory.iterdir()] if directory.is_dir() else []
    starts = tuple(f"{kind}-" for kind in kinds)
    named = [one for one in places if one.name.startswith(starts) and any(one.glob("*.sealed"))]
    return sorted(one for one in named if not (one / FILE).exists())


def set_name(kind: str, at: datetime) -> str:
    """The directory name of a set, such as `dump-20261121T140509Z`; two of one second differ by their fraction."""
    return f"{kind}-{iso(at).replace('-', '').replace(':', '')}"
