"""Where a document is: with the case's manager of today, with whom it was handed to, else with the county's office."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from harborline.disclosure.selectors import nearness
from harborline.documents.facts import Routing
from harborline.documents.models import Document
from harborline.documents.rules import goes_to_worker
from harborline.kernel import clock
from harborline.people.selectors import case_managers
from harborline.walls import ALL_COUNTIES
from harborline.workforce.selectors import worker_by_number, worker_standing

OFFICE = ""


def holder_of(row: Document) -> tuple[str, str]:
    """The worker's number (empty: the office) and the reason."""
    (found,) = holders([row]).values()
    return found


def holders(rows: Iterable[Document]) -> Mapping[uuid.UUID, tuple[str, str]]:
    """Who has each document today: worker's number (empty: the office) and the reason, by document."""
    listed = list(rows)
    cases = {row.submission.case_id for row in listed if row.submission.case_id}
    managers = case_managers(cases) if cases else {}
    known: dict[tuple[str | None, str, str, uuid.UUID | None], tuple[str, str]] = {}
    found = {}
    for row in listed:
        case = row.submission.case_id
        manager = managers.get(case, "") if case else ""
        key = (row.handed_to, manager, row.county, row.submission.participant_id)
        if key not in known:
            known[key] = _decided(row, manager)
        found[row.id] = known[key]
    return found


def _decided(row: Document, manager: str) -> tuple[str, str]:
    wanted = manager if row.handed_to is None else row.handed_to
    worker = worker_by_number(wanted) if wanted else None
    facts = Routing(
        handed_to=row.handed_to,
        manager=manager,
        manager_works=worker is not None and works_in(worker.id, row.program, row.county),
        kin=worker is not None and _family(worker.id, worker.name, row.submission.participant_id),
    )
    said = goes_to_worker(routing=facts)
    return (wanted, said.reason) if said.allowed else (OFFICE, said.reason)


def works_in(worker_id: uuid.UUID, program: str, county: str) -> bool:
    """Whether a worker may work in a county of the program now."""
    standing = worker_standing(worker_id, program, now=clock.now())
    return standing.may_work and (standing.counties == ALL_COUNTIES or county in standing.counties)


def _family(worker_id: uuid.UUID, name: str, participant_id: uuid.UUID | None) -> bool:
    near = nearness(participant_id, worker_id, name=name) if participant_id else None
    return near is not None and near.kin
