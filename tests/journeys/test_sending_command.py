"""`harborline notices send` as an operator types it: what it says, how it ends, and what reaches the carrier."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.service import Service, service, until

TEMPLATE = "appointment-reminder"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of its own, with nobody sending until the command does."""
    with service(tmp_path_factory.mktemp("service"), rows=200, pace=5_000) as made:
        yield made


@pytest.fixture
def caseload(office: Service) -> Path:
    """The caseload of twelve people nobody texted yet."""
    return Path(office.ask("caseload", size=12))


Ended = subprocess.CompletedProcess[str]


def send(office: Service, caseload: Path, *more: str, program: str = "nc-css", template: str = TEMPLATE) -> Ended:
    """Run `harborline notices send` from a clean shell; nothing it prints may be a traceback."""
    ended = office.command(
        "notices", "send", "--program", program, "--template", template, "--caseload", str(caseload), *more
    )
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a caseload."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def written(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    """The caseload with other rows."""
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def refused(office: Service, ended: Ended, code: int, *words: str) -> None:
    """It ended with this code and these words, and the carrier got nothing."""
    assert ended.returncode == code, ended.stderr
    assert [word for word in words if word not in ended.stderr] == [], ended.stderr
    assert len(ended.stderr.strip().splitlines()) <= 8


class TestSendingFromTheCommandLine:
    """One command from a file to the carrier."""

    def test_sends_a_good_file_and_then_nothing_twice(self, office: Service, caseload: Path) -> None:
        """A good file goes out whole with exit code 0; the same file again sends nothing and says why."""
        first, again = send(office, caseload, "--json"), send(office, caseload, "--json")
        assert first.returncode == 0, first.stderr
        assert again.returncode == 0, again.stderr
        told, told_again = json.loads(first.stdout), json.loads(again.stdout)
        assert told["rows"] == 12
        assert told["by_state"] == {"accepted": told["messages"]}
        assert told["messages"] > 0
        assert told_again["messages"] == 0
        assert told_again["already"] == told["messages"]
        office.is_accounted_for()
        office.log_verifies()

    def test_shows_people_by_outcome_and_clause(self, office: Service, caseload: Path) -> None:
        """For a person the command prints the counts by outcome with the clauses, and the texts by state."""
        ended = send(office, caseload)
        assert ended.returncode == 0, ended.stderr
        assert "Recipients by outcome and clause" in ended.stdout
        assert "NC-CSS-22-18" in ended.stdout
        assert "accepted" in ended.stdout

    def test_names_the_place_of_every_bad_row(self, office: Service, caseload: Path) -> None:
        """Bad rows are named by row and column, listed in a file, and do not stop the others; exit code 5."""
        rows = rows_of(caseload)
        rows[2]["phone"], rows[5]["appointment_date"] = "12", "tomorrow"
        ended = send(office, written(caseload, rows))
        assert ended.returncode == 5, ended.stderr
        assert f"{caseload.name}, row 4, column phone" in ended.stdout
        assert f"{caseload.name}, row 7, column appointment_date" in ended.stdout
        assert "2 of 12 rows cannot be used" in ended.stdout
        assert "accepted" in ended.stdout
        listed = next(office.home.glob("runs/*/bad-rows.csv"))
        assert [row["row"] for row in rows_of(listed)] == ["4", "7"]
        office.is_accounted_for()

    def test_strict_sends_nothing_when_a_row_is_bad(self, office: Service, caseload: Path) -> None:
        """With --strict one bad row keeps the whole file out; exit code 2 and the place."""
        rows = rows_of(caseload)
        rows[0]["zip"] = "abc"
        before = office.stub.stats()["taken"]
        refused(office, send(office, written(caseload, rows), "--strict"), 2, "row 2", "column zip", "Nothing was sent")
        assert office.stub.stats()["taken"] == before

    def test_tells_before_sending_when_it_will_be_through(self, office: Service, caseload: Path) -> None:
        """A run that is kept shows its exact texts and from when to when it would be through, with the reasons."""
        kept = send(office, caseload, "--hold", "--json")
        assert kept.returncode == 0, kept.stderr
        run, texts = json.loads(kept.stdout)["run"], json.loads(kept.stdout)["messages"]
        ended = office.command("notices", "preview", "--program", "nc-css", run, "--json")
        assert ended.returncode == 0, ended.stderr
        told = json.loads(ended.stdout)
        assert sum(one["recipients"] for one in told["texts"]) == texts
        expected = told["estimate"]
        assert expected["texts"] == texts
        assert expected["earliest_at"] <= expected["latest_at"]
        assert {"pace", "not-released"} <= {one["code"] for one in expected["reasons"]}
        shown = office.command("notices", "status", "--program", "nc-css", run)
        assert f"{texts} texts in" in shown.stdout
        assert "The sender goes at" in shown.stdout
        assert office.command("notices", "cancel", "--program", "nc-css", run).returncode == 0

    def test_lets_a_person_settle_what_nobody_can_answer_for(self, office: Service, caseload: Path) -> None:
        """A text whose answer was lost is listed, settled by who found out, and sent again only by a person's act."""
        office.stub.behave(fault="drop-before", every=1)
        try:
            sent = send(office, caseload, "--json")
        finally:
            office.stub.behave(fault="none")
        run = json.loads(sent.stdout)["run"]
        unclear = [text for text in office.texts() if text["run"] == run and text["state"] == "unknown"]
        assert unclear
        listed = office.command("notices", "unclear", "--program", "nc-css").stdout
        assert all(text["id"] in listed for text in unclear)
        told = ("--program", "nc-css", unclear[0]["id"])
        early = office.command("notices", "again", *told)
        assert early.returncode == 1
        assert "may-have-arrived" in early.stderr
        settled = office.command("notices", "settle", *told, "--not-arrived", "--how", "person-said")
        assert settled.returncode == 0, settled.stderr
        again = office.command("notices", "again", *told)
        assert again.returncode == 0, again.stderr
        with office.dispatcher():
            until(lambda: (unclear[0]["to"], unclear[0]["body"], 1) in office.stub.taken(), "the new text")
        assert office.command("notices", "again", *told).returncode == 1

    def test_shows_senders_and_lets_a_paused_one_go_on(self, office: Service, caseload: Path) -> None:
        """Wrong credentials stop the sender, not the texts; when they are right again somebody lets it go on."""
        office.stub.behave(fault="unauthorised", every=1)
        try:
            kept = send(office, caseload, "--no-wait", "--json")
            with office.dispatcher():
                until(lambda: "carrier-account" in self._senders(office), "the sender to be paused")
        finally:
            office.stub.behave(fault="none")
        run = json.loads(kept.stdout)["run"]
        assert set(office.states(run)) == {"queued"}
        resumed = office.command("notices", "resume-sender", "--program", "nc-css", "main")
        assert resumed.returncode == 0, resumed.stderr
        assert "sends again" in resumed.stdout
        assert "carrier-account" not in self._senders(office)
        office.ask("make_due", run=run)
        with office.dispatcher():
            assert set(office.through(run)) == {"accepted"}
        office.is_accounted_for()

    @staticmethod
    def _senders(office: Service) -> str:
        return office.command("notices", "senders", "--program", "nc-css").stdout


class TestWhatCannotBeSent:
    """One clear sentence, the exit code of its kind, no traceback and nothing sent."""

    @pytest.fixture(autouse=True)
    def _nothing_sent(self, office: Service) -> Iterator[None]:
        before = office.stub.stats()["taken"]
        yield
        assert office.stub.stats()["taken"] == before

    def test_file_that_is_not_there(self, office: Service) -> None:
        """A file that does not exist is named; exit code 2."""
        refused(office, send(office, office.home / "nowhere.csv"), 2, "nowhere.csv", "no such file")

    def test_folder_in_place_of_a_file(self, office: Service) -> None:
        """A folder is no caseload; exit code 2."""
        refused(office, send(office, office.home), 2, str(office.home))

    def test_columns_missing_and_unknown(self, office: Service, caseload: Path) -> None:
        """Columns that are missing are named; exit code 2."""
        rows = [{"telephone" if name == "phone" else name: row[name] for name in row} for row in rows_of(caseload)]
        refused(office, send(office, written(caseload, rows)), 2, caseload.name, "phone")

    def test_other_encoding(self, office: Service, caseload: Path) -> None:
        """A file that is not UTF-8 is refused with the place and the remedy; exit code 2."""
        rows = rows_of(caseload)
        rows[3]["name"] = "Peña, Ana"
        refused(office, send(office, written(caseload, rows, "utf-16")), 2, caseload.name, "UTF-8")
        ended = send(office, written(caseload, rows, "latin-1"))
        refused(office, ended, 2, caseload.name, "UTF-8")

    def test_empty_file(self, office: Service) -> None:
        """An empty file is refused; exit code 2."""
        empty = office.home / "empty.csv"
        empty.write_bytes(b"")
        refused(office, send(office, empty), 2, "empty.csv")

    def test_unknown_template(self, office: Service, caseload: Path) -> None:
        """A template nobody approved is named; exit code 1."""
        refused(office, send(office, caseload, template="no-such-words"), 1, "no-such-words")

    def test_unknown_program(self, office: Service, caseload: Path) -> None:
        """A program that is not served is named; exit code 2."""
        refused(office, send(office, caseload, program="tx-wic"), 2, "tx-wic")

    def test_nobody_signed_in(self, office: Service, caseload: Path) -> None:
        """Without a sign-in nothing goes and the way to sign in is shown; exit code 2."""
        token = office.home / "login.token"
        kept = token.read_bytes()
        token.unlink()
        try:
            refused(office, send(office, caseload), 2, "harborline login")
        finally:
            token.write_bytes(kept)

    def test_moment_without_distance_from_utc(self, office: Service, caseload: Path) -> None:
        """A moment that could be in any zone is not guessed; exit code 2."""
        ended = send(office, caseload, "--schedule", "2026-12-01T09:00")
        refused(office, ended, 2, "--schedule", "distance from UTC")

    def test_database_that_does_not_answer(self, office: Service, caseload: Path) -> None:
        """A database of one's own that is not there is a thing outside; exit code 3, no password in the words."""
        nowhere = "postgresql://hl_app:not-a-secret@127.0.0.1:1/harborline"
        ended = office.command(
            "notices", "send", "--program", "nc-css", "--template", TEMPLATE, "--caseload", str(caseload),
            HARBORLINE_DATABASE_URL=nowhere, HARBORLINE_MIGRATE_URL=nowhere, HARBORLINE_SEQUENCER_URL=nowhere,
        )  # fmt: skip
        assert "not-a-secret" not in ended.stderr
        assert "Traceback" not in ended.stderr
        refused(office, ended, 3, "database")
