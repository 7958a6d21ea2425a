"""The records of retention: holds, program events, adoptions, disposal runs with their batches, tombstones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.retention.facts import HoldState, RunState
from harborline.walls import Wall


class Hold(models.Model):
    """Somebody's duty to keep. `words` (what it covers in words, why, why released) are sealed.

    `county` is that of the person or case, empty for the whole state; every county's disposal heeds it.
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5, blank=True, default="")
    participant_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    phone_idx = models.BinaryField(null=True)
    series = models.CharField(max_length=40, blank=True, default="")
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=14, default=HoldState.ASKED.value)
    words = models.BinaryField()
    placed_by = models.CharField(max_length=80)
    placed_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=80, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    release_asked_by = models.CharField(max_length=80, blank=True, default="")
    release_asked_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=80, blank=True, default="")
    released_at = models.DateTimeField(null=True)
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """The record's id; what it covers is sealed."""
        return str(self.id)


class ProgramEvent(models.Model):
    """Something that starts a clock for a whole fiscal year, told by a person: the last date told counts."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    trigger = models.CharField(max_length=32)
    fiscal_year = models.PositiveSmallIntegerField()
    on_date = models.DateField()
    source = models.CharField(max_length=200)
    told_by = models.CharField(max_length=80)
    told_at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """Trigger and year."""
        return f"{self.trigger} {self.fiscal_year}"


class CaseClosing(models.Model):
    """When a case was first seen closed; never earlier than it was closed, so nothing goes too soon."""

    wall: ClassVar = Wall.COUNTY
    id = models.UUIDField(primary_key=True, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    seen_closed_at = models.DateTimeField()

    def __str__(self) -> str:
        """When it was seen."""
        return self.seen_closed_at.isoformat()


class Adoption(models.Model):
    """Two people put a mode (and version) of the schedule in force; `reaches_back` also for records made before."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    mode = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    schedule_sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    reaches_back = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """Mode and version."""
        return f"{self.mode} {self.version}"


class DisposalRun(models.Model):
    """One disposal of one series: prepared by one person, approved by another, carried out batch by batch."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    series = models.CharField(max_length=40)
    mode = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    schedule_sha256 = models.CharField(max_length=64)
    authority = models.TextField()
    clause = models.CharField(max_length=80)
    approver = models.CharField(max_length=24)
    automatic = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=RunState.PREPARED.value)
    planned = models.PositiveIntegerField()
    destroyed = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    keys_destroyed = models.PositiveIntegerField(default=0)
    oldest_at = models.DateTimeField(null=True)
    newest_at = models.DateTimeField(null=True)
    prepared_by = models.CharField(max_length=80)
    prepared_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    entry_id = models.UUIDField()
    finished_entry_id = models.UUIDField(null=True)

    class Meta:
        """Newest first on every list."""

        indexes: ClassVar = [models.Index(fields=["-prepared_at", "program"], name="disposal_newest")]

    def __str__(self) -> str:
        """The series."""
        return self.series


class DisposalBatch(models.Model):
    """The sealed ids of up to some hundred records of a run; `done_at` once they are gone."""

    wall: ClassVar = Wall.PROGRAM
    id = models.BigAutoField(primary_key=True)
    program = models.CharField(max_length=32)
    run = models.ForeignKey(DisposalRun, on_delete=models.PROTECT, db_index=False)
    number = models.PositiveIntegerField()
    sealed_ids = models.BinaryField()
    count = models.PositiveIntegerField()
    destroyed = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        """In their order."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "number"], name="batch_once")]


class Destroyed(models.Model):
    """What stays of a destroyed record: under which run it went, when."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.BigAutoField(primary_key=True)
    program = models.CharField(max_length=32)
    record_id = models.UUIDField(db_index=True)
    series = models.CharField(max_length=40)
    run_id = models.UUIDField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        """The series."""
        return self.series


class TakenPreview(models.Model):
    """The preview the upkeep took last of one series."""

    wall: ClassVar = Wall.PROGRAM
    id = models.BigAutoField(primary_key=True)
    program = models.CharField(max_length=32)
    series = models.CharField(max_length=40)
    taken_at = models.DateTimeField()
    ripe = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    conflicts = models.PositiveIntegerField()
    oldest_at = models.DateTimeField(null=True)
    newest_at = models.DateTimeField(null=True)

    class Meta:
        """One for each series."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["series", "program"], name="preview_once")]

    def __str__(self) -> str:
        """The series."""
        return self.series
