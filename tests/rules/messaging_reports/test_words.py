"""The words of the call list and the faces of decisions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harborline.messaging.reports.call_list import shown_number
from harborline.messaging.reports.letters import address_lines, on_paper
from harborline.messaging.reports.words import REASONS, STEPS, reason_words, step_words
from harborline.messaging.steps import CALLING, TEXTS_OFF, WRITING, Step, next_step

SOURCE = Path(__file__).parents[3] / "src" / "harborline"
# What a decision about one recipient may rest on: the rules of these modules and nobody else's.
DECIDING = (
    "messaging/rules.py",
    "messaging/notices/planner.py",
    "messaging/notices/rendering.py",
    "messaging/hours/window.py",
    "messaging/words/guard/rules.py",
    "messaging/sending/judging.py",
)
# Which argument of a call is the reason.
SAID_IN = {"hold": 0, "refuse": 0, "_answer": 2}
ABOUT_RUNS = {
    "needs-second-person",
    "second-person-is-the-first",
    "role-may-not-start-runs",
    "role-may-not-steer-runs",
    "role-may-not-prove",
    "with-another-row",
    "one-carrier-only",
    "first-carrier-may-have-it",
    "verdict-not-a-persons",
    "text-is-not-unclear",
    "may-have-arrived",
    "sent-again-before",
}
ABOUT_CONSENT = {
    "asked-to-stop", "possible-opt-out", "no-consent", "consent-withdrawn", "list-awaits-attestation",
    "spoken-permission-lapsed", "release-expired", "kind-not-accepted", "opt-in-covers-portal-only",
}  # fmt: skip
ALSO_OFF = {"no-texts-by-safety-choice", "asked-to-stop", "consent-withdrawn"}
FROM_CARRIERS = {
    "carrier-rejected", "carrier-busy", "carrier-unknown", "network-failed", "network-expired", "network-filtered",
    "no-news", "settled-not-arrived",
}  # fmt: skip


def reasons_in(path: Path) -> Iterator[str]:
    """The reason codes a module writes down."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAID_IN:
            said = node.args[SAID_IN[node.func.id]]
            if isinstance(said, ast.Constant):
                yield str(said.value)


def reasons_about_people() -> set[str]:
    """Every reason a recipient may be held or refused for."""
    found = {reason for name in DECIDING for reason in reasons_in(SOURCE / name)}
    return (found | ABOUT_CONSENT | FROM_CARRIERS | {"run-cancelled", TEXTS_OFF}) - ABOUT_RUNS - ALSO_OFF


class TestTheWords:
    """What staff read."""

    def test_cover_every_reason(self) -> None:
        """A reason without words would be a blank on the call list."""
        assert reasons_about_people() - REASONS.keys() == set()

    def test_cover_every_step(self) -> None:
        """And every next step."""
        assert {step.value for step in Step} == {str(step) for step in STEPS}

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_are_whole_sentences(self, language: str) -> None:
        """Each begins with a capital and ends with a full stop."""
        for words in (*REASONS.values(), *STEPS.values()):
            assert re.fullmatch(r"[A-ZÁÉÍÓÚÑ¿].*\.", words.said_in(language))

    def test_say_nothing_of_safety(self) -> None:
        """No word about violence, protection or orders anywhere."""
        every = " ".join(f"{words.en} {words.es}" for words in (*REASONS.values(), *STEPS.values())).lower()
        assert not re.search(r"violen|protect|protec|order\b|abus|hidden|blocked|bloque", every)

    def test_of_an_unknown_reason_claim_nothing(self) -> None:
        """A plain sentence, never the code."""
        assert reason_words("never-heard-of", "en") == "The text could not be sent."

    def test_fall_back_to_english(self) -> None:
        """For a reader whose language has no catalogue."""
        assert step_words("letter", "so") == "Send the letter."


class TestTheNextStep:
    """What to do about it."""

    @pytest.mark.parametrize("reason", [TEXTS_OFF, "number-used-by-both-parties", "protections-too-old", "no-number"])
    def test_is_never_a_call_where_a_call_may_harm(self, reason: str) -> None:
        """Whoever holds that phone would answer."""
        assert Step(next_step(reason)) not in CALLING

    @pytest.mark.parametrize(
        "reason", ["protections-too-old", "protections-never-loaded", "not-on-file", "other-county-on-file"]
    )
    def test_is_never_a_letter_where_the_address_is_in_doubt(self, reason: str) -> None:
        """Nor to a person who may be somebody else."""
        assert Step(next_step(reason)) not in WRITING


class TestSmallThings:
    """Numbers, addresses, words on paper."""

    def test_a_number_is_written_as_people_write_it(self) -> None:
        """And a foreign one is left alone."""
        assert shown_number("+19195550101") == "919-555-0101"
        assert shown_number("+442079460000") == "+442079460000"

    def test_an_address_stands_in_lines(self) -> None:
        """Its own line breaks first, else the street apart; never more than the window shows."""
        assert address_lines("12 Elm St, Raleigh, NC 27601") == ("12 Elm St", "Raleigh, NC 27601")
        assert address_lines("12 Elm St\nApt 4\n\nRaleigh, NC 27601") == ("12 Elm St", "Apt 4", "Raleigh, NC 27601")
        assert len(address_lines("\n".join("abcdefg"))) == 5

    def test_a_text_on_paper_loses_sender_and_stop(self) -> None:
        """The letterhead names the sender, and paper cannot be stopped by a reply."""
        text = "NC: You have an appointment at 9:00 a.m. Questions? Call 919-555-0100. Reply STOP to end."
        assert on_paper(text, "NC") == "You have an appointment at 9:00 a.m. Questions? Call 919-555-0100."
