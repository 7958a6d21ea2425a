"""The nightly import: what came, what it changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from harborline.kernel import NotFound
from harborline.law import profile
from harborline.people.selectors import feed_history, protection_age, protection_as_of
from harborline.sites.console.pages import Page
from harborline.sites.console.standing import stale
from harborline.walls import ALL_COUNTIES

_SHOWN = 200


class Imports(Page):
    """The newest imports and the age of the protection data."""

    purpose = "import"
    template = "console/imports.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The imports, and whether texts wait for a fresh one."""
        program = self.entrance.program
        return {
            "imports": feed_history(program, _SHOWN),
            "as_of": protection_as_of(program),
            "stale": stale(protection_age(program), profile(program)),
        }


class Import(Page):
    """One import with its differences."""

    purpose = "import"
    template = "console/import.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """The import; differences hold the case system's numbers and what happened to them, of the whole program."""
        if self.entrance.counties != ALL_COUNTIES:
            raise NotFound("what an import changed is not of one county")
        found = next((one for one in feed_history(self.entrance.program, _SHOWN) if one.id == named["import_id"]), None)
        if found is None:
            raise NotFound("no such import")
        return {"feed": found, "differences": [_difference(one) for one in found.differences]}


def _difference(line: str) -> tuple[str, str]:
    """The key and what happened to it, of `added 123`."""
    word, _, key = line.partition(" ")
    return key, word
