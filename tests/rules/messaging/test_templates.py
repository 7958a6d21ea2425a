"""Templates: wording in which nothing varies but dates, times and offices."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Invalid
from harborline.law import profile
from harborline.messaging.words.calendar import spoken_date, spoken_time
from harborline.messaging.words.segments import segment
from harborline.messaging.words.templates import Office, Template, Values, Voice, bind, parse_template, ready_templates

CLINIC = Office("Hennepin County WIC, Brooklyn Park", "7051 Brooklyn Boulevard", "612-555-0100")
LONGEST = Values(datetime(2026, 9, 23, 10, 30), CLINIC)  # noqa: DTZ001 - local to the office
VOICE = Voice(
    {"en": "NC Child Support Services", "es": "Sustento de Menores de NC"}, "919-555-0100", "notices.nc.example"
)
CLINIC_VOICE = Voice({"en": "Minnesota WIC", "es": "WIC de Minnesota"}, "651-555-0100", "notices.mn.example")
VOICES = {"nc-css": VOICE, "mn-wic": CLINIC_VOICE}
READY = [
    (template, language)
    for program in ("nc-css", "mn-wic")
    for template in ready_templates(program, profile(program).kind).values()
    for language in sorted(template.languages)
]


def table(words: str) -> dict[str, Any]:
    """Make a template file in English with these words."""
    return {
        "key": "trial",
        "version": 1,
        "program": "nc-css",
        "use": "notice",
        "title": {"en": "Trial"},
        "words": {"en": words},
    }


class TestATemplate:
    """Can hold nothing private, because there is no place for it."""

    @pytest.mark.clause("MN-WIC-9.6:text-no-private", shows="refuses")
    @pytest.mark.parametrize("name", ["name", "child_name", "amount", "case_number", "text", "address", ""])
    def test_has_no_place_for_a_free_value(self, name: str) -> None:
        """A name, an amount or a number on the case cannot be a placeholder."""
        with pytest.raises(Invalid, match="cannot have"):
            parse_template(table(f"Hello {{{name}}}."), kind="wic", where="trial.toml")

    @pytest.mark.clause("MN-WIC-9.6:text-no-private", shows="allows")
    def test_may_name_the_visit_and_the_clinic(self) -> None:
        """A reminder with date, time and clinic is what the manual suggests."""
        words = "Your visit is {appointment_date} at {appointment_time}, {office}, {office_phone}."
        template = parse_template(table(words), kind="wic", where="trial.toml")
        assert bind(template, "en", VOICE).render(LONGEST).text == (
            "Your visit is Wednesday, September 23 at 10:30 a.m., Hennepin County WIC, Brooklyn Park, 612-555-0100."
        )

    @pytest.mark.parametrize("name", ["office", "office_address", "office_phone"])
    def test_of_child_support_names_no_office(self, name: str) -> None:
        """Everybody sees the state's sender and callback, so no difference tells where somebody lives."""
        with pytest.raises(Invalid, match="cannot have"):
            parse_template(table(f"Call {{{name}}}."), kind="iv-d", where="trial.toml")

    @pytest.mark.parametrize("words", ["Call {callback", "Call callback}", "{{callback}}"])
    def test_needs_its_braces_in_pairs(self, words: str) -> None:
        """A slip of the keyboard is found before anybody gets it."""
        with pytest.raises(Invalid):
            parse_template(table(words), kind="wic", where="trial.toml")

    def test_is_written_in_plain_signs(self) -> None:
        """A curly apostrophe from a word processor is refused: it would double the parts."""
        with pytest.raises(Invalid, match="curly"):
            parse_template(table("It\u2019s time."), kind="wic", where="trial.toml")

    def test_changes_its_hash_with_its_words(self) -> None:
        """An approved wording cannot change unseen."""
        hashes = {parse_template(table(words), kind="wic", where="t").sha256 for words in ("One.", "Two.")}
        assert len(hashes) == 2

    def test_without_a_translation_cannot_be_sent(self) -> None:
        """A person is not written to in a language that is not theirs."""
        template = parse_template(table("One."), kind="wic", where="t")
        assert template.languages == {"en"}
        with pytest.raises(Invalid, match="no words in es"):
            bind(template, "es", VOICE)

    def test_without_its_appointment_is_not_rendered(self) -> None:
        """A reminder without a date is an error, not a text with a hole."""
        template = parse_template(table("On {appointment_date}."), kind="wic", where="t")
        with pytest.raises(Invalid, match="needs an appointment"):
            bind(template, "en", VOICE).render(Values())

    @pytest.mark.parametrize("name", ["", "A" * 81, "Clinic\u200b", "Clinic {x}"])
    def test_takes_only_plain_offices(self, name: str) -> None:
        """An office with a broken name stops the text, not the phone that would show it."""
        template = parse_template(table("At {office}."), kind="wic", where="t")
        with pytest.raises(Invalid, match="office directory"):
            bind(template, "en", VOICE).render(Values(None, CLINIC._replace(name=name)))


class TestReadyTemplates:
    """Come with the product and can be used as they are."""

    @pytest.mark.parametrize(("template", "language"), READY, ids=lambda value: getattr(value, "key", value))
    def test_fit(self, template: Template, language: str) -> None:
        """One part in English, at most two in Spanish, for the longest date and a long office name."""
        rendered = bind(template, language, VOICES[template.program]).render(LONGEST)
        assert rendered.segments == segment(rendered.text)
        assert rendered.segments.encoding == "gsm7"
        assert rendered.segments.parts <= (1 if language == "en" else 2)

    @pytest.mark.parametrize(("template", "language"), READY, ids=lambda value: getattr(value, "key", value))
    def test_say_who_writes_and_how_to_stop(self, template: Template, language: str) -> None:
        """Each begins with the sender; each that is not itself the end says STOP."""
        voice = VOICES[template.program]
        text = bind(template, language, voice).render(LONGEST).text
        assert text.startswith(voice.sender_name[language] + ": ") or template.use == "discreet"
        assert "STOP" in text or template.key in {"reply-stopped", "reply-emergency", "portal-code"}

    def test_are_in_both_languages(self) -> None:
        """Nobody who reads Spanish waits for a translation."""
        assert all(template.languages == {"en", "es"} for template, _ in READY)

    def test_are_at_least_twelve_per_program(self) -> None:
        """Offices find what they send every day."""
        for program in ("nc-css", "mn-wic"):
            notices = [
                each for each in ready_templates(program, profile(program).kind).values() if each.use == "notice"
            ]
            assert len(notices) >= 12

    def test_mark_what_came_from_placeholders(self) -> None:
        """The spans of dates and offices are known, so that the guard can let them pass."""
        template = ready_templates("mn-wic", "wic")["appointment-reminder"]
        text, spans, _ = bind(template, "en", VOICE).render(LONGEST)
        assert [text[start:end] for start, end in spans] == [
            "NC Child Support Services",
            "Wednesday, September 23",
            "10:30 a.m.",
            CLINIC.name,
            CLINIC.phone,
        ]


class TestDatesAndTimes:
    """Read as people say them."""

    def test_in_english(self) -> None:
        """Full words, no short forms."""
        assert spoken_date(date(2026, 12, 1), "en") == "Tuesday, December 1"
        assert [spoken_time(time(hour, 30), "en") for hour in (0, 9, 12, 13)] == [
            "12:30 a.m.",
            "9:30 a.m.",
            "12:30 p.m.",
            "1:30 p.m.",
        ]

    def test_in_spanish(self) -> None:
        """With the article, and without the one weekday that would double the parts."""
        assert spoken_date(date(2026, 12, 1), "es") == "martes 1 de diciembre"
        assert spoken_date(date(2026, 12, 5), "es") == "5 de diciembre"
        assert [spoken_time(time(hour), "es") for hour in (9, 13)] == ["las 9:00 a. m.", "la 1:00 p. m."]

    @given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.times(), st.sampled_from(["en", "es"]))
    def test_always_fit_the_short_alphabet(self, day: date, moment: time, language: str) -> None:
        """No date and no time makes a text wide."""
        assert segment(spoken_date(day, language) + spoken_time(moment, language)).encoding == "gsm7"

    @given(st.integers(0, 364))
    def test_differ_for_different_days(self, offset: int) -> None:
        """Two days of a year never read the same."""
        day = date(2027, 1, 1) + timedelta(days=offset)
        assert spoken_date(day, "en") != spoken_date(day + timedelta(days=1), "en")


def test_a_template_file_is_toml() -> None:
    """What an office writes is what the product reads."""
    read = tomllib.loads('key="x1"\nversion=1\nprogram="p"\nuse="reply"\n[title]\nen="T"\n[words]\nen="Hi."')
    assert parse_template(read, kind="wic", where="x1.toml").words["en"] == "Hi."
