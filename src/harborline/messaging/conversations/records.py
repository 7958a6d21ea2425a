"""The records of conversations: threads, their texts, openings, answers; on-call turns and crisis alerts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class Thread(models.Model):
    """One person's texts on one platform and number in one county; of an unknown number when nobody has it."""

    wall: ClassVar = Wall.COUNTY
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey(
        "people.Participant", on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    phone_idx = models.BinaryField()
    platform = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    started_at = models.DateTimeField()
    last_in_at = models.DateTimeField()
    last_out_at = models.DateTimeField(null=True)

    class Meta:
        """One thread for a person's number on a platform; found by person."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["participant", "phone_idx", "platform"],
                condition=models.Q(participant__isnull=False),
                name="thread_of_person",
            ),
            models.UniqueConstraint(
                fields=["phone_idx", "platform", "program"],
                condition=models.Q(participant__isnull=True),
                name="thread_of_stranger",
            ),
        ]

    def __str__(self) -> str:
        """The platform."""
        return self.platform


class ThreadText(models.Model):
    """One inbound text as one thread has it: the working copy of the worker it is for (empty: of whoever opens it).

    `needs_reading` is false for what was done without a person, such as a bare STOP. `viewed_at` is the first view by
    the one it was for; `session` and `session_until_at` bound that view. `asked` is a `facts.Topic`, `note` is sealed.
    After `gone_at` the copy opens no more; `gone_why` is a `facts.Gone`.
    """

    wall: ClassVar = Wall.COUNTY
    composite_keys: ClassVar = (("thread", "messaging_thread"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, db_constraint=False)
    inbound = models.ForeignKey("messaging.InboundMessage", on_delete=models.PROTECT, db_constraint=False)
    received_at = models.DateTimeField()
    needs_reading = models.BooleanField(default=True)
    for_worker = models.UUIDField(null=True)
    viewed_at = models.DateTimeField(null=True)
    viewed_by = models.UUIDField(null=True)
    session = models.CharField(max_length=64, blank=True, default="")
    session_until_at = models.DateTimeField(null=True)
    asked = models.CharField(max_length=20, blank=True, default="")
    asked_by = models.CharField(max_length=80, blank=True, default="")
    note = models.BinaryField(default=bytes)
    gone_at = models.DateTimeField(null=True)
    gone_why = models.CharField(max_length=16, blank=True, default="")
    brought_up_at = models.DateTimeField(null=True)

    class Meta:
        """What waits is found by time; a text is once in a thread."""

        indexes: ClassVar = [
            models.Index(fields=["received_at"], condition=models.Q(gone_at__isnull=True), name="thread_text_waiting"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["inbound", "thread"], name="thread_text_once")]

    def __str__(self) -> str:
        """What was asked."""
        return self.asked


class TextOpening(models.Model):
    """Somebody saw the words of a thread text, or a part of them; `counts` when it was the one they were for."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    composite_keys: ClassVar = (("text", "messaging_threadtext"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    text = models.ForeignKey(ThreadText, on_delete=models.PROTECT, db_constraint=False)
    how = models.CharField(max_length=12)
    counts = models.BooleanField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """How."""
        return self.how


class ThreadAnswer(models.Model):
    """A worker's own answer in a thread; `message_id` is the text that carries it."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    composite_keys: ClassVar = (("thread", "messaging_thread"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, db_constraint=False)
    message_id = models.UUIDField(unique=True)
    reason = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """Who."""
        return self.actor


class OnCallTurn(models.Model):
    """A named worker on call for a county (`*`: all of the program); `place` 1 is told first.

    `minutes` is how long they have before the next is told.
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    place = models.PositiveSmallIntegerField()
    worker_id = models.UUIDField()
    minutes = models.PositiveSmallIntegerField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    set_by = models.CharField(max_length=80)

    def __str__(self) -> str:
        """The place."""
        return str(self.place)


class CrisisAlert(models.Model):
    """Words of danger in a text: told to whoever is on call, one after the other, until somebody acknowledges it.

    `told_count` is how often somebody was told; `next_at` is when the next one is due (empty: nobody any more).
    """

    wall: ClassVar = Wall.COUNTY
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    inbound = models.ForeignKey("messaging.InboundMessage", on_delete=models.PROTECT, db_constraint=False)
    text_id = models.UUIDField()
    raised_at = models.DateTimeField()
    told_count = models.PositiveSmallIntegerField(default=0)
    told_worker_id = models.UUIDField(null=True)
    next_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=80, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True, default="")
    outcome = models.CharField(max_length=20, blank=True, default="")
    note = models.BinaryField(default=bytes)
    entry_id = models.UUIDField()

    class Meta:
        """Open ones are found by when the next person is due."""

        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="alert_due")
        ]

    def __str__(self) -> str:
        """The outcome."""
        return self.outcome


class AlertStep(models.Model):
    """One thing that happened to an alert; `kind` is a `facts.AlertEvent`."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    composite_keys: ClassVar = (("alert", "messaging_crisisalert"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    alert = models.ForeignKey(CrisisAlert, on_delete=models.PROTECT, db_constraint=False)
    kind = models.CharField(max_length=16)
    worker_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """The kind."""
        return self.kind


RECORDS = (Thread, ThreadText, TextOpening, ThreadAnswer, OnCallTurn, CrisisAlert, AlertStep)
"""All of them, for `messaging.models`."""
