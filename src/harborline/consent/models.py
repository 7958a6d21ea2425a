"""The records of consent: what was given, every event, every stop."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Portal, Through, Wall


class Consent(models.Model):
    """One consent of an adult party for one number on one platform; its evidence is sealed.

    `ended_at` and `filed_at` change once, each with its event.
    """

    wall: ClassVar = Wall.COUNTY
    stays: ClassVar = True
    portal: ClassVar = Portal.PARTICIPANT
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey(
        "people.Participant", on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    phone_idx = models.BinaryField()
    kind = models.CharField(max_length=20)
    platform = models.CharField(max_length=20)
    channel = models.CharField(max_length=8, default="text")
    language = models.CharField(max_length=8)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    statement_sha256 = models.CharField(max_length=64, blank=True, default="")
    evidence = models.BinaryField()
    recorded_by = models.CharField(max_length=80)
    source_list = models.CharField(max_length=64, blank=True, default="")
    attested_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=16, blank=True, default="")
    filed_at = models.DateTimeField(null=True)
    entry_id = models.UUIDField()

    class Meta:
        """Found by number."""

        indexes: ClassVar = [
            models.Index(fields=["phone_idx"], name="consent_by_number"),
            models.Index(
                fields=["program", "kind"], condition=models.Q(ended_at__isnull=True), name="consent_open_by_kind"
            ),
        ]

    def __str__(self) -> str:
        """The kind."""
        return self.kind


class ConsentEvent(models.Model):
    """One thing that happened to a consent."""

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Through("consent_id", "consent_consent")
    append_only: ClassVar = True
    composite_keys: ClassVar = (("consent", "consent_consent"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, db_constraint=False)
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=24, blank=True, default="")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """The kind."""
        return self.kind


class Suppression(models.Model):
    """Somebody asked to stop (`stop`) or to go on (`start`) for a number.

    A stop to one program silences the number for every program of the agency; a start speaks for its program only.
    Rows stay inside the program that heard them; others learn yes or no through the oracle.
    """

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    agency = models.CharField(max_length=32)
    phone_idx = models.BinaryField()
    kind = models.CharField(max_length=5)
    means = models.CharField(max_length=20)
    at = models.DateTimeField()
    evidence = models.BinaryField()
    recorded_by = models.CharField(max_length=80)
    entry_id = models.UUIDField()

    class Meta:
        """Found by number within the agency."""

        indexes: ClassVar = [models.Index(fields=["phone_idx", "kind"], name="suppression_by_number")]

    def __str__(self) -> str:
        """The kind."""
        return self.kind


class PossibleOptOut(models.Model):
    """A text that may mean "stop": the number is held until staff decide, and stopped at `due_at` if nobody does."""

    wall: ClassVar = Wall.PROGRAM
    stays: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    agency = models.CharField(max_length=32)
    phone_idx = models.BinaryField()
    message_ref = models.CharField(max_length=80)
    noticed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=12, blank=True, default="")
    resolved_by = models.CharField(max_length=80, blank=True, default="")
    reason = models.BinaryField(default=bytes)

    class Meta:
        """Open ones are found by number and by when they are due."""

        indexes: ClassVar = [
            models.Index(
                fields=["agency", "phone_idx"], condition=models.Q(resolved_at__isnull=True), name="possible_by_number"
            ),
            models.Index(
                fields=["program", "due_at"], condition=models.Q(resolved_at__isnull=True), name="possible_due"
            ),
        ]

    def __str__(self) -> str:
        """The message it is about."""
        return self.message_ref


class NumberQuestion(models.Model):
    """One thing about a participant's number that staff of their county find out; open while `settled_at` is empty.

    `kind` is a `consent.facts.Doubt`. `message_ref` leads to the text that raised it, `reason` is what staff wrote
    when they settled it, sealed.
    """

    wall: ClassVar = Wall.COUNTY
    stays: ClassVar = True
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey(
        "people.Participant", on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    phone_idx = models.BinaryField()
    kind = models.CharField(max_length=20)
    message_ref = models.CharField(max_length=80, blank=True, default="")
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settlement = models.CharField(max_length=20, blank=True, default="")
    settled_by = models.CharField(max_length=80, blank=True, default="")
    reason = models.BinaryField(default=bytes)

    class Meta:
        """One open question of a kind for a participant and number."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["participant", "phone_idx", "kind"],
                condition=models.Q(settled_at__isnull=True),
                name="number_question_once",
            )
        ]

    def __str__(self) -> str:
        """The kind."""
        return self.kind


class ConsentList(models.Model):
    """One list taken over from an earlier vendor: its opt-outs hold, its opt-ins wait for `attested_at`.

    `sha256` names the file and is the `source_list` of its opt-ins; `statement` is what was seen, sealed.
    """

    wall: ClassVar = Wall.PROGRAM
    stays: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    sha256 = models.CharField(max_length=64)
    vendor = models.CharField(max_length=80)
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=80)
    opt_outs = models.PositiveIntegerField()
    opt_ins = models.PositiveIntegerField()
    attested_at = models.DateTimeField(null=True)
    attested_by = models.CharField(max_length=80, blank=True, default="")
    statement = models.BinaryField(default=bytes)

    class Meta:
        """A file is taken over once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["sha256", "program"], name="consent_list_once")]

    def __str__(self) -> str:
        """The vendor."""
        return self.vendor
