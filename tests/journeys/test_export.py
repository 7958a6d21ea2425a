"""`harborline export` and `harborline retention` as people type them, to a bundle that holds elsewhere."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.service import Service, service
from tests.rooms.oversight.verifying import verified

TEMPLATE = "appointment-reminder"
Ended = subprocess.CompletedProcess[str]
PASSWORD = "harbor-light-demo-2026"
OLIVE, SAM, DEV = (f"{name}@nc-css.example" for name in ("operator", "second", "dev"))
WHY = ("--legal-basis", "litigation", "--reason", "21 CVD 100")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service in which twelve people were texted."""
    with service(tmp_path_factory.mktemp("service"), rows=200, pace=5_000) as made:
        caseload = Path(made.ask("caseload", size=12))
        sent = made.command(
            "notices", "send", "--program", "nc-css", "--template", TEMPLATE, "--caseload", str(caseload)
        )
        assert sent.returncode == 0, sent.stderr
        with caseload.open(newline="") as file:
            made.people = [row["participant_id"] for row in csv.DictReader(file)]  # type: ignore[attr-defined]  # kept for the tests
        yield made


def export(office: Service, out: Path, *more: str, who: str = OLIVE) -> Ended:
    """Run `harborline export` as somebody; nothing it prints may be a traceback."""
    ended = office.command(
        "export", "--program", "nc-css", "--out", str(out), "--as", who, *more, HARBORLINE_PASSWORD=PASSWORD
    )
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended


def retention(office: Service, *words: str, who: str = OLIVE) -> Ended:
    """Run `harborline retention` as somebody."""
    ended = office.command("retention", *words, "--program", "nc-css", "--as", who, HARBORLINE_PASSWORD=PASSWORD)
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended


def person(office: Service) -> str:
    """Somebody who was texted."""
    found: str = office.people[0]  # type: ignore[attr-defined]  # kept by the fixture
    return found


class TestAnExport:
    """One command, one file."""

    def test_holds_on_a_machine_that_never_saw_us(self, office: Service, tmp_path: Path) -> None:
        """The zip, its digest, and its own verifier in a Python that has nothing of ours."""
        out = tmp_path / "person.zip"
        done = export(office, out, "--person", person(office), *WHY, "--json")
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["texts"] == 1
        assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
        with zipfile.ZipFile(out) as packed:
            packed.extractall(tmp_path / "unpacked")
        vkey = (office.home / "log" / "vkey").read_text()
        checked = verified(tmp_path / "unpacked", "--vkey", vkey)
        assert checked.returncode == 0, checked.stderr
        (text,) = [json.loads(line) for line in (tmp_path / "unpacked/texts.jsonl").read_text().splitlines()]
        assert [step["kind"] for step in text["steps"]] == ["planned", "attempted", "accepted"]
        assert text["words_proven"]

    @pytest.mark.parametrize(
        ("more", "code", "words"),
        [
            (("--person", "P0000001", "--reason", "x"), 2, "name the legal basis"),
            (("--person", "NOBODY", *WHY), 1, "no person with that number"),
            (WHY, 2, "say what to export"),
        ],
    )
    def test_that_cannot_be_made_leaves_nothing(
        self, office: Service, tmp_path: Path, more: tuple[str, ...], code: int, words: str
    ) -> None:
        """One clear sentence, its exit code, and no file, not even a hidden one."""
        done = export(office, tmp_path / "none.zip", *more)
        assert (done.returncode, words in done.stderr) == (code, True), done.stderr
        assert list(tmp_path.iterdir()) == []

    def test_that_leaves_waits_for_a_second_person_and_says_how(self, office: Service, tmp_path: Path) -> None:
        """The command names the next step; after it the file is there."""
        out, basis = tmp_path / "subpoena.zip", ("--legal-basis", "subpoena", "--reference", "S-1", "--reason", "x")
        asked = export(office, out, "--person", person(office), *basis)
        assert asked.returncode == 1
        assert not out.exists()
        found = re.search(r"harborline export --program nc-css --approve ([0-9a-f-]{36})", asked.stderr)
        assert found, asked.stderr
        assert export(office, out, "--approve", found[1], who=SAM).returncode == 0
        done = export(office, out, "--order", found[1])
        assert done.returncode == 0, done.stderr
        assert out.exists()

    def test_is_not_for_every_role(self, office: Service, tmp_path: Path) -> None:
        """A case manager works with records and does not take them out of the house."""
        done = export(office, tmp_path / "none.zip", "--person", person(office), *WHY, who=DEV)
        assert done.returncode == 1
        assert "role-may-not-export" in done.stderr
        assert list(tmp_path.iterdir()) == []

    def test_never_writes_over_a_file(self, office: Service, tmp_path: Path) -> None:
        """What is there stays."""
        out = tmp_path / "there.zip"
        out.write_text("mine")
        done = export(office, out, "--person", person(office), *WHY)
        assert done.returncode == 2
        assert out.read_text() == "mine"


class TestRetention:
    """Schedules, holds and runs on the command line."""

    def test_shows_the_schedules_without_a_database(self, office: Service) -> None:
        """Every program's, as JSON."""
        done = office.command("retention", "schedules", "--json", HARBORLINE_HOME="/nonexistent-home")
        assert done.returncode == 0, done.stderr
        programs = {(one["program"], one["mode"]) for one in json.loads(done.stdout)["schedules"]}
        assert programs >= {
            ("nc-css", "keep"),
            ("mn-wic", "view-then-destroy"),
            ("mn-wic", "keep-sealed"),
            ("ca-dcss", "keep"),
        }

    def test_places_and_releases_a_hold_with_two(self, office: Service) -> None:
        """The same person never confirms."""
        done = retention(office, "holds", "place", "--person", person(office), "--reason", "21 CVD 100")
        assert done.returncode == 0, done.stderr
        hold = done.stdout.split()[0]
        assert retention(office, "holds", "confirm", hold).returncode == 1
        assert retention(office, "holds", "confirm", hold, who=SAM).returncode == 0
        (listed,) = json.loads(retention(office, "holds", "--json").stdout)["holds"]
        assert (listed["state"], listed["placed_by"], listed["confirmed_by"]) == ("standing", "N-1", "N-2")
        assert retention(office, "holds", "release", hold, "--reason", "settled").returncode == 0
        assert retention(office, "holds", "release", hold, who=SAM).returncode == 0

    def test_previews_and_prepares_nothing_that_is_not_ripe(self, office: Service) -> None:
        """Fresh texts stay."""
        done = retention(office, "preview", "--json")
        assert done.returncode == 0, done.stderr
        told = {one["series"]: one for one in json.loads(done.stdout)["series"]}
        assert told["texts-out"]["ripe"] == 0
        assert retention(office, "preview", "--series", "texts-out", "--prepare").returncode == 1
