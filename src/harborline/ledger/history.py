"""Verify a log as a person knows it: from a key that may be old, over new keys and new epochs, with what came before.

What `verifier` does for one log with one key, this does along the published chain of keys (`keychain`), for the log
that was cited when a new epoch began, and for the witnesses a policy asks for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harborline.kernel import Invalid, NotFound
from harborline.ledger import checkpoint as checkpoints
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.commitments import Opening, verify_opening
from harborline.ledger.entry import prefix, read_entry
from harborline.ledger.facts import Differs
from harborline.ledger.keychain import MAX_STATEMENTS, Handover, followed, keys_of, read_statement
from harborline.ledger.note import Note, VerifierKey
from harborline.ledger.policy import Policy
from harborline.ledger.published import CHECKPOINT, CITATION, statement_path
from harborline.ledger.verifier import Source, Verified, verify_log

CITES = "content/cites"
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Chain:
    """The keys of a log: the one that signs now, the steps from the known key to it, and every earlier key."""

    key: VerifierKey
    steps: tuple[Handover, ...]
    earlier: tuple[VerifierKey, ...]

    def begun_by(self) -> Handover | None:
        """The handing-over that began the epoch of the key that signs now; None in the first epoch."""
        return next((one for one in reversed(self.steps) if one.statement.begins_epoch and self._is_mine(one)), None)

    def _is_mine(self, step: Handover) -> bool:
        return step.statement.new.name == self.key.name


@dataclass(frozen=True, slots=True)
class History:
    """What was found true of a log, of its keys, and of the log before it, when that was at hand."""

    log: Verified
    chain: Chain
    cited: Checkpoint | None
    before: Verified | None
    witnesses: tuple[str, ...]


def verify_history(
    source: Source,
    known: VerifierKey,
    *,
    older: bytes | None = None,
    before: Source | None = None,
    policy: Policy | None = None,
    told: Told = lambda _done, _all: None,
) -> History:
    """Check a log from a key that was known, in these steps; raises `Differs` at the first difference.

    1. The published chain leads from `known` to the key that signs now; each step is signed by the key before it.
    2. The log is whole (`verify_log`).
    3. In a later epoch, its first entry cites the log before, as the handing-over does.
    4. The log before, when its files are at hand (`before`), is whole and continues up to what was cited.
    5. The older checkpoint, when given, is kept by the log it is of.
    6. With a policy, enough witnesses cosigned the checkpoint.
    """
    content = source.read(CHECKPOINT)
    chain = chain_of(source, known, content)
    promised = _older(older, chain)
    mine = older if promised is None or promised.origin == chain.key.name else None
    found = verify_log(source, chain.key, older=mine, older_keys=chain.earlier, told=told)
    begun = chain.begun_by()
    cited = begun.statement.cited if begun else None
    if cited is not None:
        _check_citation(source, found, cited)
    earlier = _verify_before(before, begun, promised if mine is None else None, told)
    return History(found, chain, cited, earlier, _witnesses(content, policy))


def chain_of(source: Source, known: VerifierKey, content: bytes) -> Chain:
    """The keys of a log, from a known one to the one that signed its checkpoint; raises `Differs`."""
    statements = _statements(source)
    steps = followed(known, statements)
    keys = keys_of(known, steps)
    before = _earlier(known, statements)
    try:
        checkpoints.verified(content, keys[-1])
    except (Differs, Invalid) as wrong:
        if not steps:
            raise Differs(str(wrong), CHECKPOINT) from None
        raise Differs(f"is not signed by the key the published chain of keys leads to: {wrong}", CHECKPOINT) from None
    every = [*(step for step in before), *steps]
    return Chain(keys[-1], tuple(every), tuple({*(step.statement.old for step in every), *keys} - {keys[-1]}))


def _statements(source: Source) -> list[bytes]:
    found: list[bytes] = []
    while len(found) < MAX_STATEMENTS:
        try:
            found.append(source.read(statement_path(len(found) + 1)))
        except NotFound:
            break
    return found


def _earlier(known: VerifierKey, statements: Sequence[bytes]) -> list[Handover]:
    # Back from a known key: the new key of each step signed it, and thereby names its predecessor.
    steps: list[Handover] = []
    current = known
    for content in reversed(statements):
        found = read_statement(content)
        if found.statement.new == current:
            steps.insert(0, found)
            current = found.statement.old
    return steps


def _older(older: bytes | None, chain: Chain) -> Checkpoint | None:
    if older is None:
        return None
    try:
        note = Note.parse(older)
        claimed = Checkpoint.parse(note.text)
        keys = [key for key in (chain.key, *chain.earlier) if key.name == claimed.origin]
        if not keys:
            raise Differs(f"is of the log {claimed.origin}, which this one does not continue", "older checkpoint")
        return checkpoints.verified(older, *keys)
    except Invalid as wrong:
        raise Differs(str(wrong), "older checkpoint") from None


def _check_citation(source: Source, found: Verified, cited: Checkpoint) -> None:
    if found.first is None:
        raise Differs("holds no entry, so it does not cite the log before it", CHECKPOINT)
    try:
        entry = read_entry(found.first, prefix(found.checkpoint.origin))
        opening = Opening.from_json(json.loads(source.read(CITATION)))
        shown = verify_opening(opening, entry.content)
    except (Invalid, NotFound, ValueError, RecursionError) as wrong:
        raise Differs(f"does not open the first entry of this log ({wrong})", CITATION) from None
    if shown.get(CITES) != cited.text():
        raise Differs("the first entry of this log cites another checkpoint than its keys do", CITATION)


def _verify_before(
    before: Source | None, begun: Handover | None, promised: Checkpoint | None, told: Told
) -> Verified | None:
    if begun is None or before is None:
        if promised is not None:
            raise Differs("is of the log before this one; its files are needed too", "older checkpoint")
        return None
    cited = begun.statement.cited
    if promised is not None and promised.size > cited.size:
        raise Differs(
            f"has {promised.size} entries, the log was continued from {cited.size}: entries were left behind",
            "older checkpoint",
        )
    chain = chain_of(before, begun.statement.old, before.read(CHECKPOINT))
    return verify_log(before, chain.key, promises=[cited, *([promised] if promised else [])], told=told)


def _witnesses(content: bytes, policy: Policy | None) -> tuple[str, ...]:
    if policy is None:
        return ()
    try:
        names = policy.witnessed(Note.parse(content))
    except Differs as wrong:
        raise Differs(wrong.what, CHECKPOINT) from None
    if not policy.satisfied(names):
        told = f"only {', '.join(sorted(names))}" if names else "no witness"
        raise Differs(f"{told} cosigned it, which is not the quorum of the policy", CHECKPOINT)
    return tuple(sorted(names))
