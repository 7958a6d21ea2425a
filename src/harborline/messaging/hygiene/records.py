"""The record of hygiene: every answer about a number."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class NumberCheck(models.Model):
    """One answer of a register about a number: what was asked, when, of whom, what it said, who brought it.

    This row is what proves the safe harbour of 47 CFR 64.1200(m).
    """

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    phone_idx = models.BinaryField()
    sure_on = models.DateField()
    answer = models.CharField(max_length=8)
    register = models.CharField(max_length=80)
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    entry_id = models.UUIDField()

    class Meta:
        """The newest answer about a number."""

        indexes: ClassVar = [models.Index(fields=["phone_idx", "-at"], name="number_check_by_number")]

    def __str__(self) -> str:
        """The answer."""
        return self.answer
