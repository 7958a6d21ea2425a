"""The records of wording: versions of templates and what was decided about each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class TemplateVersion(models.Model):
    """One proposed wording of a template; words never change. `county` is empty when the state proposed it."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    key = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    use = models.CharField(max_length=8)
    title = models.JSONField()
    words = models.JSONField()
    sha256 = models.CharField(max_length=64)
    county = models.CharField(max_length=5, blank=True, default="")
    reason = models.CharField(max_length=400)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        """One wording per version of a key."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "version", "program"], name="template_version_once"),
        ]

    def __str__(self) -> str:
        """Key and version."""
        return f"{self.key} {self.version}"


class TemplateStep(models.Model):
    """One decision about a version: `approved`, `refused` or `retired`; each at most once."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=8)
    reason = models.CharField(max_length=400, blank=True, default="")
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        """A step happens once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "step"], name="template_step_once"),
        ]

    def __str__(self) -> str:
        """The step."""
        return self.step
