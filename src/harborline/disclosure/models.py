"""The records of disclosure: openings, kinship, emergencies, overrides, tasks, policy versions, releases."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from harborline.kernel.ids import new_id
from harborline.walls import Wall


class Reveal(models.Model):
    """One opening of one field, or one that was refused; committed before anything is shown.

    No foreign key: it stands even where what it names is not there. `made_at` is the database's own time.
    """

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant_id = models.UUIDField()
    person_id = models.UUIDField()
    field = models.CharField(max_length=24)
    purpose = models.CharField(max_length=40)
    tie = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=10)
    outcome = models.CharField(max_length=10)
    reason = models.CharField(max_length=60)
    tax = models.BooleanField()
    policy = models.CharField(max_length=64)
    actor = models.CharField(max_length=80)
    role = models.CharField(max_length=80)
    remote = models.CharField(max_length=64, blank=True)
    override = models.UUIDField(null=True)
    entry_id = models.UUIDField()
    at = models.DateTimeField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        """By person and by worker, the newest first."""

        indexes: ClassVar = [
            models.Index(fields=["participant_id", "-at"], name="reveal_by_participant"),
            models.Index(fields=["actor", "-at"], name="reveal_by_actor"),
        ]

    def __str__(self) -> str:
        """Field and outcome."""
        return f"{self.field} {self.outcome}"


class Kinship(models.Model):
    """What a worker said, or a second person found out, about the worker and a person beside work."""

    wall: ClassVar = Wall.AGENCY
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.CharField(max_length=32)
    worker_id = models.UUIDField()
    person_id = models.UUIDField()
    kin = models.CharField(max_length=12)
    recorded_by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        """The newest word about a pair counts."""

        indexes: ClassVar = [models.Index(fields=["worker_id", "person_id", "-at"], name="kinship_newest")]

    def __str__(self) -> str:
        """What they are to each other."""
        return self.kin


class BrokenGlass(models.Model):
    """A worker opened one person's record in an emergency, until `until_at` (exclusive)."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey("people.Participant", on_delete=models.PROTECT, db_constraint=False)
    actor = models.CharField(max_length=80)
    reason = models.CharField(max_length=24)
    reference = models.CharField(max_length=120)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    review_by = models.DateField()

    def __str__(self) -> str:
        """Why."""
        return self.reason


class GlassReview(models.Model):
    """What a supervisor found about a broken glass."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    glass = models.OneToOneField(BrokenGlass, on_delete=models.PROTECT, related_name="review", db_constraint=False)
    outcome = models.CharField(max_length=12)
    reviewed_by = models.CharField(max_length=80)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """The outcome."""
        return self.outcome


class CourtOverride(models.Model):
    """A court ordered that one field of one person is opened once; what it opened is kept nowhere."""

    wall: ClassVar = Wall.COUNTY
    stays: ClassVar = True
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey("people.Participant", on_delete=models.PROTECT, db_constraint=False)
    field = models.CharField(max_length=24)
    court = models.CharField(max_length=120)
    docket = models.CharField(max_length=80)
    expires_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """The docket."""
        return self.docket


class OverrideUse(models.Model):
    """An override was used: there is no second time."""

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    override_id = models.UUIDField(primary_key=True)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """When."""
        return self.at.isoformat()


class RegistryTask(models.Model):
    """The federal case registry must hear of a changed protection by `due_date` (inclusive)."""

    wall: ClassVar = Wall.AGENCY
    stays: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.CharField(max_length=32)
    program = models.CharField(max_length=32)
    person_id = models.UUIDField()
    protection_id = models.UUIDField()
    change = models.CharField(max_length=10)
    opened_at = models.DateTimeField()
    due_date = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        """Open ones by due day; each end of a protection once."""

        indexes: ClassVar = [
            models.Index(fields=["due_date"], condition=models.Q(done_at__isnull=True), name="registry_task_open"),
            models.Index(fields=["protection_id", "change"], name="registry_task_of"),
        ]

    def __str__(self) -> str:
        """The change."""
        return self.change


class PolicyVersion(models.Model):
    """One proposed version of the program's written policy, as data; `PolicyApproval` puts it in force."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    number = models.PositiveIntegerField()
    effective_date = models.DateField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    because = models.CharField(max_length=300)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()

    class Meta:
        """Numbered without gaps."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["number", "program"], name="policy_number_once")]

    def __str__(self) -> str:
        """Its number."""
        return str(self.number)


class PolicyApproval(models.Model):
    """A second person approved a version of the policy."""

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    version = models.OneToOneField(PolicyVersion, on_delete=models.PROTECT, related_name="approval")
    approved_by = models.CharField(max_length=80)
    approved_at = models.DateTimeField()

    def __str__(self) -> str:
        """When."""
        return self.approved_at.isoformat()


class Release(models.Model):
    """Somebody outside was told something, or somebody asked that they be; the recipient's name is sealed."""

    wall: ClassVar = Wall.COUNTY
    stays: ClassVar = True
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey("people.Participant", on_delete=models.PROTECT, db_constraint=False)
    person_id = models.UUIDField()
    recipient_kind = models.CharField(max_length=24)
    recipient = models.BinaryField()
    basis = models.CharField(max_length=24)
    reference = models.CharField(max_length=120, blank=True)
    fields = ArrayField(models.CharField(max_length=24))
    offset_parts = ArrayField(models.CharField(max_length=24), default=list)
    steps = ArrayField(models.CharField(max_length=24), default=list)
    road = models.CharField(max_length=16)
    place = models.CharField(max_length=24)
    payment = models.CharField(max_length=16)
    override = models.UUIDField(null=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True, default="")
    released_at = models.DateTimeField(null=True)
    turned_down_by = models.CharField(max_length=80, blank=True, default="", db_default="")
    turned_down_at = models.DateTimeField(null=True)
    turned_down_because = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        """By person, the newest first."""

        indexes: ClassVar = [models.Index(fields=["person_id", "-asked_at"], name="release_by_person")]

    def __str__(self) -> str:
        """To whom."""
        return self.recipient_kind


class Manifest(models.Model):
    """Many values were opened for one approved transmission: which (`held`), committed before they were read.

    `asked` counts the people the file was approved for, `told` those in it; the others had nothing to be told.
    """

    wall: ClassVar = Wall.PROGRAM
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    transmission_id = models.UUIDField()
    fields = ArrayField(models.CharField(max_length=24))
    held = ArrayField(models.UUIDField())
    asked = models.PositiveIntegerField()
    told = models.PositiveIntegerField()
    actor = models.CharField(max_length=80)
    entry_id = models.UUIDField()
    at = models.DateTimeField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Once for a transmission."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["transmission_id"], name="manifest_once")]

    def __str__(self) -> str:
        """How many were told about."""
        return f"{self.told} of {self.asked}"


class BulkOrder(models.Model):
    """Somebody asked to open names with numbers or addresses of many people, for `about`; another person approves.

    `counties` are those in which it was asked, `people` the participants it is about.
    """

    wall: ClassVar = Wall.PROGRAM
    stays: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    about = models.UUIDField()
    group = models.CharField(max_length=16)
    counties = models.TextField()
    purpose = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    people = ArrayField(models.UUIDField())
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        """By what it is about, the newest first."""

        indexes: ClassVar = [models.Index(fields=["about", "-asked_at"], name="bulk_order_about")]

    def __str__(self) -> str:
        """What it opens."""
        return self.group


class SecondWord(models.Model):
    """A value that one worker wrote down and that counts once another writes the same: its digest, never the value.

    `done_at` is empty while it waits.
    """

    wall: ClassVar = Wall.COUNTY
    stays: ClassVar = True
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey("people.Participant", on_delete=models.PROTECT, db_constraint=False)
    field = models.CharField(max_length=24)
    source = models.CharField(max_length=24)
    digest = models.BinaryField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        """Those that wait, by time."""

        indexes: ClassVar = [
            models.Index(fields=["-at"], condition=models.Q(done_at__isnull=True), name="second_word_waits")
        ]

    def __str__(self) -> str:
        """The field."""
        return self.field


class Look(models.Model):
    """A worker looked at a page about a person; `tie` says what tied them by work then, empty: nothing did.

    No foreign key: it stands longer than what it names.
    """

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant_id = models.UUIDField()
    person_id = models.UUIDField()
    actor = models.CharField(max_length=80)
    role = models.CharField(max_length=80)
    page = models.CharField(max_length=24)
    tie = models.CharField(max_length=24, blank=True)
    kin = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()

    class Meta:
        """By person and by worker; those without a tie by time."""

        indexes: ClassVar = [
            models.Index(fields=["person_id", "-at"], name="look_by_person"),
            models.Index(fields=["actor", "-at"], name="look_by_actor"),
            models.Index(fields=["-at"], condition=models.Q(tie=""), name="look_unexplained"),
        ]

    def __str__(self) -> str:
        """The page."""
        return self.page


class Search(models.Model):
    """A worker searched for a number; whose it is in the program (empty: nobody's), and whether they may see them.

    `county` is the person's, `*` without one. No foreign key: it stands longer than what it names.
    """

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    in_sight = models.BooleanField()
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        """What led nowhere, by time."""

        indexes: ClassVar = [
            models.Index(fields=["-at"], condition=models.Q(in_sight=False), name="search_out_of_sight")
        ]

    def __str__(self) -> str:
        """When."""
        return self.at.isoformat()


class LookAnswer(models.Model):
    """What a worker said, or a supervisor found, about the looks of one day at one person without a tie.

    `found` is empty while it is the worker's own word, `reference` a paper, call or colleague the worker names; a
    supervisor's finding closes it.
    """

    wall: ClassVar = Wall.COUNTY
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant_id = models.UUIDField()
    looker = models.CharField(max_length=80)
    day = models.DateField()
    said = models.CharField(max_length=300)
    reference = models.CharField(max_length=80, blank=True, default="", db_default="")
    found = models.CharField(max_length=12, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        """By who looked."""

        indexes: ClassVar = [models.Index(fields=["looker", "-day"], name="look_answer_of")]

    def __str__(self) -> str:
        """The finding."""
        return self.found
