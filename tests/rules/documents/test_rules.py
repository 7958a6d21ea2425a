"""What is taken in, what is clean, where it goes, who sees it: the rules alone."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as some

from harborline.documents.facts import Checks, IsolationLevel, Kind, Looking, Problem, Routing, State, Step, Today
from harborline.documents.rules import (
    clean,
    goes_to_worker,
    may_begin,
    may_bring_in,
    may_open_original,
    may_see,
    may_settle,
    pause_after,
)
from harborline.documents.sniffing import archive_at_end, harmless_name, kind_of
from harborline.kernel import Outcome

EVERY = frozenset(Step)


class TestAFile:
    """Before a byte of it comes."""

    @pytest.mark.parametrize(
        ("size", "files", "room", "reason"),
        [(0, 0, True, "paper-is-empty"), (-5, 0, True, "paper-is-empty"), (101, 0, True, "paper-too-large"),
         (100, 3, True, "too-many-papers"), (100, 2, False, "no-room-for-papers"), (100, 2, True, "allowed")],
    )  # fmt: skip
    def test_is_of_a_bearable_size(self, size: int, files: int, room: bool, reason: str) -> None:
        """Ten gigabytes are refused as soon as they are claimed."""
        said = may_begin(size=size, largest=100, files=files, most_files=3, room=room, today=Today())
        assert said.reason == reason
        assert said.allowed is (reason == "allowed")

    @pytest.mark.parametrize(
        ("held", "times", "allowed"),
        [(0, 1, True), (900, 3, True), (901, 3, False), (0, 4, False)],
    )
    def test_is_not_one_too_many_for_a_day(self, held: int, times: int, allowed: bool) -> None:
        """Nobody fills the disk by themselves; tomorrow they go on."""
        today = Today(held, times, most_bytes=1000, most_submissions=3)
        said = may_begin(size=100, largest=100, files=0, most_files=3, room=True, today=today)
        assert (said.allowed, said.outcome is Outcome.HOLD) == (allowed, not allowed)

    @pytest.mark.parametrize(
        ("theirs", "cases", "unknown", "allowed"),
        [(True, 1, False, True), (False, 1, False, False), (True, 0, False, False), (True, 0, True, True)],
    )
    def test_belongs_to_a_case_of_the_person(self, theirs: bool, cases: int, unknown: bool, allowed: bool) -> None:
        """Or the office finds out whose it is."""
        assert may_bring_in(chosen_is_theirs=theirs, open_cases=cases, unknown=unknown).allowed is allowed


class TestClean:
    """Only what every look called clean."""

    def test_needs_every_look(self) -> None:
        """No answer is not clean."""
        for count in range(len(EVERY)):
            for some_looks in itertools.combinations(EVERY, count):
                checks = Checks(frozenset(some_looks), IsolationLevel.FULL, full_required=True)
                assert clean(checks=checks).outcome is Outcome.HOLD
        assert clean(checks=Checks(EVERY, IsolationLevel.FULL, full_required=True)).allowed

    @pytest.mark.parametrize(
        ("level", "required", "allowed"),
        [(IsolationLevel.PARTIAL, True, False), (IsolationLevel.PARTIAL, False, True),
         (IsolationLevel.NONE, False, False), (IsolationLevel.FULL, False, True)],
    )  # fmt: skip
    def test_needs_the_isolation_the_agency_demands(self, level: IsolationLevel, required: bool, allowed: bool) -> None:
        """Without any, nothing is read."""
        assert clean(checks=Checks(EVERY, level, full_required=required)).allowed is allowed


class TestWhereItGoes:
    """To the case's worker of today, else to the office."""

    @pytest.mark.parametrize(
        ("routing", "reason"),
        [(Routing(None, "W-1", manager_works=True, kin=False), "allowed"),
         (Routing("W-2", "W-1", manager_works=True, kin=False), "allowed"),
         (Routing("", "W-1", manager_works=True, kin=False), "office-takes-it"),
         (Routing(None, "", manager_works=False, kin=False), "case-has-no-manager"),
         (Routing(None, "W-1", manager_works=False, kin=False), "holder-may-not-work"),
         (Routing(None, "W-1", manager_works=True, kin=True), "holder-is-family")],
    )  # fmt: skip
    def test_is_said_with_its_reason(self, routing: Routing, reason: str) -> None:
        """Never to family, never to nobody."""
        assert goes_to_worker(routing=routing).reason == reason

    @given(some.lists(some.booleans(), min_size=6, max_size=6))
    def test_family_never_sees_it(self, facts: list[bool]) -> None:
        """Whatever else is true of them; and a shielded person's only those whose work it is."""
        kin, shielded, tied, handed, unknown, lead = facts
        looking = Looking(kin=kin, shielded=shielded, tied=tied, handed=handed, unknown=unknown, supervisor=lead)
        said = may_see(looking=looking)
        if kin:
            assert not said.allowed
        elif shielded:
            assert said.allowed is (tied or handed or unknown or lead)
        else:
            assert said.allowed


class TestTheOriginal:
    """Opened for a reason, and never when it could harm."""

    @pytest.mark.parametrize(
        ("state", "harmful", "because", "allowed"),
        [(State.ACCEPTED, False, "for the court", True), (State.REFUSED, False, "for the court", True),
         (State.REFUSED, True, "for the court", False), (State.ACCEPTED, False, "  a  ", False),
         (State.COMING, False, "for the court", False)],
    )  # fmt: skip
    def test_is_opened(self, state: State, harmful: bool, because: str, allowed: bool) -> None:
        """Or not."""
        assert may_open_original(state=state, harmful=harmful, because=because).allowed is allowed

    @pytest.mark.parametrize("state", list(State))
    def test_is_settled_only_after_its_checks(self, state: State) -> None:
        """Nobody accepts what nobody could see."""
        assert may_settle(state=state).allowed is state.shown

    def test_is_tried_again_ever_more_slowly(self) -> None:
        """And for as long as it takes."""
        pauses = [pause_after(tries) for tries in range(8)]
        assert pauses == sorted(pauses)
        assert pauses[-1] == pauses[-2]


class TestFirstBytes:
    """What a file is, whatever it is called."""

    @pytest.mark.parametrize(
        ("head", "found"),
        [(b"\xff\xd8\xff\xe1", Kind.JPEG), (b"\x89PNG\r\n\x1a\n", Kind.PNG), (b"%PDF-1.7", Kind.PDF),
         (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind.HEIC), (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Kind.HEIC),
         (b"\0\0\0\x18ftypqt  \0\0\0\0qt  ", Problem.FILM), (b"", Problem.EMPTY), (b" %PDF-1.7", Problem.NOT_A_PICTURE),
         (b"GIF89a", Problem.NOT_A_PICTURE), (b"II*\0", Problem.NOT_A_PICTURE), (b"PK\x03\x04", Problem.ARCHIVE),
         (b"\x1f\x8b\x08", Problem.ARCHIVE), (b"Rar!\x1a\x07", Problem.ARCHIVE), (b"{\\rtf1", Problem.OFFICE),
         (b" \n<!DOCTYPE html>", Problem.WEB_PAGE), (b"\xef\xbb\xbf<svg", Problem.WEB_PAGE)],
    )  # fmt: skip
    def test_say_it(self, head: bytes, found: Kind | Problem) -> None:
        """One answer for each."""
        assert kind_of(head) is found

    @given(some.binary(max_size=80))
    def test_of_anything_get_an_answer(self, head: bytes) -> None:
        """Nothing breaks the question."""
        assert isinstance(kind_of(head), Kind | Problem)
        archive_at_end(head)

    @given(some.text(max_size=300))
    def test_a_name_never_leads_anywhere(self, name: str) -> None:
        """No folder, no control or direction signs, no dots at its ends."""
        said = harmless_name(name)
        assert not set(said) & set("/\\\0\n\r\t\x1b\u202e\u200b")
        assert said == said.strip(" .")
        assert len(said) <= 120

    @pytest.mark.parametrize(
        ("name", "said"),
        [("../../etc/passwd", "passwd"), ("C:\\x\\y.pdf", "y.pdf"), ("a\u202egpj.exe", "agpj.exe"), ("..", ""),
         ("a\ud800b.jpg", "ab.jpg"),
         ("  my   paper.pdf ", "my paper.pdf"), ("a" * 400, "a" * 120)],
    )  # fmt: skip
    def test_a_name_is_made_harmless(self, name: str, said: str) -> None:
        """What is left can be shown."""
        assert harmless_name(name) == said
