"""What the letters ask, which rule keeps it, and the settings of the program."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from harborline.kernel import RULES
from harborline.law import documents, profile
from harborline.sites.console.pages import Page
from harborline.workforce.selectors import duty_standings


class Law(Page):
    """The matrix of clauses with the live settings."""

    purpose = "law"
    template = "console/law.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Every letter, the rules by clause, where people's duties stand, the settings of the program."""
        rules: dict[str, list[str]] = {}
        for rule in RULES.values():
            for clause in rule.clauses:
                rules.setdefault(clause, []).append(rule.summary)
        kept = {each.duty.clause: each for each in duty_standings()}
        program = self.entrance.program
        return {"documents": documents(), "rules": rules, "profile": profile(program), "duties": kept}
