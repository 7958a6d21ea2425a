"""A request that comes again does nothing, and is answered as before."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.test import override_settings
from tests.rooms.api.caller import Caller, Heard, machine
from tests.rooms.api.people import open_the_way_out, permit, text
from tests.rooms.town import NC, as_state, settle

from harborline.messaging.accepting.once import KEPT_FOR, sweep
from harborline.messaging.accepting.records import AcceptedText, OnceKey, Webhook
from harborline.messaging.models import Message, NoticeRun, Recipient
from harborline.messaging.services import accepting


def same(one: Heard, other: Heard) -> bool:
    """Whether two answers say the same."""
    return (one.status, one.body) == (other.status, other.body)


class TestARequestThatComesAgain:
    """The line broke before the answer."""

    def test_is_answered_as_before(self, town: Path) -> None:
        """The same ids, and a mark that it was known."""
        state, once = machine(), uuid.uuid4().hex
        first = state.post("messages", {"messages": [text(), text(language="es")]}, once=once)
        again = state.post("messages", {"messages": [text(), text(language="es")]}, once=once)
        assert same(first, again)
        assert "Idempotency-Replayed" not in first.headers
        assert again.headers["Idempotency-Replayed"] == "true"
        with as_state():
            assert AcceptedText.objects.count() == 2

    def test_may_be_spelled_otherwise(self, town: Path) -> None:
        """Blanks and the order of fields are not the request."""
        state, once = machine(), uuid.uuid4().hex
        first = state.post("messages", {"messages": [text()]}, once=once)
        turned = dict(reversed(text().items()))
        body = json.dumps({"messages": [turned]}, indent=2).encode()
        again = state.call("POST", "messages", body, content_type="application/json", **{"Idempotency-Key": once})
        assert same(first, again)

    def test_may_not_be_another_request(self, town: Path) -> None:
        """The same key with other texts is a slip that must be told."""
        state, once = machine(), uuid.uuid4().hex
        state.post("messages", {"messages": [text()]}, once=once)
        other = state.post("messages", {"messages": [text(language="es")]}, once=once)
        assert other.status == 422
        assert other.json["type"] == "/api/v1/docs#once-key-used-otherwise"
        hook = {"url": "https://hooks.example/", "events": ["message.state"]}
        assert state.post("webhooks", hook, once=once).status == 422
        with as_state():
            assert AcceptedText.objects.count() == 1
            assert Webhook.objects.count() == 0

    def test_is_another_machines_own(self, town: Path) -> None:
        """Two systems may think up the same key."""
        once = uuid.uuid4().hex
        one = machine().post("messages", {"messages": [text()]}, once=once)
        other = machine().post("messages", {"messages": [text()]}, once=once)
        assert one.json["messages"][0]["id"] != other.json["messages"][0]["id"]

    def test_that_was_refused_may_be_put_right(self, town: Path) -> None:
        """Nothing was done, so the key is still free."""
        state, once = machine(), uuid.uuid4().hex
        assert state.post("messages", {"messages": [text(template="no-such")]}, once=once).status == 422
        assert state.post("messages", {"messages": [text()]}, once=once).status == 202

    def test_shows_a_secret_as_before(self, town: Path) -> None:
        """Who never got the answer gets it now; it is kept sealed."""
        state, once = machine(), uuid.uuid4().hex
        hook = {"url": "https://hooks.example/", "events": ["message.state"]}
        first, again = (state.post("webhooks", hook, once=once) for _ in range(2))
        assert first.status == 201
        assert same(first, again)
        secret = first.json["secret"].encode()
        with as_state():
            assert Webhook.objects.count() == 1
            assert secret not in bytes(OnceKey.objects.get().answer)

    def test_steers_a_notice_once(self, town: Path) -> None:
        """A second pause under the same key is no error."""
        state, once = machine(), uuid.uuid4().hex
        state.post("messages", {"messages": [text()]})
        with as_state():
            run = NoticeRun.objects.get()
        first, again = (state.post(f"notices/{run.id}/pause", once=once) for _ in range(2))
        assert first.json["state"] == "paused"
        assert same(first, again)
        assert state.post(f"notices/{run.id}/pause").status == 409

    @pytest.mark.parametrize("once", ["", "x" * 129, "two words", "ñ", "a\tb"])
    def test_needs_a_key_that_can_be_one(self, town: Path, once: str) -> None:
        """No key, or one that no header should hold."""
        body = json.dumps({"messages": [text()]}).encode()
        heard = machine().call("POST", "messages", body, content_type="application/json", **{"Idempotency-Key": once})
        assert heard.status == 400
        assert heard.json["type"] == "/api/v1/docs#once-key-missing"


class TestOldKeys:
    """They are not kept for ever."""

    def test_live_a_day_and_are_swept(self, town: Path) -> None:
        """At least 24 hours."""
        assert timedelta(hours=24) <= KEPT_FOR < timedelta(hours=26)
        state, once = machine(), uuid.uuid4().hex
        state.post("messages", {"messages": [text()]}, once=once)
        with as_state():
            assert sweep(NC) == 0
            assert sweep(NC, kept_for=timedelta(seconds=-1)) == 1
            assert OnceKey.objects.count() == 0


class TestRequestsAtTheSameMoment:
    """From many lines at once, really committed."""

    @pytest.fixture
    def state(self, committed: None, tmp_path: Path) -> Caller:
        """A system in a town that is really there."""
        accepting.forget()
        settle(tmp_path)
        open_the_way_out()
        permit("P-2")
        return machine(per_second=10_000)

    @staticmethod
    def at_once(caller: Caller, bodies: list[object], onces: list[str]) -> list[Heard]:
        """Every request from a thread of its own."""

        def one(asked: tuple[object, str]) -> Heard:
            try:
                return caller.post("messages", asked[0], once=asked[1])
            finally:
                connections.close_all()

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(one, zip(bodies, onces, strict=True)))

    def test_under_one_key_are_one(self, state: Caller) -> None:
        """Eight tries of one request: one effect, one answer."""
        heard = self.at_once(state, [{"messages": [text()]}] * 8, ["same"] * 8)
        assert {each.status for each in heard} == {202}
        assert len({each.body for each in heard}) == 1
        with as_state():
            assert (AcceptedText.objects.count(), Recipient.objects.count(), Message.objects.count()) == (1, 1, 1)
            assert NoticeRun.objects.get().row_count == 1

    def test_under_many_keys_are_all_kept_and_one_text_goes(self, state: Caller) -> None:
        """Nothing is lost when requests share a transaction, and nobody is told twice."""
        heard = self.at_once(state, [{"messages": [text()]}] * 24, [uuid.uuid4().hex for _ in range(24)])
        told = [each.json["messages"][0] for each in heard]
        assert sorted(one["state"] for one in told) == ["queued", *["told-before"] * 23]
        assert len({one["id"] for one in told}) == 24
        with as_state():
            assert Message.objects.count() == 1
            assert sorted(Recipient.objects.values_list("row_no", flat=True)) == list(range(1, 25))

    def test_do_not_hurt_each_other(self, state: Caller) -> None:
        """What is wrong with one is that one's."""
        bodies: list[object] = [{"messages": [text(template="no-such" if n % 3 == 0 else "appointment-reminder")]}
                                for n in range(12)]  # fmt: skip
        heard = self.at_once(state, bodies, [uuid.uuid4().hex for _ in range(12)])
        assert [each.status for each in heard] == [422 if n % 3 == 0 else 202 for n in range(12)]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path) -> object:
    """Addresses of webhooks may be near in these tests."""
    with override_settings(WEBHOOK_REACH="loopback", BLOB_DIRECTORY=tmp_path / "blobs"):
        yield
