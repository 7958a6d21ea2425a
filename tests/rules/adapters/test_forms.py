"""The form of a hand-over says exactly what was decided."""

from __future__ import annotations

import uuid
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.adapters.twilio.accounts import ListedAccounts, TwilioAccount
from harborline.adapters.twilio.forms import Forms
from harborline.kernel import Invalid, NotFound
from harborline.messaging.ports import OutgoingText

NC_MAIN = TwilioAccount(
    sender="nc-main",
    program="nc-css",
    account_sid="AC0123",
    origin="+19195550100",
    public_base="https://texts.nc.example",
    auth_token="token-of-the-account",
    callback_key=bytes(range(32)),
)


def account(**changed: str) -> TwilioAccount:
    """A sender at the carrier."""
    return replace(NC_MAIN, **changed)  # type: ignore[arg-type]  # only strings are changed


def written(text: OutgoingText, here: TwilioAccount) -> dict[str, list[str]]:
    """The form as the carrier reads it."""
    return parse_qs(Forms(here).form(text).decode("ascii"), keep_blank_values=True, strict_parsing=True)


class TestAForm:
    """Read back by somebody else's parser."""

    @given(words=st.text(st.characters(codec="utf-8"), max_size=300), left_s=st.integers(-5, 100_000))
    def test_carries_the_words_unchanged(self, words: str, left_s: int) -> None:
        """Any script; the carrier keeps nothing and drops the text when the window closes."""
        here, attempt = account(), uuid.uuid4()
        form = written(OutgoingText(attempt, "+19195550101", words, left_s, ""), here)
        token = form["StatusCallback"][0].removeprefix(here.callbacks).removesuffix("/")
        assert here.attempts.attempt(token) == attempt
        assert {name: values for name, values in form.items() if name not in ("StatusCallback", "ValidityPeriod")} == {
            "To": ["+19195550101"],
            "Body": [words],
            "From": ["+19195550100"],
            "ContentRetention": ["discard"],
            "AddressRetention": ["obfuscate"],
            "SmartEncoded": ["false"],
        }
        assert int(form["ValidityPeriod"][0]) == min(max(left_s, 1), 36_000)

    def test_survives_half_a_character(self) -> None:
        """A lone surrogate is replaced, not a crash."""
        assert written(OutgoingText(uuid.uuid4(), "+19195550101", "a\ud83d b", 60, ""), account())["Body"] == [
            "a\ufffd b"
        ]

    def test_names_a_messaging_service_as_one(self) -> None:
        """A service is no number."""
        form = written(OutgoingText(uuid.uuid4(), "+19195550101", "a", 60, ""), account(origin="MG42"))
        assert form["MessagingServiceSid"] == ["MG42"]
        assert "From" not in form


class TestAnAccount:
    """What an operator may set."""

    @pytest.mark.parametrize(
        "changed",
        [
            {"public_base": "http://texts.nc.example"},
            {"base_url": "http://api.carrier.example"},
            {"base_url": "https://name:secret@api.carrier.example"},
            {"public_base": "https://texts.nc.example/?x=1"},
            {"auth_token": ""},
            {"sender": "nc/../main"},
            {"account_sid": "AC 1\r\nHost: x"},
        ],
    )
    def test_is_refused_when_it_leaks_or_cannot_work(self, changed: dict[str, str]) -> None:
        """No credentials in the clear, no address that is none."""
        with pytest.raises(Invalid):
            account(**changed)

    def test_never_shows_its_secrets(self) -> None:
        """Not in a log line, not in a traceback."""
        assert "token-of-the-account" not in repr(account())
        assert "callback_key" not in repr(account())

    def test_is_found_by_its_sender_only(self) -> None:
        """An unknown sender is not found."""
        accounts = ListedAccounts([account()])
        assert accounts.named("nc-main").program == "nc-css"
        with pytest.raises(NotFound):
            accounts.named("mn-main")
