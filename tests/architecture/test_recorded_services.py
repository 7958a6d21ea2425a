"""Every writing door of every room leaves an entry in the proof log: read from the source of the whole house."""

from __future__ import annotations

import importlib
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.apps import apps
from tests.architecture.recorded import House
from tests.architecture.test_house import SOURCE

from harborline.walls.tables import tables

# Doors that change protected rows without an entry of their own, each with the reason.
WITHOUT_ENTRY = {
    "harborline.adapters.simulator.services.reply": "a handset of the simulated network; taking the text is recorded",
}
# What stands below the ledger, or is the ledger.
BELOW = ("harborline.ledger.", "harborline.walls.")


@pytest.fixture(scope="module")
def house() -> House:
    """The product."""
    models = {model.__name__: model._meta.db_table for model in apps.get_models()}
    return House(SOURCE, "harborline", models)


def protected() -> set[str]:
    """The tables behind a wall; `?` is a row of unknown kind that is saved or deleted."""
    return {table.name for table in tables() if table.protected} | {"?"}


def doors(house: House) -> list[str]:
    """Every function that a room gives out as a service."""
    found = []
    for name in sorted(house.modules):
        if name.endswith(".services") and not name.startswith(BELOW):
            module = importlib.import_module(name)
            given = getattr(module, "__all__", [each for each in vars(module) if not each.startswith("_")])
            found += [f"{name}.{door}" for door in given]
    return found


def unrecorded(house: House, functions: list[str], walls: set[str]) -> dict[str, set[str]]:
    """The functions that write behind a wall and come by no ledger, with the tables."""
    return {
        function: writes
        for function in functions
        if (writes := house.writes(function) & walls) and not house.records(function)
    }


@pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="keeps")
class TestEveryService:
    """What other rooms may ask a room to do."""

    def test_that_changes_protected_rows_leaves_an_entry(self, house: House) -> None:
        """Or it is listed above, with the reason."""
        found = unrecorded(house, doors(house), protected())
        assert set(found) <= set(WITHOUT_ENTRY), {name: found[name] for name in set(found) - set(WITHOUT_ENTRY)}

    def test_is_listed_only_while_it_needs_to_be(self, house: House) -> None:
        """No reason outlives its door."""
        assert set(WITHOUT_ENTRY) == set(unrecorded(house, doors(house), protected()))

    def test_is_seen_to_write(self, house: House) -> None:
        """The walk really finds the writes: the doors that must be among them are."""
        for door, table in (
            ("consent.services.sign_release", "consent_consent"),
            ("consent.services.suppress", "consent_suppression"),
            ("vendors.services.approve", "vendors_approval"),
            ("people.services.add_participant_contact", "people_contactpoint"),
        ):
            name = f"harborline.{door}"
            if name in house.acts or house.resolved(name) in house.acts:
                assert table in house.writes(name), door
        assert len([door for door in doors(house) if house.writes(door) & protected()]) > 20


def built(folder: Path, files: Mapping[str, str]) -> House:
    """A small house of these files, with one protected table."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(content))
    return House(folder, "harborline", {"Person": "people_person"})


LEDGER = {"ledger/services.py": "def record(kind, *, subject, content): ...\n"}
DOOR = "harborline.people.services.rename"
WALLS = {"people_person", "?"}


class TestTheWalk:
    """It must be able to fail."""

    @pytest.mark.parametrize(
        "body",
        [
            "Person.objects.filter(id=1).update(name='x')",
            "Person.objects.create(name='x')",
            "Person(name='x').save()",
            "found = Person.objects.get(id=1)\n    found.name = 'x'\n    found.save(update_fields=['name'])",
            "Person.objects.filter(id=1).delete()",
            "_deep(1)",
            "_Keeper().keep()",
            "cursor.execute(_CHANGE, [1])",
            'cursor.execute("UPDATE people_person SET name = %s")',
            "with_all(_deep)",
            "elsewhere.change()",
        ],
    )
    def test_notices_a_write_without_an_entry(self, body: str, tmp_path: Path) -> None:
        """Direct, through other functions, classes and modules, in SQL, handed on."""
        service = """
            from harborline.people import elsewhere
            from harborline.people.models import Person

            _CHANGE = "INSERT INTO people_person (name) VALUES (%s)"

            def rename():
                {body}

            def _deep(number):
                Person.objects.bulk_create([])

            class _Keeper:
                def keep(self):
                    self._really()

                def _really(self):
                    _deep(2)
        """
        text = textwrap.dedent(service).replace("{body}", body)
        files = {
            "people/services.py": text,
            "people/elsewhere.py": ELSEWHERE,
            "people/models.py": "class Person: ...\n",
        }
        house = built(tmp_path, {**files, **LEDGER})
        assert unrecorded(house, [DOOR], WALLS)
        good = text.replace("def rename():\n", "def rename():\n    record('a.b', subject='x', content={})\n")
        good = "from harborline.ledger.services import record\n" + good
        house = built(tmp_path / "good", {**files, **LEDGER, "people/services.py": good})
        assert not unrecorded(house, [DOOR], WALLS)

    def test_is_not_satisfied_by_a_function_that_is_only_called_like_the_ledgers(self, tmp_path: Path) -> None:
        """`record` of somebody else, or a method of that name."""
        for line in ("record()", "logger.record()", "from harborline.people.elsewhere import record\n    record()"):
            text = f"""
from harborline.people.models import Person

def rename():
    Person.objects.create()
    {line}

def record(): ...
"""
            house = built(
                tmp_path,
                {"people/services.py": text, "people/elsewhere.py": ELSEWHERE, "people/models.py": "", **LEDGER},
            )
            assert unrecorded(house, [DOOR], WALLS), line


ELSEWHERE = """
from harborline.people.models import Person

def change():
    Person.objects.update_or_create(id=1)

def record(): ...
"""
