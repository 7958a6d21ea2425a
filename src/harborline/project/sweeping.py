"""Which tables hold the names of sealed blobs, so that what a crash left behind can be told from what is in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from harborline.documents.models import Chunk, Copy
from harborline.exchange.models import Part
from harborline.kernel import ports
from harborline.law import profiles
from harborline.messaging.models import NoticeRun
from harborline.vault.ports import BlobsInUse
from harborline.vendors.models import Paper
from harborline.walls import ALL_COUNTIES, Actor, acting

HOLDERS: Final[tuple[tuple[Any, str], ...]] = (
    (Chunk, "blob"), (Copy, "blob"), (Part, "blob"), (NoticeRun, "source_blob"), (NoticeRun, "bad_rows_blob"),
    (Paper, "id"),
)  # fmt: skip


class TablesWithBlobs:
    """`vault.ports.BlobsInUse`: every program's rows, behind its own walls."""

    def names(self) -> Iterator[str]:
        """Each name."""
        for program in profiles():
            with acting(Actor("system", "vault"), program=program, counties=ALL_COUNTIES, purpose="sweep"):
                for model, column in HOLDERS:
                    for name in model.objects.values_list(column, flat=True).iterator():
                        yield str(name)


def serve_sweeping() -> None:
    """Let the vault ask."""
    ports.serve(BlobsInUse, TablesWithBlobs())
