"""The proof of one text as a file: made from a small log in memory, verified as an outsider would."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Fault, Invalid, allow
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.commitments import open_fields
from harborline.ledger.contents import Circumstances, Made, common_fields, fields_of, items_field, make_entries
from harborline.ledger.entry import prefix
from harborline.ledger.facts import Differs
from harborline.ledger.note import SigningKey
from harborline.ledger.proof import Proof
from harborline.ledger.tree import inclusion_proof, leaf_hashes, node_of, root_of
from harborline.messaging.commitments import commit
from harborline.messaging.reports import items
from harborline.messaging.reports.bundle import EVENT, ITEMS, MESSAGE, Bundle, Step, path_to, verify_message_proof

ORIGIN = "notices.nc.example/log"
SIGNER = SigningKey.generate(ORIGIN)
VKEY = str(SIGNER.verifier)
TEXT_ID, OTHER_ID, RUN_ID, ATTEMPT_ID = (uuid.UUID(int=n) for n in range(1, 5))
KEY = bytes(range(32))
AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
WORDS = "NC Child Support Services: you have an appointment."
CIRCUMSTANCES = Circumstances(AT, "system", "planner", "nc-css", "notice-run", "0" * 64)
Recording = tuple[str, items.Item | None, list[bytes], Made]


def planned(message_id: uuid.UUID = TEXT_ID) -> items.Item:
    """The item of an allowed row."""
    decision = allow().stamped("messaging.rules.worth_saying", ("NC-CSS-22-18:lawful-notifications",))
    return items.planned(
        run_id=RUN_ID, row_no=2, message_id=message_id, decision=decision, profile_sha256="0" * 64, text=WORDS
    )


def attempted(message_id: uuid.UUID = TEXT_ID) -> items.Item:
    """The item of a hand-over."""
    return items.attempted(message_id=message_id, attempt_id=ATTEMPT_ID, carrier="simulator", at=AT)


def delivered() -> items.Item:
    """The item of a receipt."""
    return items.receipt(message_id=TEXT_ID, attempt_id=ATTEMPT_ID, receipt="delivered", code="", at=AT)


def recorded(kind: str, item: items.Item, others: int = 2) -> Recording:
    """An entry for this item among others' items."""
    among = [os.urandom(32) for _ in range(others)]
    among.insert(others // 2, commit(KEY, item))
    content: dict[str, Any] = {"run": str(RUN_ID), "items": items_field(among)}
    (made,) = make_entries(prefix(ORIGIN), common_fields(kind, CIRCUMSTANCES), [(f"run:{RUN_ID}", content)])
    return kind, item, among, made


def proof_of(recordings: list[Recording], around: int = 3) -> Bundle:
    """The bundle of a log that holds these entries and some of other people."""
    strangers = [recorded("notice.planned", planned(OTHER_ID))[3].leaf for _ in range(around)]
    leaves = [*strangers, *(recording[3].leaf for recording in recordings)]
    hashes = leaf_hashes(leaves)
    note = bytes(Checkpoint(ORIGIN, len(leaves), root_of(hashes)).signed(SIGNER))
    steps = tuple(
        _step(recording, Proof(place, tuple(inclusion_proof(place, len(leaves), node_of(hashes))), note))
        for place, recording in enumerate(recordings, around)
    )
    return Bundle(TEXT_ID, KEY, steps)


def _step(recording: Recording, proof: Proof) -> Step:
    _kind, item, among, made = recording
    names = [EVENT, ITEMS] if item is not None else [EVENT, MESSAGE]
    opening = open_fields(made.commit_key, fields_of(made.content), names)
    place = among.index(commit(KEY, item)) if item is not None else 0
    return Step(item, place, path_to(place, among) if item is not None else (), made.leaf, opening, proof)


def whole_life() -> Bundle:
    """Planned, attempted, delivered."""
    return proof_of(
        [
            recorded("notice.planned", planned()),
            recorded("message.attempted", attempted()),
            recorded("message.receipts", delivered()),
        ]
    )


def changed(bundle: Bundle, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The file of a bundle after somebody edited it."""
    form = json.loads(bytes(bundle))
    change(form)
    return json.dumps(form).encode()


class TestAProofOfOneText:
    """A participant, a court or an auditor holds the file and the log's key."""

    def test_shows_the_text_and_every_step(self) -> None:
        """Words, log, size, and what happened in order."""
        proved = verify_message_proof(bytes(whole_life()), VKEY)
        assert (proved.text, proved.origin, proved.size, proved.message_id) == (WORDS, ORIGIN, 6, TEXT_ID)
        assert [item["kind"] for _, item in proved.steps] == ["notice.planned", "message.attempted", "message.receipt"]
        assert all(event["program"] == "nc-css" for event, _ in proved.steps)

    def test_holds_under_the_checkpoint_one_already_has(self) -> None:
        """Kept by a witness, mailed last night."""
        bundle = whole_life()
        kept = bundle.steps[0].proof.checkpoint
        assert verify_message_proof(bytes(bundle), VKEY, kept).size == 6

    def test_opens_nothing_about_anybody_else(self) -> None:
        """Neither the run's other fields nor the other items are in the file."""
        content = bytes(whole_life()).decode()
        assert str(OTHER_ID) not in content
        assert '"content/run"' not in content

    def test_of_an_answer_is_its_own_entry(self) -> None:
        """A reply is recorded alone, not in a batch."""
        content = {"message": str(TEXT_ID), "template": "reply-help"}
        (made,) = make_entries(
            prefix(ORIGIN), common_fields("message.reply-queued", CIRCUMSTANCES), [("number:aa", content)]
        )
        proved = verify_message_proof(bytes(proof_of([("message.reply-queued", None, [], made)])), VKEY)
        assert [item["kind"] for _, item in proved.steps] == ["message.reply-queued"]

    def test_gives_a_tlog_proof_for_each_step(self) -> None:
        """Any C2SP verifier reads them; the step stands in the extra line."""
        bundle = whole_life()
        names = [name for name, _ in bundle.tlog_proofs()]
        assert names == [
            "01-notice-planned.tlog-proof",
            "02-message-attempted.tlog-proof",
            "03-message-receipt.tlog-proof",
        ]
        for step, (_, content) in zip(bundle.steps, bundle.tlog_proofs(), strict=True):
            read = Proof.parse(content)
            assert read.verify(step.entry, SIGNER.verifier).size == 6
            assert json.loads(read.extra)["item"] == step.item

    @given(others=st.integers(0, 40), around=st.integers(0, 40))
    def test_holds_whatever_stands_around_it(self, others: int, around: int) -> None:
        """Any number of other items in the entry, and of other entries in the log."""
        bundle = proof_of([recorded("notice.planned", planned(), others)], around)
        assert verify_message_proof(bytes(bundle), VKEY).text == WORDS


class TestAForgedProof:
    """Somebody edits the file."""

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            (lambda form: form["steps"][0]["item"].update(text="You owe nothing."), "other words"),
            (lambda form: form["steps"][0]["item"].update(reason="no-consent"), "another reason"),
            (lambda form: form["steps"][2]["item"].update(receipt="failed"), "another receipt"),
            (lambda form: form["steps"][0].update(place=0), "another place among the items"),
            (lambda form: form["steps"][0]["path"].pop(), "a shorter path"),
            (lambda form: form.update(key="11" * 32), "another key"),
            (lambda form: form.update(message=str(OTHER_ID)), "another text"),
            (lambda form: form["steps"][0].update(entry=form["steps"][1]["entry"]), "another entry"),
            (lambda form: form["steps"][0].update(opening=form["steps"][1]["opening"]), "another opening"),
            (lambda form: form["steps"][0].update(proof=form["steps"][1]["proof"]), "another path to the root"),
        ],
    )
    def test_does_not_hold(self, change: Callable[[dict[str, Any]], None], why: str) -> None:
        """Every edit is found."""
        with pytest.raises(Differs):
            verify_message_proof(changed(whole_life(), change), VKEY)
        assert why

    def test_with_an_item_of_another_kind_does_not_hold(self) -> None:
        """An attempt recorded as a plan proves neither."""
        with pytest.raises(Differs):
            verify_message_proof(bytes(proof_of([recorded("notice.planned", attempted())])), VKEY)

    def test_with_an_item_about_another_text_does_not_hold(self) -> None:
        """Even when the log holds it."""
        with pytest.raises(Differs):
            verify_message_proof(bytes(proof_of([recorded("notice.planned", planned(OTHER_ID))])), VKEY)

    def test_signed_by_another_log_does_not_hold(self) -> None:
        """A key of the same name is not the key."""
        with pytest.raises(Differs):
            verify_message_proof(bytes(whole_life()), str(SigningKey.generate(ORIGIN).verifier))

    def test_under_another_checkpoint_does_not_hold(self) -> None:
        """The one who asks has a checkpoint of a different log."""
        with pytest.raises(Differs):
            verify_message_proof(bytes(whole_life()), VKEY, whole_life().steps[0].proof.checkpoint)

    def test_of_two_logs_does_not_hold(self) -> None:
        """Steps from two trees do not make one life."""
        first, second = whole_life(), proof_of([recorded("message.attempted", attempted())])
        with pytest.raises(Differs):
            verify_message_proof(bytes(Bundle(TEXT_ID, KEY, (first.steps[0], second.steps[0]))), VKEY)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{}",
            b"[]",
            b"\xff",
            b'{"format":"harborline/message-proof/v1"}',
            b'{"format":"harborline/message-proof/v1","message":"x","key":"","steps":[]}',
            b'{"format":"harborline/message-proof/v2","message":"x","key":"","steps":[]}',
        ],
    )
    def test_that_is_none_is_refused(self, content: bytes) -> None:
        """A clear no instead of a crash."""
        with pytest.raises(Invalid):
            verify_message_proof(content, VKEY)

    def test_without_steps_proves_nothing(self) -> None:
        """An empty proof is no proof."""
        with pytest.raises(Invalid):
            verify_message_proof(bytes(Bundle(TEXT_ID, KEY, ())), VKEY)

    @given(place=st.integers(0, 10_000), letter=st.sampled_from("0aZ\x00 {"))
    def test_with_any_one_letter_changed_never_says_something_else(self, place: int, letter: str) -> None:
        """Either it is refused, or it still shows exactly the same text and steps."""
        content = bytes(_KEPT).decode()
        place %= len(content)
        edited = (content[:place] + letter + content[place + 1 :]).encode()
        try:
            found = verify_message_proof(edited, VKEY)
        except Fault:
            return
        assert (found.text, found.steps) == (_SHOWN.text, _SHOWN.steps)


_KEPT = whole_life()
_SHOWN = verify_message_proof(bytes(_KEPT), VKEY)
