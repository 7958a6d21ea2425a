"""Proofreading of a template before a person approves it: everything a machine can say about its words.

Each language is filled with the longest usual values and judged as a final text: private things, abbreviations, hard
reading, links, reply words (the content guard), the parts it takes, whether it says who writes and how to stop.
Discreet wording must not hold a date, a place or the name of a program.
Sources: MN-WIC-9.6:text-easy, text-no-abbreviations, text-no-private; NC-CSS-22-18:pii-fti-in-texts, county-needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from harborline.law import Profile
from harborline.messaging.words.fitting import WordHint, fitting
from harborline.messaging.words.grammar import words_of
from harborline.messaging.words.guard import judge
from harborline.messaging.words.templates import Office, Rendered, Template, Values, Voice, bind

_SAMPLE = Values(
    datetime(2026, 12, 30, 10, 30),  # noqa: DTZ001 - local to an office, as appointments are
    Office("Northeast Neighborhood Office", "1200 Example Avenue North, Suite 100", "919-555-0150"),
)
_DIGITS = re.compile(r"\d")
_TELLS = frozenset({"notice", "discreet"})


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing wrong with the words in one language: a stable `code` and the place in the words (half-open).

    `code` is a guard kind (`abbreviation` ...), or `too-long`, `no-stop-word`, `no-sender`, `not-discreet`,
    `missing-language` (a text for speakers of it is held), `not-gsm` (it takes more parts than it must). The last two
    do not keep a template from approval.
    """

    language: str
    code: str
    start: int = 0
    end: int = 0

    @property
    def stops(self) -> bool:
        """Whether this must be put right before approval."""
        return self.code not in {"missing-language", "not-gsm"}


@dataclass(frozen=True, slots=True)
class Proof:
    """One language of a template as a phone would get it, with what is to say about it."""

    language: str
    sample: str
    parts: int
    parts_if_plain: int
    remarks: tuple[Remark, ...]
    hints: tuple[WordHint, ...]


def proofread(template: Template, *, profile: Profile) -> tuple[Proof, ...]:
    """Judge each language of `template` as final text; places are those of the sample. Pure, never fails."""
    voice = Voice(profile.sender_name, profile.callback, profile.own_domains[0])
    spoken = [language for language in sorted(template.words) if language in profile.sender_name]
    proofs = [_proof(template, language, profile, voice) for language in spoken]
    missing = [language for language in profile.languages if language not in template.words]
    return (*proofs, *(_absent(language) for language in missing))


def _absent(language: str) -> Proof:
    return Proof(language, "", 0, 0, (Remark(language, "missing-language"),), ())


def _proof(template: Template, language: str, profile: Profile, voice: Voice) -> Proof:
    made = bind(template, language, voice).render(_SAMPLE)
    fit = fitting(made.text, language=language)
    remarks = (
        *_said(made, template, language),
        *_form(template, language, profile, made),
        *([Remark(language, "not-gsm")] if fit.parts_if_plain < fit.parts else []),
    )
    return Proof(language, made.text, fit.parts, fit.parts_if_plain, remarks, fit.hints)


def _said(made: Rendered, template: Template, language: str) -> Iterator[Remark]:
    judged = judge(made.text, program=template.program, lang=language, names=(), exempt_spans=made.exempt_spans)
    for found in judged.findings:
        yield Remark(language, found.kind.value, found.start, found.end)


def _form(template: Template, language: str, profile: Profile, made: Rendered) -> Iterator[Remark]:
    words = template.words[language]
    if made.segments.parts > profile.texting.max_segments:
        yield Remark(language, "too-long")
    if template.use in _TELLS and "STOP" not in words:
        yield Remark(language, "no-stop-word")
    if template.use == "notice" and "{sender}" not in words:
        yield Remark(language, "no-sender")
    if template.use == "discreet":
        yield from _indiscreet(words, language, profile)


def _indiscreet(words: str, language: str, profile: Profile) -> Iterator[Remark]:
    for found in _DIGITS.finditer(words):
        yield Remark(language, "not-discreet", found.start(), found.end())
    for telling in _telling(profile):
        for found in re.finditer(rf"(?<!\w){re.escape(telling)}(?!\w)", words, re.IGNORECASE):
            yield Remark(language, "not-discreet", found.start(), found.end())


def _telling(profile: Profile) -> frozenset[str]:
    """The words that give a program away: those of its names, its state, the common names of such programs."""
    names = [*profile.title.values(), *profile.sender_name.values(), profile.agency, profile.program]
    said = frozenset(word.lower() for name in names for word in re.findall(r"\w{3,}", name))
    return said - words_of("wording/innocent") | words_of("wording/telling")
