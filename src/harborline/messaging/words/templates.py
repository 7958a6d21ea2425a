"""Templates: wording per language in which nothing varies but typed placeholders, so no private value can slip in.

A template file holds its words per language; `bind` fills in what is the same for everybody (sender, callback, link)
and `render` what belongs to the appointment. There is no placeholder for a name, an amount, an account or a free
value, and none will be added: that is how MN-WIC-9.6:text-no-private and NC-CSS-22-18:pii-fti-in-texts are kept
before any text exists. Child support texts know no office: everybody sees the state's sender, link and callback, so
that no difference announces a protection.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple, cast

from harborline.kernel import Invalid
from harborline.messaging.words.calendar import LANGUAGES, spoken_date, spoken_time
from harborline.messaging.words.segments import Segments, segment, tidy

SENDER = frozenset({"sender", "callback", "portal_link"})
APPOINTMENT = frozenset({"appointment_date", "appointment_time"})
OFFICE = frozenset({"office", "office_address", "office_phone"})
PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "iv-d": SENDER | APPOINTMENT,
    "wic": SENDER | APPOINTMENT | OFFICE,
}
USES = frozenset({"notice", "reply", "discreet"})
DISCREET = frozenset({"callback", "portal_link"})
"""What discreet wording may hold: neither a date nor a place nor a program's name."""

_PIECES = re.compile(r"\{([^{}]*)\}")
_PHONE = re.compile(r"\d{3}-\d{3}-\d{4}", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9-]{1,59}")
_OFFICE_WORDS_MAX = 80


class Office(NamedTuple):
    """What a text may say of an office: its public name, street address and phone (`919-555-0100`)."""

    name: str
    address: str
    phone: str


class Values(NamedTuple):
    """What a rendered text may vary by: the appointment (local to the office, naive) and the office in the language."""

    appointment: datetime | None = None
    office: Office | None = None


class Rendered(NamedTuple):
    """A final text, the spans that came from typed placeholders (`start`, `end`; half-open), and its parts."""

    text: str
    exempt_spans: tuple[tuple[int, int], ...]
    segments: Segments


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, as the program's profile says: names by language, callback number, first own domain."""

    sender_name: Mapping[str, str]
    callback: str
    own_domain: str

    def value(self, placeholder: str, language: str) -> str:
        """Answer one of the placeholders that are the same for everybody."""
        if placeholder == "sender":
            return self.sender_name[language]
        return self.callback if placeholder == "callback" else f"https://{self.own_domain}"


@dataclass(frozen=True, slots=True)
class Template:
    """One approved wording: `words` by language; `sha256` is the hex digest of key, version and all its words."""

    key: str
    version: int
    program: str
    kind: str
    use: str
    title: Mapping[str, str]
    words: Mapping[str, str]
    sha256: str

    @property
    def languages(self) -> frozenset[str]:
        """The languages it can be sent in; a text in any other one is held, never sent in English instead."""
        return frozenset(self.words)

    @property
    def needs(self) -> frozenset[str]:
        """The placeholders any of its languages uses."""
        return frozenset(name for words in self.words.values() for name in _PIECES.findall(words))


def parse_template(table: Mapping[str, Any], *, kind: str, where: str) -> Template:
    """Check one template; raises `Invalid` naming the file for anything that is not as it must be."""
    key, version = table.get("key"), table.get("version")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Invalid("key must be small letters, digits and hyphens", where)
    if not isinstance(version, int) or version < 1:
        raise Invalid("version must be a whole number from 1", where)
    if table.get("use") not in USES:
        raise Invalid("use must be notice, reply or discreet", where)
    title, words = _by_language(table, "title", where), _by_language(table, "words", where)
    if missing := words.keys() - title.keys():
        raise Invalid("has words but no title in {known}", where, known=", ".join(sorted(missing)))
    for language, text in words.items():
        allowed = DISCREET if table["use"] == "discreet" else PLACEHOLDERS[kind]
        _check_words(text, allowed, f"{where}, {language}")
    program = str(table.get("program", ""))
    return Template(key, version, program, kind, str(table["use"]), title, words, _digest(key, version, words))


def _by_language(table: Mapping[str, Any], name: str, where: str) -> Mapping[str, str]:
    found = table.get(name)
    if not isinstance(found, Mapping) or not found:
        raise Invalid("{name} must give the text for at least one language", where, name=name)
    if unknown := found.keys() - LANGUAGES:
        raise Invalid("no words for dates and times in {known}", where, known=", ".join(sorted(unknown)))
    if not all(isinstance(text, str) and text.strip() for text in found.values()):
        raise Invalid("{name} is empty in one language", where, name=name)
    return cast("Mapping[str, str]", found)


def _check_words(text: str, allowed: frozenset[str], where: str) -> None:
    if tidy(text) != text:
        raise Invalid("holds curly quotes, long dashes or invisible signs; write plain ones", where)
    for name in _PIECES.findall(text):
        if name not in allowed:
            listed = ", ".join(sorted(allowed))
            raise Invalid(
                "a text of this program cannot have {{{given}}}; it can have {listed}",
                where,
                given=name[:40],
                listed=listed,
            )
    if "{" in _PIECES.sub("", text) or "}" in _PIECES.sub("", text):
        raise Invalid("has a brace without its partner", where)


def _digest(key: str, version: int, words: Mapping[str, str]) -> str:
    lines = [f"{key}\n{version}", *(f"{language}\n{words[language]}" for language in sorted(words))]
    return hashlib.sha256("\n\n".join(lines).encode()).hexdigest()


@cache
def ready_templates(program: str, kind: str) -> Mapping[str, Template]:
    """Read the templates that come with Harborline for `program`, by key; none for a program without any."""
    folder = files(__package__) / "ready" / program
    if not folder.is_dir():
        return {}
    found = [_read(path, program, kind) for path in sorted(folder.iterdir(), key=lambda path: path.name)]
    return {template.key: template for template in found}


def _read(path: Traversable, program: str, kind: str) -> Template:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Invalid("is not TOML: {error}", path.name, error=error) from None
    if table.get("program") != program or path.name != f"{table.get('key')}.toml":
        raise Invalid("program must be the folder's name and key the file's", path.name)
    return parse_template(table, kind=kind, where=path.name)


class _Piece(NamedTuple):
    """A stretch of a template: a placeholder still to fill (`name`) or fixed words; `exempt` came from a type."""

    name: str
    fixed: str
    exempt: bool


class Bound:
    """A template in one language with the program's voice filled in: renders in microseconds."""

    def __init__(self, template: Template, language: str, voice: Voice) -> None:
        """Prepare the pieces; raises `Invalid` when the template has no words in `language`."""
        if language not in template.words:
            raise Invalid("template {key} has no words in {language}", "language", key=template.key, language=language)
        self.template = template
        self.language = language
        self._pieces = _pieces_of(template.words[language], language, voice)

    def render(self, values: Values) -> Rendered:
        """Write the final text; raises `Invalid` naming the placeholder whose value is missing or not plain."""
        parts: list[str] = []
        spans: list[tuple[int, int]] = []
        at = 0
        for name, fixed, exempt in self._pieces:
            if name:
                fixed = self._value(name, values)  # noqa: PLW2901 - the piece's text, whichever it is
            if exempt:
                spans.append((at, at + len(fixed)))
            parts.append(fixed)
            at += len(fixed)
        text = "".join(parts)
        return Rendered(text, tuple(spans), segment(text))

    def _value(self, name: str, values: Values) -> str:
        if name in APPOINTMENT:
            return self._moment(name, values.appointment)
        if name in OFFICE:
            return _office_value(name, values.office)
        raise Invalid("no such placeholder", name)

    def _moment(self, name: str, appointment: datetime | None) -> str:
        if appointment is None:
            raise Invalid("this template needs an appointment", name)
        if name == "appointment_date":
            return spoken_date(appointment.date(), self.language)
        return spoken_time(appointment.time(), self.language)


def bind(template: Template, language: str, voice: Voice) -> Bound:
    """Prepare the template in `language`, spoken by `voice`; raises `Invalid` for a language it has no words in."""
    return Bound(template, language, voice)


def _pieces_of(words: str, language: str, voice: Voice) -> tuple[_Piece, ...]:
    """Cut the words into pieces, those of the voice already filled in."""
    pieces: list[_Piece] = []
    for position, piece in enumerate(_PIECES.split(words)):
        if position % 2 and piece in SENDER:
            pieces.append(_Piece("", tidy(voice.value(piece, language)), exempt=True))
        elif position % 2:
            pieces.append(_Piece(piece, "", exempt=True))
        elif fixed := _without_second_stop(piece, pieces):
            pieces.append(_Piece("", fixed, exempt=False))
    return tuple(pieces)


def _without_second_stop(fixed: str, before: list[_Piece]) -> str:
    # A spoken time ends with a full stop; the sentence's own one would be a second.
    return fixed[1:] if fixed.startswith(".") and before and before[-1].name == "appointment_time" else fixed


def _office_value(name: str, office: Office | None) -> str:
    if office is None:
        raise Invalid("this template needs an office", name)
    text = {"office": office.name, "office_address": office.address, "office_phone": office.phone}[name]
    if not _plain_office(name, text):
        raise Invalid("is empty, too long, or not written plainly in the office directory", name)
    return text


@cache
def _plain_office(name: str, text: str) -> bool:
    if name == "office_phone":
        return _PHONE.fullmatch(text) is not None
    return bool(text) and len(text) <= _OFFICE_WORDS_MAX and tidy(text) == text and not set("{}<>\n") & set(text)
