"""The records of accepting: runs that stay open for a day, accepted texts, once keys, webhooks and their events."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class AcceptingRun(models.Model):
    """The notice run that takes the texts of one machine, template version and day.

    A run that was cancelled takes no more: the next part begins. `closed_at` is when its day was over.
    """

    wall: ClassVar = Wall.PROGRAM
    run_id = models.UUIDField(primary_key=True)
    program = models.CharField(max_length=32)
    machine_id = models.UUIDField()
    template_key = models.CharField(max_length=64)
    template_sha256 = models.CharField(max_length=64)
    day = models.DateField()
    part = models.PositiveSmallIntegerField(default=1)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """One open run for each machine, template version and day."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["machine_id", "day", "template_key", "template_sha256", "part"], name="accepting_run_once"
            ),
        ]


class AcceptedText(models.Model):
    """One text as the machine that handed it in knows it; what was decided stands in its row of the run."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    machine_id = models.UUIDField()
    run_id = models.UUIDField()
    row_no = models.PositiveIntegerField()
    message_id = models.UUIDField(null=True)
    accepted_at = models.DateTimeField()

    class Meta:
        """Ids sort by their time; found by their text when something becomes of it."""

        indexes: ClassVar = [models.Index(fields=["message_id"], name="accepted_by_message")]


class OnceKey(models.Model):
    """A request that was carried out, by the digest of the key it came with; `answer` is what was answered, sealed."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    machine_id = models.UUIDField()
    key_digest = models.BinaryField()
    body_digest = models.BinaryField()
    answer = models.BinaryField()

    class Meta:
        """A machine's key counts once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["machine_id", "key_digest"], name="once_key_once")]


class Webhook(models.Model):
    """An address of a machine that hears of changes; `county` is that of its key."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    machine_id = models.UUIDField(db_index=True)
    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class WebhookSecret(models.Model):
    """A sealed secret that signs what goes to a webhook; an older one signs too until `until_at`."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT)
    sealed = models.BinaryField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)


class WebhookEvent(models.Model):
    """One piece of news for one webhook: ids and states, never words or numbers.

    `source` names the record it tells of, so that the same record is told once. `due_at` is empty once it was
    delivered or given up (`state`, `facts.EventState`).
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, db_index=False)
    source = models.BinaryField()
    kind = models.CharField(max_length=40)
    body = models.TextField()
    state = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=40, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """What is due next at one webhook."""

        indexes: ClassVar = [
            models.Index(fields=["webhook", "due_at"], name="event_due", condition=models.Q(due_at__isnull=False)),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["webhook", "source"], name="event_once")]


class NewsMark(models.Model):
    """How far the records of a program were read for news.

    `attempts` wait for their outcome. `seen` holds, as [until, receipt, set-aside, settlement, attempt], what had been
    seen when the transactions numbered below `until` were the only ones that could still add to it.
    """

    wall: ClassVar = Wall.PROGRAM
    program = models.CharField(max_length=32, primary_key=True)
    state = models.JSONField(default=dict)
    read_at = models.DateTimeField()


RECORDS = (AcceptingRun, AcceptedText, OnceKey, Webhook, WebhookSecret, WebhookEvent, NewsMark)
