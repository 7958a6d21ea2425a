"""JSON lines in, JSON lines out: the questions of `guard check`, `segments` and `inbound classify`, one per line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from harborline.kernel import Invalid, Outcome
from harborline.law import profiles
from harborline.messaging.words.guard import judge
from harborline.messaging.words.guard.facts import JUDGED_LANGUAGES
from harborline.messaging.words.segments import segment

Question = Mapping[str, Any]
Answer = Mapping[str, Any]


def answered(lines: Iterable[str], answer: Callable[[Question], Answer]) -> Iterator[str]:
    """Answer each line of `lines` in order, with its `id`; empty lines are left out.

    Raises `Invalid` naming the line for what is no JSON object, has no `id`, or lacks what the question needs.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            question = _question(line, f"line {number}")
            yield json.dumps({"id": question["id"], **_answer(answer, question, f"line {number}")}, ensure_ascii=False)


def guard_answer(question: Question) -> Answer:
    """Answer `{"text", "program", "lang"?, "names"?}` with outcome and findings; offsets are code points.

    A text in a language whose words are not judged waits for a person, whatever was found or not.
    Raises `Invalid` naming the field for an unknown program, or a text or names that are none.
    """
    judged = judge(
        _text(question, "text"), program=_program(question), lang=_language(question), names=_names(question)
    )
    findings = [
        {"kind": found.kind.value, "start": found.start, "end": found.end, "clauses": list(found.clauses)}
        for found in judged.findings
    ]
    outcome = judged.decision.outcome
    if outcome is Outcome.ALLOW and _language(question)[:2] not in {"", *JUDGED_LANGUAGES}:
        outcome = Outcome.HOLD
    return {"outcome": outcome.value, "findings": findings}


def segments_answer(question: Question) -> Answer:
    """Answer `{"text"}` with encoding, number of parts and the units of each."""
    encoding, _, sizes = segment(_text(question, "text"))
    return {"encoding": encoding, "segments": len(sizes), "sizes": list(sizes)}


def _question(line: str, where: str) -> Question:
    try:
        question = json.loads(line)
    except ValueError:
        raise Invalid("is not JSON; write one object a line", where) from None
    if not isinstance(question, dict) or "id" not in question:
        raise Invalid("must be an object with an id", where)
    return question


def _answer(answer: Callable[[Question], Answer], question: Question, where: str) -> Answer:
    try:
        return answer(question)
    except Invalid as wrong:
        raise Invalid(wrong.problem, f"{where}, {wrong.where}") from None


def _program(question: Question) -> str:
    name = _text(question, "program")
    if name not in profiles():
        raise Invalid(f"has no profile; known: {', '.join(profiles())}", "program")
    return name


def _language(question: Question) -> str:
    language = question.get("lang")
    return "" if language is None else _text(question, "lang").strip().lower() or "unknown"


def _names(question: Question) -> list[str]:
    names = question.get("names")
    if names is None:
        return []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Invalid("must be a list of texts; leave it out when there are none", "names")
    return names


def _text(question: Question, name: str) -> str:
    value = question.get(name)
    if not isinstance(value, str):
        raise Invalid("is missing or no text", name)
    return value
