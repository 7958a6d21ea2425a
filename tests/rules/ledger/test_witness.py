"""A witness: it cosigns what continues what it saw, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from harborline.adapters.witness import HttpWitness
from harborline.kernel import Broken, Invalid, Unavailable
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.cosignature import CosigningKey, cosigned_by
from harborline.ledger.facts import SignedHead, WitnessReply
from harborline.ledger.note import Note, SigningKey
from harborline.ledger.policy import parse_policy
from harborline.ledger.tree import consistency_proof, leaf_hashes, node_of, root_of
from harborline.ledger.witness import SIZE_TYPE, Request, Witness, read_answer, told_size
from harborline.ledger.witness_command import made_witness, watched_logs
from harborline.ledger.witness_memory import WitnessFiles, cosigning_key
from harborline.ledger.witness_server import WitnessServer
from harborline.ledger.witnessing import Witnesses

ORIGIN = "notices.nc.example/log"
LOG = SigningKey.generate(ORIGIN)
NOW = 1_795_270_000
HASHES = leaf_hashes(b"entry %d" % number for number in range(600))
FORKED = [*HASHES[:10], *leaf_hashes(b"other %d" % number for number in range(590))]


def note_of(size: int, hashes: Sequence[bytes] = HASHES, key: SigningKey = LOG) -> bytes:
    """A checkpoint of the first so many entries."""
    return bytes(Checkpoint(key.name, size, root_of(hashes[:size])).signed(key))


def asked(witness: Witness, old: int, size: int, hashes: Sequence[bytes] = HASHES, **other: object) -> WitnessReply:
    """What the witness answers a log that goes from one size to another."""
    proof = consistency_proof(old, size, node_of(hashes[:size])) if 0 < old < size else []
    note = other.get("note") or note_of(size, hashes)
    request = Request(old, tuple(other.get("proof", proof)), note)  # type: ignore[arg-type]  # given by the tests below
    return witness.add_checkpoint(bytes(request), NOW)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """A new witness of our log."""
    key = cosigning_key(tmp_path / "witness.key", "witness.state.example/one")
    return Witness(key, WitnessFiles(tmp_path / "memory"), {ORIGIN: [LOG.verifier]})


@pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
class TestAWitness:
    """What it cosigns and what it refuses."""

    def test_cosigns_a_log_that_only_grows(self, witness: Witness) -> None:
        """From the first checkpoint on, each continuing the last; the same one again as well."""
        for old, size in ((0, 0), (0, 3), (3, 3), (3, 256), (256, 300), (300, 600)):
            answer = asked(witness, old, size)
            assert (answer.status, answer.content_type) == (200, "text/plain; charset=utf-8")
            signed = Note.parse(note_of(size) + answer.body)
            assert cosigned_by(signed, [witness.key.verifier]) == {witness.key.name: NOW}

    def test_tells_the_size_it_knows_to_whoever_is_behind_or_ahead(self, witness: Witness) -> None:
        """409 with the size: a log that was set back is not cosigned."""
        asked(witness, 0, 300)
        for old, size in ((0, 300), (0, 400), (299, 400), (200, 250), (400, 600)):
            answer = asked(witness, old, size)
            assert (answer.status, answer.content_type, answer.body) == (409, SIZE_TYPE, b"300\n")
            assert told_size(answer) == 300

    def test_refuses_a_fork_and_keeps_it_as_evidence(self, witness: Witness, tmp_path: Path) -> None:
        """422 for another history that grew, 409 for another root of the same size."""
        asked(witness, 0, 300)
        assert asked(witness, 300, 400, FORKED).status == 422
        assert asked(witness, 300, 300, FORKED).status == 409
        assert asked(witness, 300, 400).status == 200
        assert len(list((tmp_path / "memory").glob("*.evidence/*"))) == 2

    def test_refuses_a_proof_that_does_not_hold(self, witness: Witness) -> None:
        """Cut, longer, changed, missing, or one where there is nothing to prove."""
        proof = consistency_proof(300, 400, node_of(HASHES[:400]))
        assert asked(witness, 0, 300, proof=proof).status == 422
        asked(witness, 0, 300)
        for bent in (proof[:-1], [*proof, bytes(32)], [bytes(32), *proof[1:]], [], proof[::-1]):
            assert asked(witness, 300, 400, proof=bent).status == 422
        assert asked(witness, 300, 300, proof=proof).status == 422

    def test_knows_only_the_logs_it_watches(self, witness: Witness) -> None:
        """404 for another name, 403 for another key of our name."""
        stranger, namesake = SigningKey.generate("another.example/log"), SigningKey.generate(ORIGIN)
        assert asked(witness, 0, 3, note=note_of(3, key=stranger)).status == 404
        assert asked(witness, 0, 3, note=note_of(3, key=namesake)).status == 403
        both = Note.parse(note_of(3)).signatures + Note.parse(note_of(3, key=stranger)).signatures
        assert asked(witness, 0, 3, note=bytes(Note(Note.parse(note_of(3)).text, both))).status == 200

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"old 0\n",
            b"old 01\n\n" + note_of(3),
            b"old -1\n\n" + note_of(3),
            b"new 0\n\n" + note_of(3),
            b"old 0\nnot-base64\n\n" + note_of(3),
            b"old 0\nAAAA\n\n" + note_of(3),
            b"old 0\n" + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64 + b"\n" + note_of(3),
            b"old 0\n\nno note",
            b"old 0\n\n" + note_of(3).replace(b"\n3\n", b"\nthree\n"),
            b"old \xff\n\n" + note_of(3),
            b"old 4\n\n" + note_of(3),
            b"x" * 1_000_001,
        ],
    )
    def test_turns_down_what_is_no_request(self, body: bytes, witness: Witness) -> None:
        """400, and nothing is remembered."""
        assert witness.add_checkpoint(body, NOW).status == 400
        assert asked(witness, 0, 3).status == 200

    def test_remembers_across_a_restart(self, witness: Witness, tmp_path: Path) -> None:
        """Written down before the cosignature leaves."""
        asked(witness, 0, 300)
        again = Witness(witness.key, WitnessFiles(tmp_path / "memory"), witness.logs)
        assert asked(again, 0, 200).status == 409
        assert asked(again, 300, 400).status == 200

    def test_takes_one_request_of_a_log_at_a_time(self, tmp_path: Path) -> None:
        """Many at once never set it back: of those from one size, exactly one is cosigned."""
        witness = Witness(CosigningKey.generate("w"), WitnessFiles(tmp_path), {ORIGIN: [LOG.verifier]})
        asked(witness, 0, 100)
        answers: list[int] = []
        threads = [
            threading.Thread(target=lambda size=size: answers.append(asked(witness, 100, size).status))
            for size in range(101, 117)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200] + [409] * 15

    def test_keeps_its_key_to_itself(self, tmp_path: Path) -> None:
        """Mode 0600, made once, under one name."""
        path = tmp_path / "witness.key"
        made = cosigning_key(path, "w")
        assert path.stat().st_mode & 0o777 == 0o600
        assert cosigning_key(path, "").verifier == made.verifier
        with pytest.raises(Broken):
            cosigning_key(path, "another")
        path.chmod(0o644)
        with pytest.raises(Broken, match="chmod"):
            cosigning_key(path, "w")

    def test_reads_its_logs_from_a_file_of_key_lines(self, tmp_path: Path) -> None:
        """A line that is none is named."""
        path = tmp_path / "logs"
        path.write_text(f"# ours\n\n{LOG.verifier}\n")
        assert watched_logs(path) == {ORIGIN: [LOG.verifier]}
        assert made_witness(tmp_path / "state", path, name="w").logs == {ORIGIN: [LOG.verifier]}
        for content, where in ((f"{LOG.verifier}\nnonsense\n", "line 2"), ("# nothing\n", "logs")):
            path.write_text(content)
            with pytest.raises(Invalid) as caught:
                watched_logs(path)
            assert where in caught.value.where
        with pytest.raises(Invalid, match="name"):
            made_witness(tmp_path / "new", path)


class TestTheAnswer:
    """How a log reads what a witness says."""

    def test_without_the_witnesss_own_line_is_not_believed(self, witness: Witness) -> None:
        """Nothing, garbage, a line of somebody else."""
        from harborline.ledger.facts import Differs  # noqa: PLC0415 - only here

        stranger = CosigningKey.generate("witness.example/other")
        line = f"{stranger.cosign(Note.parse(note_of(3)).text, NOW)}\n".encode()
        for body in (b"", b"thanks\n", line):
            with pytest.raises((Differs, Invalid)):
                read_answer(WitnessReply(200, "text/plain", body), note_of(3), witness.key.verifier)


class _Tiles:
    """The hashes of a published log in memory."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        self._hashes = hashes

    def tile(self, level: int, index: int, width: int) -> bytes:
        """As a directory would give them."""
        node = node_of(self._hashes)
        first = index * 256
        return b"".join(node(8 * level, place) for place in range(first, first + width))


@contextmanager
def served(witness: Witness) -> Iterator[str]:
    """The witness behind an address of this machine."""
    with WitnessServer(("127.0.0.1", 0), witness, "/w") as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/w"
        server.shutdown()
        thread.join()


def both(pair: Sequence[Witness]) -> str:
    """A policy that asks for two witnesses."""
    keys = f"witness a {pair[0].key.verifier}\nwitness b {pair[1].key.verifier}\n"
    return f"{keys}group g all a b\nquorum g"


def head_of(size: int, hashes: Sequence[bytes] = HASHES) -> SignedHead:
    """A checkpoint on its way out."""
    return SignedHead(ORIGIN, size, root_of(hashes[:size]), note_of(size, hashes))


class TestTheLogsSide:
    """Asking several witnesses over HTTP."""

    @pytest.fixture
    def pair(self, tmp_path: Path) -> list[Witness]:
        """Two witnesses."""
        return [
            Witness(
                CosigningKey.generate(f"witness.example/{name}"),
                WitnessFiles(tmp_path / name),
                {ORIGIN: [LOG.verifier]},
            )
            for name in ("one", "two")
        ]

    def test_collects_the_cosignatures_of_a_quorum(self, pair: list[Witness]) -> None:
        """Checkpoint after checkpoint; a client that forgot how far it was asks and goes on."""
        policy = parse_policy(both(pair))
        with served(pair[0]) as first, served(pair[1]) as second:
            for size in (3, 300, 300, 600):
                sink = Witnesses(policy, {"a": HttpWitness(first), "b": HttpWitness(second)})
                receipt = sink.hold(head_of(size), _Tiles(HASHES))
                assert receipt.missing == ""
                assert [name for name, _ in receipt.holders] == ["witness:a", "witness:b"]
                assert set(policy.witnessed(Note.parse(note_of(size) + receipt.content))) == {"a", "b"}

    def test_tells_who_is_missing_for_the_quorum(self, pair: list[Witness]) -> None:
        """What the others gave is kept all the same."""
        policy = parse_policy(both(pair))
        with served(pair[0]) as first:
            lines = {"a": HttpWitness(first), "b": HttpWitness("http://127.0.0.1:1/w", timeout_s=1)}
            receipt = Witnesses(policy, lines).hold(head_of(3), _Tiles(HASHES))
        assert "cannot be reached" in receipt.missing
        assert [name for name, _ in receipt.holders] == ["witness:a"]

    def test_alarms_when_a_witness_has_seen_more_or_something_else(self, pair: list[Witness]) -> None:
        """Set back, forked, unknown."""
        policy = parse_policy(f"witness a {pair[0].key.verifier}\nquorum a")
        with served(pair[0]) as first:
            sink = Witnesses(policy, {"a": HttpWitness(first)})
            sink.hold(head_of(300), _Tiles(HASHES))
            for size, hashes, told in (
                (200, HASHES, "set back"),
                (300, FORKED, "another history"),
                (400, FORKED, "does not continue"),
            ):
                with pytest.raises(Unavailable, match=told):
                    Witnesses(policy, {"a": HttpWitness(first)}).hold(head_of(size, hashes), _Tiles(hashes))

    def test_knows_only_web_addresses_and_one_path(self, pair: list[Witness]) -> None:
        """No file, no other page, no endless request."""
        with pytest.raises(Invalid):
            HttpWitness("file:///etc/passwd")
        with served(pair[0]) as first:
            assert HttpWitness(f"{first}/other").add_checkpoint(b"").status == 404
            assert HttpWitness(first).add_checkpoint(b"x" * 1_000_001).status == 413
