"""What disclosure asks of other rooms."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from harborline.disclosure.facts import TransmissionFacts, WorkedWith


class Transmissions(Protocol):
    """Knows the files that are prepared for partners."""

    def transmission(self, transmission_id: uuid.UUID) -> TransmissionFacts | None:
        """What is to be sent to whom, by whose word; None when there is none in sight."""


class WorkGiven(Protocol):
    """Knows who had work with whom that the worker did not give themselves."""

    def worked(
        self, participants: Collection[uuid.UUID], *, from_at: datetime, until_at: datetime
    ) -> Iterable[WorkedWith]:
        """Work with participants in sight that began in a span (`from_at` exclusive, `until_at` inclusive).

        The person wrote and the routing or somebody else gave it to the worker, or the person got the worker's answer;
        never anything that a worker alone can write down.
        """
