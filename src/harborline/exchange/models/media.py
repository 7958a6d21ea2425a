"""The records of mailed media, kept until the last one is gone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.exchange.models.files import Agreement, Partner, Transmission
from harborline.kernel.ids import new_id
from harborline.walls import Wall


class Shipment(models.Model):
    """A parcel with media, announced or arrived; what was found at its opening is written once."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="shipments")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="shipments")
    carrier = models.CharField(max_length=80)
    tracking = models.CharField(max_length=80)
    outer_seal = models.CharField(max_length=40)
    inner_seal = models.CharField(max_length=40)
    item_count = models.PositiveSmallIntegerField()
    expected_date = models.DateField()
    fti = models.BooleanField(default=False)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=80, blank=True, default="")
    witness = models.CharField(max_length=80, blank=True, default="")
    seals_intact = models.BooleanField(null=True)
    discrepancy = models.CharField(max_length=400, blank=True, default="")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """The tracking number."""
        return self.tracking


class Medium(models.Model):
    """One CD, diskette or tape: item `number` of the shipment; `holder` repeats its last hand-over."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="items")
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField()
    serial = models.CharField(max_length=80, blank=True, default="")
    encrypted = models.CharField(max_length=80, blank=True, default="")
    condition = models.CharField(max_length=200, blank=True, default="")
    holder = models.CharField(max_length=80)
    disposed_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        """A bar code once; n of m once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["label", "program"], name="medium_label_once"),
            models.UniqueConstraint(fields=["shipment", "number"], name="medium_number_once"),
        ]

    def __str__(self) -> str:
        """The bar code."""
        return self.label


class CustodyEvent(models.Model):
    """One hand-over of a medium, or its way into and out of storage; confirmed by whoever takes it."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    medium = models.ForeignKey(Medium, on_delete=models.PROTECT, related_name="custody")
    giver = models.CharField(max_length=80)
    taker = models.CharField(max_length=80)
    place = models.CharField(max_length=120)
    purpose = models.CharField(max_length=120)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """To whom."""
        return f"to {self.taker}"


class Acquisition(models.Model):
    """The reading of a medium: device, write block, tool, digest of the image, errors, and the delivery it became."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    medium = models.ForeignKey(Medium, on_delete=models.PROTECT, related_name="acquisitions")
    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, null=True)
    device = models.CharField(max_length=120)
    write_blocked = models.BooleanField()
    tool = models.CharField(max_length=120)
    image_sha256 = models.CharField(max_length=64)
    read_errors = models.PositiveIntegerField(default=0)
    witness = models.CharField(max_length=80)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """The image's digest."""
        return self.image_sha256


class Disposition(models.Model):
    """How a medium ended: returned or destroyed, before a witness, with a certificate."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    medium = models.OneToOneField(Medium, on_delete=models.PROTECT, related_name="disposition")
    method = models.CharField(max_length=20)
    certificate = models.CharField(max_length=80)
    witness = models.CharField(max_length=80)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """How."""
        return self.method
