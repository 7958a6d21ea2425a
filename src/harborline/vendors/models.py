"""The records of vendors."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class Vendor(models.Model):
    """A company; `simulated` ones never leave this machine."""

    wall: ClassVar = Wall.GLOBAL
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    free_service = models.BooleanField(default=False)
    simulated = models.BooleanField(default=False)

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


class Approval(models.Model):
    """A program's prior written permission for one vendor and purpose; `revoked_at` changes once, with its entry."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT)
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
