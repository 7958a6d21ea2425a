"""The orders to destroy: what makes a destruction survive a crash between the commit and the key."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class ShredOrder(models.Model):
    """Secrets that must go: of `records`, or the class key `key_number`; `carried_out_at` is set when they are gone.

    A restored database carries its orders out again: no older copy of the keys brings anything back.
    """

    wall: ClassVar = Wall.PROGRAM
    grants: ClassVar = {"hl_app": "SELECT, INSERT, UPDATE (carried_out_at)"}
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    group = models.CharField(max_length=120)
    records = ArrayField(models.UUIDField(), default=list)
    key_number = models.PositiveIntegerField(null=True)
    schedule = models.CharField(max_length=200)
    ordered_at = models.DateTimeField()
    carried_out_at = models.DateTimeField(null=True)
    entry_id = models.UUIDField()

    class Meta:
        """Open ones are found at once."""

        indexes: ClassVar = [
            models.Index(
                fields=["ordered_at"], condition=models.Q(carried_out_at__isnull=True), name="shred_order_open"
            )
        ]

    def __str__(self) -> str:
        """The group."""
        return self.group
