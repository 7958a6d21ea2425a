"""The records of people: persons and protections of an agency, participants, cases and contacts of a county."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from harborline.kernel.ids import new_id
from harborline.people import portal_models as portal_models  # noqa: PLC0414 - Django looks for models here
from harborline.walls import Portal, Wall


class Agency(models.Model):
    """A state agency, such as `nc-dhhs`."""

    wall: ClassVar = Wall.GLOBAL
    key = models.CharField(primary_key=True, max_length=32)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=2)

    def __str__(self) -> str:
        """The name."""
        return self.name


class Program(models.Model):
    """A program an agency runs; `kind` as in its profile."""

    wall: ClassVar = Wall.GLOBAL
    key = models.CharField(primary_key=True, max_length=32)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        """The name."""
        return self.name


class County(models.Model):
    """A county by its five-digit FIPS code."""

    wall: ClassVar = Wall.GLOBAL
    fips = models.CharField(primary_key=True, max_length=5)
    name = models.CharField(max_length=100)
    state = models.CharField(max_length=2)

    def __str__(self) -> str:
        """The name."""
        return self.name


class Office(models.Model):
    """A place of a program where participants come; everything about it is public."""

    wall: ClassVar = Wall.PROGRAM
    portal: ClassVar = Portal.WORDS
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    code = models.CharField(max_length=40)
    county = models.CharField(max_length=5)
    names = models.JSONField()
    hours = models.JSONField(default=dict)
    address = models.CharField(max_length=300)
    phone = models.CharField(max_length=20)
    zone = models.CharField(max_length=64)
    active = models.BooleanField(default=True)

    class Meta:
        """One office per code."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "code"], name="office_once")]

    def __str__(self) -> str:
        """The code."""
        return self.code


class Person(models.Model):
    """One human being as the agency knows them; `source` is the program whose case system numbered them.

    The identity (names, aliases, date of birth) is sealed; `identity_digest` is keyed and only finds changes.
    """

    wall: ClassVar = Wall.AGENCY
    portal: ClassVar = Portal.PERSON
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.CharField(max_length=32)
    source = models.CharField(max_length=32)
    external_id = models.CharField(max_length=40)
    identity = models.BinaryField()
    identity_digest = models.BinaryField()

    class Meta:
        """One person per number of the case system."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["external_id", "source", "agency"], name="person_once"),
        ]

    def __str__(self) -> str:
        """The record's id; names are sealed."""
        return str(self.id)


class Participant(models.Model):
    """A person's row in one county of one program; where they are stands in `HeldField`.

    `discreet`: the person asked here for texts that tell nothing; it counts in every county.
    """

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Portal.PERSONS
    seen_keys: ClassVar = (("person", "people_person"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    external_id = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    language = models.CharField(max_length=8)
    zone = models.CharField(max_length=64, blank=True, default="")
    zip = models.CharField(max_length=5, blank=True, default="")
    row_digest = models.BinaryField()
    gone_at = models.DateTimeField(null=True)
    discreet = models.BooleanField(default=False, db_default=False)

    class Meta:
        """Found by the case system's number."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["external_id", "program"], name="participant_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person"], condition=models.Q(discreet=True), name="participant_discreet"),
        ]

    def __str__(self) -> str:
        """The case system's number."""
        return self.external_id


class HeldField(models.Model):
    """One value that opens one at a time: identity number, where somebody is, tax information. The app cannot read it.

    `sealed` empty: the source has no such value any more. `source` says who told it, `verified_by` which other source
    confirmed it, `derived_from` which held values it was made of. The newest of a field counts.
    """

    wall: ClassVar = Wall.VAULT
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    field = models.CharField(max_length=24)
    sealed = models.BinaryField(null=True)
    source = models.CharField(max_length=24)
    verified_by = models.CharField(max_length=24, blank=True, default="", db_default="")
    verified_at = models.DateTimeField(null=True)
    derived_from = ArrayField(models.UUIDField(), default=list, db_default=[])
    entered_at = models.DateTimeField()

    class Meta:
        """The newest value of a field of a participant."""

        indexes: ClassVar = [models.Index(fields=["participant", "field", "-entered_at"], name="held_newest")]

    def __str__(self) -> str:
        """The field's name; its value is sealed."""
        return self.field


class PhoneNumber(models.Model):
    """A number that is (`until_at` empty) or was a participant's; sealed, found by its blind index."""

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Portal.PARTICIPANT
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    e164 = models.BinaryField()
    phone_idx = models.BinaryField()
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        """Found by number and by participant; a participant has one current number."""

        indexes: ClassVar = [
            models.Index(fields=["phone_idx"], name="phone_by_number"),
            models.Index(fields=["participant", "phone_idx"], name="phone_by_participant"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["participant"], condition=models.Q(until_at__isnull=True), name="phone_one_current"
            ),
        ]

    def __str__(self) -> str:
        """The record's id; the number is sealed."""
        return str(self.id)


class Case(models.Model):
    """A case (in WIC: a household) of one county."""

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Portal.CASE
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    external_id = models.CharField(max_length=40)
    open = models.BooleanField(default=True)

    class Meta:
        """Found by the case system's number."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["external_id", "program"], name="case_once")]

    def __str__(self) -> str:
        """The case system's number."""
        return self.external_id


class CaseParty(models.Model):
    """A participant in a role on a case."""

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Portal.PARTICIPANT
    composite_keys: ClassVar = (("case", "people_case"), ("participant", "people_participant"))
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, db_constraint=False)
    role = models.CharField(max_length=24)
    adult = models.BooleanField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One role per participant and case."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "participant"], name="party_once")]

    def __str__(self) -> str:
        """The role."""
        return self.role


class CaseManagerAssignment(models.Model):
    """Which worker (number in the case system) manages a case."""

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Portal.CASES
    composite_keys: ClassVar = (("case", "people_case"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_constraint=False)
    worker_number = models.CharField(max_length=40, db_index=True)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        """One current manager per case."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(until_at__isnull=True), name="manager_one_current"
            ),
        ]

    def __str__(self) -> str:
        """The worker's number."""
        return self.worker_number


class Protection(models.Model):
    """A reason to keep a person's whereabouts from everyone who may not know them.

    It belongs to the person, so it holds in every county of the agency. `until_at` is exclusive; empty: still stands.
    `reason` is why (`ProtectionReason`), `source` who says so: the case system, a court, a worker's note of a paper.
    `reported_by` is the program whose feed told it, or `staff:` and the program; a feed ends only its own.
    """

    wall: ClassVar = Wall.AGENCY
    stays: ClassVar = True
    seen_keys: ClassVar = (("person", "people_person"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.CharField(max_length=32)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    reported_by = models.CharField(max_length=32)
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=80)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    texts_chosen = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True, default="", db_default="")
    recorded_by = models.CharField(max_length=80, blank=True, default="", db_default="")

    class Meta:
        """What staff recorded stands once: ending it ends it."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "reported_by", "kind", "reason", "source", "until_at"],
                condition=models.Q(ended_at__isnull=True) & ~models.Q(recorded_by=""),
                nulls_distinct=False,
                name="protection_once",
            )
        ]

    def __str__(self) -> str:
        """The kind."""
        return self.kind


class Appointment(models.Model):
    """A participant is expected at an office."""

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Portal.PARTICIPANT
    composite_keys: ClassVar = (("participant", "people_participant"), ("case", "people_case"))
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, db_constraint=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_constraint=False)
    office = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        """One appointment per participant, case and moment; a day's list is quick."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["participant", "case", "starts_at"], name="appointment_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["program", "county", "starts_at"], name="appointment_by_day")]

    def __str__(self) -> str:
        """When it starts."""
        return self.starts_at.isoformat()


class Contact(models.Model):
    """A contact with a participant took place; `way` is feed or click."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    at = models.DateTimeField()
    way = models.CharField(max_length=8)
    recorded_by = models.CharField(max_length=80)

    class Meta:
        """A contact told twice stands once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["participant", "at"], name="contact_once")]

    def __str__(self) -> str:
        """When it took place."""
        return self.at.isoformat()


class FeedImport(models.Model):
    """One feed file that was applied: which, as of when, what it changed."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    kind = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    as_of = models.DateTimeField()
    imported_at = models.DateTimeField()
    row_count = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    differences = ArrayField(models.CharField(max_length=120), default=list)
    entry_id = models.UUIDField()

    class Meta:
        """The newest of each kind first."""

        indexes: ClassVar = [models.Index(fields=["program", "kind", "-as_of"], name="feed_newest")]

    def __str__(self) -> str:
        """Kind and moment."""
        return f"{self.kind} {self.as_of.isoformat()}"
