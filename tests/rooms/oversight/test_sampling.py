"""An auditor's samples: drawn by lot, the same again from the same seed, opened with proofs, recorded."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from tests.rooms.town import MN, NC, as_state

from harborline.kernel import NotFound, Refused, clock
from harborline.ledger.models import Content, Entry
from harborline.ledger.selectors import opened
from harborline.ledger.services import record
from harborline.oversight.facts import SampleKind
from harborline.oversight.models import AuditSample
from harborline.oversight.selectors import samples
from harborline.oversight.services import draw_sample, evidence_of, open_sample
from harborline.walls import Actor, acting

AUDITOR = frozenset({"auditor"})
DAY = timedelta(days=1)


def recorded(count: int) -> None:
    """So many consents, decisions and accesses."""
    for kind in ("consent.given", "notice.run-approved", "people.participant-opened"):
        for number in range(count):
            record(kind, subject=f"participant:{kind}-{number}", content={"number": str(number)})


def drawn(kind: SampleKind = SampleKind.CONSENTS, seed: str = "4 1 6 2", size: int = 5) -> AuditSample:
    """A sample of the last day."""
    now = clock.now()
    return draw_sample(kind, seed=seed, from_at=now - DAY, until_at=now, size=size, roles=AUDITOR)


class TestASample:
    """Of the last day."""

    def test_is_drawn_by_lot_and_the_same_again_from_the_same_seed(self, db: None) -> None:
        """The lot is the digest of seed and entry; another seed draws others; order of typing blanks is nothing."""
        with as_state():
            recorded(30)
            first, again, other = drawn(), drawn(seed=" 4  1 6 2 "), drawn(seed="6 6 6 6")
            everything = {
                entry.entry_id
                for entry in Entry.objects.filter(
                    number__in=Content.objects.filter(kind="consent.given").values_list("number", flat=True)
                )
            }
        assert first.entry_ids == again.entry_ids
        assert first.entry_ids != other.entry_ids
        assert first.population == 30
        lots = sorted(everything, key=lambda each: hashlib.sha256(f"4 1 6 2:{each}".encode()).digest())
        assert first.entry_ids == lots[:5]

    @pytest.mark.parametrize(
        ("kind", "holds"),
        [
            (SampleKind.CONSENTS, "consent.given"),
            (SampleKind.DECISIONS, "notice.run-approved"),
            (SampleKind.ACCESSES, "people.participant-opened"),
        ],
    )
    def test_is_of_one_kind(self, db: None, kind: SampleKind, holds: str) -> None:
        """Decisions, accesses, consents."""
        with as_state():
            recorded(3)
            sample = drawn(kind, size=100)
            assert {opened(each).kind for each in sample.entry_ids} == {holds}

    def test_is_of_its_days_only(self, db: None) -> None:
        """What was recorded before or after is not in the lot."""
        with as_state():
            recorded(3)
            now = clock.now()
            before = draw_sample(
                SampleKind.CONSENTS, seed="1", from_at=now - 9 * DAY, until_at=now - DAY, size=9, roles=AUDITOR
            )
        assert (before.population, before.entry_ids) == (0, [])

    @pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="allows")
    def test_is_recorded_when_drawn_and_each_time_it_is_looked_at(self, db: None) -> None:
        """The auditor leaves a trace too; the file says how it was drawn."""
        with as_state():
            recorded(3)
            sample = drawn(size=2)
            for _ in range(2):
                _, entries = open_sample(sample.id, roles=AUDITOR)
            kinds = list(Content.objects.values_list("kind", flat=True))
            assert kinds.count("oversight.sample-drawn") == 1
            assert kinds.count("oversight.sample-opened") == 2
            assert [each.recorded.kind for each in entries if each.recorded] == ["consent.given"] * 2
            file = json.loads(evidence_of(sample, entries))
        assert (file["seed"], file["population"]) == ("4 1 6 2", 3)
        assert {each["content"]["number"] for each in file["entries"]} <= {"0", "1", "2"}

    @pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="refuses")
    @pytest.mark.parametrize("role", ["security-officer", "state-operator", "supervisor", "case-manager"])
    def test_is_drawn_and_seen_by_auditors_only(self, db: None, role: str) -> None:
        """Whoever is audited steers no lot; the attempt is recorded."""
        now, roles = clock.now(), frozenset({role})
        with as_state():
            sample = drawn()
            with pytest.raises(Refused, match="role-may-not-audit"):
                draw_sample(SampleKind.CONSENTS, seed="1", from_at=now - DAY, until_at=now, size=1, roles=roles)
            with pytest.raises(Refused, match="role-may-not-audit"):
                open_sample(sample.id, roles=roles)
            assert Content.objects.filter(kind="oversight.sample-refused").count() == 2

    def test_needs_the_whole_program(self, db: None) -> None:
        """What stands in an entry knows no county, so an auditor of one county draws nothing."""
        with (
            acting(Actor("worker", "a", "A"), program=NC, counties=("37183",), purpose="audit"),
            pytest.raises(Refused, match="role-may-not-audit"),
        ):
            drawn()

    @pytest.mark.parametrize(
        ("seed", "size", "ends", "reason"),
        [
            ("", 5, 0, "sample-needs-a-seed"),
            ("  ", 5, 0, "sample-needs-a-seed"),
            ("x" * 65, 5, 0, "sample-needs-a-seed"),
            ("1", 0, 0, "sample-too-large"),
            ("1", 101, 0, "sample-too-large"),
            ("1", 5, 1, "sample-of-a-span-that-is-over"),
            ("1", 5, -2, "sample-of-a-span-that-is-over"),
        ],
    )
    def test_has_a_seed_a_size_and_days_that_are_over(
        self, db: None, seed: str, size: int, ends: int, reason: str
    ) -> None:
        """Nothing is drawn otherwise."""
        now = clock.now()
        with as_state():
            with pytest.raises(Refused, match=reason):
                draw_sample(
                    SampleKind.CONSENTS, seed=seed, from_at=now - DAY, until_at=now + ends * DAY, size=size,
                    roles=AUDITOR,
                )  # fmt: skip
            assert samples() == []

    def test_of_one_program_is_nothing_in_the_other(self, db: None) -> None:
        """Neither its entries nor the sample itself."""
        with as_state():
            recorded(3)
            sample = drawn()
        with as_state(MN):
            assert drawn().population == 0
            assert sample.id not in {each.id for each in samples()}
            with pytest.raises(NotFound):
                open_sample(sample.id, roles=AUDITOR)
