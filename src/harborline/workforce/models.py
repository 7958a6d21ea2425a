"""The records of workforce: workers, assignments, training, acknowledgements, attempts to sign in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Wall
from harborline.workforce import duty_models, penalty_models, places, reset_models

# Places, duties, penalties and resets have files of their own; Django finds those records through this one.
PLACES = (
    places.Team,
    places.TeamPlace,
    places.Supervision,
    places.Cover,
    places.CoverDecision,
    places.CoverEnd,
    places.AssignmentProposal,
    places.ProposalDecision,
    places.PastPassword,
    duty_models.DutyCharge,
    duty_models.DutyEvidence,
    penalty_models.Penalty,
    penalty_models.PenaltyDecision,
    penalty_models.PenaltyReceipt,
    penalty_models.Suspension,
    reset_models.CredentialReset,
    reset_models.CredentialResetDecision,
)


class Workers(BaseUserManager["Worker"]):
    """Finds workers by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Worker:
        """The worker with this e-mail address."""
        return self.get(email=self.normalized(username or ""))

    @staticmethod
    def normalized(email: str) -> str:
        """Lower case, no blanks around."""
        return email.strip().lower()


class Worker(AbstractBaseUser):
    """A person who works for a program; has no rights but those of assignments in force.

    `number` is the worker's number in the case system. The account is off from `terminated_on` on and, for emergency
    and temporary accounts (`kind`), from `expires_at` on. `password_given`: somebody else knows the password, so it
    must be changed first. `let_in_at`: when an account that lay unused was opened again. `signed_out_at`: when the
    worker was last signed out everywhere, the command line included.
    """

    wall: ClassVar = Wall.GLOBAL
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    number = models.CharField(max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    terminated_on = models.DateField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=12, default="regular")
    password_changed_at = models.DateTimeField(null=True, blank=True)
    password_given = models.BooleanField(default=False)
    let_in_at = models.DateTimeField(null=True, blank=True)
    signed_out_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name", "number"]

    objects = Workers()

    def __str__(self) -> str:
        """The name."""
        return self.name


class Assignment(models.Model):
    """A role of a worker in a program, for one county (`*`: all), from and until (exclusive; empty: open)."""

    wall: ClassVar = Wall.GLOBAL
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="assignments")
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    role = models.CharField(max_length=24)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        """Found by worker and program; equal work without an end stands once."""

        indexes: ClassVar = [models.Index(fields=["worker", "program"], name="assignment_by_worker")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["worker", "program", "county", "role"],
                condition=models.Q(until_at__isnull=True),
                name="assignment_once",
            )
        ]

    def __str__(self) -> str:
        """The role."""
        return self.role


class Training(models.Model):
    """A course a worker completed, about one subject; it counts until `expires_date` (exclusive)."""

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="trainings")
    course = models.CharField(max_length=80)
    subject = models.CharField(max_length=24, default="security")
    completed_date = models.DateField()
    expires_date = models.DateField()
    certificate = models.CharField(max_length=80)

    def __str__(self) -> str:
        """The course."""
        return self.course


class Acknowledgement(models.Model):
    """A worker's signature under the requirements and penalties, tax-law ones included.

    `signed_as` is the name typed by the worker (empty: signed on paper), `wording_sha256` of the very words shown.
    """

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="acknowledgements")
    statement = models.CharField(max_length=80)
    language = models.CharField(max_length=5, blank=True, default="")
    signed_as = models.CharField(max_length=200, blank=True, default="")
    wording_sha256 = models.CharField(max_length=64, blank=True, default="")
    signed_at = models.DateTimeField()
    expires_date = models.DateField()

    def __str__(self) -> str:
        """The statement."""
        return self.statement


class SignInAttempt(models.Model):
    """One event of signing in: `started` before the password is looked at, then `passed`; or `locked`, `released`.

    `address_idx` is a keyed digest of the e-mail typed, which may be a slip and belong to nobody.
    """

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # No constraint: attempts are kept on a connection of their own, also for an account made a moment ago.
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, db_constraint=False)
    address_idx = models.BinaryField()
    kind = models.CharField(max_length=10)
    way = models.CharField(max_length=10)
    remote = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        """The newest attempts for one address."""

        indexes: ClassVar = [models.Index(fields=["address_idx", "-at"], name="attempt_by_address")]

    def __str__(self) -> str:
        """The kind."""
        return self.kind


class MachineKey(models.Model):
    """A key with which another system works for a program; of its secret only the digest is kept.

    `county` is a FIPS code or `*`; `role` decides like a worker's; `scopes` narrow it. Never changed: it ends at
    `expires_at`, or before that with a `MachineKeyEnd`.
    """

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    role = models.CharField(max_length=24)
    scopes = ArrayField(models.CharField(max_length=24))
    per_second = models.PositiveIntegerField()
    digest = models.BinaryField()
    issued_by = models.CharField(max_length=80)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        """The name of the system."""
        return self.name


class MachineKeyEnd(models.Model):
    """A machine key was revoked; there is no way back."""

    wall: ClassVar = Wall.GLOBAL
    append_only: ClassVar = True
    key = models.OneToOneField(MachineKey, primary_key=True, on_delete=models.PROTECT, related_name="end")
    revoked_by = models.CharField(max_length=80)
    because = models.CharField(max_length=200)
    revoked_at = models.DateTimeField()

    def __str__(self) -> str:
        """Why."""
        return self.because
