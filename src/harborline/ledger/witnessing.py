"""The log's side of C2SP tlog-witness: send a checkpoint to every witness, collect the cosignatures of a quorum.

A witness that contradicts us alarms and is asked again; it does not stop the log, since its word alone proves
nothing. Where nothing may be published without the witnesses, the quorum does (`Outside.quorum_first`).
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from harborline.kernel import Fault, Invalid, Unavailable
from harborline.ledger.facts import Differs, Receipt, SignedHead, WitnessReply
from harborline.ledger.policy import Policy, PolicyWitness
from harborline.ledger.ports import LogTiles, WitnessLine
from harborline.ledger.tiles import node_from_tiles
from harborline.ledger.tree import consistency_proof
from harborline.ledger.watching import WITNESS
from harborline.ledger.witness import Request, read_answer, told_size

_TRIES = 3
_REFUSED = {
    400: "did not understand the request",
    403: "does not know the key of this log",
    404: "does not watch this log",
    409: "knows another root of this size: it has seen another history of this log",
    422: "finds that this checkpoint does not continue what it has seen of this log",
}


@dataclass(slots=True)
class Witnesses:
    """A sink: the witnesses of a policy, each over its line (by the name the policy gives it)."""

    policy: Policy
    lines: Mapping[str, WitnessLine]
    every_s: float = 60.0
    _sizes: dict[str, int] = field(default_factory=dict)

    def newest(self, origin: str) -> bytes | None:
        """None: a witness cannot be asked what it holds; it tells when the next checkpoint comes."""
        del origin
        return None

    def hold(self, checkpoint: SignedHead, log: LogTiles) -> Receipt:
        """Ask every witness at once; raises `Unavailable` when none cosigned."""
        names = sorted(self.lines)
        with ThreadPoolExecutor(max(1, len(names))) as pool:
            answers = list(pool.map(lambda name: self._asked(name, checkpoint, log), names))
        lines = {name: line for name, line in zip(names, answers, strict=True) if isinstance(line, bytes)}
        problems = [str(wrong) for wrong in answers if isinstance(wrong, Fault)]
        if not lines:
            raise Unavailable("; ".join(problems) or "no witness is set up")
        enough = self.policy.satisfied(lines)
        holders = tuple((WITNESS + name, line) for name, line in lines.items())
        missing = "" if enough else f"the quorum is not reached: {'; '.join(problems)}"
        return Receipt(b"".join(lines.values()), holders, missing)

    def _asked(self, name: str, checkpoint: SignedHead, log: LogTiles) -> bytes | Fault:
        try:
            return self._ask(self.policy.witnesses[name], self.lines[name], checkpoint, log)
        except Fault as wrong:
            return wrong

    def _ask(self, witness: PolicyWitness, line: WitnessLine, checkpoint: SignedHead, log: LogTiles) -> bytes:
        for _ in range(_TRIES):
            old = self._sizes.get(witness.name, 0)
            answer = line.add_checkpoint(bytes(_request(old, checkpoint, log)))
            if answer.status == 200:  # noqa: PLR2004 - HTTP OK
                self._sizes[witness.name] = checkpoint.size
                return _cosignature(answer, checkpoint, witness)
            theirs = told_size(answer)
            if answer.status != 409 or theirs is None:  # noqa: PLR2004 - HTTP Conflict
                raise Unavailable(f"{witness.name} {_REFUSED.get(answer.status, f'answered {answer.status}')}")
            if theirs > checkpoint.size:
                raise Unavailable(
                    f"{witness.name} has seen {theirs} entries of this log, which has {checkpoint.size}:"
                    " was the database set back?"
                )
            self._sizes[witness.name] = theirs
        raise Unavailable(f"{witness.name} changes its mind about the size it knows")


def _request(old: int, checkpoint: SignedHead, log: LogTiles) -> Request:
    proof: list[bytes] = []
    if 0 < old < checkpoint.size:
        proof = consistency_proof(old, checkpoint.size, node_from_tiles(checkpoint.size, log.tile))
    return Request(old, tuple(proof), checkpoint.note)


def _cosignature(answer: WitnessReply, checkpoint: SignedHead, witness: PolicyWitness) -> bytes:
    try:
        return read_answer(answer, checkpoint.note, witness.key)
    except (Differs, Invalid) as wrong:
        raise Unavailable(f"{witness.name} answered with something else than its cosignature ({wrong})") from None
