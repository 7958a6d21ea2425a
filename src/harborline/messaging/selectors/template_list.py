"""The templates of a program as lists show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harborline.messaging.wording.selectors import approved
from harborline.messaging.words.templates import Template
from harborline.walls import current


@dataclass(frozen=True, slots=True)
class TemplateSummary:
    """One approved wording: titles and words by language, with its placeholders still open.

    Every template in the list is approved: a version, once approved, never changes.
    """

    key: str
    version: int
    title: Mapping[str, str]
    words: Mapping[str, str]
    languages: tuple[str, ...]
    needs: tuple[str, ...]
    sha256: str
    approved: bool = True

    def title_in(self, language: str) -> str:
        """The title in `language`, else in English."""
        return self.title.get(language) or self.title.get("en") or self.key


def templates() -> list[TemplateSummary]:
    """The notices of the context's program, by key; answers to replies are not among them."""
    program = current().program
    ready = dict(sorted(approved(program).items()))
    return [_summary(one) for one in ready.values() if one.use == "notice"]


def template_title(program: str, key: str, language: str = "en") -> str:
    """The template's title for staff, or its key in plain letters when it is no longer there."""
    found = approved(program).get(key)
    return _summary(found).title_in(language) if found else key.replace("-", " ").capitalize()


def _summary(one: Template) -> TemplateSummary:
    return TemplateSummary(
        key=one.key,
        version=one.version,
        title=one.title,
        words=one.words,
        languages=tuple(sorted(one.languages)),
        needs=tuple(sorted(one.needs)),
        sha256=one.sha256,
    )
