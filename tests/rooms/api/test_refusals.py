"""Whatever is refused is refused in one form, in plain words, without repeating what came."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import structlog
from tests.rooms.api.caller import Caller, Heard, machine, served
from tests.rooms.api.people import text
from tests.telling import told

from harborline.sites.api.entrance import LONGEST_JSON_BYTES
from harborline.sites.api.problems import KINDS

SECRET_PERSON = "Wilhelmina-Ostrander-555-44-3333"


def is_problem(heard: Heard, status: int) -> None:
    """It has the form of RFC 9457 and leaves nothing behind in the browser."""
    assert heard.status == status, heard.body
    assert heard.headers["Content-Type"] == "application/problem+json"
    told = heard.json
    assert {"type", "title", "status", "detail", "clauses"} <= set(told)
    assert told["status"] == status
    assert told["type"].split("#")[1] in KINDS
    assert told["detail"].endswith(".")
    for header in ("Set-Cookie", "Access-Control-Allow-Origin", "Vary"):
        assert header not in heard.headers
    assert heard.headers["Cache-Control"] == "no-store"


def sent(caller: Caller, body: bytes, content_type: str = "application/json") -> Heard:
    """One request with a body as it stands."""
    return caller.call("POST", "messages", body, content_type=content_type, **{"Idempotency-Key": "k"})


class TestAPlaceThatIsNone:
    """Wrong address, wrong method."""

    @pytest.mark.parametrize(
        "path", ["nothing", "messages/", "messages/x/y", "/api/", "/api/v2/messages", "webhooks/1/2/3"]
    )
    def test_is_a_problem_too(self, town: Path, path: str) -> None:
        """Nobody gets a page for people."""
        is_problem(machine().get(path), 404)

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("PUT", "messages"), ("DELETE", "messages"), ("PATCH", "webhooks"), ("POST", "templates"),
            ("TRACE", "notices"),
         ("OPTIONS", "messages"), ("GET", "notices"), ("PUT", "openapi.json"), ("BREW", "messages")],
    )  # fmt: skip
    def test_names_the_methods_there_are(self, town: Path, method: str, path: str) -> None:
        """In the header Allow."""
        heard = machine().call(method, path)
        is_problem(heard, 405)
        assert heard.headers["Allow"]

    @pytest.mark.parametrize("given", ["1", "x" * 300, "01a1fd98c55a706f9d5ce8991e26e23a", "%00", "../templates"])
    @pytest.mark.parametrize("place", ["messages", "notices", "webhooks"])
    def test_may_be_an_id_that_nothing_has(self, town: Path, place: str, given: str) -> None:
        """Absent, hidden or nonsense: the same."""
        is_problem(machine().get(f"{place}/{given}"), 404)


class TestABodyThatCannotBeRead:
    """Not JSON, not this form, too much."""

    @pytest.mark.parametrize(
        "body", [b"{", b"nope", b"\xff\xfe", b'{"messages": NaN', b"[" * 100_000, b'"' + b"x" * 10_000],
        ids=["open", "word", "bytes", "nan", "deep", "long"],
    )  # fmt: skip
    def test_is_named_as_such(self, town: Path, body: bytes) -> None:
        """Whatever the bytes, an answer in words."""
        is_problem(sent(machine(), body), 400)

    def test_may_be_none(self, town: Path) -> None:
        """Nothing at all is what is missing."""
        is_problem(sent(machine(), b""), 422)

    @pytest.mark.parametrize(
        "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
    )
    def test_must_be_what_it_says(self, town: Path, content_type: str) -> None:
        """Only JSON in UTF-8."""
        is_problem(sent(machine(), json.dumps({"messages": [text()]}).encode(), content_type), 415)

    def test_may_not_be_too_large(self, town: Path) -> None:
        """It is refused before it is read."""

        class Unread(io.BytesIO):
            """A body nobody may read."""

            def read(self, *_: object) -> bytes:
                """Fail."""
                raise AssertionError("was read")

        state = machine()
        heard = served({
            "REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/messages", "QUERY_STRING": "", "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "HTTP_HOST": "localhost", "wsgi.input": Unread(), "wsgi.url_scheme": "http",
            "CONTENT_LENGTH": str(LONGEST_JSON_BYTES + 1), "CONTENT_TYPE": "application/json",
            "HTTP_AUTHORIZATION": f"Bearer {state.key}", "HTTP_IDEMPOTENCY_KEY": "k",
        })  # fmt: skip
        is_problem(heard, 413)

    def test_must_say_how_long_it_is(self, town: Path) -> None:
        """Nothing without a length is read."""
        state = machine()
        heard = served({
            "REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/messages", "QUERY_STRING": "", "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "HTTP_HOST": "localhost", "wsgi.input": io.BytesIO(b"{}"), "wsgi.url_scheme": "http",
            "CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": f"Bearer {state.key}",
            "HTTP_IDEMPOTENCY_KEY": "k",
        })  # fmt: skip
        is_problem(heard, 411)


class TestAFieldThatCannotBeUsed:
    """It is named by its place."""

    @pytest.mark.parametrize(
        ("changed", "pointer"),
        [
            ({"phone": "call " + SECRET_PERSON}, "/messages/0/phone"),
            ({"phone": "+19195550"}, "/messages/0/phone"),
            ({"phone": "+10000000000"}, "/messages/0/phone"),
            ({"phone": None}, "/messages/0/phone"),
            ({"participant": SECRET_PERSON + "\u202e"}, "/messages/0/participant"),
            ({"participant": "P\u0661"}, "/messages/0/participant"),
            ({"case": {"a": SECRET_PERSON}}, "/messages/0/case"),
            ({"case": 7}, "/messages/0/case"),
            ({"template": SECRET_PERSON}, "/messages/0/template"),
            ({"template": "no-such-template"}, "/messages/0/template"),
            ({"template": "reply-help"}, "/messages/0/template"),
            ({"language": "english"}, "/messages/0/language"),
            ({"office": "NOWHERE"}, "/messages/0/office"),
            ({"appointment": "2026-02-30T09:00"}, "/messages/0/appointment"),
            ({"appointment": "2026-02-03T09:00Z"}, "/messages/0/appointment"),
            ({"appointment": "tomorrow"}, "/messages/0/appointment"),
            ({"appointment": "2027-03-14T02:30"}, "/messages/0/appointment"),
            ({"phone": "+9195550102"}, "/messages/0/phone"),
            ({"appointment": None}, "/messages/0/appointment"),
            ({"body": "You owe $400, " + SECRET_PERSON}, "/messages/0/body"),
            ({SECRET_PERSON: "x"}, "/messages/0/…"),
        ],
    )
    def test_is_pointed_at_and_not_repeated(
        self, town: Path, changed: dict[str, object], pointer: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """No value comes back, none goes to the log, and nothing is sent."""
        state = machine()
        with structlog.testing.capture_logs() as logs:
            heard = state.post("messages", {"messages": [{**text(), **changed}]})
        is_problem(heard, 422)
        assert [error["pointer"] for error in heard.json["errors"]] == [pointer]
        said = heard.body.decode() + json.dumps(logs) + "".join(capsys.readouterr())
        assert SECRET_PERSON not in said
        assert told(("5550", "+1919555", "555010"), said) == []
        assert state.get("messages").json["messages"] == []

    def test_refuses_the_whole_request(self, town: Path) -> None:
        """Either all texts are taken or none."""
        state = machine()
        heard = state.post("messages", {"messages": [text(), text(office="NOWHERE"), text(phone="1")]})
        is_problem(heard, 422)
        assert state.get("messages").json["messages"] == []

    @pytest.mark.parametrize("texts", [[], [{}], [None], "x", {}, None])
    def test_may_be_the_list_itself(self, town: Path, texts: object) -> None:
        """Empty, or no list."""
        is_problem(machine().post("messages", {"messages": texts}), 422)

    def test_may_be_one_too_many(self, town: Path) -> None:
        """Five hundred at once, not more."""
        state = machine()
        is_problem(state.post("messages", {"messages": [text()] * 501}), 422)
        heard = state.post("messages", {"messages": [text()] * 500})
        assert heard.status == 202
        assert [one["state"] for one in heard.json["messages"]].count("queued") == 1


class TestAskingTooMuch:
    """Each key has its pace."""

    def test_is_told_when_to_come_again(self, town: Path) -> None:
        """And nothing of the request is done."""
        slow = machine(per_second=1)
        assert slow.post("messages", {"messages": [text()] * 499}).status == 202
        heard = slow.post("messages", {"messages": [text()] * 499})
        is_problem(heard, 429)
        assert 400 < int(heard.headers["Retry-After"]) <= 500
        assert machine().get("messages").status == 200
