"""The register of penalties: what was proposed, decided and read; and the days an account is off by one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class Penalty(models.Model):
    """One penalty of a worker; `because` is sealed, `basis` names the finding or incident."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    worker = models.ForeignKey("workforce.Worker", on_delete=models.PROTECT, related_name="penalties")
    kind = models.CharField(max_length=16)
    because = models.BinaryField()
    basis = models.CharField(max_length=80, blank=True)
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()

    class Meta:
        """Of a worker, the newest first."""

        indexes: ClassVar = [models.Index(fields=["worker", "-proposed_at"], name="penalty_of_worker")]

    def __str__(self) -> str:
        """The kind."""
        return self.kind


class PenaltyDecision(models.Model):
    """A second person said yes or no to a grave penalty."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    penalty = models.OneToOneField(Penalty, primary_key=True, on_delete=models.PROTECT, related_name="decision")
    program = models.CharField(max_length=32)
    approved = models.BooleanField()
    decided_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        """Yes or no."""
        return "approved" if self.approved else "refused"


class PenaltyReceipt(models.Model):
    """The worker read it and typed their name; `appeal` (sealed, may be empty) is what they say against it."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    penalty = models.OneToOneField(Penalty, primary_key=True, on_delete=models.PROTECT, related_name="receipt")
    program = models.CharField(max_length=32)
    read_as = models.CharField(max_length=200)
    appeal = models.BinaryField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """When."""
        return self.at.isoformat()


class Suspension(models.Model):
    """The account of a worker is off from a day until another (exclusive); why stands in the register alone."""

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey("workforce.Worker", on_delete=models.PROTECT, related_name="suspensions")
    from_date = models.DateField()
    until_date = models.DateField()

    def __str__(self) -> str:
        """Until when."""
        return self.until_date.isoformat()
