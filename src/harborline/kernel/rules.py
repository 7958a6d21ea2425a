"""The register of rules: which function keeps which clause."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec

from harborline.kernel.decision import Decision

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Rule:
    """One registered rule: dotted name, the clauses it keeps, its first docstring line."""

    name: str
    clauses: tuple[str, ...]
    summary: str


RULES: dict[str, Rule] = {}


def rule(*clauses: str) -> Callable[[Callable[P, Decision]], Callable[P, Decision]]:
    """Register a pure function as the keeper of `clauses` and stamp them on every decision it makes.

    The function takes keyword-only facts and answers a `Decision`. A rule without a clause or a second rule of
    the same name is a programming error and fails at import.
    """
    if not clauses:
        raise TypeError("@rule needs at least one clause id")

    def register(function: Callable[P, Decision]) -> Callable[P, Decision]:
        name = f"{function.__module__.removeprefix('harborline.')}.{function.__name__}"
        if name in RULES:
            raise TypeError(f"rule {name} is registered twice")
        summary = (function.__doc__ or "").strip().split("\n")[0]
        RULES[name] = Rule(name, clauses, summary)

        @functools.wraps(function)
        def stamped(*args: P.args, **kwargs: P.kwargs) -> Decision:
            return function(*args, **kwargs).stamped(name, clauses)

        return stamped

    return register
