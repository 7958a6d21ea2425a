"""The records of vendors."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class Vendor(models.Model):
    """A company; `simulated` ones never leave this machine. `identifiers` maps a scheme to its value."""

    wall: ClassVar = Wall.GLOBAL
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    free_service = models.BooleanField(default=False)
    simulated = models.BooleanField(default=False)
    identifiers = models.JSONField(default=dict)

    def __str__(self) -> str:
        """The name."""
        return self.name


class Connector(models.Model):
    """An adapter by name and the vendor it reaches."""

    wall: ClassVar = Wall.GLOBAL
    name = models.CharField(primary_key=True, max_length=40)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT)

    def __str__(self) -> str:
        """The adapter's name."""
        return self.name


class Engagement(models.Model):
    """One vendor's work for one program; `under` is the engagement it is a sub-processor of."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT)
    purposes = ArrayField(models.CharField(max_length=40))
    data_elements = ArrayField(models.CharField(max_length=40))
    systems = models.CharField(max_length=200)
    under = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="subprocessors")
    drafted_by = models.CharField(max_length=80)
    drafted_at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """Vendor and program."""
        return f"{self.vendor_id} for {self.program}"


class Step(models.Model):
    """One step of a life; never changed. `on_date` is the day the paper bears."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20)
    on_date = models.DateField()
    detail = models.JSONField(default=dict)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """Which step."""
        return self.kind


class Paper(models.Model):
    """A signed document of a step, kept sealed as a blob named by the paper's id; `sha256` is of the plaintext."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="papers")
    file_name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """The file's name."""
        return self.file_name


class Approval(models.Model):
    """A program's prior written permission for one vendor and purpose; `revoked_at` changes once, with its entry."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT)
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, null=True, related_name="approvals")
    purpose = models.CharField(max_length=40)
    data_elements = ArrayField(models.CharField(max_length=40))
    document_no = models.CharField(max_length=80)
    signer = models.CharField(max_length=200)
    signed_date = models.DateField()
    valid_from_at = models.DateTimeField()
    valid_until_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=80, blank=True, default="")
    revoked_because = models.CharField(max_length=200, blank=True, default="")
    entry_id = models.UUIDField()

    class Meta:
        """Found by what it permits."""

        indexes: ClassVar = [models.Index(fields=["program", "purpose", "vendor"], name="approval_by_purpose")]

    def __str__(self) -> str:
        """The permission's document."""
        return self.document_no


class ScreeningRecord(models.Model):
    """One screening as it was decided: names, lists with version and digest, hits with their words."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="screenings")
    band = models.CharField(max_length=8)
    names = models.JSONField()
    lists = models.JSONField()
    hits = models.JSONField()
    algorithm = models.CharField(max_length=40)
    why = models.CharField(max_length=40)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """What it found."""
        return self.band


class Clearance(models.Model):
    """What a reviewer decided about one entry for one vendor: not the same company, or truly it."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT)
    entry = models.CharField(max_length=120)
    confirmed = models.BooleanField()
    vendor_digest = models.CharField(max_length=64)
    entry_digest = models.CharField(max_length=64)
    identifier = models.CharField(max_length=320)
    reason = models.CharField(max_length=400)
    expires_date = models.DateField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """The entry of the list."""
        return self.entry


class ListVersion(models.Model):
    """One version of a prohibited list that somebody brought in, as the file it came in; the newest is in force."""

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    list_id = models.CharField(max_length=60)
    version_date = models.DateField()
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=120)
    content = models.BinaryField()
    row_count = models.PositiveIntegerField()
    brought_by = models.CharField(max_length=80)
    brought_at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        """A version comes in once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["list_id", "version_date"], name="list_version_once")]

    def __str__(self) -> str:
        """List and version."""
        return f"{self.list_id} {self.version_date}"


class FaxLine(models.Model):
    """A fax line with the local IT's attestation; a new attestation is a new row, the newest of a label counts."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    attested_by = models.CharField(max_length=120)
    attested_date = models.DateField(null=True)
    until_date = models.DateField(null=True)
    withdrawn = models.BooleanField(default=False)
    because = models.CharField(max_length=200, blank=True, default="")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """What it is called."""
        return self.label
