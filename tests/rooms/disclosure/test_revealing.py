"""Opening one field: recorded before it is shown, tied to work, and nothing announces a protection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import DatabaseError, connections, transaction
from tests.rooms.disclosure.desk import (
    MANAGER,
    OFFICER,
    SSN,
    SUPERVISOR,
    as_worker,
    asked,
    given,
    opened,
    protect,
    recorded,
    train_in_tax,
    who,
    worker,
)
from tests.rooms.town import NC, WAKE, as_state

from harborline.contact import services as contact
from harborline.disclosure.facts import FieldState, GlassReason, Kin, ReviewOutcome
from harborline.disclosure.models import OverrideUse, Reveal
from harborline.disclosure.overriding import use_override
from harborline.disclosure.selectors import glass_until, glasses, overrides_of
from harborline.disclosure.services import (
    approve_override,
    ask_override,
    break_glass,
    clear_kin,
    declare_kin,
    reveal,
    review_glass,
)
from harborline.kernel import NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.ledger.selectors import entries_of
from harborline.ledger.services import record_apart
from harborline.people.facts import HeldName, Source
from harborline.people.selectors import held_fields
from harborline.people.services import hold_value, record_contact
from harborline.workforce.facts import StaffRole
from harborline.workforce.services import assign


def _write_past_the_rule(row: Reveal) -> None:
    """Keep a record that no rule has allowed, as somebody with the application's own login would."""
    with transaction.atomic(using="apart"), connections["apart"].cursor() as cursor:
        cursor.execute("SELECT set_config('harborline.program', 'nc-css', true)")
        cursor.execute("SELECT set_config('harborline.counties', %s, true)", [WAKE])
        row.save(force_insert=True, using="apart")


class TestTheStranger:
    """Dev works in another county."""

    def test_finds_nobody_and_is_recorded(self, town: Path) -> None:
        """A guessed id answers as if there were nobody."""
        with pytest.raises(NotFound):
            opened("dev", "P-2")
        assert recorded() == []

    def test_reads_nothing_from_the_tables(self, town: Path) -> None:
        """Not even the case's own worker reads held values past the function."""
        for name in ("dev", "cora"):
            with as_worker(name), pytest.raises(DatabaseError), transaction.atomic():
                asked("SELECT sealed FROM people_heldfield LIMIT 1")


class TestTheRecord:
    """First it stands, then the value is shown."""

    def test_stands_before_the_value_and_survives_the_request(self, town: Path) -> None:
        """The unit of work is undone; the opening stays on record."""
        found = who("P-1")
        with transaction.atomic():
            with as_worker("cora"):
                assert reveal(found, HeldName.SSN, purpose="enforcement", roles=MANAGER).value == SSN
            transaction.set_rollback(True)
        assert recorded() == [("ssn", "allow", "allowed")]

    def test_stands_for_a_refusal_too(self, town: Path) -> None:
        """Ned has no case of Ana's; that he asked stays."""
        with pytest.raises(Refused, match="no-tie-to-this-person"):
            opened("ned", "P-1")
        assert recorded() == [("ssn", "refuse", "no-tie-to-this-person")]

    def test_is_asked_for_by_the_database_itself(self, town: Path) -> None:
        """A row of the same transaction, of another worker, or refused, opens nothing."""
        made = opened("cora", "P-1").reveal_id
        with as_worker("ned"):
            assert asked("SELECT * FROM disclosure_open(%s)", made) is None
        with as_worker("cora"):
            assert asked("SELECT field FROM disclosure_open(%s)", made) == ("ssn",)
            row = Reveal.objects.get(id=made)
            row.pk = forged = new_id()
            row.save(force_insert=True)
            assert asked("SELECT * FROM disclosure_open(%s)", forged) is None

    def test_is_never_made_younger(self, town: Path) -> None:
        """The minute in which a record opens its value is the database's; nobody writes it anew."""
        made = opened("cora", "P-1").reveal_id
        with as_worker("cora"), pytest.raises(DatabaseError), transaction.atomic():
            asked("UPDATE disclosure_reveal SET made_at = now() WHERE id = %s RETURNING id", made)


class TestATie:
    """Work alone ties."""

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="allows")
    def test_is_the_caseload_the_supervisor_and_a_recent_contact(self, town: Path) -> None:
        """Cora manages, Eli supervises her, Ned was given Ana's question today."""
        assert opened("cora", "P-1").value == SSN
        assert opened("eli", "P-1", roles=SUPERVISOR).value == SSN
        given("ned", "P-1")
        assert opened("ned", "P-1").value == SSN

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_is_nothing_that_a_worker_wrote_down_alone(self, town: Path) -> None:
        """Ned says that he spoke with Ana, and takes a question of hers to himself: neither opens anything."""
        found, question = who("P-1"), given("fay", "P-1")
        with as_worker("ned"):
            record_contact(found)
            contact.assign(question, None)
        with pytest.raises(Refused, match="no-tie-to-this-person"):
            opened("ned", "P-1")
        with as_state():
            assign(worker("ned"), program=NC, role=StaffRole.CASE_MANAGER, county=WAKE)
        with as_worker("ned"):
            contact.assign(question, worker("ned").id)
        with pytest.raises(Refused, match="no-tie-to-this-person"):
            opened("ned", "P-1")
        with as_worker("ned"):
            contact.answer(question, "Your visit is on Monday.", language="en", once="answer-1")
        assert opened("ned", "P-1").value == SSN

    def test_is_a_broken_glass_for_four_hours_and_somebody_reviews_it(self, town: Path) -> None:
        """Eli sees it at once; Ned cannot review his own."""
        found = who("P-1")
        with as_worker("ned"):
            glass = break_glass(found, reason=GlassReason.CALLER_WAITING, reference="call 4711")
        assert opened("ned", "P-1").value == SSN
        with as_state():
            (waiting,) = glasses()
            assert waiting.until_at - waiting.from_at == timedelta(hours=4)
        with as_worker("ned"), pytest.raises(Refused, match="same-person"):
            review_glass(glass, ReviewOutcome.JUSTIFIED, roles=SUPERVISOR)
        with as_worker("eli"):
            review_glass(glass, ReviewOutcome.JUSTIFIED, roles=SUPERVISOR)
            assert glasses() == []

    @pytest.mark.parametrize("outcome", [ReviewOutcome.MISUSE, ReviewOutcome.NOT_NEEDED])
    def test_is_no_broken_glass_that_was_not_needed(self, outcome: ReviewOutcome, town: Path) -> None:
        """The supervisor's word ends it at once; the page says nothing of four hours either."""
        found = who("P-1")
        with as_worker("ned"):
            glass = break_glass(found, reason=GlassReason.CALLER_WAITING, reference="call 4711")
        assert opened("ned", "P-1").value == SSN
        with as_worker("eli"):
            review_glass(glass, outcome, roles=SUPERVISOR)
        with pytest.raises(Refused, match="no-tie-to-this-person"):
            opened("ned", "P-1")
        with as_worker("ned"):
            assert glass_until(found) is None

    def test_is_never_a_fourth_unreviewed_glass_at_the_same_moment(self, lasting_town: Path) -> None:
        """A request that comes while others are at work waits for them, and counts them."""
        found = who("P-1")

        def once_more() -> None:
            with as_worker("ned"):
                break_glass(found, reason=GlassReason.DANGER, reference="call 4")

        with as_worker("ned"):
            for number in range(3):
                break_glass(found, reason=GlassReason.DANGER, reference=f"call {number}")
            fourth, said = meanwhile(once_more)
        fourth.join(timeout=20)
        assert said == ["refuse: too-many-unreviewed-emergencies"]

    def test_never_opens_ones_own_or_the_familys(self, town: Path) -> None:
        """Cora is Ana's sister; a glass helps as little as the caseload."""
        found = who("P-1")
        with as_worker("cora"):
            declare_kin(found, Kin.FAMILY)
        with pytest.raises(Refused, match="own-or-family-record"):
            opened("cora", "P-1")
        with as_worker("cora"), pytest.raises(Refused, match="own-or-family-record"):
            break_glass(found, reason=GlassReason.DANGER, reference="call 1")

    def test_covers_everybody_on_ones_own_case(self, town: Path) -> None:
        """Whoever is on a case with Ben's own record is his family."""
        found = who("P-2")
        with as_worker("cora"):
            declare_kin(found, Kin.SELF)
        with pytest.raises(Refused, match="own-or-family-record"):
            opened("cora", "P-1")

    def test_takes_the_same_name_for_ones_own_until_somebody_else_looked(self, town: Path) -> None:
        """A worker called Ben Torres opens Ben's record only once a supervisor cleared it."""
        cora, found = worker("cora"), who("P-2")
        cora.name = "ben  TORRES"
        cora.save()
        with pytest.raises(Refused, match="own-or-family-record"):
            opened("cora", "P-2")
        with as_worker("eli"):
            clear_kin(found, cora.id, roles=SUPERVISOR)
        assert opened("cora", "P-2").value == "900-00-5678"


class TestAProtection:
    """It never announces itself."""

    def test_looks_like_no_address_on_file(self, town: Path) -> None:
        """Ana's address is blocked, her child's is not there: the answers are equal but for their own ids."""
        before = opened("cora", "P-1", HeldName.ADDRESS).value
        protect("P-1")
        blocked, absent = opened("cora", "P-1", HeldName.ADDRESS), opened("cora", "P-3", HeldName.SCHOOL)
        assert before == "12 Elm St, Raleigh"
        assert (blocked.value, blocked.state, blocked.tax, blocked.source) == (None, FieldState.CLEAR, False, "")
        assert (absent.value, absent.state, absent.tax, absent.source) == (None, FieldState.CLEAR, False, "")
        assert recorded()[1] == ("address", "refuse", "whereabouts-blocked")

    @pytest.mark.parametrize("number", ["P-1", "P-2", "P-3", "P-9", "P-5"])
    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="refuses")
    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    def test_covers_every_party_of_every_case_in_every_county(self, number: str, town: Path) -> None:
        """Ana is protected in Wake: Ben, Kim, and in Durham Ana's other row and Otto are shielded too."""
        protect("P-1")
        name = "dev" if number in {"P-9", "P-5"} else "cora"
        assert opened(name, number, HeldName.ADDRESS).value is None
        assert recorded()[-1][2] == "whereabouts-blocked"

    def test_are_where_letters_go_to_those_who_have_no_other_address(self, town: Path) -> None:
        """Else a substitute address on file would mean somebody protected."""
        letters = HeldName.SUBSTITUTE_ADDRESS
        with as_state():
            hold_value(who("P-1"), letters, "PO Box 7, Raleigh", source=Source.CASE_SYSTEM)
        assert opened("cora", "P-1", letters).value == "PO Box 7, Raleigh"
        assert opened("cora", "P-2", letters).value == "9 Oak St, Raleigh"
        protect("P-1")
        assert opened("cora", "P-1", letters).value == "PO Box 7, Raleigh"
        assert opened("cora", "P-2", letters).value is None
        assert recorded()[-1] == ("substitute-address", "refuse", "whereabouts-blocked")

    def test_never_come_from_the_tax_agency_into_a_letter(self, town: Path) -> None:
        """An address of theirs is no address for letters, nor one that was made of it."""
        with as_state():
            hold_value(who("P-2"), HeldName.ADDRESS, "1 Tax Way, Raleigh", source=Source.IRS)
        assert opened("cora", "P-2", HeldName.SUBSTITUTE_ADDRESS).value is None

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="allows")
    @pytest.mark.clause("OFFSET-8.1:harm", shows="allows")
    def test_of_nobody_leaves_whereabouts_open_to_the_cases_worker(self, town: Path) -> None:
        """Ben's address opens to Cora."""
        assert opened("cora", "P-2", HeldName.ADDRESS).value == "9 Oak St, Raleigh"

    def test_is_kept_by_the_database_whatever_the_record_says(self, town: Path) -> None:
        """A record that allows, written past the rule, opens nothing of a protected person."""
        protect("P-1")
        made = opened("cora", "P-1", HeldName.ADDRESS).reveal_id
        with as_worker("cora"):
            row = Reveal.objects.get(id=made)
        row.pk, row.outcome, row.state = new_id(), "allow", "clear"
        _write_past_the_rule(row)
        with as_worker("cora"):
            assert asked("SELECT count(*) FROM disclosure_open(%s)", row.pk) == (0,)

    @pytest.mark.parametrize("lie", ["an order nobody gave", "long before", "another person", "another agency"])
    def test_is_kept_by_the_database_whatever_a_whole_record_says(self, town: Path, lie: str) -> None:
        """Not even with an entry of its own in the log: person, moment, order and agency are looked up."""
        protect("P-1")
        made = opened("cora", "P-1", HeldName.ADDRESS).reveal_id
        with as_worker("cora"):
            row = Reveal.objects.get(id=made)
            row.entry_id = record_apart("disclosure.field-opened", subject="participant:x", content={})
        row.pk, row.outcome, row.state = new_id(), "allow", "clear"
        if lie == "an order nobody gave":
            row.override = new_id()
        elif lie == "long before":
            row.at = datetime(1990, 1, 1, tzinfo=UTC)
        elif lie == "another person":
            row.person_id = new_id()
        _write_past_the_rule(row)
        with as_worker("cora"):
            if lie == "another agency":
                asked("SELECT set_config('harborline.agency', 'zz', true)")
            assert asked("SELECT count(*) FROM disclosure_open(%s)", row.pk) == (0,)

    def test_opens_nothing_for_the_entry_of_something_else(self, town: Path) -> None:
        """A record that names any entry of the log is not that of an opening."""
        made = opened("cora", "P-1").reveal_id
        with as_worker("cora"):
            row = Reveal.objects.get(id=made)
            row.entry_id = record_apart("test.done", subject="participant:x", content={})
        row.pk = new_id()
        _write_past_the_rule(row)
        with as_worker("cora"):
            assert asked("SELECT count(*) FROM disclosure_open(%s)", row.pk) == (0,)

    def test_is_made_when_the_database_says(self, town: Path) -> None:
        """A record from the year 2099 would stay good for ever."""
        made = opened("cora", "P-1").reveal_id
        with as_worker("cora"):
            row = Reveal.objects.get(id=made)
        row.pk, row.made_at = new_id(), datetime(2099, 1, 1, tzinfo=UTC)
        _write_past_the_rule(row)
        with as_worker("cora"):
            assert asked("SELECT made_at < now() + interval '1 hour' FROM disclosure_reveal WHERE id = %s", row.pk) == (
                True,
            )

    def test_stands_at_whatever_moment_is_named(self, town: Path) -> None:
        """Lists hold nothing of her address, as if it were before the protection or after it."""
        found = who("P-1")
        protect("P-1")
        with as_worker("cora"):
            for moment in ("1990-01-01", "2990-01-01"):
                asking = "SELECT count(*) FROM people_held(ARRAY[%s::uuid], %s) WHERE field = 'address'"
                assert asked(asking, found, moment) == (0,), moment

    def test_lists_nothing_about_where_somebody_is(self, town: Path) -> None:
        """What is held about Ana names her number, and no address."""
        protect("P-1")
        found = who("P-1")
        with as_worker("cora"):
            assert {one.field for one in held_fields(found)} == {"ssn", "substitute-address"}


class TestACourtsOrder:
    """Separate, by two people, once, without a copy."""

    def test_opens_once_and_never_again(self, town: Path) -> None:
        """Eli brings it, Sol confirms it, Cora reads it; the second time nothing is on file."""
        protect("P-1")
        order = _order("P-1")
        with as_worker("eli"), pytest.raises(Refused, match="same-person"):
            approve_override(order, roles=SUPERVISOR)
        assert opened("cora", "P-1", HeldName.ADDRESS, override=order).value is None
        with as_worker("sol"):
            approve_override(order, roles=OFFICER)
        assert opened("cora", "P-1", HeldName.ADDRESS, override=order).value == "12 Elm St, Raleigh"
        assert opened("cora", "P-1", HeldName.ADDRESS, override=order).value is None
        with as_state():
            assert OverrideUse.objects.count() == 1
            (kept,) = overrides_of(who("P-1"))
            assert kept.used_at is not None

    def test_that_was_used_this_moment_opens_nothing(self, lasting_town: Path) -> None:
        """Whoever comes second at the same moment reads that nothing is on file, and no fault."""
        protect("P-1")
        order, values = _order("P-1"), list[str | None]()
        with as_worker("sol"):
            approve_override(order, roles=OFFICER)
        with as_worker("eli"):
            use_override(order, county=WAKE, at=clock.now())
            second, said = meanwhile(
                lambda: values.append(opened("cora", "P-1", HeldName.ADDRESS, override=order).value)
            )
        second.join(timeout=20)
        assert (said, values) == ([], [None])
        assert recorded()[-1] == ("address", "refuse", "whereabouts-blocked")

    @pytest.mark.parametrize(("days", "reason"), [(-1, "override-is-over"), (11, "override-too-long")])
    def test_opens_until_a_day_to_come(self, days: int, reason: str, town: Path) -> None:
        """Ten days from now at most, and not yesterday."""
        with as_worker("eli"), pytest.raises(Refused, match=reason):
            ask_override(
                who("P-1"), HeldName.ADDRESS, court="District Court", docket="26-CV-1",
                expires_at=clock.now() + timedelta(days=days), roles=SUPERVISOR,
            )  # fmt: skip

    def test_opens_only_the_field_and_person_it_names(self, town: Path) -> None:
        """Not Ben's."""
        protect("P-1")
        order = _order("P-1")
        with as_worker("sol"):
            approve_override(order, roles=OFFICER)
        assert opened("cora", "P-2", HeldName.ADDRESS, override=order).value is None


def meanwhile(act: Callable[[], None]) -> tuple[threading.Thread, list[str]]:
    """Something begun at the same moment on connections of its own, half a second on its way; what it was refused."""
    said: list[str] = []

    def begun() -> None:
        try:
            act()
        except Exception as wrong:  # noqa: BLE001 - whatever it is, the test says it
            said.append(str(wrong).partition(" (")[0])
        finally:
            connections.close_all()

    thread = threading.Thread(target=begun)
    thread.start()
    thread.join(timeout=0.5)
    return thread, said


def _order(number: str) -> UUID:
    found = who(number)
    with as_worker("eli"):
        return ask_override(
            found, HeldName.ADDRESS, court="District Court", docket="26-CV-1",
            expires_at=clock.now() + timedelta(days=3), roles=SUPERVISOR,
        )  # fmt: skip


class TestTaxInformation:
    """Its label is computed from where it came from."""

    def test_opens_to_those_trained_in_it(self, town: Path) -> None:
        """An address from the tax agency is tax information; Cora learns it after her course."""
        self.hold("P-2", HeldName.INCOME, "41,000", Source.IRS)
        with pytest.raises(Refused, match="not-trained-in-tax-information"):
            opened("cora", "P-2", HeldName.INCOME)
        train_in_tax("cora")
        found = opened("cora", "P-2", HeldName.INCOME)
        assert (found.value, found.tax) == ("41,000", True)

    def test_leaves_a_record_of_the_look_and_none_of_the_value(self, town: Path) -> None:
        """Who, what, when, from where, by which right, with what outcome; the amount stands nowhere."""
        self.hold("P-2", HeldName.INCOME, "41,000", Source.IRS)
        train_in_tax("cora")
        opened("cora", "P-2", HeldName.INCOME, remote="192.0.2.7")
        found = who("P-2")
        with as_state():
            (entry,) = [one for one in entries_of(f"participant:{found}") if one.kind == "disclosure.field-opened"]
        said = entry.content
        assert entry.actor == f"worker:{worker('cora').id}"
        assert entry.recorded_at <= clock.now()
        assert (said["event"], said["field"], said["tax"], said["outcome"]) == ("view", "income", True, "allow")
        assert (said["origin"], said["tie"], said["roles"]) == ("192.0.2.7", "caseload", ["case-manager"])
        assert "41,000" not in str(entry)

    @pytest.mark.clause("OFFSET-8.2:data-by-purpose", shows="refuses")
    @pytest.mark.parametrize("purpose", ["distribution", "federal-offset"])
    def test_opens_only_where_its_own_field_is_named_too(self, town: Path, purpose: str) -> None:
        """An address the tax agency told is an address: a purpose without whereabouts does not open it."""
        train_in_tax("cora")
        self.hold("P-2", HeldName.ADDRESS, "1 Tax Lane, Raleigh", Source.IRS)
        assert opened("cora", "P-2", HeldName.ADDRESS, purpose=purpose).value is None
        assert opened("cora", "P-2", HeldName.ADDRESS, purpose="enforcement").value == "1 Tax Lane, Raleigh"
        assert opened("cora", "P-2", HeldName.ADDRESS, purpose="locate").value is None

    def test_stays_one_through_what_is_made_of_it(self, town: Path) -> None:
        """A value computed from the tax agency's is labelled too; one heard from the employer is not."""
        income = self.hold("P-2", HeldName.INCOME, "41,000", Source.IRS)
        found = who("P-2")
        with as_state():
            hold_value(found, HeldName.EMPLOYER, "Acme", source=Source.CASE_SYSTEM, derived_from=[income])
            assert {one.field: one.tax for one in held_fields(found)} == {
                "address": False, "ssn": False, "income": True, "employer": True,
            }  # fmt: skip
            hold_value(found, HeldName.INCOME, "40,000", source=Source.EMPLOYER)
            assert {one.field for one in held_fields(found) if one.tax} == {"employer"}

    @staticmethod
    def hold(number: str, field: HeldName, value: str, source: Source) -> UUID:
        """The state keeps a value."""
        found = who(number)
        with as_state():
            return hold_value(found, field, value, source=source)
