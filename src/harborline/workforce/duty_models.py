"""Records of the register of duties: who was given a duty, and what shows that it was done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class DutyCharge(models.Model):
    """A duty given to a worker; the newest one of a clause in a program holds. Its first evidence is due by a day."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    clause = models.CharField(max_length=64)
    owner = models.ForeignKey("workforce.Worker", on_delete=models.PROTECT, related_name="duties")
    every_days = models.PositiveSmallIntegerField()
    first_due_date = models.DateField()
    charged_by = models.CharField(max_length=80)
    charged_at = models.DateTimeField()

    class Meta:
        """The newest of a clause."""

        indexes: ClassVar = [models.Index(fields=["clause", "program", "-charged_at"], name="duty_charge_newest")]

    def __str__(self) -> str:
        """The clause."""
        return self.clause


class DutyEvidence(models.Model):
    """What the owner did on a day, and where its evidence lies."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    clause = models.CharField(max_length=64)
    done_date = models.DateField()
    evidence = models.CharField(max_length=500)
    kept_by = models.CharField(max_length=80)
    kept_at = models.DateTimeField()

    class Meta:
        """The newest of a clause."""

        indexes: ClassVar = [models.Index(fields=["clause", "program", "-done_date"], name="duty_evidence_newest")]

    def __str__(self) -> str:
        """The clause."""
        return self.clause
