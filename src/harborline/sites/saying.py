"""How a reason is said to people: one sentence, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence and what to do next, in the language of the page when shown."""

    sentence: StrPromise
    next_step: StrPromise
