"""The records of the portal: visits of participants, and how they came in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Portal, Wall


class PortalVisit(models.Model):
    """One visit of a person in a program's portal: from coming in until leaving, at most two hours.

    The browser holds only a session, which also knows when it was last touched. `way`: how they came in (`code`,
    `handed-over`).
    """

    wall: ClassVar = Wall.PROGRAM
    portal: ClassVar = Portal.PERSONS
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=16)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=16, blank=True, default="", db_default="")

    def __str__(self) -> str:
        """When it began."""
        return self.begun_at.isoformat()


class PortalKey(models.Model):
    """The passphrase a person chose for a program's portal: the second item, which no other party can know.

    Kept as a salted, slow digest. A new choice ends the one before.
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=200)
    chosen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One that counts for each person."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "program"], condition=models.Q(ended_at__isnull=True), name="portal_key_once"
            )
        ]

    def __str__(self) -> str:
        """When it was chosen."""
        return self.chosen_at.isoformat()


class PortalStart(models.Model):
    """A code made for somebody to begin with, found by its keyed digest; used once, until `expires_at`.

    `way`: how it travels (`in-person`, `letter`, `safe-contact`, `link`). `renews`: its holder may choose a new
    passphrase, because a worker saw who they are; `reviewed_at`, `reviewed_by`: a second person looked at that.
    """

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Portal.PARTICIPANT
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey("people.Participant", on_delete=models.PROTECT, db_constraint=False)
    code_idx = models.BinaryField()
    way = models.CharField(max_length=16)
    renews = models.BooleanField(default=False)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=80, blank=True, default="", db_default="")

    class Meta:
        """Found by its digest."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["code_idx"], name="portal_start_once")]

    def __str__(self) -> str:
        """How it travels."""
        return self.way


class PortalCode(models.Model):
    """Somebody asked for a code to a number. Whether the number is anybody's is found out afterwards, elsewhere.

    The code itself is kept nowhere: it follows from the message's id and a key outside the database; `digest` is what
    an entered code is compared with. `outcome` says what became of the request, for staff and for counting.
    """

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    phone_idx = models.BinaryField()
    sealed = models.BinaryField(null=True)
    language = models.CharField(max_length=8)
    asked_at = models.DateTimeField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.BinaryField(null=True)
    sent_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True, default="")
    tries = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Those that wait, the first first; those of a number, for counting."""

        indexes: ClassVar = [
            models.Index(fields=["asked_at"], condition=models.Q(outcome=""), name="portal_code_waiting"),
            models.Index(fields=["phone_idx", "asked_at"], name="portal_code_of_number"),
        ]

    def __str__(self) -> str:
        """What became of it."""
        return self.outcome


class PortalAttempt(models.Model):
    """Somebody asked, tried at the way in or sent a form: `ask`, `wrong`, `form`; from where, for whom, as digests."""

    wall: ClassVar = Wall.PROGRAM
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    key = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        """Counted by key within a time."""

        indexes: ClassVar = [models.Index(fields=["key", "at"], name="portal_attempt_of_key")]

    def __str__(self) -> str:
        """The kind."""
        return self.kind


class PortalWish(models.Model):
    """What a participant asked the program to change or to do; a worker confirms it, nothing changes by itself.

    `field`: `phone`, `address`, `safe-contact`, `language`, or `code-other-way` (they asked for a code and the number
    gets no text). The value is sealed. A confirmed safe contact is the one that counts until the next is confirmed.
    """

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Portal.PARTICIPANT
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey("people.Participant", on_delete=models.PROTECT, db_constraint=False)
    field = models.CharField(max_length=16)
    sealed = models.BinaryField()
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_as = models.CharField(max_length=16, blank=True, default="")
    settled_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        """Those that wait."""

        indexes: ClassVar = [
            models.Index(fields=["asked_at"], condition=models.Q(settled_at__isnull=True), name="portal_wish_waiting")
        ]

    def __str__(self) -> str:
        """What it is about."""
        return self.field
