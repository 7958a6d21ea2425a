"""The access graph as pages: who can see a person and why, what a worker can see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from harborline.disclosure.selectors import insist_no_kin, policy_in_force, what_sees, who_sees
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.people.selectors import reach
from harborline.sites.console.pages import Page
from harborline.sites.console.titles import page_language
from harborline.sites.permissions import roles_with


class WhoSees(Page):
    """Everybody tied to one person, by what, and what opens to them now."""

    purpose = "safeguards"
    template = "console/disclosing/who_sees.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """From the live rules."""
        insist_no_kin(named["participant_id"])
        graph = who_sees(named["participant_id"])
        content: dict[str, Json] = {"seers": len(graph.seers)}
        record("disclosure.graph-opened", subject=f"participant:{named['participant_id']}", content=content)
        finders = roles_with("participants:find")
        return {
            "person": reach(named["participant_id"]),
            "graph": graph,
            "finding": [(role, count) for role, count in graph.others if role in finders],
            "not_finding": [(role, count) for role, count in graph.others if role not in finders],
            "purposes": _words(self.entrance.program),
        }


class WhatSees(Page):
    """What one worker can see, by which tie, and which fields by the policy in force."""

    purpose = "safeguards"
    template = "console/disclosing/what_sees.html"

    def facts(self, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - a number, not an id
        """From the live rules."""
        view = what_sees(str(named["number"]))
        record("disclosure.graph-opened", subject=f"worker:{view.id}", content={"worker": str(view.id)})
        return {"view": view, "purposes": _words(self.entrance.program)}


def _words(program: str) -> dict[str, str]:
    policy = policy_in_force(program)
    return {purpose: words.get(page_language(), words["en"]) for purpose, words in policy.purposes.items()}
