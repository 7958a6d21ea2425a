"""The rules of words: what follows from what was found in a text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from harborline.kernel import Decision, allow, hold, refuse, rule, strictest
from harborline.messaging.words.guard.facts import PRIVATE, Finding, Kind


def may_be_said(*, findings: Sequence[Finding], program: str) -> Decision:
    """Let a text go only when every rule of words lets it go; the strictest answer counts."""
    if not findings:
        return _nothing_found(program)
    # What follows does not depend on where something was found, nor by which rule of the lists.
    return _followed(tuple(dict.fromkeys((each.kind, each.clauses, each.waits) for each in findings)), program)


@lru_cache(maxsize=4096)
def _followed(found: tuple[tuple[Kind, tuple[str, ...], bool], ...], program: str) -> Decision:
    findings = [Finding(kind, 0, 0, clauses, "", waits) for kind, clauses, waits in found]
    kinds = {kind for kind, _, _ in found}
    return strictest(
        each(findings=findings, program=program) for each, wanted in _RULES if not wanted.isdisjoint(kinds)
    )


@cache
def _nothing_found(program: str) -> Decision:
    return nothing_private(findings=(), program=program)


@rule(
    "MN-WIC-9.6:text-no-private",
    "MN-WIC-9.6:text-not-secure",
    "NC-CSS-22-18:pii-fti-in-texts",
)
def nothing_private(*, findings: Sequence[Finding], program: str) -> Decision:
    """No private information in a text: names, numbers, whereabouts, health, money, tax, violence."""
    return _answer(findings, PRIVATE, "private-in-text", program, "nothing_private")


@rule("MN-WIC-9.6:text-no-asking", "MN-WIC-9.6:contact-us-no-documents")
def nothing_asked(*, findings: Sequence[Finding], program: str) -> Decision:
    """No text asks for private things, photos or proofs by text."""
    return _answer(findings, {Kind.REQUESTS_PRIVATE_INFO}, "asks-for-private", program, "nothing_asked")


@rule("MN-WIC-9.6:text-no-abbreviations")
def no_abbreviations(*, findings: Sequence[Finding], program: str) -> Decision:
    """No abbreviation in a text; where the program's letter does not forbid them, somebody looks first."""
    return _answer(findings, {Kind.ABBREVIATION}, "abbreviation-in-text", program, "no_abbreviations")


@rule("MN-WIC-9.6:text-easy")
def easy_to_read(*, findings: Sequence[Finding], program: str) -> Decision:
    """A text is easy to understand; one that measures hard waits for somebody to reword it."""
    return _answer(findings, {Kind.HARD_TO_READ}, "hard-to-read", program, "easy_to_read")


@rule("NC-CSS-22-18:lawful-notifications")
def lawful_wording(*, findings: Sequence[Finding], program: str) -> Decision:
    """Reserved reply words keep their meaning and links can be seen (47 CFR 64.1200(a)(10), carriers' rules)."""
    kinds = {Kind.RESERVED_REPLY_WORD, Kind.SHORTENED_URL}
    return _answer(findings, kinds, "unlawful-wording", program, "lawful_wording")


_RULES = (
    (nothing_private, PRIVATE),
    (nothing_asked, frozenset({Kind.REQUESTS_PRIVATE_INFO})),
    (no_abbreviations, frozenset({Kind.ABBREVIATION})),
    (easy_to_read, frozenset({Kind.HARD_TO_READ})),
    (lawful_wording, frozenset({Kind.RESERVED_REPLY_WORD, Kind.SHORTENED_URL})),
)


def _answer(findings: Iterable[Finding], kinds: Iterable[Kind], reason: str, program: str, name: str) -> Decision:
    wanted = frozenset(kinds)
    found = [finding for finding in findings if finding.kind in wanted]
    if not found:
        return allow("nothing-found")
    clauses = tuple(dict.fromkeys(clause for finding in found for clause in finding.clauses))
    waits = (
        all(finding.waits for finding in found)
        or wanted == {Kind.HARD_TO_READ}
        or (wanted == {Kind.ABBREVIATION} and not program.endswith("wic"))
    )
    return (hold if waits else refuse)(reason).stamped(f"messaging.words.guard.rules.{name}", clauses)
