"""The worker's own account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from harborline.sites.console.names import names_of
from harborline.sites.console.pages import Page
from harborline.workforce.facts import Reset
from harborline.workforce.selectors import courses_of, placings_of, resets_of, roster_worker, signatures_of


class Account(Page):
    """Who I am here, what I may open, what I learned and signed, how I sign in."""

    purpose = "account"
    template = "console/account.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Roles, counties, training, signatures, work, and the second factor."""
        worker = self.request.user
        assert worker.is_authenticated
        return {
            "roles": sorted(self.entrance.roles),
            "row": roster_worker(worker.id, self.entrance.program),
            "courses": courses_of(worker.id),
            "signatures": signatures_of(worker.id),
            "placings": placings_of(worker.id, self.entrance.program),
            "resets": _with_names(resets_of(worker.id)),
        }


def _with_names(rows: list[Reset]) -> list[tuple[Reset, str, str]]:
    # With the names of who asked and who decided; none for who has no account here.
    pairs = [[by.removeprefix("worker:") for by in (one.asked_by, one.decided_by)] for one in rows]
    names = names_of({by for pair in pairs for by in pair})
    return [
        (one, names.get(asked, asked), names.get(decided, decided))
        for one, (asked, decided) in zip(rows, pairs, strict=True)
    ]
