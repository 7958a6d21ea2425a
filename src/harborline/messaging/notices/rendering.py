"""The words of a run: equal slots in equal languages make one text, judged once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from harborline.kernel import Decision, Invalid, NotFound, hold, refuse
from harborline.law import Profile, profile
from harborline.messaging.words.guard import judge
from harborline.messaging.words.templates import (
    Bound,
    Office,
    Rendered,
    Template,
    Values,
    Voice,
    bind,
    ready_templates,
)
from harborline.people.facts import OfficeFacts
from harborline.people.selectors import offices


@dataclass(frozen=True, slots=True)
class Rendering:
    """One final text with its encoding (`gsm7` or `ucs2`), its parts, and what the content guard says of it."""

    text: str
    encoding: str
    segments: int
    decision: Decision


@dataclass(slots=True)
class TextMaker:
    """Renders one template for one program; remembers every text it made."""

    template: Template
    profile: Profile
    offices: dict[str, OfficeFacts]
    _bound: dict[str, Bound] = field(default_factory=dict)
    _made: dict[tuple[str, datetime, str], Rendering] = field(default_factory=dict)
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

    def speaks(self, language: str) -> bool:
        """Whether the template has words in this language."""
        return language in self.template.words

    def moment(self, appointment: datetime) -> datetime:
        """The appointment (local to the program's offices) as an instant in UTC."""
        found = self._moments.get(appointment)
        if found is None:
            found = appointment.replace(tzinfo=ZoneInfo(self.profile.zones[0])).astimezone(UTC)
            self._moments[appointment] = found
        return found

    def render(self, language: str, appointment: datetime, office: str) -> Rendering:
        """The final text for one slot; its decision holds or refuses what may not be said or cannot be filled."""
        key = (language, appointment, office)
        found = self._made.get(key)
        if found is None:
            found = self._make(language, appointment, self.offices[office])
            self._made[key] = found
        return found

    def _make(self, language: str, appointment: datetime, office: OfficeFacts) -> Rendering:
        place = Office(office.name(language), office.address, office.phone)
        try:
            made = self._in(language).render(Values(appointment, place))
        except Invalid:
            return Rendering("", "gsm7", 0, _stamped(hold("text-cannot-be-filled")))
        count = len(made.segments.sizes)
        if count > self.profile.texting.max_segments:
            return Rendering(made.text, made.segments.encoding, count, _stamped(refuse("text-too-long")))
        decision = self._judged(language, made)
        return Rendering(made.text, made.segments.encoding, count, decision)

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

    def _in(self, language: str) -> Bound:
        if language not in self._bound:
            self._bound[language] = bind(self.template, language, voice_of(self.profile))
        return self._bound[language]


def _stamped(decision: Decision) -> Decision:
    return decision.stamped("messaging.notices.rendering", ("NC-CSS-22-18:county-needs", "MN-WIC-9.6:text-easy"))


def voice_of(settings: Profile) -> Voice:
    """Who speaks for a program."""
    return Voice(settings.sender_name, settings.callback, settings.own_domains[0])


def template_of(program: str, key: str, *, use: str = "notice") -> Template:
    """A ready template; raises `NotFound` naming those there are."""
    ready = ready_templates(program, profile(program).kind)
    found = ready.get(key)
    if found is None or found.use != use:
        known = ", ".join(sorted(name for name, one in ready.items() if one.use == use))
        raise NotFound(f"{program} has no template {key[:60]!r}; it has {known}")
    return found


def text_maker(program: str, key: str) -> TextMaker:
    """The words of one template for one program; raises `NotFound` for an unknown template."""
    return TextMaker(template_of(program, key), profile(program), offices(program))


def answer_words(program: str, key: str, language: str) -> tuple[Template, str]:
    """A reply template and its words in `language`, else in English; "" when it has neither."""
    found = template_of(program, key, use="reply")
    spoken = language if language in found.words else "en"
    if spoken not in found.words:
        return found, ""
    return found, bind(found, spoken, voice_of(profile(program))).render(Values()).text
