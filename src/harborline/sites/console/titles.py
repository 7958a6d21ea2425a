"""The titles of texts in the language of the page."""

from __future__ import annotations

import re

from django.utils.translation import get_language

from harborline.messaging.selectors import templates
from harborline.sites.vocabulary import named

_PLACE = re.compile(r"\{(\w+)\}")


def page_language() -> str:
    """The language of the page, as two letters."""
    return (get_language() or "en")[:2]


def titles() -> dict[str, str]:
    """The title of every text of the program, by key."""
    language = page_language()
    return {one.key: one.title_in(language) for one in templates()}


class Offer(str):
    """A text as a form offers it: its title, and beside it its words."""

    __slots__ = ("words",)
    words: str


def choices() -> list[tuple[str, str]]:
    """The program's approved texts as a form offers them."""
    language = page_language()
    return [(one.key, _offer(one.title_in(language), one.words.get(language, ""))) for one in templates()]


def _offer(title: str, words: str) -> Offer:
    offer = Offer(title)
    offer.words = _PLACE.sub(lambda place: f"[{named(place[1], 'place')}]", words)
    return offer
