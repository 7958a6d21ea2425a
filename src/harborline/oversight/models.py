"""The record of exports: who asked for what, on which legal basis, who approved, what was made."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.oversight.facts import ExportState
from harborline.walls import Wall


class Export(models.Model):
    """One export. `words` (selection, reason, reference, recipient) are sealed.

    `county` is that of the person or case, empty for the whole program; `sha256` is of the zip file.
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5, blank=True, default="")
    state = models.CharField(max_length=10, default=ExportState.ASKED.value)
    basis = models.CharField(max_length=24)
    words = models.BinaryField()
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    texts = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    entry_id = models.UUIDField()
    made_entry_id = models.UUIDField(null=True)

    class Meta:
        """Newest first on every list."""

        indexes: ClassVar = [models.Index(fields=["-asked_at", "program"], name="export_newest")]

    def __str__(self) -> str:
        """The legal basis."""
        return self.basis
