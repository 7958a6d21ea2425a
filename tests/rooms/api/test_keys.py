"""Keys: shown once, kept as a digest, gone at once when they are taken back."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from tests.rooms.api.caller import Caller, Heard, machine
from tests.rooms.api.people import text
from tests.rooms.town import MN, NC, WAKE, as_state

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.ledger.selectors import entries_of
from harborline.project.commands.api_keys import check_county
from harborline.walls import ALL_COUNTIES, Actor, acting
from harborline.workforce.facts import Scope, StaffRole
from harborline.workforce.selectors import machine_keys
from harborline.workforce.services import issue_key, revoke_key

OFFICER = frozenset({StaffRole.SECURITY_OFFICER.value})


def face(heard: Heard) -> str:
    """Everything of an answer that somebody outside can compare."""
    return json.dumps([heard.status, heard.body.decode(), sorted(heard.headers.items())])


class TestACountyOfAKey:
    """The one county it may work in."""

    def test_is_one_where_the_program_has_an_office(self, town: Path) -> None:
        """A county nobody knows would make a key that opens nothing, and nobody would see why."""
        with acting(Actor("worker", "sol"), program=NC, counties=ALL_COUNTIES, purpose="test"):
            check_county("*", NC)
            check_county(WAKE, NC)
            with pytest.raises(Invalid, match="write its FIPS code") as refused:
                check_county("99999", NC)
        assert refused.value.where == "--county"


class TestAKeyThatOpensNothing:
    """A stranger tries."""

    def test_looks_the_same_whatever_is_wrong_with_it(self, town: Path) -> None:
        """Unknown, wrong, over and revoked: one answer, to the last byte."""
        live, gone, over = machine(), machine(), machine()
        assert live.issued is not None
        assert gone.issued is not None
        with acting(Actor("worker", "sol"), program=NC, counties=ALL_COUNTIES, purpose="test"):
            revoke_key(gone.issued.key.id, because="lost", roles=OFFICER)
        before = face(live.get("messages"))
        clock.shift(timedelta(days=31))
        try:
            ended = face(over.get("messages"))
        finally:
            clock.shift(timedelta(0))
        wrong = live.key[:-1] + ("A" if live.key[-1] != "A" else "B")
        faces = {
            ended,
            face(gone.get("messages")),
            face(Caller(wrong).get("messages")),
            face(Caller(f"hlk_{'0' * 32}_{'A' * 43}").get("messages")),
            face(Caller("nonsense").get("messages")),
        }
        assert len(faces) == 1
        assert before.startswith("[200")
        assert ended.startswith("[401")

    def test_is_told_to_bring_one(self, town: Path) -> None:
        """Without a key at all."""
        heard = Caller("").get("messages")
        assert heard.status == 401
        assert heard.headers["WWW-Authenticate"] == "Bearer"
        assert heard.json["type"] == "/api/v1/docs#key-missing"


class TestAKeyThatIsTakenBack:
    """Its system was lost."""

    def test_opens_nothing_from_then_on(self, town: Path) -> None:
        """The very next request is refused, and sends nothing."""
        state = machine()
        assert state.issued is not None
        assert state.post("messages", {"messages": [text()]}).status == 202
        with acting(Actor("worker", "sol"), program=NC, counties=ALL_COUNTIES, purpose="test"):
            revoke_key(state.issued.key.id, because="lost", roles=OFFICER)
            revoke_key(state.issued.key.id, because="again", roles=OFFICER)
            (known,) = machine_keys(NC)
        assert known.revoked_at is not None
        assert state.post("messages", {"messages": [text(language="es")]}).status == 401
        assert state.get("templates").status == 401
        with as_state():
            kinds = [entry.kind for entry in entries_of(f"machine:{known.id}")]
        assert kinds.count("workforce.key-revoked") == 1
        assert kinds.count("workforce.key-issued") == 1

    def test_cannot_be_given_back(self, town: Path) -> None:
        """Nobody with the product's own database login undoes it."""
        state = machine()
        assert state.issued is not None
        with acting(Actor("worker", "sol"), program=NC, counties=ALL_COUNTIES, purpose="test"):
            revoke_key(state.issued.key.id, because="lost", roles=OFFICER)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM workforce_machinekeyend")

    def test_is_only_taken_back_in_its_own_program(self, town: Path) -> None:
        """Minnesota's officer does not find North Carolina's keys."""
        state = machine()
        assert state.issued is not None
        with (
            acting(Actor("worker", "mae"), program=MN, counties=ALL_COUNTIES, purpose="test"),
            pytest.raises(NotFound),
        ):
            revoke_key(state.issued.key.id, because="lost", roles=OFFICER)


class TestAFreshKey:
    """An officer issues it."""

    def test_is_kept_as_a_digest_alone(self, town: Path) -> None:
        """Its secret stands in no table and no record."""
        state = machine()
        secret = state.key[-20:]
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(k)::text FROM workforce_machinekey k")
            kept = cursor.fetchone()[0]
        assert secret not in kept
        assert state.issued is not None
        with as_state():
            (entry,) = entries_of(f"machine:{state.issued.key.id}")
        assert secret not in json.dumps(entry.content)

    @pytest.mark.parametrize(
        ("changed", "fault"),
        [
            ({"roles": frozenset({"case-manager"})}, Refused),
            ({"expires_at": timedelta(days=400)}, Refused),
            ({"expires_at": timedelta(0)}, Refused),
            ({"name": ""}, Invalid),
            ({"name": "x" * 81}, Invalid),
            ({"county": "3718"}, Invalid),
            ({"scopes": ()}, Invalid),
            ({"per_second": 0}, Invalid),
        ],
    )
    def test_is_not_made_of_what_cannot_be(self, town: Path, changed: dict[str, object], fault: type) -> None:
        """Wrong role, too long, no name, no scope: nothing is issued."""
        asked = {
            "name": "System", "role": StaffRole.STATE_OPERATOR, "scopes": (Scope.MESSAGES_READ,),
            "expires_at": timedelta(days=1), "roles": OFFICER, **changed,
        }  # fmt: skip
        asked["expires_at"] = clock.now() + asked["expires_at"]  # type: ignore[operator]  # a timedelta
        with as_state(), pytest.raises(fault):
            issue_key(**asked)  # type: ignore[arg-type]  # as the table has it
        assert machine_keys(NC) == []


class TestWhatAKeyIsFor:
    """Each scope by itself."""

    def test_is_all_it_opens(self, town: Path) -> None:
        """A key that reads does not send, and the refusal is on record."""
        reads = machine(scopes=(Scope.MESSAGES_READ,))
        assert reads.get("messages").status == 200
        refused = reads.post("messages", {"messages": [text()]})
        assert refused.status == 403
        assert refused.json["clauses"] == ["OFFSET-8.2:data-by-purpose"]
        assert reads.post("webhooks", {"url": "https://a.example/", "events": ["message.state"]}).status == 403
        assert reads.get("webhooks").status == 403
        assert reads.issued is not None
        with as_state():
            kinds = [entry.kind for entry in entries_of(f"machine:{reads.issued.key.id}")]
        assert kinds.count("api.refused") == 3


class TestACountysKey:
    """In North Carolina only the state sends."""

    @pytest.mark.clause("NC-CSS-22-18:state-text-service", shows="refuses")
    @pytest.mark.parametrize("role", [StaffRole.CASE_MANAGER, StaffRole.SUPERVISOR])
    def test_may_not_send(self, town: Path, role: StaffRole) -> None:
        """The answer names the clause, and nothing is queued."""
        county = machine(role=role, county=WAKE)
        heard = county.post("messages", {"messages": [text()]})
        assert heard.status == 403
        assert heard.json["clauses"] == ["NC-CSS-22-18:state-text-service"]
        assert county.get("messages").json["messages"] == []

    @pytest.mark.clause("NC-CSS-22-18:state-text-service", shows="allows")
    def test_is_not_the_states(self, town: Path) -> None:
        """The state's own system sends."""
        assert machine().post("messages", {"messages": [text()]}).status == 202

    def test_sees_its_own_county_alone(self, town: Path) -> None:
        """What the state sent to people elsewhere is not there for it."""
        state = machine()
        ours, theirs = state.post("messages", {"messages": [text(), text("P-5", "D-200", office="DURHAM")]}).json[
            "messages"
        ]
        wake = machine(role=StaffRole.CASE_MANAGER, county=WAKE, scopes=(Scope.MESSAGES_READ,))
        assert wake.get(f"messages/{ours['id']}").status == 200
        assert wake.get(f"messages/{theirs['id']}").status == 404
        assert [one["id"] for one in wake.get("messages").json["messages"]] == [ours["id"]]

    def test_of_another_program_sees_nothing(self, town: Path) -> None:
        """Minnesota's system asks for a text of North Carolina's."""
        (ours,) = machine().post("messages", {"messages": [text()]}).json["messages"]
        other = machine(program=MN, role=StaffRole.CLINIC_STAFF)
        assert other.get(f"messages/{ours['id']}").status == 404
        assert other.get("messages").json == {"messages": [], "next": None}
