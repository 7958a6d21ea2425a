"""The gate as a port: connectors in adapters ask it without knowing the room."""

from __future__ import annotations

from collections.abc import Iterable

from harborline.kernel import Decision
from harborline.vendors.selectors import connector_may
from harborline.walls import ALL_COUNTIES, Actor, acting

_GATE = Actor("system", "vendor-gate")


class StandingGate:
    """Answers from today's facts, in a unit of work of its own (nested in the caller's, if there is one)."""

    def may(
        self,
        connector: str,
        *,
        program: str,
        purpose: str,
        elements: Iterable[str] = (),
        fax_line_label: str | None = None,
    ) -> Decision:
        """Whether the connector may be used now."""
        with acting(_GATE, program=program, counties=ALL_COUNTIES, purpose="vendor-gate"):
            return connector_may(
                connector, program=program, purpose=purpose, elements=elements, fax_line_label=fax_line_label
            )
