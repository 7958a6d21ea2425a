"""Cosignatures and policies: who else saw the log, and how many of them are enough."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from harborline.kernel import Invalid
from harborline.ledger.cosignature import CosigningKey, WitnessKey, cosigned_by, timestamp
from harborline.ledger.facts import Differs
from harborline.ledger.note import Note, Signature, SigningKey, VerifierKey, signed
from harborline.ledger.policy import parse_policy

# Always the same keys: test names are made of them, and every process of a run must find the same tests.
LOG = SigningKey("notices.nc.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
ONE, TWO, THREE = (
    CosigningKey(f"witness.example/{name}", Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))
    for seed, name in enumerate(("one", "two", "three"), 1)
)
TEXT = f"notices.nc.example/log\n5\n{base64.b64encode(bytes(32)).decode()}\n"
MOMENT = 1_795_270_000


def cosigned(*keys: CosigningKey, seconds: int = MOMENT) -> Note:
    """A checkpoint with cosignatures under it."""
    note = signed(TEXT, [LOG])
    return Note(note.text, (*note.signatures, *(key.cosign(TEXT, seconds) for key in keys)))


class TestACosignature:
    """A witness's signature with its moment."""

    def test_is_over_the_text_and_the_moment_as_the_specification_says(self) -> None:
        """Checked with nothing but the library's Ed25519."""
        value = ONE.cosign(TEXT, MOMENT).value
        message = f"cosignature/v1\ntime {MOMENT}\n{TEXT}".encode()
        Ed25519PublicKey.from_public_bytes(ONE.verifier.public).verify(value[8:], message)
        assert (len(value), int.from_bytes(value[:8], "big")) == (72, MOMENT)
        assert timestamp(value) == MOMENT

    def test_is_found_under_a_checkpoint(self) -> None:
        """Those of the witnesses that are known, and the newest moment of each."""
        note = cosigned(ONE, TWO)
        assert cosigned_by(note, [ONE.verifier, THREE.verifier]) == {ONE.verifier.name: MOMENT}
        twice = Note(note.text, (*note.signatures, ONE.cosign(TEXT, MOMENT + 60)))
        assert cosigned_by(twice, [ONE.verifier]) == {ONE.verifier.name: MOMENT + 60}

    def test_of_another_text_or_moment_is_not_believed(self) -> None:
        """A moved signature, a changed moment, a cut one."""
        good = ONE.cosign(TEXT, MOMENT)
        for value in (
            good.value[:7] + bytes([good.value[7] ^ 1]) + good.value[8:],
            ONE.cosign(TEXT.replace("5", "6"), MOMENT).value,
            good.value[:-1],
            good.value[8:],
            b"\xff" * 8 + good.value[8:],
        ):
            note = Note(TEXT, (Signature(good.name, good.id, value),))
            with pytest.raises(Differs):
                cosigned_by(note, [ONE.verifier])

    def test_is_no_signature_of_the_log(self) -> None:
        """The same key material under another type is another key: its id says so."""
        line = str(ONE.verifier)
        assert WitnessKey.parse(line) == ONE.verifier
        with pytest.raises(Invalid):
            VerifierKey.parse(line)
        with pytest.raises(Invalid):
            WitnessKey.parse(str(LOG.verifier))

    def test_is_not_made_at_a_moment_that_cannot_be_written(self) -> None:
        """Eight bytes, never negative."""
        for seconds in (-1, 2**63):
            with pytest.raises(Invalid):
                ONE.cosign(TEXT, seconds)

    def test_key_is_kept_in_one_line_and_never_shown(self) -> None:
        """Read back it signs the same; printing it shows the public half."""
        again = CosigningKey.parse(ONE.secret_line())
        assert again.cosign(TEXT, MOMENT) == ONE.cosign(TEXT, MOMENT)
        assert ONE.secret_line().rsplit("+", 1)[1] not in repr(ONE)
        with pytest.raises(Invalid):
            CosigningKey.parse(str(ONE.verifier))


POLICY = f"""
# the log and three witnesses, two of which must have seen it
log {LOG.verifier} https://notices.nc.example/log
witness state {ONE.verifier} https://witness.state.example
witness auditor {TWO.verifier}
\twitness county   {THREE.verifier}
group counties any county
group everybody 2 state auditor counties
quorum everybody
"""


class TestAPolicy:
    """C2SP tlog-policy."""

    def test_says_whose_word_is_enough(self) -> None:
        """Two of three, one of them through its group."""
        policy = parse_policy(POLICY)
        assert not policy.satisfied({"state"})
        assert policy.satisfied({"state", "county"})
        assert policy.satisfied({"auditor", "state"})
        assert policy.witnesses["state"].url == "https://witness.state.example"
        assert policy.log_keys("notices.nc.example/log") == [LOG.verifier]
        assert policy.log_keys("another.example/log") == []

    def test_knows_its_witnesses_by_its_own_names(self) -> None:
        """Whatever they call themselves."""
        policy = parse_policy(POLICY)
        assert policy.witnessed(cosigned(ONE, THREE)) == {"state": MOMENT, "county": MOMENT}
        assert policy.witnessed(signed(TEXT, [LOG])) == {}

    def test_may_ask_for_nobody(self) -> None:
        """`quorum none`."""
        assert parse_policy("quorum none").satisfied(())

    def test_may_ask_for_one_or_all(self) -> None:
        """A witness by itself, and `all` of a group."""
        lines = f"witness a {ONE.verifier}\nwitness b {TWO.verifier}\n"
        assert parse_policy(f"{lines}quorum a").satisfied({"a"})
        assert not parse_policy(f"{lines}group g all a b\nquorum g").satisfied({"a"})

    @pytest.mark.parametrize(
        ("policy", "line"),
        [
            ("", "policy"),
            ("quorum nobody", "line 1"),
            ("quorum none\nquorum none", "line 2"),
            ("witness a nonsense\nquorum none", "line 1"),
            (f"log {ONE.verifier}\nquorum none", "line 1"),
            (f"log {LOG.verifier}\nlog {LOG.verifier}\nquorum none", "line 2"),
            (f"witness none {ONE.verifier}\nquorum none", "line 1"),
            (f"witness a {ONE.verifier}\nwitness b {ONE.verifier}\nquorum none", "line 2"),
            (f"witness a {ONE.verifier}\nwitness a {TWO.verifier}\nquorum none", "line 2"),
            (f"witness a {ONE.verifier}\ngroup g 2 a\nquorum g", "line 2"),
            (f"witness a {ONE.verifier}\ngroup g 0 a\nquorum g", "line 2"),
            (f"witness a {ONE.verifier}\ngroup g any b\nquorum g", "line 2"),
            (f"witness a {ONE.verifier}\ngroup g any a\ngroup h any a\nquorum g", "line 3"),
            (f"witness a {ONE.verifier}\ngroup g any\nquorum g", "line 2"),
            ("everything goes\nquorum none", "line 1"),
            ("quorum\x00 none", "line 1"),
        ],
    )
    def test_is_turned_down_with_the_line_that_cannot_be_used(self, policy: str, line: str) -> None:
        """Nothing is guessed."""
        with pytest.raises(Invalid) as caught:
            parse_policy(policy)
        assert line in caught.value.where
