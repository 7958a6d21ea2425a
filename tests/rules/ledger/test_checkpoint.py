"""Checkpoints: the three lines a log signs, and the proofs that rest on them."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from harborline.kernel import Invalid
from harborline.ledger.checkpoint import Checkpoint, verified
from harborline.ledger.facts import Differs
from harborline.ledger.note import SigningKey, signed
from harborline.ledger.proof import Proof
from harborline.ledger.tree import EMPTY_ROOT, inclusion_proof, leaf_hashes, node_of, root_of

KEY = SigningKey.generate("notices.nc.example/log")
ROOT = base64.b64encode(bytes(32)).decode()
ENTRIES = [b"entry %d" % number for number in range(11)]
HASHES = leaf_hashes(ENTRIES)
NEWEST = Checkpoint(KEY.name, len(ENTRIES), root_of(HASHES))


class TestACheckpoint:
    """Which log, how many entries, which root."""

    def test_reads_back_as_it_was_signed(self) -> None:
        """Nothing is lost on the way."""
        assert verified(bytes(NEWEST.signed(KEY)), KEY.verifier) == NEWEST

    def test_may_carry_lines_we_do_not_know(self) -> None:
        """Extension lines are passed over."""
        assert Checkpoint.parse(f"log\n5\n{ROOT}\nanything\n") == Checkpoint("log", 5, bytes(32))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "log\n",
            f"log\n5\n{ROOT}",
            f"\n5\n{ROOT}\n",
            f"log\n05\n{ROOT}\n",
            f"log\n-5\n{ROOT}\n",
            f"log\n+5\n{ROOT}\n",
            f"log\n\N{ARABIC-INDIC DIGIT FIVE}\n{ROOT}\n",
            f"log\n5 \n{ROOT}\n",
            f"log\n{2**63}\n{ROOT}\n",
            f"log\n\n{ROOT}\n",
            "log\n5\nAAAA\n",
            "log\n5\nnot base64\n",
            f"log\n5\n{ROOT}\n\nafter\n",
        ],
    )
    def test_is_turned_down_in_any_other_form(self, text: str) -> None:
        """One spelling only."""
        with pytest.raises(Invalid):
            Checkpoint.parse(text)

    def test_of_another_log_does_not_pass_for_ours(self) -> None:
        """The key's name and the first line must agree, whoever signed."""
        foreign = replace(NEWEST, origin="other.example/log")
        with pytest.raises(Invalid):
            foreign.signed(KEY)
        with pytest.raises(Differs):
            verified(bytes(signed(foreign.text(), [KEY])), KEY.verifier)

    def test_of_an_empty_log_has_the_empty_root(self) -> None:
        """Nothing cannot have a root of its own choosing."""
        assert verified(bytes(Checkpoint(KEY.name, 0, EMPTY_ROOT).signed(KEY)), KEY.verifier).size == 0
        with pytest.raises(Differs):
            verified(bytes(Checkpoint(KEY.name, 0, bytes(32)).signed(KEY)), KEY.verifier)


def proof_of(index: int) -> Proof:
    """The proof of one of the eleven entries."""
    hashes = inclusion_proof(index, len(ENTRIES), node_of(HASHES))
    return Proof(index, tuple(hashes), bytes(NEWEST.signed(KEY)))


class TestAProofFile:
    """What a person can be handed, and check without us."""

    @pytest.mark.parametrize("index", range(11))
    def test_shows_its_entry(self, index: int) -> None:
        """Written, read and verified."""
        again = Proof.parse(str(proof_of(index)))
        assert again == proof_of(index)
        assert again.verify(ENTRIES[index], KEY.verifier) == NEWEST

    def test_may_carry_something_more(self) -> None:
        """The extra line is kept but never believed."""
        carrying = replace(proof_of(3), extra=b"anything")
        assert Proof.parse(str(carrying)).extra == b"anything"

    def test_shows_no_other_entry(self) -> None:
        """Swapped entry, place, path, log or key: turned down."""
        stranger = SigningKey.generate(KEY.name)
        proof = proof_of(3)
        for bent, entry, key in [
            (proof, ENTRIES[4], KEY),
            (replace(proof, index=4), ENTRIES[3], KEY),
            (replace(proof, index=11), ENTRIES[3], KEY),
            (replace(proof, hashes=proof.hashes[:-1]), ENTRIES[3], KEY),
            (replace(proof, hashes=(*proof.hashes, bytes(32))), ENTRIES[3], KEY),
            (proof, ENTRIES[3], stranger),
        ]:
            with pytest.raises(Differs):
                bent.verify(entry, key.verifier)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("tlog-proof@v1", "tlog-proof@v2"),
            ("index 3", "index 03"),
            ("index 3", "index -3"),
            ("index 3", "place 3"),
            ("\n\n", "\n"),
            ("index 3\n", "index 3\nAAAA\n"),
            ("index 3\n", "extra %%\nindex 3\n"),
            ("index 3\n", "index 3\n" + f"{ROOT}\n" * 60),
        ],
    )
    def test_is_turned_down_in_any_other_form(self, old: str, new: str) -> None:
        """One spelling only."""
        with pytest.raises(Invalid):
            Proof.parse(str(proof_of(3)).replace(old, new))

    @pytest.mark.parametrize("text", ["", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\n\n"])
    def test_is_turned_down_when_cut_off(self, text: str) -> None:
        """A first line alone is nothing."""
        with pytest.raises(Invalid):
            Proof.parse(text)
