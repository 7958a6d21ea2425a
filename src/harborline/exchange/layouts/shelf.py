"""Finding a layout: those that come with the product, and an agency's own beside or instead of them.

An agency's directory is named by the environment variable `HARBORLINE_LAYOUTS`; a file of its own replaces the shipped
one of the same name and version, and says so by its digest in every verdict.
"""

from __future__ import annotations

import difflib
import os
from datetime import date
from functools import cache
from pathlib import Path

from harborline.exchange.layouts.facts import Layout
from harborline.exchange.layouts.reading import read_layout
from harborline.kernel import Invalid
from harborline.law.reading import files_in

SHIPPED = Path(__file__).parent / "shipped"
ENVIRONMENT = "HARBORLINE_LAYOUTS"


def load(name: str, version: int | None = None, *, on: date | None = None) -> Layout:
    """The layout called `name`, in `version`, or the newest that is valid `on` that day, or the newest of all.

    Raises `Invalid` naming what there is.
    """
    listed = [layout for layout in every() if layout.name == name]
    if not listed:
        raise Invalid(_unknown(name), "--layout")
    if version is not None:
        found = next((layout for layout in listed if layout.version == version), None)
        if found is None:
            raise Invalid(f"{name} has no version {version}; known: {_versions(listed)}", "--layout")
        return found
    valid = [layout for layout in listed if on is None or _valid(layout, on)]
    if not valid:
        raise Invalid(f"no version of {name} is valid on {on}; known: {_versions(listed)}", "--layout")
    return max(valid, key=lambda layout: (layout.valid_from, layout.version))


def named(written: str, *, on: date | None = None) -> Layout:
    """The layout a command or a manifest names: `name`, `name@version`, or the path of a layout file."""
    return read_layout(Path(written)) if written.endswith(".toml") else published(written, on=on)


def published(written: str, *, on: date | None = None) -> Layout:
    """The layout that a partner or an agreement names: `name` or `name@version`, never a path of this machine."""
    name, at, version = written.partition("@")
    if at and not (version.isascii() and version.isdigit()):
        raise Invalid("a version is a whole number, as in fop-case-submission-245@1", "--layout")
    return load(name, int(version) if at else None, on=on)


@cache
def every() -> tuple[Layout, ...]:
    """Every layout there is, by name and version; raises `Invalid` for one that is unsound."""
    found = {(layout.name, layout.version): layout for layout in _in(SHIPPED)}
    own = os.environ.get(ENVIRONMENT)
    if own:
        found |= {(layout.name, layout.version): layout for layout in _in(Path(own))}
    return tuple(found[key] for key in sorted(found))


def forget() -> None:
    """Read every file anew at the next question."""
    every.cache_clear()


def _in(directory: Path) -> list[Layout]:
    found: dict[tuple[str, int], str] = {}
    layouts = []
    for path in files_in(directory, "layout"):
        layout = read_layout(path)
        key = layout.name, layout.version
        if key in found:
            raise Invalid(f"{layout.label} is in {found[key]} already", path.name)
        if path.name != f"{layout.name}.{layout.version}.toml":
            raise Invalid(f"the file must be called {layout.name}.{layout.version}.toml after its content", path.name)
        found[key] = path.name
        layouts.append(layout)
    return layouts


def _valid(layout: Layout, on: date) -> bool:
    return layout.valid_from <= on and (layout.valid_to is None or on < layout.valid_to)


def _versions(listed: list[Layout]) -> str:
    return ", ".join(f"{layout.version} (from {layout.valid_from})" for layout in listed)


def _unknown(name: str) -> str:
    names = sorted({layout.name for layout in every()})
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
    meant = f"did you mean {', '.join(near)}? " if near else ""
    return f"there is no layout '{name}'; {meant}`harborline layout list` shows every one"
