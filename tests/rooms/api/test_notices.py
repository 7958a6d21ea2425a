"""Whole caseloads over the API."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from tests.rooms.api.caller import Caller, machine
from tests.rooms.api.people import NUMBERS, TEMPLATE
from tests.rooms.town import MN, NC, WAKE, as_state, bring_in

from harborline.kernel import clock
from harborline.messaging.facts import RunState
from harborline.messaging.models import NoticeRun
from harborline.messaging.services import plan_run
from harborline.people.facts import FeedKind
from harborline.workforce.facts import Scope, StaffRole

COLUMNS = (
    "participant_id", "case_id", "county_fips", "role", "name", "language", "phone", "zip", "appointment_date",
    "appointment_time", "office",
)  # fmt: skip
SECRET_PERSON = "Wilhelmina Ostrander"

NO_HEADER = ("P-2", "C-100", "37183", "noncustodial-parent", SECRET_PERSON, "en", "+19195550102", "27601")
OPEN_QUOTE = (",".join(COLUMNS) + '\nP-2,C-100,37183,noncustodial-parent,"Wilhelmina Ostr').encode()


def caseload(*rows: tuple[str, ...], header: tuple[str, ...] = COLUMNS) -> bytes:
    """A file of these rows."""
    file = io.StringIO()
    csv.writer(file).writerows([header, *rows])
    return file.getvalue().encode()


def row(participant: str = "P-2", case: str = "C-100", *, county: str = WAKE, phone: str = "") -> tuple[str, ...]:
    """One row with an appointment to come."""
    soon = (clock.now() + timedelta(days=4)).date().isoformat()
    number = phone or NUMBERS[participant]
    return (
        participant,
        case,
        county,
        "noncustodial-parent",
        SECRET_PERSON,
        "en",
        number,
        "27601",
        soon,
        "09:30",
        "WAKE",
    )


def opened(caller: Caller, *rows: tuple[str, ...], **fields: str) -> str:
    """The id of a notice that was opened and planned."""
    heard = caller.upload("notices", caseload(*rows), template=TEMPLATE, **fields)
    assert heard.status == 201, heard.body
    found: str = heard.json["id"]
    plan_run(uuid.UUID(found), program=NC)
    return found


class TestANotice:
    """The state's case system hands in tonight's caseload."""

    def test_is_opened_and_counted(self, town: Path) -> None:
        """Every row gets its decision; the answer counts them."""
        state = machine()
        found = state.get(f"notices/{opened(state, row(), row('P-5', 'D-200', county='37063'))}")
        told = found.json
        assert (told["rows"], told["bad_rows"], told["planned"], told["state"]) == (2, 0, True, "running")
        assert told["texts"] == {"queued": 1}
        assert sum(each["people"] for each in told["decisions"]) == 2
        assert SECRET_PERSON.encode() not in found.body

    def test_names_bad_rows_by_their_place(self, town: Path) -> None:
        """Row, column and remedy; never the value."""
        heard = machine().upload("notices", caseload(row(), row(phone=SECRET_PERSON)), template=TEMPLATE)
        assert heard.status == 201
        (bad,) = heard.json["first_bad_rows"]
        assert (bad["row"], bad["column"]) == (3, "phone")
        assert SECRET_PERSON.encode() not in heard.body

    def test_counts_a_protected_person_like_one_who_stopped(self, town: Path) -> None:
        """Even for the state's own key."""
        bring_in(town, FeedKind.PROTECTIONS, [("N-2", "fvi", "case system", "2026-01-02", "", "no")])
        state = machine()
        told = state.get(f"notices/{opened(state, row())}").json
        assert [each["reason"] for each in told["decisions"]] == ["texts-off"]

    def test_may_wait(self, town: Path) -> None:
        """For its moment, or for a look by staff."""
        state, later = machine(), (clock.now() + timedelta(hours=3)).isoformat()
        assert state.get(f"notices/{opened(state, row(), schedule=later)}").json["state"] == RunState.SCHEDULED
        assert state.get(f"notices/{opened(state, row(), hold='true')}").json["state"] == RunState.READY

    def test_is_paused_resumed_and_cancelled(self, town: Path) -> None:
        """Each step once; a step that does not fit is a problem."""
        state = machine()
        found = opened(state, row())
        assert state.post(f"notices/{found}/pause").json == {"id": found, "state": "paused"}
        assert state.post(f"notices/{found}/pause").status == 409
        assert state.post(f"notices/{found}/resume").json["state"] == "running"
        assert state.post(f"notices/{found}/cancel").json["state"] == "cancelled"
        assert state.post(f"notices/{found}/resume").status == 409
        assert state.get(f"notices/{found}").json["texts"] == {"cancelled": 1}

    def test_comes_once(self, town: Path) -> None:
        """The same file under the same key, in another envelope."""
        state, once = machine(), uuid.uuid4().hex
        first, again = (state.upload("notices", caseload(row()), once=once, template=TEMPLATE) for _ in range(2))
        assert first.body == again.body
        assert state.upload("notices", caseload(row("P-9")), once=once, template=TEMPLATE).status == 422
        with as_state():
            assert NoticeRun.objects.count() == 1


class TestAMoment:
    """To begin at."""

    @pytest.mark.parametrize("far", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00", "2099-01-01T00:00:00Z"])
    def test_that_no_calendar_of_ours_reaches_is_refused(self, town: Path, far: str) -> None:
        """Or no page of the program could be read again; nothing is left behind."""
        heard = machine().upload("notices", caseload(row()), template=TEMPLATE, schedule=far)
        assert (heard.status, heard.json["errors"][0]["pointer"]) == (422, "/schedule")
        with as_state():
            assert not NoticeRun.objects.exists()


class TestAFormThatIsNotWhatItShouldBe:
    """A field that is not known may be one that is misspelt."""

    @pytest.mark.parametrize("fields", [{"shedule": "2026-12-01T09:00:00-05:00"}, {"zz": "1"}, {"caseload": "text"}])
    def test_is_refused_by_the_name_of_the_field(self, town: Path, fields: dict[str, str]) -> None:
        """And nothing goes out."""
        heard = machine().upload("notices", caseload(row()), template=TEMPLATE, **fields)
        assert (heard.status, heard.json["errors"][0]["pointer"]) == (422, f"/{next(iter(fields))}")
        with as_state():
            assert not NoticeRun.objects.exists()

    @pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
    def test_without_its_boundary_is_not_readable(self, town: Path, kind: str) -> None:
        """The machine is not told to send the same again."""
        heard = machine().call(
            "POST", "notices", b"--x\r\n", content_type=kind, **{"Idempotency-Key": uuid.uuid4().hex}
        )
        assert (heard.status, heard.json["type"].rpartition("#")[2]) == (400, "not-readable")

    def test_with_too_many_parts_is_not_readable(self, town: Path) -> None:
        """However many there are."""
        many = {f"f{number}": "1" for number in range(1_500)}
        heard = machine().upload("notices", caseload(row()), template=TEMPLATE, **many)
        assert (heard.status, heard.json["type"].rpartition("#")[2]) == (400, "not-readable")


class TestAFileThatCannotBeUsed:
    """It is refused whole."""

    @pytest.mark.parametrize(
        "file",
        [
            b"",
            b"\xff\xfe\x00",
            caseload(row()).rpartition(b",")[0] + b',"open',
            caseload(row(), header=row()),
            b"PK\x03\x04",
            b"a,b\n1,2\n",
        ],
        ids=["empty", "utf-16", "open quote", "no header", "excel", "other columns"],
    )
    def test_is_pointed_at_and_not_repeated(self, town: Path, file: bytes) -> None:
        """A file without a header has people where columns should be."""
        heard = machine().upload("notices", file, template=TEMPLATE)
        assert heard.status == 422, heard.body
        assert [error["pointer"] for error in heard.json["errors"]] == ["/caseload"]
        assert SECRET_PERSON.encode() not in heard.body
        with as_state():
            assert NoticeRun.objects.count() == 0

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"template": "no-such"}, "/template"),
            ({"template": TEMPLATE, "schedule": "2020-01-01T00:00:00Z"}, "/schedule"),
            ({"template": TEMPLATE, "schedule": "2030-01-01T00:00:00"}, "/schedule"),
            ({"template": TEMPLATE, "hold": "perhaps"}, "/hold"),
            ({}, "/template"),
        ],
    )
    def test_may_be_the_fields_beside_it(self, town: Path, fields: dict[str, str], pointer: str) -> None:
        """Each is named."""
        heard = machine().upload("notices", caseload(row()), **fields)
        assert heard.status == 422
        assert [error["pointer"] for error in heard.json["errors"]] == [pointer]


class TestWhoMayNot:
    """A county, another program, a key that only reads."""

    def test_open_one(self, town: Path) -> None:
        """The clause is named."""
        heard = machine(role=StaffRole.SUPERVISOR, county=WAKE).upload("notices", caseload(row()), template=TEMPLATE)
        assert heard.status == 403
        assert heard.json["clauses"] == ["NC-CSS-22-18:state-text-service"]
        reads = machine(scopes=(Scope.NOTICES_READ,))
        assert reads.upload("notices", caseload(row()), template=TEMPLATE).status == 403

    def test_steer_one(self, town: Path) -> None:
        """A county does not stop the state's notice."""
        found = opened(machine(), row())
        assert machine(role=StaffRole.SUPERVISOR, county=WAKE).post(f"notices/{found}/cancel").status == 403
        assert machine(program=MN, role=StaffRole.CLINIC_STAFF).get(f"notices/{found}").status == 404
        assert machine(program=MN, role=StaffRole.CLINIC_STAFF).post(f"notices/{found}/cancel").status == 404


class TestTheTemplates:
    """What a system may send."""

    def test_are_the_approved_notices_with_what_they_need(self, town: Path) -> None:
        """Answers and discreet words are not among them."""
        found = {one["key"]: one for one in machine().get("templates").json["templates"]}
        assert found[TEMPLATE]["needs_appointment"]
        assert not found[TEMPLATE]["needs_office"]
        assert {"en", "es"} <= set(found[TEMPLATE]["words"])
        assert not [key for key in found if key.startswith("reply-") or key == "discreet"]
