"""What may be asked about, ready answers, numbers for people in danger: lists of the law (law/lists/contact)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from harborline.kernel import Invalid

LANGUAGES: Final = ("en", "es")


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to ask about; `submits` leads to "Submit documents" instead of taking words."""

    key: str
    title: Mapping[str, str]
    submits: bool = False


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """Words ready for an answer; `leads_to_documents` puts the way to "Submit documents" under them."""

    key: str
    title: Mapping[str, str]
    words: Mapping[str, str]
    leads_to_documents: bool = False


@dataclass(frozen=True, slots=True)
class SafeNumber:
    """A telephone number for somebody in danger, and when to call it."""

    call: str
    says: Mapping[str, str]


@cache
def topics(program: str) -> tuple[Topic, ...]:
    """What people of a program may ask about, in order; raises `Invalid` for a list that is not whole."""
    found = tuple(Topic(one["key"], _both(one, "title"), bool(one.get("submits"))) for one in _table(program)["topic"])
    if len({one.key for one in found}) != len(found):
        raise Invalid("a topic stands there twice", f"lists/contact/{program}.toml")
    return found


@cache
def ready_answers(program: str) -> tuple[ReadyAnswer, ...]:
    """The ready answers of a program, in order."""
    return tuple(
        ReadyAnswer(one["key"], _both(one, "title"), _both(one, "words"), bool(one.get("leads_to_documents")))
        for one in _table(program)["answer"]
    )


@cache
def safe_numbers() -> tuple[SafeNumber, ...]:
    """Where somebody in danger finds help: the same for everybody."""
    return tuple(SafeNumber(one["call"], _both(one, "says")) for one in _table("safe_numbers")["number"])


@cache
def opt_in_words(program: str) -> Mapping[str, str]:
    """What a person agrees to before they may ask, where the program needs it; empty where it does not."""
    table = _table(program)
    return _both(table, "opt_in") if "opt_in" in table else {}


def topic_of(program: str, key: str) -> Topic:
    """The topic with this key; raises `Invalid` for an unknown one."""
    for one in topics(program):
        if one.key == key:
            return one
    raise Invalid("choose what it is about", "topic")


def _table(name: str) -> dict[str, Any]:
    path = files("harborline.law") / "lists" / "contact" / f"{name}.toml"
    if not path.is_file():
        raise Invalid("this program has no questions in the portal", f"lists/contact/{name}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _both(one: Mapping[str, Any], key: str) -> Mapping[str, str]:
    words = one[key]
    if set(words) != set(LANGUAGES) or not all(words.values()):
        raise Invalid("every list says everything in English and Spanish", f"lists/contact, {key}")
    return dict(words)
