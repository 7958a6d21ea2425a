"""JSON lines in, JSON lines out: the questions of `guard check`, `segments` and `inbound classify`, one per line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from harborline.kernel import Invalid
from harborline.messaging.words.guard import judge
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
    """Answer `{"text", "program", "lang", "names"?}` with outcome and findings; offsets are code points."""
    judged = judge(
        _text(question, "text"),
        program=_text(question, "program"),
        lang=_text(question, "lang"),
        names=[str(name) for name in question.get("names") or ()],
    )
    findings = [
        {"kind": found.kind.value, "start": found.start, "end": found.end, "clauses": list(found.clauses)}
        for found in judged.findings
    ]
    return {"outcome": judged.decision.outcome.value, "findings": findings}


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


def _text(question: Question, name: str) -> str:
    value = question.get(name)
    if not isinstance(value, str):
        raise Invalid("is missing or no text", name)
    return value
