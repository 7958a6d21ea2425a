"""The records of the exchange: partners, agreements, uploads, transmissions, receipts, work, alarms, mailed media."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class Partner(models.Model):
    """An organisation files go to or come from; `contact` is the office's number for what is confirmed by voice."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    vendor = models.CharField(max_length=40, blank=True, default="")
    contact = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    entry_id = models.UUIDField()

    class Meta:
        """Found by its key."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "program"], name="partner_once")]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Credential(models.Model):
    """A key of a partner; confirmation, end and revocation are written once each, with their entries."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="credentials")
    login = models.CharField(max_length=60)
    kind = models.CharField(max_length=8)
    algorithm = models.CharField(max_length=60)
    bits = models.PositiveIntegerField(default=0)
    public_key = models.BinaryField()
    digest = models.CharField(max_length=80)
    networks = ArrayField(models.CharField(max_length=60), default=list)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=80, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_how = models.CharField(max_length=200, blank=True, default="")
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=200, blank=True, default="")
    entry_id = models.UUIDField()

    class Meta:
        """Found by what a machine shows; one key belongs to one login."""

        indexes: ClassVar = [models.Index(fields=["login", "digest"], name="credential_by_login")]

    def __str__(self) -> str:
        """The fingerprint."""
        return self.digest


class Agreement(models.Model):
    """One data flow with a partner; `version` is the number of the terms in force (0: none yet)."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="agreements")
    key = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=12, default="draft")
    version = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    active_from_at = models.DateTimeField(null=True)

    class Meta:
        """Found by its key."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "program"], name="agreement_once")]

    def __str__(self) -> str:
        """The title."""
        return self.title


class AgreementVersion(models.Model):
    """Terms as they were drafted; never changed."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    terms = models.JSONField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        """A number once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["agreement", "number"], name="terms_once")]

    def __str__(self) -> str:
        """Which one."""
        return f"version {self.number}"


class AgreementEvent(models.Model):
    """What happened to an agreement: drafted, activated, suspended, resumed, ended."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    because = models.CharField(max_length=200, blank=True, default="")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """What."""
        return self.kind


class Part(models.Model):
    """A piece of a content, sealed as a blob of its own: durable before its row is."""

    wall: ClassVar = Wall.PROGRAM
    id = models.BigAutoField(primary_key=True)
    program = models.CharField(max_length=32)
    content = models.UUIDField()
    number = models.PositiveIntegerField()
    blob = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()

    class Meta:
        """In their order."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["content", "number"], name="part_once")]

    def __str__(self) -> str:
        """Which one."""
        return f"{self.content}/{self.number}"


class Upload(models.Model):
    """A file on its way in: receiving, uploaded (closed, waiting for proof), landed, gone.

    `size` counts the bytes that are durable; `sha256` is known once it was closed. `proof` says what proved it.
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="uploads")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    credential_id = models.UUIDField(null=True)
    box = models.CharField(max_length=8)
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default="receiving")
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    proof = models.CharField(max_length=10, blank=True, default="")
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """One unfinished upload of a name in a box."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement", "box", "folded"],
                condition=Q(state__in=("receiving", "uploaded")),
                name="upload_open_once",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["partner", "begun_at"], name="upload_by_day")]

    def __str__(self) -> str:
        """Where it stands."""
        return self.state


class Transmission(models.Model):
    """One delivery, in or out; `state` repeats its newest event. `digests` are the SHA-256 of its files, sorted."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="transmissions")
    version = models.PositiveIntegerField()
    outgoing = models.BooleanField(default=False)
    channel = models.CharField(max_length=12)
    test = models.BooleanField(default=False)
    external_id = models.CharField(max_length=40, blank=True, default="")
    sequence = models.BigIntegerField(null=True)
    counted = models.BooleanField(default=False)
    digests = ArrayField(models.CharField(max_length=64), default=list)
    manifest = models.JSONField(null=True)
    state = models.CharField(max_length=14)
    reason = models.CharField(max_length=60)
    counts = models.JSONField(default=dict)
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    asked_by = models.CharField(max_length=80, blank=True, default="")
    asked_because = models.CharField(max_length=200, blank=True, default="")
    resend_asked_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        """An id and a number are accepted once for each agreement."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement", "external_id"],
                condition=Q(counted=True) & ~Q(external_id=""),
                name="transmission_id_once",
            ),
            models.UniqueConstraint(
                fields=["agreement", "outgoing", "sequence"],
                condition=Q(sequence__isnull=False, counted=True),
                name="transmission_sequence_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agreement", "at"], name="transmission_by_agreement"),
            # Asked at every landing; hardly ever is one in it.
            models.Index(
                fields=["agreement"], condition=Q(state="held", reason="sequence-gap"), name="transmission_waits_number"
            ),
        ]

    def __str__(self) -> str:
        """Where it stands."""
        return self.state


class TransmittedFile(models.Model):
    """One file of a delivery: its name is a row, its content sealed parts under `content`."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200)
    content = models.UUIDField()
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    plain = models.UUIDField(null=True)
    plain_size = models.PositiveBigIntegerField(null=True)
    plain_sha256 = models.CharField(max_length=64, blank=True, default="")
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        """Found by name and by digest."""

        indexes: ClassVar = [
            models.Index(fields=["folded"], name="transmitted_by_name"),
            models.Index(fields=["sha256"], name="transmitted_by_digest"),
        ]

    def __str__(self) -> str:
        """Its digest."""
        return self.sha256


class TransmissionEvent(models.Model):
    """One change of a delivery, with its entry in the log."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=14)
    reason = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """Where to."""
        return self.state


class Receipt(models.Model):
    """A signed receipt, ours (given to the partner) or theirs (about what we sent); never changed."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField(default=1)
    verdict = models.CharField(max_length=10)
    reason = models.CharField(max_length=60, blank=True, default="")
    name = models.CharField(max_length=220)
    note = models.BinaryField()
    theirs = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        """Each word once; a later word on the same thing has the next number."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transmission", "kind", "number", "theirs"], name="exchange_receipt_once")
        ]

    def __str__(self) -> str:
        """Which one."""
        return f"{self.kind} {self.verdict}"


class Work(models.Model):
    """A step to be taken on a delivery: queued, running, done, dead (a person must look)."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, related_name="work")
    step = models.CharField(max_length=10)
    state = models.CharField(max_length=8, default="queued")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    error = models.CharField(max_length=200, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        """One of each step; found by when it is due."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["transmission", "step"], name="work_once")]
        indexes: ClassVar = [models.Index(fields=["state", "next_at"], name="work_due")]

    def __str__(self) -> str:
        """Which step."""
        return self.step


class Alarm(models.Model):
    """Something somebody must look at; `about` makes it one alarm however often it is noticed."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=120)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, related_name="alarms")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="alarms")
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True, default="")
    settled_because = models.CharField(max_length=200, blank=True, default="")
    entry_id = models.UUIDField()

    class Meta:
        """One of a kind about one thing."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["about", "kind", "program"], name="alarm_once")]

    def __str__(self) -> str:
        """What it is about."""
        return self.kind


class Attempt(models.Model):
    """A try of a machine to come in; an unknown login is kept as its digest only."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.BigAutoField(primary_key=True)
    program = models.CharField(max_length=32)
    credential_id = models.UUIDField(null=True)
    login_idx = models.BinaryField()
    digest = models.CharField(max_length=80)
    remote = models.CharField(max_length=60)
    admitted = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        """Counted by where it came from."""

        indexes: ClassVar = [models.Index(fields=["remote", "at"], name="attempt_by_remote")]

    def __str__(self) -> str:
        """How it ended."""
        return "admitted" if self.admitted else "refused"
