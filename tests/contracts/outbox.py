"""An outbox in memory, and a partner's agreement over it."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO

from harborline.exchange.facts import Guest, OutboundFile, Way
from harborline.kernel import Invalid, Refused, refuse


@dataclass
class MemoryOutbox:
    """Files that are ready, what became of them, and alarms."""

    channel: str
    takes: bool = True
    own: Guest | None = None
    states: dict[uuid.UUID, str] = field(default_factory=dict)
    files: dict[uuid.UUID, tuple[OutboundFile, bytes]] = field(default_factory=dict)
    reasons: dict[uuid.UUID, str] = field(default_factory=dict)
    receipts: dict[uuid.UUID, bytes] = field(default_factory=dict)
    alarms: list[tuple[str, str]] = field(default_factory=list)

    def put(self, file: OutboundFile, content: bytes) -> uuid.UUID:
        """Make a file ready."""
        self.files[file.transmission_id] = (file, content)
        self.states[file.transmission_id] = "ready"
        return file.transmission_id

    def make(self, name: str, content: bytes) -> uuid.UUID:
        """Make a file of the drop folder ready."""
        digest = hashlib.sha256(content).hexdigest()
        return self.put(
            OutboundFile(uuid.uuid4(), "nc-css", "arrears", "wake", name, len(content), digest, {}, date(2099, 1, 1)),
            content,
        )

    def ready(self, channel: str) -> Sequence[OutboundFile]:
        """What waits."""
        return [
            file for key, (file, _) in self.files.items() if self.states[key] == "ready" and channel == self.channel
        ]

    def under_way(self, channel: str) -> Sequence[OutboundFile]:
        """What was claimed."""
        return [
            file for key, (file, _) in self.files.items() if self.states[key] == "sending" and channel == self.channel
        ]

    def sending(self, program: str, transmission_id: uuid.UUID) -> IO[bytes]:
        """Claim one."""
        del program
        if self.states[transmission_id] != "ready":
            raise Refused(refuse("not-in-this-state"))
        self.states[transmission_id] = "sending"
        return io.BytesIO(self.files[transmission_id][1])

    def again(self, program: str, transmission_id: uuid.UUID) -> IO[bytes]:
        """Open a claimed one."""
        del program
        if self.states[transmission_id] != "sending":
            raise Refused(refuse("not-in-this-state"))
        return io.BytesIO(self.files[transmission_id][1])

    def sent(self, program: str, transmission_id: uuid.UUID, detail: str) -> None:
        """It is there."""
        del program
        self.states[transmission_id], self.reasons[transmission_id] = "sent", detail

    def failed(self, program: str, transmission_id: uuid.UUID, reason: str, *, unknown: bool) -> None:
        """It is not, or nobody knows."""
        del program
        self.states[transmission_id] = "unknown" if unknown else "failed"
        self.reasons[transmission_id] = reason

    def acknowledged(self, program: str, transmission_id: uuid.UUID, content: bytes, how: str) -> None:
        """A receipt; one that begins with `other` speaks of other bytes."""
        del program, how
        if content.startswith(b"other"):
            raise Invalid("is about other bytes", "receipt")
        self.states[transmission_id], self.receipts[transmission_id] = "acknowledged", content

    def ways(self, channel: str) -> Sequence[Way]:
        """The one agreement."""
        return [Way("nc-css", "arrears", "wake", self.takes, gives=True)] if channel == self.channel else []

    def guest(self, program: str, agreement: str) -> Guest:
        """The adapter as a guest."""
        del program, agreement
        assert self.own is not None
        return self.own

    def alarm(self, program: str, agreement: str, reason: str, detail: str) -> None:
        """Somebody must look."""
        del program, agreement
        self.alarms.append((reason, detail))
