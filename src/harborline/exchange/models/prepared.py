"""Files with protected values, prepared for a partner before anything of them opens."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from harborline.exchange.models.files import Agreement, Transmission
from harborline.kernel.ids import new_id
from harborline.walls import Wall


class PreparedFile(models.Model):
    """A file to be made: for which agreement, under which name, with which protected fields, of how many records.

    `counties` are those of its people: who does not see them all is not shown the file. `sha256` is over its records
    and terms as they were prepared; `approved_sha256` over what the second person saw.
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="prepared")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200)
    fields = ArrayField(models.CharField(max_length=24))
    counties = ArrayField(models.CharField(max_length=5))
    records = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    prepared_by = models.CharField(max_length=80)
    prepared_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    approved_sha256 = models.CharField(max_length=64, blank=True, default="")
    withdrawn_by = models.CharField(max_length=80, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=200, blank=True, default="")
    sent_by = models.CharField(max_length=80, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    sent_records = models.PositiveIntegerField(null=True)
    transmission = models.OneToOneField(Transmission, on_delete=models.PROTECT, null=True, related_name="prepared")

    class Meta:
        """A name waits once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement", "folded"],
                condition=Q(withdrawn_at__isnull=True, sent_at__isnull=True),
                name="prepared_name_once",
            )
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class PreparedRecord(models.Model):
    """One record of a prepared file: about whom, and its other cells, sealed until the file is made or withdrawn.

    No foreign key to the participant: it stands longer than what it names.
    """

    wall: ClassVar = Wall.COUNTY
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    prepared = models.ForeignKey(PreparedFile, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    participant_id = models.UUIDField()
    cells = models.BinaryField(null=True)

    class Meta:
        """In their order."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["prepared", "number"], name="prepared_record_once")]

    def __str__(self) -> str:
        """Which one."""
        return str(self.number)
