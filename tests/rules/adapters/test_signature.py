"""A webhook is believed when the carrier signed it, and only then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from harborline.adapters.twilio.signature import SHA1, SHA256, Form, sign, verified
from harborline.kernel import Invalid

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
CALL: Form = {
    "CallSid": ["CA1234567890ABCDE"],
    "Caller": ["+14158675309"],
    "Digits": ["1234"],
    "From": ["+14158675309"],
    "To": ["+18005551212"],
}
TOKEN = "12345"
names = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)
values = st.text(st.characters(codec="utf-8"), max_size=40)


def believed(signature: str, *, url: str = URL, form: Form = CALL, settings: str = "", token: str = TOKEN) -> bool:
    """Whether the gateway would believe it."""
    keys = {"webhooks_sharedkey_1": TOKEN}
    return verified(url=url, form=form, signature=signature, settings=settings, auth_token=token, shared_keys=keys)


class TestASignature:
    """Against the provider's published example and its own library."""

    def test_is_the_providers_own(self) -> None:
        """The published example, under both algorithms."""
        assert sign(TOKEN, URL, CALL) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
        assert sign(TOKEN, URL, CALL, SHA256) == "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s="

    @given(fields=st.dictionaries(names, values, max_size=8), algorithm=st.sampled_from([SHA1, SHA256]))
    def test_agrees_with_the_providers_library(self, fields: dict[str, str], algorithm: str) -> None:
        """For any form, letter for letter."""
        ours = sign(TOKEN, URL, {name: [value] for name, value in fields.items()}, algorithm)
        assert ours == RequestValidator(TOKEN).compute_signature(URL, fields, algorithm)

    @pytest.mark.parametrize("url", [URL, "https://mycompany.com:443/myapp.php?foo=1&bar=2"])
    def test_counts_with_and_without_the_port(self, url: str) -> None:
        """The carrier writes the address both ways."""
        assert believed(sign(TOKEN, url, CALL))

    def test_counts_under_a_shared_key(self) -> None:
        """The newer kind of signature, by a key we hold."""
        settings = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
        assert believed(sign(TOKEN, URL, CALL, SHA256), settings=settings)

    @pytest.mark.parametrize(
        "settings",
        [
            "key=webhooks_sharedkey_1,algorithm=HMAC_SHA512",
            "key=webhooks_sharedkey_2,algorithm=HMAC_SHA256",
            "algorithm=HMAC_SHA256",
            "key=webhooks_sharedkey_1,algorithm=none",
        ],
    )
    def test_falls_with_an_unknown_algorithm_or_key(self, settings: str) -> None:
        """Nothing is guessed: a newer or a missing key is not ours."""
        assert not believed(sign(TOKEN, URL, CALL, SHA256), settings=settings)
        assert not believed(sign(TOKEN, URL, CALL), settings=settings)

    def test_cannot_be_asked_for_in_an_unknown_algorithm(self) -> None:
        """Signing refuses too."""
        with pytest.raises(Invalid):
            sign(TOKEN, URL, CALL, "HMAC_MD5")

    @given(name=st.sampled_from(sorted(CALL)), value=values)
    def test_falls_with_one_changed_field(self, name: str, value: str) -> None:
        """Whoever changes a field changes the signature."""
        changed = {**CALL, name: [value]}
        assert believed(sign(TOKEN, URL, CALL), form=changed) is (changed == CALL)

    @pytest.mark.parametrize("signature", ["", "RSOYDt4T1cUTdK1PDd93/VVr8B8", "ÿ", "\udcff", "=" * 500])
    def test_falls_when_it_is_something_else(self, signature: str) -> None:
        """Empty, cut, not ASCII."""
        assert not believed(signature)

    def test_needs_a_secret(self) -> None:
        """A sender without a token believes nobody, not even a signature made with none."""
        assert not believed(sign("", URL, CALL), token="")

    def test_counts_repeated_values_once_and_sorted(self) -> None:
        """As the provider's library does for forms with a name twice."""
        assert sign(TOKEN, URL, {"a": ["2", "1", "2"]}) == sign(TOKEN, URL, {"a": ["1", "2"]})
