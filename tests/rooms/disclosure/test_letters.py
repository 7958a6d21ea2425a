"""Where letters go: the database opens it for an approved order with a committed manifest, and for nothing else."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction
from tests.rooms.disclosure.desk import protect
from tests.rooms.post import STATE, clerk, letters_to, ordered
from tests.rooms.town import as_dev

from harborline.disclosure.facts import BulkGroup
from harborline.disclosure.models import Manifest
from harborline.disclosure.services import open_many
from harborline.kernel import clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record_apart


def told(manifest: uuid.UUID) -> list[Any]:
    """What the function answers now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT participant_id FROM disclosure_postal(%s, %s)", [manifest, clock.now()])
        return list(cursor.fetchall())


def opened(*numbers: str) -> uuid.UUID:
    """An order that was opened: the id of its manifest."""
    about, people = ordered(*numbers)
    with clerk():
        open_many(about, BulkGroup.LETTERS, people, roles=STATE)
        return Manifest.objects.latest("made_at").id


class TestWhereLettersGo:
    """By the function of the database."""

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="allows")
    def test_is_told_about_the_people_of_the_order(self, town: Path) -> None:
        """Ben's home; the others of the case stand in no order and are not told."""
        assert letters_to("P-2") == {"P-2": "9 Oak St, Raleigh"}
        with clerk():
            assert len(told(opened("P-2"))) == 1

    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    def test_is_a_substitute_or_nothing_for_a_protected_person(self, town: Path) -> None:
        """Ana's post office box; never where she lives, whenever the protection began."""
        protect("P-1")
        assert letters_to("P-1") == {"P-1": "PO Box 7, Raleigh"}

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    def test_is_not_told_without_a_manifest(self, town: Path) -> None:
        """Whoever has the application's own login and no order: nothing, and no other function tells it."""
        del town
        with clerk(), connection.cursor() as cursor:
            assert told(new_id()) == []
            cursor.execute("SELECT count(*) FROM pg_proc WHERE proname = 'people_postal'")
            assert cursor.fetchone() == (0,)

    def test_is_not_told_to_another_worker_or_county(self, town: Path) -> None:
        """The manifest is of who made it; in Durham nobody of Wake is told about."""
        manifest = opened("P-2")
        with clerk("una"):
            assert told(manifest) == []
        with as_dev():
            assert told(manifest) == []

    def test_is_not_told_for_a_call_list(self, town: Path) -> None:
        """An order for numbers opens no address."""
        about, people = ordered("P-2", group=BulkGroup.CALLS)
        with clerk():
            assert open_many(about, BulkGroup.CALLS, people, roles=STATE).addresses == {}
            assert told(Manifest.objects.latest("made_at").id) == []

    def test_is_not_told_by_a_manifest_without_an_approved_order(self, town: Path) -> None:
        """A row that somebody writes past the rules names an order that two people made, or opens nothing."""
        with clerk():
            entry = record_apart("disclosure.many-opened", subject="about:x", content={})
            forged = Manifest(
                id=new_id(), program="nc-css", transmission_id=new_id(), fields=["letters"], held=[], asked=1, told=1,
                actor="worker:olga", entry_id=entry, at=clock.now(),
            )  # fmt: skip
        _write_past_the_rule(forged)
        with clerk():
            assert told(forged.pk) == []


def _write_past_the_rule(row: Manifest) -> None:
    with transaction.atomic(using="apart"), connections["apart"].cursor() as cursor:
        cursor.execute("SELECT set_config('harborline.program', 'nc-css', true)")
        row.save(force_insert=True, using="apart")
