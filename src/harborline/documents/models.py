"""The records of documents: submissions, documents with their chunks, copies, verdicts, events, views."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from harborline.kernel.ids import new_id
from harborline.walls import Portal, Through, Wall


class Submission(models.Model):
    """What one person handed in at one time; `closed_at` is when the receipt was given.

    `once` is the number of the form it came with: sent again by the same one, it is this submission.
    """

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Portal.PARTICIPANT
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    number = models.CharField(max_length=20)
    way = models.CharField(max_length=8)
    participant_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    by = models.CharField(max_length=80)
    begun_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    entry_id = models.UUIDField(null=True)
    once = models.UUIDField(null=True)

    class Meta:
        """Found by its number, and by whose it is."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "program"], name="submission_number_once"),
            models.UniqueConstraint(
                fields=["once", "by", "program"], name="submission_sent_once", condition=Q(once__isnull=False)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["participant_id", "begun_at"], name="submission_by_person")]


class Document(models.Model):
    """One file. `handed_to`: None follows the case's manager, empty is the office, else a worker's number.

    `tries` counts looks without an answer, `broken_off` those the reader's limits stopped; `next_at` is the next try.
    `once` is the sender's own number for the file: begun again under it, it is this document.
    """

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Through("submission_id", "documents_submission")
    composite_keys: ClassVar = (("submission", "documents_submission"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="documents", db_constraint=False)
    name = models.BinaryField()
    announced = models.BigIntegerField()
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    kind = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=12)
    problem = models.CharField(max_length=24, blank=True, default="")
    pages = models.PositiveIntegerField(default=0)
    edition = models.PositiveIntegerField(default=0)
    isolation = models.CharField(max_length=8, blank=True, default="")
    label = models.CharField(max_length=24, blank=True, default="")
    handed_to = models.CharField(max_length=40, null=True)  # noqa: DJ001 - none is not the office
    tries = models.PositiveIntegerField(default=0)
    broken_off = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    once = models.UUIDField(null=True)

    class Meta:
        """Found by what is due, and by what waits for staff."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "once"], name="document_begun_once", condition=Q(once__isnull=False)
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="document_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["county", "state", "changed_at"], name="document_by_state"),
            models.Index(fields=["submission"], name="document_of_submission"),
        ]


class Chunk(models.Model):
    """Bytes as they came in, one sealed blob each; its place is `offset`."""

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Through("document_id", "documents_document")
    composite_keys: ClassVar = (("document", "documents_document"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="chunks", db_constraint=False, db_index=False
    )
    offset = models.BigIntegerField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    blob = models.CharField(max_length=64)

    class Meta:
        """A place once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "offset"], name="chunk_once")]


class Copy(models.Model):
    """One page as pixels (a JPEG of ours, sealed); `turn` is how far staff turned it, in degrees to the right."""

    wall: ClassVar = Wall.COUNTY
    composite_keys: ClassVar = (("document", "documents_document"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="copies", db_constraint=False, db_index=False
    )
    edition = models.PositiveIntegerField()
    page = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    turn = models.PositiveSmallIntegerField(default=0)
    blob = models.CharField(max_length=64)

    class Meta:
        """A page once in an edition."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "edition", "page"], name="copy_once")]


class Verdict(models.Model):
    """What one look at a file found; never changed."""

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Portal.NOTES
    append_only: ClassVar = True
    composite_keys: ClassVar = (("document", "documents_document"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="verdicts", db_constraint=False)
    step = models.CharField(max_length=8)
    outcome = models.CharField(max_length=12)
    found = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    entry_id = models.UUIDField()


class Event(models.Model):
    """One step of a document; `words` are a worker's own for the person, sealed."""

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Through("document_id", "documents_document")
    append_only: ClassVar = True
    composite_keys: ClassVar = (("document", "documents_document"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="events", db_constraint=False)
    state = models.CharField(max_length=12)
    reason = models.CharField(max_length=40, blank=True, default="")
    words = models.BinaryField(null=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()


class View(models.Model):
    """One look at a document by staff; `because` is sealed where a reason was asked."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    composite_keys: ClassVar = (("document", "documents_document"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="views", db_constraint=False)
    what = models.CharField(max_length=12)
    page = models.PositiveIntegerField(default=0)
    because = models.BinaryField(null=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()
