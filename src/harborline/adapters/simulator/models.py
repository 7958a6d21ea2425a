"""What simulated handsets hold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class HandsetText(models.Model):
    """One text on a simulated handset: arrived there, or written there (`from_handset`).

    `receipt` is what the network will say about it, from `due_at` on; `reported_at` when it did. The words are not
    sealed: the numbers belong to nobody, and a real carrier's network would not seal them either.
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    sender = models.CharField(max_length=40)
    number = models.CharField(max_length=20)
    from_handset = models.BooleanField(default=False)
    text = models.TextField()
    attempt_id = models.UUIDField(null=True)
    receipt = models.CharField(max_length=10, blank=True, default="")
    code = models.CharField(max_length=10, blank=True, default="")
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)

    class Meta:
        """Found by number, and the newest first; `reported_at` is in no index, so reporting stays cheap."""

        indexes: ClassVar = [
            models.Index(fields=["program", "number", "at"], name="handset_by_number"),
            models.Index(fields=["program", "at"], name="handset_newest"),
        ]
