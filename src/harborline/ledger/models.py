"""The tables of the ledger. Rows are written by `services` and the sequencer with plain SQL, never by `save`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from harborline.walls import Portal, Wall

_APP, _SEQUENCER = "hl_app", "hl_sequencer"


class Epoch(models.Model):
    """A life of the log with its name; a restored database begins a new one.

    `citation` is the number of the entry that begins it and cites the log before, `opening` the published JSON that
    opens what it cites; the first life has neither.
    """

    wall: ClassVar = Wall.LEDGER
    append_only: ClassVar = True
    grants: ClassVar = {_APP: "SELECT, INSERT", _SEQUENCER: "SELECT, INSERT"}
    number = models.SmallIntegerField(primary_key=True)
    origin = models.CharField(max_length=200)
    citation = models.BigIntegerField(null=True)
    opening = models.BinaryField(null=True)

    def __str__(self) -> str:
        """The name of the log."""
        return self.origin


class Entry(models.Model):
    """The public bytes of one entry; `number` follows causality (it may skip), `entry_id` is random."""

    wall: ClassVar = Wall.LEDGER
    append_only: ClassVar = True
    grants: ClassVar = {_APP: "SELECT, INSERT", _SEQUENCER: "SELECT"}
    number = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    leaf = models.BinaryField()

    def __str__(self) -> str:
        """The public id."""
        return str(self.entry_id)


class Content(models.Model):
    """What an entry commits to, sealed together with the keys of its commitments: destroyed when its time is over.

    Not append-only for that reason; only retention may delete, nobody may change. `kind` and `recorded_at` repeat
    what the sealed content says, for finding; the projection check compares them. `commit_key` and `subject_salt`
    are empty but in records from before the keys were sealed with the content.
    """

    wall: ClassVar = Wall.PROGRAM
    portal: ClassVar = Portal.NOTES
    grants: ClassVar = {_APP: "SELECT, INSERT"}
    number = models.BigIntegerField(primary_key=True)
    program = models.CharField(max_length=32)
    subject_index = models.BinaryField()
    kind = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    commit_key = models.BinaryField(null=True)
    subject_salt = models.BinaryField(null=True)
    sealed = models.BinaryField()
    sealed_items = models.BinaryField(null=True)

    class Meta:
        """Found by whom it concerns, newest last."""

        indexes: ClassVar = [models.Index(fields=["subject_index", "number"], name="content_of_subject")]

    def __str__(self) -> str:
        """Its kind."""
        return self.kind


class Pending(models.Model):
    """An entry not yet in the tree: inserted with it, deleted by the sequencer."""

    wall: ClassVar = Wall.LEDGER
    grants: ClassVar = {_APP: "SELECT, INSERT", _SEQUENCER: "SELECT, DELETE"}
    number = models.BigIntegerField(primary_key=True)
    leaf_hash = models.BinaryField()

    def __str__(self) -> str:
        """The number of its entry."""
        return str(self.number)


class Leaf(models.Model):
    """Which entry stands at which place of which log: within an epoch `seq` has no gaps.

    An entry stands twice only when a restore left it in the tree of the old epoch, unsigned: the newest epoch counts.
    """

    wall: ClassVar = Wall.LEDGER
    append_only: ClassVar = True
    grants: ClassVar = {_APP: "SELECT", _SEQUENCER: "SELECT, INSERT"}
    pk = models.CompositePrimaryKey("epoch", "seq")
    epoch = models.SmallIntegerField(default=1)
    seq = models.BigIntegerField()
    number = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        """The place."""
        return str(self.seq)


class StoredTile(models.Model):
    """Up to 256 hashes of one level; full ones never change, the last of each level grows."""

    wall: ClassVar = Wall.LEDGER
    grants: ClassVar = {_APP: "SELECT", _SEQUENCER: "SELECT, INSERT, UPDATE"}
    pk = models.CompositePrimaryKey("epoch", "level", "index")
    epoch = models.SmallIntegerField(default=1)
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    def __str__(self) -> str:
        """Level and index."""
        return f"{self.level}/{self.index}"


class Head(models.Model):
    """Of each epoch (`number`) the size and root of its tree.

    `low_water` is the entry number below which nothing can be waiting any more, `highest` the highest number taken.
    """

    wall: ClassVar = Wall.LEDGER
    grants: ClassVar = {_APP: "SELECT", _SEQUENCER: "SELECT, INSERT, UPDATE"}
    number = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    root = models.BinaryField()
    low_water = models.BigIntegerField(default=0)
    highest = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """The size."""
        return str(self.size)


class SignedCheckpoint(models.Model):
    """A checkpoint the sequencer signed, whole, stored before it is published."""

    wall: ClassVar = Wall.LEDGER
    append_only: ClassVar = True
    grants: ClassVar = {_APP: "SELECT", _SEQUENCER: "SELECT, INSERT"}
    number = models.BigAutoField(primary_key=True)
    epoch = models.SmallIntegerField(default=1)
    size = models.BigIntegerField()
    note = models.BinaryField()
    signed_at = models.DateTimeField()

    class Meta:
        """Found by size."""

        indexes: ClassVar = [models.Index(fields=["size"], name="checkpoint_size")]

    def __str__(self) -> str:
        """The size."""
        return str(self.size)


class KeyStatement(models.Model):
    """One handing-over from a key of the log to the next, as a signed note: a new key, or a new epoch."""

    wall: ClassVar = Wall.LEDGER
    append_only: ClassVar = True
    grants: ClassVar = {_APP: "SELECT, INSERT", _SEQUENCER: "SELECT"}
    number = models.SmallIntegerField(primary_key=True)
    note = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        """Its place in the chain."""
        return str(self.number)


class HeldCheckpoint(models.Model):
    """A signed checkpoint that somebody outside holds: who, of which size, since when, with what receipt.

    The receipt is what the holder answered: a cosignature line, a time-stamp token, nothing.
    """

    wall: ClassVar = Wall.LEDGER
    append_only: ClassVar = True
    grants: ClassVar = {_APP: "SELECT, INSERT", _SEQUENCER: "SELECT, INSERT"}
    number = models.BigAutoField(primary_key=True)
    holder = models.CharField(max_length=80)
    epoch = models.SmallIntegerField(default=1)
    size = models.BigIntegerField()
    held_at = models.DateTimeField()
    receipt = models.BinaryField(null=True)

    class Meta:
        """Found by holder, newest last."""

        indexes: ClassVar = [models.Index(fields=["holder", "number"], name="held_by_holder")]

    def __str__(self) -> str:
        """The holder."""
        return self.holder


class Watch(models.Model):
    """How one part of the log fares now (the sequencer, each sink): its state, since when, and why in plain words."""

    wall: ClassVar = Wall.LEDGER
    grants: ClassVar = {_APP: "SELECT", _SEQUENCER: "SELECT, INSERT, UPDATE"}
    part = models.CharField(max_length=80, primary_key=True)
    state = models.CharField(max_length=10)
    since_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    why = models.CharField(max_length=400, blank=True, default="")

    def __str__(self) -> str:
        """The part."""
        return self.part
