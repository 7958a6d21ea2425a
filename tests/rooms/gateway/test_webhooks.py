"""What a carrier posts: believed by its signature alone, and told twice it changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from harborline.adapters.twilio.accounts import TwilioAccount
from harborline.adapters.twilio.signature import sign
from harborline.kernel.ids import new_id
from harborline.messaging.models import InboundMessage, ReceiptRecord, Sender
from harborline.walls import ALL_COUNTIES, Actor, acting

FORM = "application/x-www-form-urlencoded"
STOP = {"MessageSid": "SM0001", "From": "+19195550101", "To": "+19195550100", "Body": "STOP", "NumMedia": "0"}
DELIVERED = {"MessageSid": "SM0001", "MessageStatus": "delivered", "AccountSid": "AC0123"}


def post(url: str, form: Mapping[str, str], signature: str, **headers: str) -> HttpResponse:
    """Post a form at the path of `url`, whatever host it names."""
    path = url.removeprefix("https://texts.nc.example")
    named = {"X-Twilio-Signature": signature, **headers}
    answer = Client(enforce_csrf_checks=True).post(path, urlencode(form), content_type=FORM, headers=named)
    assert isinstance(answer, HttpResponse)
    return answer


def signed(account: TwilioAccount, url: str, form: Mapping[str, str]) -> str:
    """The carrier's signature."""
    return sign(account.auth_token, url, {name: [value] for name, value in form.items()})


def add_sender(account: TwilioAccount) -> None:
    """The program's sender at this carrier."""
    with acting(Actor("system", "test"), program=account.program, counties=ALL_COUNTIES, purpose="test"):
        Sender.objects.create(program=account.program, key=account.sender, number=account.origin, carrier="twilio")


def count(model: type[InboundMessage | ReceiptRecord]) -> int:
    """Rows of the program."""
    with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        return model.objects.count()


@pytest.mark.usefixtures("db")
class TestAnInboundWebhook:
    """A text a person wrote."""

    def test_is_taken_once_however_often_it_is_told(self, account: TwilioAccount) -> None:
        """The carrier repeats itself; the record does not."""
        add_sender(account)
        signature = signed(account, account.inbound, STOP)
        answers = [post(account.inbound, STOP, signature) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert answers[0].content == b"<Response></Response>"
        assert answers[0].headers["Content-Type"] == "text/xml"
        assert count(InboundMessage) == 1

    def test_is_not_believed_without_its_signature(self, account: TwilioAccount) -> None:
        """Forged, missing, or made for other words: 403, and nothing is written."""
        add_sender(account)
        other = signed(account, account.inbound, {**STOP, "Body": "START"})
        elsewhere = signed(account, "https://evil.example/carriers/twilio/nc-main/inbound/", STOP)
        status = signed(account, f"{account.callbacks}x/", STOP)
        for signature in ("", "x", other, elsewhere, status):
            assert post(account.inbound, STOP, signature).status_code == 403
        assert count(InboundMessage) == 0

    def test_is_judged_by_the_configured_address(self, account: TwilioAccount) -> None:
        """What the Host header claims does not count."""
        add_sender(account)
        claimed = signed(account, "https://localhost/carriers/twilio/nc-main/inbound/", STOP)
        assert post(account.inbound, STOP, claimed, Host="localhost").status_code == 403
        ours = signed(account, account.inbound, STOP)
        assert post(account.inbound, STOP, ours, Host="localhost").status_code == 200

    def test_may_not_be_huge_or_something_else(self, account: TwilioAccount) -> None:
        """Seventy kilobytes, or JSON: refused before anything is computed."""
        big = {**STOP, "Body": "x" * 70_000}
        assert post(account.inbound, big, signed(account, account.inbound, big)).status_code == 400
        path = "/carriers/twilio/nc-main/inbound/"
        assert Client().post(path, "{}", content_type="application/json").status_code == 400

    def test_of_an_unknown_sender_is_a_stranger(self, account: TwilioAccount) -> None:
        """The answer is the same as to a bad signature."""
        url = "https://texts.nc.example/carriers/twilio/mn-main/inbound/"
        assert post(url, STOP, signed(account, url, STOP)).status_code == 403

    def test_is_no_page(self, account: TwilioAccount) -> None:
        """Nothing to see with a browser."""
        assert Client().get("/carriers/twilio/nc-main/inbound/").status_code == 405

    def test_without_a_number_is_refused(self, account: TwilioAccount) -> None:
        """Signed, but not a text."""
        form = {"MessageSid": "SM9"}
        assert post(account.inbound, form, signed(account, account.inbound, form)).status_code == 400


@pytest.mark.usefixtures("db")
class TestAStatusCallback:
    """What became of a text."""

    def test_is_not_believed_for_an_attempt_we_did_not_sign(self, account: TwilioAccount) -> None:
        """The carrier's signature alone does not make an attempt ours."""
        for token in ("made-up", uuid.uuid4().hex, "A" * 43):
            url = f"{account.callbacks}{token}/"
            assert post(url, DELIVERED, signed(account, url, DELIVERED)).status_code == 403

    def test_is_not_believed_without_its_signature(self, account: TwilioAccount) -> None:
        """A signed attempt alone does not make somebody the carrier."""
        url = f"{account.callbacks}{account.attempts.token(new_id())}/"
        assert post(url, DELIVERED, "").status_code == 403
        other = f"{account.callbacks}{account.attempts.token(new_id())}/"
        assert post(url, DELIVERED, signed(account, other, DELIVERED)).status_code == 403

    @pytest.mark.parametrize("status", ["queued", "delivered", "never-heard-of"])
    def test_about_nothing_we_know_changes_nothing(self, account: TwilioAccount, status: str) -> None:
        """An attempt of another installation, or news that are none."""
        form = {**DELIVERED, "MessageStatus": status}
        url = f"{account.callbacks}{account.attempts.token(new_id())}/"
        assert post(url, form, signed(account, url, form)).status_code == 204
        assert count(ReceiptRecord) == 0
