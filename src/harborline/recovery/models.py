"""The records of recovery: holds, what was reconciled, and texts that went out before the restore."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class SendingHold(models.Model):
    """No text of a program leaves while its hold is open (`released_at` empty).

    `as_of_at` is where the restored tables end, `set_id` the backup set they came from; `epoch` is the newest life of
    the log at that moment. `reason` (of the release) is sealed.
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    kind = models.CharField(max_length=10)
    set_id = models.CharField(max_length=40, blank=True, default="")
    as_of_at = models.DateTimeField(null=True)
    epoch = models.SmallIntegerField()
    held_at = models.DateTimeField()
    entry_id = models.UUIDField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=80, blank=True, default="")
    approved_by = models.CharField(max_length=80, blank=True, default="")
    reason = models.BinaryField(default=bytes)

    class Meta:
        """Open ones are asked for before every hand-over."""

        indexes: ClassVar = [
            models.Index(fields=["held_at"], condition=models.Q(released_at__isnull=True), name="sending_hold_open")
        ]

    def __str__(self) -> str:
        """The kind."""
        return self.kind


class Reconciliation(models.Model):
    """One step of a hold: from which file (its SHA-256), how many rows, how much was news, how many were unusable.

    It counts as done when every row was usable, or somebody accepted that some were not.
    """

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    hold = models.ForeignKey(SendingHold, on_delete=models.PROTECT)
    step = models.CharField(max_length=10)
    source_sha256 = models.CharField(max_length=64, blank=True, default="")
    row_count = models.PositiveIntegerField(default=0)
    news_count = models.PositiveIntegerField(default=0)
    bad_count = models.PositiveIntegerField(default=0)
    bad_accepted = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """The step."""
        return self.step


class SentBefore(models.Model):
    """A text that the provider sent and the restored tables do not know: found by number, compared by its words.

    `words_idx` is the blind index of its words, empty where the provider did not keep them.
    """

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.BigAutoField(primary_key=True)
    program = models.CharField(max_length=32)
    hold = models.ForeignKey(SendingHold, on_delete=models.PROTECT, db_index=False)
    phone_idx = models.BinaryField()
    words_idx = models.BinaryField(null=True)
    reference = models.CharField(max_length=80)
    sent_at = models.DateTimeField()

    class Meta:
        """Found by number; a reference stands once, however often its file is brought."""

        indexes: ClassVar = [models.Index(fields=["phone_idx"], name="sent_before_by_number")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["reference", "program"], name="sent_before_once")]

    def __str__(self) -> str:
        """The provider's reference."""
        return self.reference
