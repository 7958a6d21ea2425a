"""Protected values in files, without a database: what terms may say, who takes which step, which rows fit a layout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.rules.exchange.offset import GOOD, LAYOUT

from harborline.disclosure.facts import OffsetPart, Payment, Recipient
from harborline.exchange.checking import must_fit
from harborline.exchange.facts import PreparedState
from harborline.exchange.layouts.writing import Asked, unfit, written
from harborline.exchange.rules import (
    may_approve_prepared,
    may_handle_tax_files,
    may_send_prepared,
    may_send_ready_made,
    may_withdraw_prepared,
)
from harborline.exchange.terms import Terms
from harborline.kernel import Invalid
from harborline.people.facts import HeldName

TELLS: Mapping[str, Any] = {"recipient": "iv-d-office", "basis": "program-duty", "fields": {"ssn": "ssn"}}
SAID: Mapping[str, Any] = {
    "holds": "Cases", "purpose": "Offset", "direction": "out", "naming": "X{seq:3}.DAT", "expires_date": "2027-06-30",
    "layout": "fop-case-submission-245", "tells": TELLS,
}  # fmt: skip
CASE = {"_type": "case", **GOOD}


class TestTheTermsOfProtectedFields:
    """Which go out, each with its column."""

    def test_are_read_and_written_as_they_were(self) -> None:
        """With everything that an offset needs."""
        more = {
            **TELLS, "fields": {"ssn": "ssn", "offset": "address_line_1"}, "optional": ["offset"],
            "payment": "tax-refund", "offset_parts": ["date", "amount"],
        }  # fmt: skip
        fti = {"fti": True, "encryption": "openpgp", "signature": True}
        terms = Terms.read({**SAID, **fti, "tells": more})
        assert Terms.read(terms.said()) == terms
        assert terms.tells is not None
        assert (terms.tells.recipient, terms.tells.payment) == (Recipient.IVD_OFFICE, Payment.TAX_REFUND)
        assert terms.tells.fields == ((HeldName.SSN, "ssn"), (HeldName.OFFSET, "address_line_1"))
        assert terms.tells.offset_parts == {OffsetPart.DATE, OffsetPart.AMOUNT}
        must_fit(terms)

    def test_are_none_where_nothing_is_said(self) -> None:
        """As in every agreement made before there were any."""
        plain = {name: value for name, value in SAID.items() if name != "tells"}
        assert Terms.read(plain).tells is None
        assert Terms.read({**plain, "tells": {}}).tells is None

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"direction": "in"}, "gives no files"),
            ({"layout": ""}, "by a layout"),
            ({"tells": "ssn"}, "a table"),
            ({"tells": {**TELLS, "fields": {}}}, "at least one"),
            ({"tells": {**TELLS, "fields": {"shoe": "ssn"}}}, "one of"),
            ({"tells": {**TELLS, "fields": {"ssn": "ssn", "address": "ssn"}}}, "one column"),
            ({"tells": {**TELLS, "optional": ["address"]}}, "optional"),
            ({"tells": {**TELLS, "recipient": "custodial-parent"}}, "recipient is one of"),
            ({"tells": {**TELLS, "recipient": "partner"}}, "recipient is one of"),
            ({"tells": {**TELLS, "basis": "subpoena"}}, "basis is one of"),
            ({"tells": {**TELLS, "shoe": 44}}, "has no 'shoe'"),
            ({"tells": {**TELLS, "payment": "tax-refund"}}, "set fti to true"),
            ({"tells": {**TELLS, "fields": {"offset": "ssn"}}}, "set fti to true"),
        ],
    )
    def test_are_refused_where_nothing_could_go(self, changed: Mapping[str, Any], said: str) -> None:
        """When they are drafted."""
        with pytest.raises(Invalid, match=said):
            Terms.read({**SAID, **changed})

    def test_name_columns_that_the_layout_has(self) -> None:
        """Or nothing could ever be written."""
        with pytest.raises(Invalid, match="has no column 'number'"):
            must_fit(Terms.read({**SAID, "tells": {**TELLS, "fields": {"ssn": "number"}}}))


class TestTheSteps:
    """Prepared by one, approved by another, sent once."""

    @pytest.mark.clause("OFFSET-8.3:exchange-safeguarded", shows="refuses")
    @pytest.mark.parametrize(
        ("state", "by", "reason"),
        [
            (PreparedState.WAITING, "worker:b", "allowed"),
            (PreparedState.WAITING, "worker:a", "needs-a-second-person"),
            (PreparedState.WAITING, "", "needs-a-second-person"),
            (PreparedState.APPROVED, "worker:b", "prepared-file-is-decided"),
            (PreparedState.SENT, "worker:b", "prepared-file-is-decided"),
            (PreparedState.WITHDRAWN, "worker:b", "prepared-file-is-decided"),
        ],
    )
    def test_is_approved_once_by_somebody_else(self, state: PreparedState, by: str, reason: str) -> None:
        """Nobody approves their own."""
        assert may_approve_prepared(state=state, prepared_by="worker:a", by=by).reason == reason

    @pytest.mark.parametrize(
        ("state", "sends", "withdraws"),
        [
            (PreparedState.WAITING, "transmission-not-approved", "allowed"),
            (PreparedState.APPROVED, "allowed", "allowed"),
            (PreparedState.SENT, "prepared-file-is-over", "prepared-file-is-over"),
            (PreparedState.WITHDRAWN, "prepared-file-is-over", "prepared-file-is-over"),
        ],
    )
    def test_is_sent_or_taken_back_once(self, state: PreparedState, sends: str, withdraws: str) -> None:
        """Sent only after the approval."""
        assert may_send_prepared(state=state).reason == sends
        assert may_withdraw_prepared(state=state).reason == withdraws


class TestAFileThatIsThereAlready:
    """Made by another system, to be handed on."""

    @pytest.mark.clause("OFFSET-8.3:exchange-safeguarded", shows="refuses")
    def test_does_not_go_where_values_are_judged_one_by_one(self) -> None:
        """Or the judging could be gone round."""
        assert may_send_ready_made(terms=Terms.read({**SAID, "tells": TELLS})).reason == "prepare-this-file"

    def test_goes_under_an_agreement_that_tells_no_such_values(self) -> None:
        """Such as an acknowledgement."""
        assert may_send_ready_made(terms=Terms.read({**SAID, "tells": None})).allowed

    @pytest.mark.clause("OFFSET-8.2:trained", shows="refuses")
    def test_with_tax_information_is_sent_by_the_trained_only(self) -> None:
        """Nobody sends what they were not taught to handle."""
        tax = Terms.read({**SAID, "tells": None, "fti": True, "encryption": "openpgp", "signature": True})
        assert may_handle_tax_files(terms=tax, trained=False).reason == "not-trained-in-tax-information"

    @pytest.mark.clause("OFFSET-8.2:trained", shows="allows")
    def test_is_sent_by_the_trained_and_without_tax_information_by_everybody(self) -> None:
        """As before."""
        plain = Terms.read({**SAID, "tells": None})
        tax = Terms.read({**SAID, "tells": None, "fti": True, "encryption": "openpgp", "signature": True})
        assert may_handle_tax_files(terms=tax, trained=True).allowed
        assert may_handle_tax_files(terms=plain, trained=False).allowed


class TestRowsForALayout:
    """Judged in memory, row by row."""

    def test_that_do_not_fit_are_named_with_their_fields(self) -> None:
        """By number from 1; the good ones are not spoiled."""
        rows = [
            CASE, {**CASE, "ssn": "000000000"}, {**CASE, "ncp_last_name": "Ω"}, {**CASE, "_type": "nobody"},
            {**CASE, "ssn": "", "case_type": "X"}, CASE,
        ]  # fmt: skip
        found = unfit(LAYOUT, rows)
        assert set(found) == {2, 3, 4, 5}
        assert (found[2], set(found[5].split())) == ("ssn", {"ssn", "case_type"})
        assert found[3] == "ncp_last_name"

    def test_become_a_file_with_its_control_record(self) -> None:
        """The same bytes that writing to a folder gives; refused when one does not fit."""
        made = written(LAYOUT, [CASE, CASE], Asked())
        assert len(made) == 3 * 245
        with pytest.raises(Invalid):
            written(LAYOUT, [{**CASE, "ssn": "000000000"}], Asked())
