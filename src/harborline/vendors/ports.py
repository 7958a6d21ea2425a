"""The gate as connectors see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from harborline.kernel import Decision


class VendorGate(Protocol):
    """Asked by every connector that reaches a company, before it starts and before it hands anything over."""

    def may(
        self,
        connector: str,
        *,
        program: str,
        purpose: str,
        elements: Iterable[str] = (),
        fax_line_label: str | None = None,
    ) -> Decision:
        """Whether it may, for this program, purpose and data elements; works inside and outside a unit of work."""
