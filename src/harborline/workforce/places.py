"""Records of who works beside, under and for whom: teams, supervision, stand-ins, proposed assignments."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class Team(models.Model):
    """Workers of a program and county who share their cases."""

    wall: ClassVar = Wall.GLOBAL
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta:
        """One of each name in a program."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "program"], name="one_team_of_a_name")]

    def __str__(self) -> str:
        """The name."""
        return self.name


class TeamPlace(models.Model):
    """A worker's place in a team, from and until (exclusive; empty: open)."""

    wall: ClassVar = Wall.GLOBAL
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="places")
    worker = models.ForeignKey("workforce.Worker", on_delete=models.PROTECT, related_name="team_places")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Since when."""
        return self.from_at.isoformat()


class Supervision(models.Model):
    """Who supervises a worker in a program, from and until (exclusive; empty: open)."""

    wall: ClassVar = Wall.GLOBAL
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey("workforce.Worker", on_delete=models.PROTECT, related_name="supervisions")
    program = models.CharField(max_length=32)
    supervisor = models.ForeignKey("workforce.Worker", on_delete=models.PROTECT, related_name="supervised")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Since when."""
        return self.from_at.isoformat()


class Cover(models.Model):
    """Somebody asked that one worker stands in for another, from and until (exclusive)."""

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    away = models.ForeignKey("workforce.Worker", on_delete=models.PROTECT, related_name="covered")
    stand_in = models.ForeignKey("workforce.Worker", on_delete=models.PROTECT, related_name="covers")
    program = models.CharField(max_length=32)
    reason = models.CharField(max_length=24)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        """Why."""
        return self.reason


class CoverDecision(models.Model):
    """A second person said yes or no to a stand-in."""

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    cover = models.OneToOneField(Cover, primary_key=True, on_delete=models.PROTECT, related_name="decision")
    approved = models.BooleanField()
    decided_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        """Yes or no."""
        return "approved" if self.approved else "refused"


class CoverEnd(models.Model):
    """A stand-in was ended before its time."""

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    cover = models.OneToOneField(Cover, primary_key=True, on_delete=models.PROTECT, related_name="end")
    ended_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField()

    def __str__(self) -> str:
        """When."""
        return self.ended_at.isoformat()


class AssignmentProposal(models.Model):
    """An assignment that needs two people, as the first proposed it."""

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey("workforce.Worker", on_delete=models.PROTECT, related_name="proposals")
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    role = models.CharField(max_length=24)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        """The role."""
        return self.role


class ProposalDecision(models.Model):
    """The second person gave the proposed assignment, or refused it."""

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    proposal = models.OneToOneField(
        AssignmentProposal, primary_key=True, on_delete=models.PROTECT, related_name="decision"
    )
    approved = models.BooleanField()
    decided_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField()
    assignment = models.ForeignKey(
        "workforce.Assignment", on_delete=models.PROTECT, null=True, related_name="proposals"
    )

    def __str__(self) -> str:
        """Yes or no."""
        return "approved" if self.approved else "refused"


class PastPassword(models.Model):
    """A password a worker had: a slow digest with a salt of the worker's own, keyed once more by the vault."""

    wall: ClassVar = Wall.GLOBAL
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey("workforce.Worker", on_delete=models.PROTECT, related_name="past_passwords")
    digest = models.BinaryField()
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        """When it was set."""
        return self.set_at.isoformat()
