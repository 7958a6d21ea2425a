"""The records of messaging: run → recipient → message → dispatch → attempt → outcome → receipt."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from harborline.kernel.ids import new_id
from harborline.messaging.accepting import records as accepting
from harborline.messaging.conversations.records import RECORDS
from harborline.messaging.facts import MessageKind, RunState
from harborline.messaging.hygiene.records import NumberCheck
from harborline.messaging.sending import records as sending
from harborline.messaging.wording.records import TemplateStep, TemplateVersion
from harborline.walls import Wall

# Parts of this room keep their records in files of their own; Django finds them through this one.
_RECORDS_ELSEWHERE = (NumberCheck, TemplateStep, TemplateVersion, *RECORDS, *sending.RECORDS, *accepting.RECORDS)


class Sender(models.Model):
    """A program's number at one carrier, with its pace in segments per second and, where the carrier has one, per day.

    `day_zone` is where the carrier's day begins. `rank` 0 is the program's first carrier; a later one takes over what
    the first surely did not accept, where the profile allows a second. `paused_reason` is empty while it may send.
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    key = models.CharField(max_length=40, unique=True)
    number = models.CharField(max_length=20)
    carrier = models.CharField(max_length=40)
    segments_per_s = models.PositiveIntegerField(default=1)
    segments_per_day = models.PositiveIntegerField(null=True)
    day_zone = models.CharField(max_length=40, default="America/Los_Angeles")
    rank = models.PositiveSmallIntegerField(default=0)
    paused_reason = models.CharField(max_length=64, blank=True, default="")
    active = models.BooleanField(default=True)


class SenderLease(models.Model):
    """Which dispatcher owns a sender's pacing; `epoch` rises with every new holder.

    `day_segments` went since the carrier's day `day` began.
    """

    wall: ClassVar = Wall.PROGRAM
    sender = models.OneToOneField(Sender, primary_key=True, on_delete=models.PROTECT)
    program = models.CharField(max_length=32)
    holder = models.CharField(max_length=64, blank=True, default="")
    epoch = models.BigIntegerField(default=0)
    until_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    day_segments = models.PositiveIntegerField(default=0, db_default=0)


class NoticeRun(models.Model):
    """One caseload file sent with one template."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT)
    template_key = models.CharField(max_length=64)
    template_sha256 = models.CharField(max_length=64)
    profile_sha256 = models.CharField(max_length=64)
    source_name = models.CharField(max_length=200)
    source_sha256 = models.CharField(max_length=64)
    source_blob = models.CharField(max_length=64)
    bad_rows_blob = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=20, default=RunState.PLANNING.value)
    started_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    scheduled_at = models.DateTimeField(null=True)
    planned_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    row_count = models.PositiveIntegerField(default=0)
    bad_row_count = models.PositiveIntegerField(default=0)
    message_count = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        """Newest first on every list."""

        indexes: ClassVar = [models.Index(fields=["program", "-created_at"])]


class RunDecision(models.Model):
    """One distinct decision of a run: thousands of recipients share a few of them."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    run = models.ForeignKey(NoticeRun, on_delete=models.PROTECT)
    outcome = models.CharField(max_length=8)
    reason = models.CharField(max_length=64)
    rule = models.CharField(max_length=120)
    clauses = ArrayField(models.CharField(max_length=80))
    profile_sha256 = models.CharField(max_length=64)


class Recipient(models.Model):
    """One row of a caseload with its decision; `message` is empty when nothing may be sent."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    composite_keys: ClassVar = (("participant", "people_participant"),)
    pk = models.CompositePrimaryKey("run_id", "row_no")
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    run = models.ForeignKey(NoticeRun, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    row_no = models.PositiveIntegerField()
    decision = models.ForeignKey(RunDecision, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    participant_id = models.UUIDField(null=True)
    participant_ref = models.CharField(max_length=40)
    message_id = models.UUIDField(null=True)
    with_row_no = models.PositiveIntegerField(null=True)
    appointment_at = models.DateTimeField()
    office = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    commit_key = models.BinaryField()
    entry_id = models.UUIDField()


class Message(models.Model):
    """One text to one number; its words and its number are sealed apart in `MessageContent`."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    kind = models.CharField(max_length=8, default=MessageKind.NOTICE.value)
    run = models.ForeignKey(NoticeRun, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    row_no = models.PositiveIntegerField(null=True)
    participant_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    consent_id = models.UUIDField(null=True)
    phone_idx = models.BinaryField()
    template_key = models.CharField(max_length=64)
    template_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    encoding = models.CharField(max_length=4)
    segments = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        """Found by number (a STOP stops what waits for it) and by participant."""

        indexes: ClassVar = [
            models.Index(fields=["phone_idx"], name="message_by_phone"),
            models.Index(fields=["participant_id"], name="message_by_participant"),
        ]


class MessageContent(models.Model):
    """The sealed words and number of a message and the key of its commitments: what is destroyed when time is up."""

    wall: ClassVar = Wall.COUNTY
    message = models.OneToOneField(Message, primary_key=True, on_delete=models.PROTECT, db_constraint=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    sealed = models.BinaryField()
    commit_key = models.BinaryField()


class Dispatch(models.Model):
    """The intent to send one message and where it is.

    `due_at` is when it may go next (its lot holds the same moment), `handed_at` the moment of its newest attempt.
    """

    wall: ClassVar = Wall.COUNTY
    message = models.OneToOneField(Message, primary_key=True, on_delete=models.PROTECT, db_constraint=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    sender_id = models.UUIDField()
    run_id = models.UUIDField(null=True)
    state = models.SmallIntegerField()
    due_at = models.DateTimeField(null=True)
    last_due_at = models.DateTimeField()
    zones = models.CharField(max_length=400)
    attempts = models.PositiveSmallIntegerField(default=0)
    epoch = models.BigIntegerField(default=0)
    dedupe_key = models.BinaryField(null=True)
    changed_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        """No index holds what changes on the way, so every step stays within the page."""

        indexes: ClassVar = [models.Index(fields=["run_id"], name="dispatch_by_run")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dedupe_key"], name="dispatch_once"),
        ]


class Attempt(models.Model):
    """One hand-over, committed before the carrier is called."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    message_id = models.UUIDField(db_index=True)
    sender_id = models.UUIDField()
    carrier = models.CharField(max_length=40)
    epoch = models.BigIntegerField()
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    entry_id = models.UUIDField()


class SetAside(models.Model):
    """Why a due message did not go at that moment: later, too late, or not at all."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    id = models.BigAutoField(primary_key=True)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    message_id = models.UUIDField(db_index=True)
    outcome = models.CharField(max_length=8)
    reason = models.CharField(max_length=64)
    rule = models.CharField(max_length=120)
    clauses = ArrayField(models.CharField(max_length=80))
    until_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    entry_id = models.UUIDField()


class AttemptOutcome(models.Model):
    """What the carrier said to one attempt, committed after it answered (or never did)."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    attempt = models.OneToOneField(Attempt, primary_key=True, on_delete=models.PROTECT, db_constraint=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    answer = models.CharField(max_length=10)
    carrier_ref = models.CharField(max_length=80)
    code = models.CharField(max_length=40)
    at = models.DateTimeField()
    entry_id = models.UUIDField()


class ReceiptRecord(models.Model):
    """What the network said later; a receipt told twice stands once."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    id = models.BigAutoField(primary_key=True)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    attempt_id = models.UUIDField()
    receipt = models.CharField(max_length=10)
    code = models.CharField(max_length=40)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        """One row for each thing said about an attempt."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["attempt_id", "receipt"], name="receipt_once")]


class InboundMessage(models.Model):
    """A text from a handset: sealed words, what it was taken for, what was done.

    `sealed` is empty once the words were destroyed; the entry's commitment to them stays (`conversations.keeping`).
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    sender_id = models.UUIDField()
    carrier_ref = models.CharField(max_length=80, unique=True)
    phone_idx = models.BinaryField()
    sealed = models.BinaryField(null=True)
    opt_out = models.CharField(max_length=8)
    start = models.BooleanField(default=False)
    help = models.BooleanField(default=False)
    crisis = models.BooleanField(default=False)
    private = ArrayField(models.CharField(max_length=40), default=list)
    wrong_number = models.BooleanField(default=False)
    media_count = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=8, blank=True, default="")
    effect = models.CharField(max_length=64, blank=True, default="")
    destroyed_at = models.DateTimeField(null=True)
    reply_message_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        """Found by number."""

        indexes: ClassVar = [models.Index(fields=["phone_idx"], name="inbound_by_phone")]
