"""Law: what the four letters ask, clause by clause, and what each program's profile makes of it.

Terms: a *clause* is one thing a letter asks; a *profile* is the settings of one program, each with its *floor* (the
loosest value its clause permits); a *block* is fixed wording, versioned and hashed.
To call a clause built: its rooms stand, its rules cite it and tests marked `clause(id, shows="allows")` and
`shows="refuses"` show it both ways, or `by` names its control and a test marked `shows="keeps"` shows it; then set
`status`, add the new count to `planned.toml`, and run `harborline law matrix`.
Clauses: all of them are listed here; this room keeps none itself but stops the start when a profile is looser.
Doors: `clauses`, `clause`, `documents`, `profile`, `profiles`, `Profile`, `block`, `Block`, `forget`.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from harborline.kernel import Invalid
from harborline.law.blocks import Block, load_blocks
from harborline.law.clauses import Clause, Document, load_documents
from harborline.law.profiles import ENVIRONMENT, Consent, Profile, Retention, Setting, Texting, check_own
from harborline.law.profiles import load_profile as _load_profile
from harborline.law.profiles import shipped as _shipped

__all__ = [
    "Block",
    "Clause",
    "Consent",
    "Document",
    "Profile",
    "Retention",
    "Setting",
    "Texting",
    "block",
    "clause",
    "clauses",
    "documents",
    "forget",
    "profile",
    "profiles",
]


@cache
def documents() -> tuple[Document, ...]:
    """The four letters with their clauses."""
    return load_documents()


@cache
def clauses() -> tuple[Clause, ...]:
    """Every clause of every letter."""
    return tuple(each for document in documents() for each in document.clauses)


@cache
def _by_id() -> dict[str, Clause]:
    return {each.id: each for each in clauses()}


def clause(id: str) -> Clause:  # noqa: A002 - a clause is known by its id
    """The clause called `id`; raises `Invalid` for an unknown one."""
    try:
        return _by_id()[id]
    except KeyError:
        raise Invalid(f"there is no clause '{id}'") from None


@cache
def profile(program: str) -> Profile:
    """The profile of `program`, tightened by the agency's own file; raises `Invalid` for an unknown program."""
    return _load_profile(program, clause_ids=frozenset(_by_id()), own=_own_directory())


@cache
def profiles() -> dict[str, Profile]:
    """Every program with a profile, by its name; raises `Invalid` if any is looser than its floors."""
    return {program: profile(program) for program in _shipped()}


@cache
def _blocks() -> dict[tuple[str, str], Block]:
    return load_blocks(frozenset(_by_id()))


def block(id: str, lang: str) -> Block:  # noqa: A002 - a block is known by its id
    """The newest version of a block's words in one language; raises `Invalid` when there is none."""
    try:
        return _blocks()[id, lang]
    except KeyError:
        raise Invalid(f"block '{id}' has no words in '{lang}'") from None


def forget() -> None:
    """Read every file anew at the next question: for tests, and after an agency changed its own file."""
    for each in (documents, clauses, _by_id, profile, profiles, _blocks):
        each.cache_clear()


def _own_directory() -> Path | None:
    named = os.environ.get(ENVIRONMENT)
    if not named:
        return None
    own = Path(named)
    check_own(own, frozenset(_shipped()))
    return own
