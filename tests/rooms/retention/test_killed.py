"""A disposal that is killed anywhere is finished by the next try: nothing twice, nothing left, nothing miscounted."""

from __future__ import annotations

import random
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from tests.rooms.retention.archive import NOW, OPERATOR, SENT, close_case, release_years, texts, worker
from tests.rooms.town import NC

from harborline.messaging.models import MessageContent
from harborline.retention import disposing
from harborline.retention.models import Destroyed
from harborline.retention.selectors import run
from harborline.retention.services import approve_run, finish_started, prepare_run

TEXTS = 7


def approved(monkeypatch: pytest.MonkeyPatch) -> uuid.UUID:
    """A run over seven texts in batches of two."""
    monkeypatch.setattr(disposing, "BATCH", 2)
    with worker("state"):
        texts(TEXTS)
    with worker("first"):
        made = prepare_run("texts-out", roles=OPERATOR, now=NOW)
    with worker("second"):
        approve_run(made.id, roles=OPERATOR, now=NOW)
    return made.id


def carried_out(run_id: uuid.UUID, step: int) -> subprocess.CompletedProcess[str]:
    """The run in a process that dies at `step`."""
    program = Path(__file__).with_name("killed_at.py")
    return subprocess.run(
        [sys.executable, str(program), str(run_id), str(step), NOW.isoformat()],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.usefixtures("lasting_town")
class TestAKilledDisposal:
    """Killed at every kind of moment, taken up again by the upkeep."""

    def steps(self, soak: bool) -> list[int]:
        """Every third moment in the long suite, else a few of them."""
        return list(range(1, 160, 3)) if soak else sorted(random.Random(41).sample(range(1, 160), 4))

    @pytest.mark.timeout(900)
    def test_is_finished_by_the_next_try(self, monkeypatch: pytest.MonkeyPatch, soak: bool) -> None:
        """Each text is destroyed once and counted once."""
        close_case("C-100", seen_at=SENT)
        release_years(range(2021, 2027))
        killed = 0
        for step in self.steps(soak):
            run_id = approved(monkeypatch)
            killed += carried_out(run_id, step).returncode == -9
            finish_started(NC, now=NOW)
            with worker("anybody"):
                told = run(run_id)
                left = MessageContent.objects.filter(program=NC).count()
                stones = Destroyed.objects.filter(run_id=run_id)
                assert (told.state, told.planned, told.destroyed, told.kept) == ("finished", TEXTS, TEXTS, 0)
                assert (left, stones.count(), len(set(stones.values_list("record_id")))) == (0, TEXTS, TEXTS)
        assert killed, "no try was killed: the test shows nothing"
