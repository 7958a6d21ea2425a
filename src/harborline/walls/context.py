"""Open a unit of work: one transaction with its context set, both ending together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connections, transaction

from harborline.kernel import Broken, Invalid
from harborline.law import profile
from harborline.walls.facts import Actor, Context, Own

_CURRENT: ContextVar[Context | None] = ContextVar("harborline_context", default=None)

_NOBODY = Context(Actor("", ""), "", "", (), "")

_SET = (
    "SELECT set_config('harborline.program', %s, true), set_config('harborline.agency', %s, true),"
    " set_config('harborline.counties', %s, true), set_config('harborline.actor', %s, true),"
    " set_config('harborline.purpose', %s, true), set_config('harborline.person', %s, true),"
    " set_config('harborline.participants', %s, true), set_config('harborline.cases', %s, true)"
)


@contextmanager
def acting(
    actor: Actor,
    *,
    program: str,
    counties: Sequence[str],
    purpose: str,
    own: Own | None = None,
    using: str = "default",
) -> Iterator[Context]:
    """Run the block in one transaction as `actor` of `program` in `counties`, for `purpose`.

    With `own` it is that person's session: every table shows their own rows or none (`walls.facts.Portal`). Nested
    blocks are savepoints; a nested context narrows or changes the view and is put back at its end.
    Raises `Invalid` for an unknown program or a county code that is not five digits (or the wildcard).
    Source: OFFSET-8.2:data-by-purpose.
    """
    context = Context(actor, program, profile(program).agency, checked_counties(counties), purpose, own)
    outer = _CURRENT.get()
    nested = connections[using].in_atomic_block
    token = _CURRENT.set(context)
    try:
        with transaction.atomic(using=using):
            set_context(context, using)
            yield context
            if nested:
                # A released savepoint keeps its settings, so the view of the outer block is put back by hand.
                set_context(outer or _NOBODY, using)
    finally:
        _CURRENT.reset(token)


def checked_counties(counties: Sequence[str]) -> tuple[str, ...]:
    """The county codes as given, each five digits or the wildcard; raises `Invalid` naming none of them."""
    if not all(code == "*" or (len(code) == 5 and code.isdigit()) for code in counties):  # noqa: PLR2004 - FIPS
        raise Invalid("a county is given by its five-digit FIPS code", "counties")
    return tuple(counties)


def set_context(context: Context, using: str) -> None:
    """Write the context into the transaction; it vanishes at its end (PostgreSQL `set_config(…, true)`)."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            _SET,
            [
                context.program,
                context.agency,
                ",".join(context.counties),
                f"{context.actor.kind}:{context.actor.id}",
                context.purpose,
                *_own_settings(context.own),
            ],
        )


def _own_settings(own: Own | None) -> tuple[str, str, str]:
    if own is None:
        return "", "", ""
    return str(own.person_id), ",".join(map(str, own.participants)), ",".join(map(str, own.cases))


def current() -> Context:
    """The context of this unit of work; raises `Broken` outside one: work without context is a defect."""
    context = _CURRENT.get()
    if context is None:
        raise Broken("database work outside a context; wrap it in harborline.walls.acting(...)")
    return context


def current_or_none() -> Context | None:
    """The context, or None outside a unit of work."""
    return _CURRENT.get()
