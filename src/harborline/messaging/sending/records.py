"""The records of sending: lots (what is due when), receipts on their way into the record, unclear texts settled."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class Lot(models.Model):
    """Up to 64 queued texts of one sender and run with one due moment: what a dispatcher takes at a time.

    A row is made with its texts' dispatches, and goes when they are attempted or put off into other lots. So the
    dispatch itself changes no indexed column while it is on its way.
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.BigAutoField(primary_key=True)
    program = models.CharField(max_length=32)
    sender_id = models.UUIDField()
    run_id = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    message_ids = ArrayField(models.UUIDField())

    class Meta:
        """Taken in the order of their moments, one run after the other."""

        indexes: ClassVar = [models.Index(fields=["sender_id", "run_id", "due_at", "id"], name="lot_due")]


class Flight(models.Model):
    """Attempts that one dispatcher made together and has no answers to yet: what its successor finds left open."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    sender_id = models.UUIDField(db_index=True)
    epoch = models.BigIntegerField()
    message_ids = ArrayField(models.UUIDField())
    attempt_ids = ArrayField(models.UUIDField())
    at = models.DateTimeField()


class Unclear(models.Model):
    """A text nobody could answer for, until its expiry; what became clear meanwhile is simply taken from here."""

    wall: ClassVar = Wall.COUNTY
    attempt_id = models.UUIDField(primary_key=True)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    message_id = models.UUIDField()
    expires_at = models.DateTimeField(db_index=True)


class ReceiptArrival(models.Model):
    """A receipt as it came in, durable before the carrier is answered; it goes when it is folded into the record."""

    wall: ClassVar = Wall.PROGRAM
    id = models.BigAutoField(primary_key=True)
    program = models.CharField(max_length=32)
    attempt_id = models.UUIDField()
    receipt = models.CharField(max_length=10)
    code = models.CharField(max_length=40)
    carrier_ref = models.CharField(max_length=80)
    news = models.CharField(max_length=10, default="", db_default="")
    at = models.DateTimeField()


class Settlement(models.Model):
    """How an unclear text was settled without a receipt: by a person, or because its time was over.

    `verdict` and `how` are `facts.Verdict` and `facts.Knowledge`; `by` is a worker or the system; `note` is sealed.
    """

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    message_id = models.UUIDField(db_index=True)
    attempt_id = models.UUIDField()
    verdict = models.CharField(max_length=12)
    how = models.CharField(max_length=20)
    note = models.BinaryField(default=bytes)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()


class SentAgain(models.Model):
    """A text that a person let go again as a new one, after it was settled that the first surely did not arrive."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    message_id = models.UUIDField(primary_key=True)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    again_as = models.UUIDField(unique=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()


class SenderPause(models.Model):
    """A sender was stopped, or let go on: by the machine when the carrier has trouble with our account, or a person."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.BigAutoField(primary_key=True)
    program = models.CharField(max_length=32)
    sender_id = models.UUIDField(db_index=True)
    paused = models.BooleanField()
    reason = models.CharField(max_length=64)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()


RECORDS = (Lot, Flight, Unclear, ReceiptArrival, Settlement, SentAgain, SenderPause)
