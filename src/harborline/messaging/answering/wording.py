"""The words of automatic answers: a ready template in the person's language, discreet where they wish it, or none."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files

from harborline.law import Profile
from harborline.messaging.notices.rendering import template_of, voice_of
from harborline.messaging.words.templates import Template, Values, Voice, bind

# Who wished that texts tell nothing gets answers that name no program.
_DISCREET = {"en": "Texts", "es": "Textos"}


def answer_in(law: Profile, key: str, language: str, *, discreet: bool) -> tuple[Template, str]:
    """A reply template and its words in `language`; "" when it has none: a missing translation holds the text."""
    found = template_of(law.program, key, use="reply")
    if language not in found.words:
        return found, ""
    return found, bind(found, language, _voice(law, language, discreet=discreet)).render(Values()).text


def approved_in_danger(law: Profile, language: str, *, discreet: bool) -> Collection[str]:
    """The words an automatic answer to words of danger may have (law/lists/inbound/emergency.toml)."""
    words = _emergency().get(language)
    sender = _voice(law, language, discreet=discreet).sender_name.get(language)
    return {words.replace("{sender}", sender)} if words and sender else set()


def in_the_programs_name(law: Profile, text: str, language: str) -> str:
    """An answer as everybody else gets it: with the program's name where it began with none."""
    quiet, named = _DISCREET.get(language, ""), voice_of(law).sender_name.get(language, "")
    return f"{named}{text.removeprefix(quiet)}" if quiet and text.startswith(f"{quiet}:") else text


def _voice(law: Profile, language: str, *, discreet: bool) -> Voice:
    usual = voice_of(law)
    if not discreet or language not in _DISCREET:
        return usual
    return Voice(_DISCREET, usual.callback, usual.own_domain)


@cache
def _emergency() -> dict[str, str]:
    text = (files("harborline.law") / "lists" / "inbound" / "emergency.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)["words"])
