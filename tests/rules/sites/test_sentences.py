"""Every decision has words a caseworker can read: one sentence, the next step, the clauses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harborline.kernel import refuse
from harborline.messaging.facts import DispatchState, RunState
from harborline.messaging.reports.words import REASONS
from harborline.messaging.selectors.faces import OFF_REASONS
from harborline.sites.sentences import SAME_FACE, WORDS, told, words
from harborline.sites.vocabulary import RUN_STATES, STATES

SOURCE = Path(__file__).parents[3] / "src/harborline"
MAKERS = {"allow", "hold", "refuse"}
LONGEST_SENTENCE = 16


def codes() -> Iterator[str]:
    """Every reason code that stands as a literal in a rule or a service."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS and node.args:
                yield from literals(node.args[0])


def literals(node: ast.expr) -> Iterator[str]:
    """The codes an argument may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def sentences() -> list[str]:
    """Every sentence of the catalogue, in English."""
    said = [str(part) for each in WORDS.values() for part in (each.sentence, each.next_step)]
    return [sentence for part in said for sentence in re.split(r"(?<=[.!?])\s+", part)]


class TestTheCatalogue:
    """`sites.sentences.WORDS`."""

    def test_has_words_for_every_reason_a_rule_can_give(self) -> None:
        """No page ever shows a code."""
        assert set(codes()) - set(WORDS) - set(SAME_FACE) == set()

    def test_has_words_for_every_reason_a_text_did_not_arrive(self) -> None:
        """The pages know what the call list knows."""
        assert set(REASONS) - set(WORDS) == set()

    def test_says_each_thing_in_a_short_sentence(self) -> None:
        """Sixth grade: short sentences, one thought each."""
        assert not [one for one in sentences() if len(one.split()) > LONGEST_SENTENCE]

    def test_ends_every_sentence(self) -> None:
        """A sentence is a sentence."""
        assert not [one for one in sentences() if not one.endswith((".", "?", "!"))]

    @pytest.mark.parametrize("reason", sorted(OFF_REASONS))
    def test_shows_the_same_face_for_every_way_texts_are_off(self, reason: str) -> None:
        """A page does not tell whether a safety choice or the person's own word turned texts off."""
        assert words(reason) is words("texts-off")

    def test_knows_every_state_of_a_text(self) -> None:
        """No list shows a bare state."""
        assert {state.word for state in DispatchState} <= set(STATES)

    def test_knows_every_state_of_a_run(self) -> None:
        """Nor a bare state of a notice."""
        assert {state.value for state in RunState} == set(RUN_STATES)


class TestADecisionInWords:
    """What stands beside a person who got no text."""

    def test_has_a_sentence_and_the_next_step(self) -> None:
        """What is the matter, and what to do now."""
        said = told(refuse("no-consent").stamped("consent.rules.opted_in", ("NC-CSS-22-18:opt-in",)))
        assert str(said.sentence) == "This person has not said yes to texts on this number."
        assert str(said.next_step) == "Ask for permission at the next contact."

    def test_names_the_clauses_with_what_they_say(self) -> None:
        """Behind "Why?" stand the letter's clauses."""
        said = told(refuse("no-consent").stamped("consent.rules.opted_in", ("NC-CSS-22-18:opt-in",)))
        assert [clause.id for clause in said.clauses] == ["NC-CSS-22-18:opt-in"]
        assert all(clause.says for clause in said.clauses)

    def test_stays_readable_for_a_code_nobody_knows(self) -> None:
        """A new code is not shown raw."""
        assert str(told(refuse("brand-new-code")).sentence) == "This cannot go on."
