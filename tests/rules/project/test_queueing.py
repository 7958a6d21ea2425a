"""Which worker works off which queue."""

from __future__ import annotations

from procrastinate.contrib.django import app

from harborline.project.queueing import PARTS, queues_of


class TestTheWorkers:
    """Started by `serve`, one for each part."""

    def test_serve_every_queue_once(self) -> None:
        """No queue is forgotten, and none belongs to two."""
        served = [queue for part in PARTS for queue in queues_of(part)]
        assert len(served) == len(set(served))
        assert {task.queue for task in app.tasks.values()} <= set(served)

    def test_let_alerts_wait_for_nobody(self) -> None:
        """Neither for the checks of papers nor for a caseload."""
        assert (queues_of("alerts"), queues_of("papers")) == (["alerts"], ["documents"])
        assert {"alerts", "documents"}.isdisjoint(queues_of("rest"))
