"""A county fetches a file of protected values over the gateway with the client it has, and reads it by its layout."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from tests.contracts.sftp_site import AGREEMENT, InDatabase, Site, serving
from tests.rooms.disclosure.desk import as_worker, open_desk, who
from tests.rooms.town import as_state

from harborline.exchange import layouts
from harborline.exchange.layouts.rows import Reading
from harborline.exchange.models import Agreement
from harborline.exchange.selectors import prepared_one, story
from harborline.exchange.services import approve_prepared, prepare_file, send_prepared
from harborline.ledger.services import forget_origin
from harborline.people.facts import HeldName, Source
from harborline.people.services import hold_value

LAYOUT = "fop-case-submission-245"
TELLS = {"recipient": "iv-d-office", "basis": "program-duty", "fields": {"ssn": "ssn"}}
COLUMNS = (
    "participant", "_type", "submitting_state", "case_id", "ncp_last_name", "ncp_first_name", "arrearage_amount",
    "transaction_type", "case_type",
)  # fmt: skip
TABLE = f"""{",".join(COLUMNS)}
P-2,case,NC,C100,TORRES,BEN,500,A,N
P-3,case,NC,C100,TORRES,KIM,600,A,A
""".encode()


@pytest.fixture
def site(committed: None, tmp_path: Path) -> Iterator[Site]:
    """A gateway, a county that knows it, and the people of the town."""
    (tmp_path / "blobs").mkdir()
    open_desk(tmp_path)
    found = who("P-2")
    with as_state():
        hold_value(found, HeldName.SSN, "219-09-9999", source=Source.CASE_SYSTEM)
    with (
        override_settings(BLOB_DIRECTORY=tmp_path / "blobs"),
        serving(InDatabase(tmp_path, layout=LAYOUT, tells=TELLS), tmp_path) as made,
    ):
        yield made
    forget_origin()


@pytest.mark.peer("sftp")
@pytest.mark.clause("OFFSET-8.3:exchange-safeguarded", shows="allows")
def test_the_county_fetches_what_two_people_let_go(site: Site) -> None:
    """Nothing is there before; then Ben's record with his number, and a control record that counts it."""
    with as_worker("olga", "exchange"):
        made = prepare_file(Agreement.objects.get().id, "ARR0001.DAT", io.BytesIO(TABLE)).id
    assert site.sftp(f"get /{AGREEMENT}/out/ARR0001.DAT").returncode != 0
    with as_worker("eli", "exchange"):
        approve_prepared(made)
    with as_worker("olga", "exchange"):
        sent = send_prepared(made).id
    got = site.sftp(f"get /{AGREEMENT}/out/ARR0001.DAT", f"ls /{AGREEMENT}/out")
    assert got.returncode == 0, got.stderr
    with (site.folder / "ARR0001.DAT").open("rb") as file:
        reading = Reading(file, layouts.load(LAYOUT))
        rows = {row.type: row.cells for row in reading.rows() if row.type}
    assert not reading.checked().refused
    assert (rows["case"]["ssn"], rows["case"]["ncp_first_name"]) == ("219099999", "BEN")
    assert (rows["control"]["nontanf_record_count"], rows["control"]["tanf_record_count"]) == ("1", "0")
    with as_worker("olga", "exchange"):
        assert (prepared_one(made).sent_records, prepared_one(made).records) == (1, 2)
        assert story(sent).row.state == "sent"
