"""Who gave whom a way to sign in: passwords and second factors set anew, alone or by two people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class CredentialReset(models.Model):
    """Somebody asked for a password for a worker, or that a second factor goes; once one did alone (not `two_people`).

    `halves`: each of the two learned half of the password, and nobody the whole.

    `unfactored`: the worker had no second factor then, so that the password alone was the whole way in.
    """

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey("workforce.Worker", on_delete=models.PROTECT, related_name="resets")
    program = models.CharField(max_length=32)
    what = models.CharField(max_length=16)
    two_people = models.BooleanField()
    halves = models.BooleanField(default=False, db_default=False)
    unfactored = models.BooleanField()
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()

    class Meta:
        """Of a worker, the newest first."""

        indexes: ClassVar = [models.Index(fields=["worker", "-asked_at"], name="reset_of_worker")]

    def __str__(self) -> str:
        """What was reset."""
        return self.what


class CredentialResetDecision(models.Model):
    """A second person said yes or no; yes resets it, and shows that person alone the second half of a password."""

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    reset = models.OneToOneField(CredentialReset, primary_key=True, on_delete=models.PROTECT, related_name="decision")
    approved = models.BooleanField()
    decided_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        """Yes or no."""
        return "approved" if self.approved else "refused"
