"""Screening as records: hits, clearances, new lists; and fax lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.rooms.town import MN, NC, as_state
from tests.rooms.vendors.office import (
    ANSWERS,
    SECURITY,
    ago,
    as_worker,
    contract,
    do,
    drafted,
    go_live,
    live,
    permit,
    review,
)

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.ledger.selectors import entries_of
from harborline.vendors.facts import Band, FaxKind, StepKind
from harborline.vendors.models import ListVersion, ScreeningRecord, Vendor
from harborline.vendors.selectors import connector_may, fax_lines, life, lists
from harborline.vendors.services import adjudicate, attest_fax_line, draft, import_list, withdraw_fax_line
from harborline.vendors.watching import watch

MN_LIST = "mn-prohibited-technology"
FCC_COMNET = "us-fcc-covered-list:9"
YEAR = timedelta(days=335)


def file(*names: str, version: str = "2026-01-31", list_id: str = MN_LIST) -> bytes:
    """A list file with these names."""
    rows = [f"{at},{name},entity,,,," for at, name in enumerate(names, 1)]
    head = [f"harborline-list,{list_id},{version},{len(rows)}", "row,name,kind,aliases,identifiers,scope,added"]
    return "\n".join([*head, *rows]).encode()


def gate(program: str = NC) -> str:
    """The gate's reason for texts."""
    with as_state(program):
        return connector_may("twilio", program=program, purpose="texting").reason


def comnet(**identifiers: str) -> Any:  # noqa: ANN401 - an engagement
    """A real maker of fibre gear that is not the listed ComNet, up to screening."""
    made = drafted("ComNet Communication Networks, Inc.", identifiers=identifiers)
    review(made.id)
    permit(made.id)
    contract(made.id)
    return made


class TestAHit:
    """Found, explained, decided."""

    def test_keeps_a_company_from_going_live(self, db: None) -> None:
        """Screening is recorded with its lists and words; going live is refused."""
        made = comnet(domain="comnet.example")
        with pytest.raises(Refused, match="vendor-on-a-list"):
            go_live(made.id)
        with as_state():
            (kept,) = ScreeningRecord.objects.filter(engagement=made)
            assert (kept.band, kept.by, len(kept.lists)) == ("match", "worker:sol", 2)
            assert "'comnet' is a name of the listed company" in kept.hits[0]["why"]

    def test_is_cleared_by_a_reviewer_with_reason_and_end(self, db: None) -> None:
        """For this company's identifiers and this entry; then it may go live."""
        made = comnet(domain="comnet.example")
        do("sol", made.id, StepKind.SCREENED, 0)
        with as_worker("sol"):
            adjudicate(
                made.id,
                FCC_COMNET,
                same_company=False,
                reason="Maker of fibre gear, other owner",
                expires_on=ago(-300),
                roles=SECURITY,
            )
            assert life(made.id).screening.band is Band.CLEAR
        do("oscar", made.id, StepKind.LIVE, 0)
        assert gate() == "allowed"
        with as_state():
            decided = next(
                one
                for one in entries_of("vendor:comnet-communication-networks-inc")
                if one.kind == "vendors.hit-decided"
            )
            assert (decided.actor, decided.content["entry"]) == ("worker:sol", FCC_COMNET)

    def test_comes_back_when_the_company_changes(self, db: None) -> None:
        """Another identifier is another company to look at."""
        made = self.cleared()
        with as_worker("olga"):
            known = {"domain": "other.example"}
            draft("ComNet Communication Networks, Inc.", purposes=["lookup"], elements=["phone-number"], systems="s",
                  identifiers=known)  # fmt: skip
            assert life(made.id).screening.band is Band.MATCH
        assert gate() == "vendor-on-a-list"

    def test_comes_back_when_the_clearance_ends(self, db: None) -> None:
        """On the day it was given until."""
        self.cleared(days=20)
        with as_state():
            late = connector_may("twilio", program=NC, purpose="texting", now=clock.now() + timedelta(days=20))
        assert late.reason == "vendor-on-a-list"

    def test_comes_back_when_the_entry_changes(self, db: None) -> None:
        """The list says something else about it."""
        self.cleared()
        newer = file(
            "Pacific Networks Corp and ComNet (USA) LLC", "Huawei", version="2026-09-01", list_id="us-fcc-covered-list"
        )
        with as_worker("sol"):
            import_list(newer.replace(b"1,Pacific", b"9,Pacific"), file_name="fcc.csv")
        assert gate() == "vendor-on-a-list"

    def test_that_is_true_stays(self, db: None) -> None:
        """The listed company itself, whoever clears it."""
        made = comnet(domain="comnet.example")
        do("sol", made.id, StepKind.SCREENED, 0)
        with as_worker("sol"):
            adjudicate(made.id, FCC_COMNET, same_company=True, reason="It is", expires_on=ago(-300), roles=SECURITY)
        with pytest.raises(Refused, match="vendor-prohibited"):
            do("oscar", made.id, StepKind.LIVE, 0)

    def test_of_a_name_alone_cannot_be_cleared(self, db: None) -> None:
        """A clearance needs an identifier to stand on."""
        made = comnet()
        with as_worker("sol"), pytest.raises(Invalid, match="UEI"):
            adjudicate(made.id, FCC_COMNET, same_company=False, reason="r", expires_on=ago(-9), roles=SECURITY)

    @pytest.mark.parametrize(("changes", "fault"), [
        ({"reason": " "}, Invalid), ({"expires_on": ago(0)}, Invalid), ({"expires_on": ago(-400)}, Invalid),
        ({"entry": "us-fcc-covered-list:1"}, NotFound), ({"roles": frozenset({"state-operator"})}, Refused),
    ])  # fmt: skip
    def test_is_not_decided_just_so(self, db: None, changes: dict[str, Any], fault: type[Exception]) -> None:
        """Without reason, without end, not there, by a role that may not decide a match."""
        made = comnet(domain="comnet.example")
        said: dict[str, Any] = {
            "same_company": False,
            "reason": "r",
            "expires_on": ago(-9),
            "roles": SECURITY,
            **changes,
        }
        with as_worker("sol"), pytest.raises(fault):
            adjudicate(made.id, said.pop("entry", FCC_COMNET), **said)

    def test_is_not_decided_by_who_asked(self, db: None) -> None:
        """Olga submitted it."""
        made = comnet(domain="comnet.example")
        with as_worker("olga"), pytest.raises(Refused, match="needs-another-person"):
            adjudicate(made.id, FCC_COMNET, same_company=False, reason="r", expires_on=ago(-9), roles=SECURITY)

    def test_of_an_owner_counts(self, db: None) -> None:
        """Who holds more than a tenth is screened as well."""
        made = drafted()
        review(made.id)
        permit(made.id)
        contract(
            made.id,
            answers={**ANSWERS, "owners": [{"name": "Dahua Technology USA", "percent": 12}], "none_above_tenth": False},
        )
        with pytest.raises(Refused, match="vendor-on-a-list"):
            go_live(made.id)
        with as_state():
            assert life(made.id).screening.open_hits[0].why.startswith("owner Dahua Technology USA: ")

    def cleared(self, days: int = 300) -> Any:  # noqa: ANN401 - an engagement
        """A company that is live after a hit was cleared."""
        made = comnet(domain="comnet.example")
        do("sol", made.id, StepKind.SCREENED, 0)
        with as_worker("sol"):
            adjudicate(made.id, FCC_COMNET, same_company=False, reason="r", expires_on=ago(-days), roles=SECURITY)
        do("oscar", made.id, StepKind.LIVE, 0)
        assert gate() == "allowed"
        return made


class TestAStatesList:
    """Brought in by its agency."""

    def test_is_needed_in_minnesota(self, db: None) -> None:
        """Without it nobody goes live there; with it they may."""
        with pytest.raises(Refused, match="list-never-loaded"):
            live(program=MN)
        with as_worker("sol", MN):
            import_list(file("ByteDance Ltd."), file_name="mn.csv")
        live("Second Carrier LLC", program=MN, connectors=["kannel"])

    def test_stops_a_live_company_it_names(self, db: None) -> None:
        """At once, by itself, and screened anew on record."""
        self.brought_in("ByteDance Ltd.")
        made = live(program=MN)
        assert gate(MN) == "allowed"
        self.brought_in("ByteDance Ltd.", "Example Carrier Inc.", version="2026-02-28")
        assert gate(MN) == "vendor-on-a-list"
        with as_state(MN):
            newest = ScreeningRecord.objects.filter(engagement=made).order_by("-at").first()
            assert newest is not None
            assert (newest.why, newest.band) == ("list-changed", "match")

    def test_stops_another_program_it_concerns_too(self, db: None) -> None:
        """The federal list brought in by one program judges the other at once; the product records it."""
        live()
        newer = file("Example Carrier Inc.", version="2026-09-01", list_id="us-fcc-covered-list")
        with as_worker("sol", MN):
            import_list(newer, file_name="fcc.csv")
        assert gate() == "vendor-on-a-list"
        assert watch(NC, screen_after=YEAR) == 1

    @pytest.mark.parametrize("content", [
        b"", b"not a list", file(), file("X").replace(b",1\n", b",2\n", 1), file("X", version="2025-01-01"),
    ])  # fmt: skip
    def test_that_cannot_be_used_leaves_the_last_one_in_force(self, db: None, content: bytes) -> None:
        """Empty, no list, without rows, cut, older than the loaded one."""
        self.brought_in("ByteDance Ltd.")
        with as_worker("sol", MN):
            with pytest.raises(Invalid):
                import_list(content, file_name="x.csv")
            assert [entry.name for entry in lists()[MN_LIST].entries] == ["ByteDance Ltd."]
            assert ListVersion.objects.count() == 1

    def test_brought_in_twice_is_one(self, db: None) -> None:
        """The same file again changes nothing."""
        self.brought_in("X Corp")
        with as_worker("sol", MN):
            assert import_list(file("X Corp"), file_name="again.csv") is None

    def brought_in(self, *names: str, version: str = "2026-01-31") -> None:
        """Sol brings a version in."""
        with as_worker("sol", MN):
            import_list(file(*names, version=version), file_name="mn.csv")


class TestAYear:
    """Screened anew."""

    def test_goes_by_and_the_product_screens_again(self, db: None) -> None:
        """Before the year is over, on record, once."""
        made = live(days=900)
        clock.shift(timedelta(days=340))
        try:
            watch(NC, screen_after=YEAR)
            watch(NC, screen_after=YEAR)
            with as_state():
                whys = list(
                    ScreeningRecord.objects.filter(engagement=made).order_by("at").values_list("why", flat=True)
                )
            assert whys == ["asked", "yearly"]
        finally:
            clock.shift(timedelta(0))


class TestAFaxLine:
    """Attested, or none."""

    def fax(self, label: str | None = "Clinic") -> str:
        """The gate's reason for a fax over a line."""
        with as_state(MN):
            return connector_may("mail-to-fax", program=MN, purpose="fax", fax_line_label=label).reason

    def attest(self, kind: FaxKind = FaxKind.IT_SERVICE) -> None:
        """Local IT attests it."""
        with as_worker("sol", MN):
            attest_fax_line("Clinic", kind=kind, attested_by="County IT", attested_on=ago(3), until=ago(-300))

    def test_is_refused_until_it_is_attested_and_its_company_permitted(self, db: None) -> None:
        """Line and company are two questions; both must be answered."""
        assert self.fax(None) == "fax-line-unknown"
        assert self.fax() == "fax-line-unknown"
        self.attest(FaxKind.SHARED_MACHINE)
        assert self.fax() == "fax-line-shared"
        self.attest()
        assert self.fax() == "vendor-not-approved"
        with as_worker("sol", MN):
            import_list(file("X Corp"), file_name="mn.csv")
        live(
            "Fax Service LLC",
            program=MN,
            purposes=["fax"],
            elements=["fax-number", "document"],
            connectors=["mail-to-fax"],
        )
        assert self.fax() == "allowed"

    def test_ends_when_somebody_withdraws_it(self, db: None) -> None:
        """The newest word about a line counts."""
        self.attest()
        with as_worker("sol", MN):
            withdraw_fax_line("Clinic", because="moved to the hallway")
            assert [line.withdrawn for line in fax_lines()] == [True]
        assert self.fax() == "fax-line-not-attested"

    @pytest.mark.parametrize("changes", [
        {"attested_by": " "}, {"label": ""}, {"attested_on": ago(-1)}, {"until": ago(3)}, {"until": ago(-500)},
    ])  # fmt: skip
    def test_is_not_attested_just_so(self, db: None, changes: dict[str, Any]) -> None:
        """By nobody, nameless, tomorrow, over before it began, for years."""
        said: dict[str, Any] = {
            "label": "L", "kind": FaxKind.UNIT_MACHINE, "attested_by": "IT", "attested_on": ago(3), "until": ago(-9),
            **changes,
        }  # fmt: skip
        with as_worker("sol", MN), pytest.raises(Invalid):
            attest_fax_line(said.pop("label"), **said)

    def test_of_a_company_nobody_named_is_no_secret(self, db: None) -> None:
        """Withdrawing what is not there says so."""
        with as_worker("sol", MN), pytest.raises(NotFound):
            withdraw_fax_line("Nowhere", because="x")


def test_vendor_rows_hold_nothing_about_people(db: None) -> None:
    """What every program may read names companies only."""
    live()
    with as_state(MN):
        (row,) = Vendor.objects.values()
    assert set(row) == {"id", "key", "name", "free_service", "simulated", "identifiers"}
