"""A callback address names one attempt, and nobody but us can make one."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.adapters.attempts import TOKEN_LENGTH, SignedAttempts
from harborline.kernel import Broken, NotFound

KEY = bytes(range(32))
OURS = SignedAttempts(KEY, carrier="twilio", sender="nc-main")


class TestASignedAttempt:
    """Made here, read back here."""

    @given(st.uuids())
    def test_opens_to_the_attempt_it_was_made_for(self, attempt: uuid.UUID) -> None:
        """For every attempt, in a form that fits an address."""
        token = OURS.token(attempt)
        assert OURS.attempt(token) == attempt
        assert len(token) == TOKEN_LENGTH
        assert token.replace("-", "").replace("_", "").isalnum()

    @given(st.uuids(), st.integers(0, TOKEN_LENGTH - 1), st.sampled_from("AZaz09-_"))
    def test_falls_with_one_changed_letter(self, attempt: uuid.UUID, place: int, letter: str) -> None:
        """Nobody guesses a neighbour."""
        token = OURS.token(attempt)
        changed = token[:place] + letter + token[place + 1 :]
        if changed == token:
            return
        if place == TOKEN_LENGTH - 1:
            # The last letter carries two bits that no byte uses; what it decodes to decides.
            assert _opened(changed) in (attempt, None)
        else:
            assert _opened(changed) is None

    @pytest.mark.parametrize(("carrier", "sender"), [("twilio", "mn-main"), ("kannel", "nc-main")])
    def test_is_worth_nothing_elsewhere(self, carrier: str, sender: str) -> None:
        """Not under another sender or carrier."""
        other = SignedAttempts(KEY, carrier=carrier, sender=sender)
        with pytest.raises(NotFound):
            other.attempt(OURS.token(uuid.UUID(int=7)))

    @given(st.text(max_size=60))
    def test_refuses_anything_else(self, token: str) -> None:
        """Whatever stands in the address."""
        assert _opened(token) is None

    def test_needs_a_whole_key(self) -> None:
        """A short key is a broken installation."""
        with pytest.raises(Broken):
            SignedAttempts(b"short", carrier="twilio", sender="nc-main")


def _opened(token: str) -> uuid.UUID | None:
    try:
        return OURS.attempt(token)
    except NotFound:
        return None
