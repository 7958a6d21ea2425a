"""What documents ask of the outside, and what other ways in ask of documents.

Every call of `Intake` is made inside `walls.acting` of the program and county, by whoever brings the papers in.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import IO, Protocol

from harborline.documents.facts import Held, Isolation, Kind, Order, Problem, RawPage, Receipt
from harborline.kernel import Unavailable


class UnusableError(Exception):
    """A paper that cannot or must not be shown."""

    def __init__(self, problem: Problem) -> None:
        """Say which problem."""
        super().__init__(problem.value)
        self.problem = problem


class BrokeOffError(Unavailable):
    """The reader had begun with a paper and was stopped by its limits: it may be the paper that is too heavy."""


class Scanner(Protocol):
    """Looks for malware. `blind`: it looks at nothing, for a demonstration, and pages say so."""

    @property
    def blind(self) -> bool:
        """Whether it looks at nothing."""

    def scan(self, source: IO[bytes]) -> str:
        """The name of what was found, empty for nothing; raises `Unavailable` when no engine answers."""


class Sandbox(Protocol):
    """Turns papers into pixels where nothing can be reached."""

    def isolation(self) -> Isolation:
        """How well the reader is shut in, as it is on this machine."""

    def pages(self, source: IO[bytes], kind: Kind, *, most: int) -> Iterator[RawPage]:
        """The pages, at most `most`; raises `UnusableError`; `Unavailable` or `BrokeOffError` to be tried again."""


class Intake(Protocol):
    """The way in, whatever brings the papers: portal, counter, e-mail, fax."""

    def begin(
        self,
        order: Order,
        *,
        name: str,
        size: int,
        submission_id: uuid.UUID | None = None,
        once: uuid.UUID | None = None,
    ) -> Held:
        """Begin a file of exactly `size` bytes, in a new submission or in one that is still open.

        `once` is the sender's own number for the file, as `order.once` is for the submission: begun again under both,
        it is the same file, with what is held of it.
        Raises `Refused` for 0 bytes, too large, too many; `NotFound` for a submission of somebody else.
        """

    def held(self, document_id: uuid.UUID, *, participant_id: uuid.UUID | None) -> Held:
        """How much is kept; raises `NotFound` for what is absent or somebody else's."""

    def append(self, document_id: uuid.UUID, offset: int, content: bytes, *, participant_id: uuid.UUID | None) -> Held:
        """Take bytes at `offset`. The same bytes again are harmless.

        At a wrong place nothing is taken (`taken` False) and the answer says the right one. Raises `Refused` for other
        bytes at a place that is taken, and for more than was announced.
        """

    def finish(self, document_id: uuid.UUID, *, participant_id: uuid.UUID | None) -> Held:
        """The file is whole: hash it, look at its first bytes, queue its checks. Harmless when done before.

        `taken` is False while bytes are missing.
        """

    def close(self, submission_id: uuid.UUID, *, participant_id: uuid.UUID | None) -> Receipt:
        """The submission is whole; answers its receipt. Harmless when done before."""

    def take(self, order: Order, files: Sequence[tuple[str, int, IO[bytes]]]) -> Receipt:
        """Take whole files (name, size in bytes, content) in one go: all of them or none.

        The same files again under the same `order.once` are not taken again; the answer is the first receipt.
        """
