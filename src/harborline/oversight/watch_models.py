"""The records of watching: findings, what a supervisor found about them, public people; incidents and their clocks."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class PublicPerson(models.Model):
    """Somebody whom many would like to look up; on the list until `ended_at`."""

    wall: ClassVar = Wall.AGENCY
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.CharField(max_length=32)
    person_id = models.UUIDField()
    because = models.CharField(max_length=24)
    listed_by = models.CharField(max_length=80)
    listed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """A person stands on the list once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person_id", "agency"], condition=models.Q(ended_at__isnull=True), name="public_once"
            ),
        ]

    def __str__(self) -> str:
        """Why."""
        return self.because


class Finding(models.Model):
    """Accesses of one worker to ask about: at one person, or on one day at many (`participant_id` empty).

    Found again, it grows; once reviewed, it stays, and only later accesses are found anew. No foreign keys: it stands
    longer than what it names.
    """

    wall: ClassVar = Wall.COUNTY
    stays: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    worker_id = models.UUIDField()
    participant_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    marks = ArrayField(models.CharField(max_length=20))
    score = models.PositiveIntegerField()
    times = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    found_at = models.DateTimeField()

    class Meta:
        """The weightiest first, and by whom they are of."""

        indexes: ClassVar = [
            models.Index(fields=["-score", "-last_at"], name="finding_weightiest"),
            models.Index(fields=["worker_id", "participant_id"], name="finding_of"),
        ]

    def __str__(self) -> str:
        """The marks."""
        return ", ".join(self.marks)


class FindingReview(models.Model):
    """What a supervisor found, once."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    composite_keys: ClassVar = (("finding", "oversight_finding"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="review", db_constraint=False)
    outcome = models.CharField(max_length=16)
    note = models.BinaryField(null=True)
    reviewed_by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        """By who reviewed: what is left of their week."""

        indexes: ClassVar = [models.Index(fields=["reviewed_by", "-at"], name="review_by_whom")]

    def __str__(self) -> str:
        """The outcome."""
        return self.outcome


class Incident(models.Model):
    """Data that may have been seen, used or lost without authority; `words` are sealed and name nobody.

    `elements` are kinds of data, `people` how many are concerned as far as known; `basis` names what it came from.
    """

    wall: ClassVar = Wall.PROGRAM
    stays: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    tax = models.BooleanField()
    occurred_at = models.DateTimeField()
    found_at = models.DateTimeField()
    how_found = models.CharField(max_length=24)
    elements = ArrayField(models.CharField(max_length=24))
    people = models.PositiveIntegerField()
    words = models.BinaryField()
    basis = models.CharField(max_length=80, blank=True)
    reported_by = models.CharField(max_length=80)
    reported_at = models.DateTimeField()
    closed_by = models.CharField(max_length=80, blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first."""

        indexes: ClassVar = [models.Index(fields=["-found_at", "program"], name="incident_newest")]

    def __str__(self) -> str:
        """When it was found."""
        return self.found_at.isoformat()


class IncidentStep(models.Model):
    """Somebody must be told by `due_at`; `key` names the clock, `reference` the paper that shows it was done."""

    wall: ClassVar = Wall.PROGRAM
    stays: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="steps")
    key = models.CharField(max_length=32)
    due_at = models.DateTimeField()
    done_by = models.CharField(max_length=80, blank=True, default="")
    done_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        """Each clock once; the open ones by their hour."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["incident", "key"], name="incident_step_once")]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(done_at__isnull=True), name="incident_step_open")
        ]

    def __str__(self) -> str:
        """The clock."""
        return self.key
