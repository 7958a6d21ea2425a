"""The record of exports: who asked for what, on which legal basis, who approved, what was made."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from harborline.kernel.ids import new_id
from harborline.oversight import watch_models
from harborline.oversight.facts import ExportState
from harborline.walls import Wall

# What watching keeps has a file of its own; Django finds those records through this one.
WATCHED = (
    watch_models.PublicPerson,
    watch_models.Finding,
    watch_models.FindingReview,
    watch_models.Incident,
    watch_models.IncidentStep,
)


class Export(models.Model):
    """One export. `words` (selection, reason, reference, recipient) are sealed.

    `county` is that of the person or case, empty for the whole program; `sha256` is of the zip file.
    """

    wall: ClassVar = Wall.PROGRAM
    stays: ClassVar = True
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


class AuditSample(models.Model):
    """Entries of the proof log that an auditor drew by lot; `population` is how many there were to draw from."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)
    seed = models.CharField(max_length=64)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    population = models.PositiveBigIntegerField()
    entry_ids = ArrayField(models.UUIDField())
    drawn_by = models.CharField(max_length=80)
    drawn_at = models.DateTimeField()

    class Meta:
        """Newest first."""

        indexes: ClassVar = [models.Index(fields=["-drawn_at", "program"], name="sample_newest")]

    def __str__(self) -> str:
        """What it is of."""
        return self.kind
