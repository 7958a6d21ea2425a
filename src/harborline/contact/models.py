"""The records of contact: contacts, their entries, the words of entries, danger alerts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.kernel.ids import new_id
from harborline.walls import Portal, Through, Wall


class ContactThread(models.Model):
    """One question of a person with everything said about it; its state follows from its moments (`rules.state_of`).

    `once` is the digest of the form it came with, so that a form sent twice makes one. `answer_by_at` is empty while
    it waits on the person. `moved_to` and `moved_from` are the same contact in another county.
    """

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Portal.PARTICIPANT
    composite_keys: ClassVar = (("participant", "people_participant"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    participant = models.ForeignKey(
        "people.Participant", on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    topic = models.CharField(max_length=24)
    language = models.CharField(max_length=8)
    office = models.CharField(max_length=40)
    worker_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    last_in_at = models.DateTimeField()
    last_out_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    answer_by_at = models.DateTimeField(null=True)
    person_read_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_as = models.CharField(max_length=12, blank=True, default="")
    danger = models.BooleanField(default=False)
    moved_to = models.UUIDField(null=True)
    moved_from = models.UUIDField(null=True)
    once = models.BinaryField()
    entry_id = models.UUIDField()

    class Meta:
        """Found by person; the open ones by when they are due."""

        indexes: ClassVar = [
            models.Index(fields=["participant", "-opened_at"], name="contact_thread_by_person"),
            models.Index(fields=["answer_by_at"], condition=models.Q(closed_at__isnull=True), name="contact_open"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["participant", "once"], name="contact_thread_once")]

    def __str__(self) -> str:
        """The topic."""
        return self.topic


class ContactEntry(models.Model):
    """One thing said in a contact, for both sides to see; `kind` is a `facts.EntryKind`, `detail` a code with it.

    What only staff may see is a `ContactStep`. `text_id` and `thread_id` name a text kept with the texts;
    `message_id` names one of ours.
    """

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Through("contact_id", "contact_contactthread")
    append_only: ClassVar = True
    composite_keys: ClassVar = (("contact", "contact_contactthread"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    contact = models.ForeignKey(ContactThread, on_delete=models.PROTECT, db_constraint=False)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    detail = models.CharField(max_length=60, blank=True, default="")
    danger = models.BooleanField(default=False)
    thread_id = models.UUIDField(null=True)
    text_id = models.UUIDField(null=True)
    message_id = models.UUIDField(null=True)
    once = models.BinaryField(null=True)
    entry_id = models.UUIDField()

    class Meta:
        """A form sent twice makes one entry; a thread of texts leads to its contact."""

        indexes: ClassVar = [
            models.Index(fields=["thread_id"], condition=models.Q(thread_id__isnull=False), name="contact_entry_text")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contact", "once"], condition=models.Q(once__isnull=False), name="contact_entry_once"
            )
        ]

    def __str__(self) -> str:
        """The kind."""
        return self.kind


class EntryWords(models.Model):
    """The words of one entry, sealed as a piece of their contact, which is erased as a whole."""

    wall: ClassVar = Wall.COUNTY
    portal: ClassVar = Through("contact_id", "contact_contactthread")
    composite_keys: ClassVar = (("contact", "contact_contactthread"),)
    id = models.UUIDField(primary_key=True, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    contact = models.ForeignKey(ContactThread, on_delete=models.PROTECT, db_constraint=False)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        """The entry's id; the words are sealed."""
        return str(self.id)


class ContactStep(models.Model):
    """One thing staff did with a contact: a note, who got it, which office; never for the person to see.

    `sealed` are the words of a note, a piece of the contact; empty where there are none or they were destroyed.
    """

    wall: ClassVar = Wall.COUNTY
    composite_keys: ClassVar = (("contact", "contact_contactthread"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    contact = models.ForeignKey(ContactThread, on_delete=models.PROTECT, db_constraint=False)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    detail = models.CharField(max_length=60, blank=True, default="")
    sealed = models.BinaryField(null=True)
    entry_id = models.UUIDField()

    def __str__(self) -> str:
        """The kind."""
        return self.kind


class DangerAlert(models.Model):
    """Words of danger in a contact: told to whoever is on call, one after the other, until somebody takes it on.

    `told_count` is how often somebody was told; `next_at` is when the next one is due (empty: nobody any more).
    """

    wall: ClassVar = Wall.COUNTY
    composite_keys: ClassVar = (("contact", "contact_contactthread"),)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=32)
    county = models.CharField(max_length=5)
    contact = models.ForeignKey(ContactThread, on_delete=models.PROTECT, db_constraint=False)
    raised_at = models.DateTimeField()
    told_count = models.PositiveSmallIntegerField(default=0)
    told_worker_id = models.UUIDField(null=True)
    next_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=80, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True, default="")
    outcome = models.CharField(max_length=20, blank=True, default="")
    note = models.BinaryField(default=bytes)
    entry_id = models.UUIDField()

    class Meta:
        """Open ones are found by when the next person is due."""

        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="danger_due")
        ]

    def __str__(self) -> str:
        """The outcome."""
        return self.outcome
