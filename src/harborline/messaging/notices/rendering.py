"""The words of a run: equal slots in equal languages make one text, judged once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from harborline.kernel import Decision, Invalid, NotFound, hold, refuse
from harborline.law import Profile, profile
from harborline.messaging.commitments import spelled_value
from harborline.messaging.wording.selectors import DISCREET, approved, template_of_version, versions
from harborline.messaging.words.guard import judge
from harborline.messaging.words.templates import Bound, Office, Rendered, Template, Values, Voice, bind
from harborline.people.facts import OfficeFacts
from harborline.people.selectors import offices

REMEMBERED = 4096
"""Texts kept at a time: a run of any length needs the same memory."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """One final text with its encoding (`gsm7` or `ucs2`), its parts, and what the content guard says of it.

    `spelled` is the text as canonical JSON.
    """

    text: str
    encoding: str
    segments: int
    decision: Decision
    template: Template
    spelled: str


@dataclass(slots=True)
class TextMaker:
    """Renders one template for one program, and its discreet wording; remembers every text it made.

    `discreet` is None where the program has no such wording: then those who asked for it wait.
    """

    template: Template
    profile: Profile
    offices: dict[str, OfficeFacts]
    discreet: Template | None = None
    _bound: dict[tuple[str, str], Bound] = field(default_factory=dict)
    _made: dict[tuple[object, ...], Rendering] = field(default_factory=dict)
    _judgements: dict[tuple[str, ...], Decision] = field(default_factory=dict)
    _moments: dict[datetime, datetime] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The template's key."""
        return self.template.key

    @property
    def sha256(self) -> str:
        """The digest of the template's words in all languages."""
        return self.template.sha256

    def speaks(self, language: str, *, discreet: bool = False) -> bool:
        """Whether there are words in this language."""
        template = self.discreet if discreet else self.template
        return template is not None and language in template.words

    def moment(self, appointment: datetime) -> datetime:
        """The appointment (local to the program's offices) as an instant in UTC."""
        found = self._moments.get(appointment)
        if found is None:
            found = appointment.replace(tzinfo=ZoneInfo(self.profile.zones[0])).astimezone(UTC)
            self._moments[appointment] = found
        return found

    def render(self, language: str, appointment: datetime, office: str, *, discreet: bool = False) -> Rendering:
        """The final text for one slot; its decision holds or refuses what may not be said or cannot be filled.

        Discreet words tell no slot: they are the same for everybody.
        """
        key = (language, None) if discreet else (language, appointment, office)
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= REMEMBERED:
                self._made.clear()
            found = self._made[key] = self._filled(language, appointment, office, discreet=discreet)
        return found

    def _filled(self, language: str, appointment: datetime, office: str, *, discreet: bool) -> Rendering:
        if not discreet:
            place = self.offices[office]
            named = Office(place.name(language), place.address, place.phone)
            return self._make(self.template, language, Values(appointment, named))
        if self.discreet is None:
            return _unwritten(self.template, "no-discreet-wording")
        return self._make(self.discreet, language, Values())

    def _make(self, template: Template, language: str, values: Values) -> Rendering:
        try:
            made = self._in(template, language).render(values)
        except Invalid:
            return _unwritten(template, "text-cannot-be-filled")
        count = len(made.segments.sizes)
        if count > self.profile.texting.max_segments:
            decision = _stamped(refuse("text-too-long"))
        else:
            decision = self._judged(language, made)
        return Rendering(made.text, made.segments.encoding, count, decision, template, spelled_value(made.text))

    def _judged(self, language: str, made: Rendered) -> Decision:
        # Typed values (dates, times, the office directory) are exempt from judgement, so texts that differ in them
        # alone share one.
        words, at = [], 0
        for start, end in made.exempt_spans:
            words.append(made.text[at:start])
            at = end
        key = (language, *words, made.text[at:])
        if key not in self._judgements:
            found = judge(
                made.text, program=self.profile.program, lang=language, names=(), exempt_spans=made.exempt_spans
            )
            self._judgements[key] = found.decision
        return self._judgements[key]

    def _in(self, template: Template, language: str) -> Bound:
        key = (template.sha256, language)
        if key not in self._bound:
            self._bound[key] = bind(template, language, voice_of(self.profile))
        return self._bound[key]


def _unwritten(template: Template, reason: str) -> Rendering:
    return Rendering("", "gsm7", 0, _stamped(hold(reason)), template, spelled_value(""))


def _stamped(decision: Decision) -> Decision:
    return decision.stamped("messaging.notices.rendering", ("NC-CSS-22-18:county-needs", "MN-WIC-9.6:text-easy"))


def voice_of(settings: Profile) -> Voice:
    """Who speaks for a program."""
    return Voice(settings.sender_name, settings.callback, settings.own_domains[0])


def template_of(program: str, key: str, *, use: str = "notice", sha256: str = "") -> Template:
    """The approved words of a template, or the very version with this digest; raises `NotFound` naming those there are.

    A run keeps the version it was opened with, whatever is approved later. Asked inside the program's context.
    """
    ready = approved(program)
    found = ready.get(key)
    if found is not None and sha256 not in {"", found.sha256}:
        found = _version_with(program, key, sha256)
    if found is None or found.use != use:
        known = ", ".join(sorted(name for name, one in ready.items() if one.use == use))
        raise NotFound(f"{program} has no template {key[:60]!r}; it has {known}")
    return found


def _version_with(program: str, key: str, sha256: str) -> Template | None:
    for row in versions(program, key=key):
        if row.sha256 == sha256:
            return template_of_version(program, row)
    return None


def text_maker(program: str, key: str, *, sha256: str = "") -> TextMaker:
    """The words of one template for one program, and its discreet ones; raises `NotFound` for an unknown template."""
    quiet = approved(program).get(DISCREET)
    return TextMaker(template_of(program, key, sha256=sha256), profile(program), offices(program), quiet)


def answer_words(program: str, key: str, language: str) -> tuple[Template, str]:
    """A reply template and its words in `language`, else in English; "" when it has neither."""
    found = template_of(program, key, use="reply")
    spoken = language if language in found.words else "en"
    if spoken not in found.words:
        return found, ""
    return found, bind(found, spoken, voice_of(profile(program))).render(Values()).text
