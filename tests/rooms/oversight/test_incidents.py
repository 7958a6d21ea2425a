"""Incidents in the register: reported by anybody, looked after by officers, told outside without data."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.db import transaction
from tests.rooms.disclosure.desk import MANAGER, OFFICER, as_worker, open_desk
from tests.rooms.town import MN, NC, as_state

from harborline.disclosure.services import look
from harborline.kernel import NotFound, Refused, clock
from harborline.ledger.selectors import entries_of
from harborline.oversight.facts import Element, HowFound, PrivateKind, Told
from harborline.oversight.incident_facts import ENVIRONMENT, clocks
from harborline.oversight.selectors import incident, incident_report, incidents, open_steps, private_in
from harborline.oversight.services import amend_incident, close_incident, report_incident, step_done
from harborline.people.selectors import participant_id
from harborline.walls import current

OWN = """
[[clock]]
key = "wake-manager"
for = "personal"
states = ["NC"]
hours = 8
source = "County order 12"
does.en = "Call the county manager."
does.es = "Llame al administrador del condado."
"""


@pytest.fixture
def desk(db: None, tmp_path: Path) -> Path:
    """Everybody works."""
    open_desk(tmp_path)
    return tmp_path


def told(**changed: Any) -> Told:  # noqa: ANN401 - any of its fields
    """A list lay open for an hour."""
    at = clock.now()
    words: dict[str, Any] = {
        "occurred_at": at - timedelta(hours=2), "found_at": at - timedelta(hours=1), "how_found": HowFound.WORKER,
        "elements": frozenset({Element.TAX}), "people": 12, "description": "A list lay open.", "place": "Raleigh",
        "systems": "Console", "discipline": "", "contact": "The security officer",
    }  # fmt: skip
    return Told(**{**words, **changed})


class TestAnIncident:
    """From the report to the close."""

    def test_is_reported_by_anybody_and_told_by_officers(self, desk: Path) -> None:
        """Cora reports, Sol tells each authority, only then it closes."""
        with as_worker("cora"):
            made = report_incident(told())
            (first, *_rest) = incident(made).steps
            with pytest.raises(Refused, match="role-may-not-steer"), transaction.atomic():
                step_done(first.id, reference="case 1", roles=MANAGER)
        with as_worker("sol"):
            line = incident(made)
            earliest = [one.clock.key for one in line.steps][:3]
            assert earliest == ["irs-safeguards", "nc-information-technology", "tigta"]
            assert line.steps[0].due_at == line.told.found_at + timedelta(hours=24)
            with pytest.raises(Refused, match="clocks-still-run"), transaction.atomic():
                close_incident(made, roles=OFFICER)
            for step in line.steps:
                step_done(step.id, reference="case 4711", roles=OFFICER)
            close_incident(made, roles=OFFICER)
            assert incident(made).closed_at
            assert open_steps() == 0
            with pytest.raises(Refused, match="already-decided"), transaction.atomic():
                close_incident(made, roles=OFFICER)

    def test_is_late_after_its_hours(self, desk: Path) -> None:
        """And stands first."""
        with as_worker("sol"):
            quiet = report_incident(told(elements=frozenset({Element.NAME})))
            loud = report_incident(told(found_at=clock.now() - timedelta(minutes=90)))
            later = clock.now() + timedelta(hours=30)
            assert [one.id for one in incidents(now=later)] == [loud, quiet]
            assert [one.late for one in incident(loud, now=later).steps][:4] == [True, True, True, False]
            assert [one.late for one in incident(quiet, now=later).steps][:2] == [True, False]

    @pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="keeps")
    def test_is_amended_when_more_becomes_known(self, desk: Path) -> None:
        """Names first, then tax information of two thousand people: those clocks run from when it was found."""
        with as_worker("sol"):
            made = report_incident(told(elements=frozenset({Element.NAME}), people=3))
            before = {one.clock.key: one.id for one in incident(made).steps}
            assert not {"tigta", "nc-bureaus", "irs-discipline"} & set(before)
            more = told(people=2_000, discipline="A warning is proposed.", found_at=clock.now())
            assert amend_incident(made, more, roles=OFFICER) == 4
            line = incident(made)
            due = {one.clock.key: one.due_at for one in line.steps}
            assert set(due) == {*before, "tigta", "irs-safeguards", "irs-discipline", "nc-bureaus"}
            assert due["tigta"] == line.told.found_at + timedelta(hours=24)
            assert (line.told.people, line.told.tax) == (2_000, True)
            assert {one.clock.key: one.id for one in line.steps}["nc-people"] == before["nc-people"]
            assert amend_incident(made, more, roles=OFFICER) == 0
            with pytest.raises(Refused, match="private-data"), transaction.atomic():
                amend_incident(made, told(description="SSN 900-00-1234"), roles=OFFICER)
        with as_worker("cora"), pytest.raises(Refused, match="role-may-not-steer"), transaction.atomic():
            amend_incident(made, told(), roles=MANAGER)
        with as_worker("sol"):
            for step in incident(made).steps:
                step_done(step.id, reference="case 1", roles=OFFICER)
            close_incident(made, roles=OFFICER)
            with pytest.raises(Refused, match="already-decided"), transaction.atomic():
                amend_incident(made, told(), roles=OFFICER)

    def test_names_nobody_whom_the_reporter_looked_at(self, desk: Path) -> None:
        """Neither by name nor by number; who looked at nobody is told nothing by it."""
        said = told(description="Torres asked at the front desk.", systems="The page of P-2")
        with as_worker("cora"):
            assert private_in(said) == ()
            look(participant_id(NC, "P-2"), page="participant", roles=MANAGER)
            found = [(one.field, one.kind, one.words) for one in private_in(said)]
            assert found == [
                ("description", PrivateKind.NAME, "Torres"), ("systems", PrivateKind.NUMBER, "P-2"),
            ]  # fmt: skip
            with pytest.raises(Refused, match="private-data"), transaction.atomic():
                report_incident(told(systems="The page of P-2"))

    def test_keeps_a_clock_that_the_agency_took_back(self, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It was started, and somebody stops it."""
        (desk / "clocks.toml").write_text(OWN)
        monkeypatch.setenv(ENVIRONMENT, str(desk / "clocks.toml"))
        clocks.cache_clear()
        try:
            with as_worker("sol"):
                made = report_incident(told())
            monkeypatch.undo()
            clocks.cache_clear()
            with as_worker("sol"):
                (step,) = [one for one in incident(made).steps if one.clock.key == "wake-manager"]
                assert step.due_at == incident(made).told.found_at + timedelta(hours=8)
                step_done(step.id, reference="call 12", roles=OFFICER)
        finally:
            monkeypatch.undo()
            clocks.cache_clear()

    def test_stays_in_its_program(self, desk: Path) -> None:
        """WIC knows nothing of it."""
        with as_state(NC):
            made = report_incident(told())
        with as_state(MN):
            assert incidents() == []
            with pytest.raises(NotFound):
                incident(made)

    def test_is_printed_without_anybodys_data(self, desk: Path) -> None:
        """A tagged PDF with the facts that Publication 1075 asks for."""
        with as_worker("sol"):
            line = incident(report_incident(told()))
            words = {
                "title": "Data incident report", "language": "en", "program": current().program,
                "rows": [["What happened?", line.told.description]],
            }  # fmt: skip
            made = incident_report(line, words=words, at=clock.now())
        text = pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()
        assert "A list lay open." in text
        assert "Data incident report" in text

    def test_leaves_an_entry_each_time(self, desk: Path) -> None:
        """Reported, told, closed."""
        with as_worker("sol"):
            made = report_incident(told(elements=frozenset({Element.NAME}), people=1))
            for step in incident(made).steps:
                step_done(step.id, reference="letter 1", roles=OFFICER)
            close_incident(made, roles=OFFICER)
            kinds = [one.kind for one in entries_of(f"incident:{made}")]
        assert {kinds[0], kinds[-1]} == {"oversight.incident-reported", "oversight.incident-closed"}
