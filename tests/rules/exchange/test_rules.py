"""The rules of the exchange: routes, two persons, keys, windows, what lands, what is set aside, media."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.exchange import rules
from harborline.exchange.facts import (
    AgreementFacts,
    AgreementState,
    Arrival,
    CredentialFacts,
    CustodyFacts,
    HeldFile,
    ItemFacts,
    KeyKind,
    Known,
    MediaKind,
    Standing,
    State,
    Verdict,
)
from harborline.exchange.terms import Terms
from harborline.exchange.wording import Box, PartnerKind
from harborline.kernel import allow, refuse

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
SAID: Mapping[str, Any] = {
    "holds": "Arrears", "purpose": "Posting", "direction": "in", "naming": "ARR{seq:4}.DAT",
    "expires_date": "2027-06-30",
}  # fmt: skip


def terms(**said: Any) -> Terms:  # noqa: ANN401 - JSON
    """Terms with something else in them."""
    return Terms.read({**SAID, **said})


def agreement(**said: Any) -> AgreementFacts:  # noqa: ANN401 - facts
    """An agreement in force that Olga drafted anew."""
    facts: dict[str, Any] = {
        "id": uuid.uuid4(), "key": "arrears", "title": "Arrears", "partner_id": uuid.uuid4(), "partner_key": "wake",
        "partner_name": "Wake County", "partner_kind": PartnerKind.COUNTY, "vendor": "", "program": "nc-css",
        "state": AgreementState.ACTIVE, "version": 1, "terms": terms(), "drafted": terms(), "drafted_by": "olga",
        "drafted_version": 2,
    }  # fmt: skip
    return AgreementFacts(**{**facts, **said})


def key(**said: Any) -> CredentialFacts:  # noqa: ANN401 - facts
    """A key that Olga took down, valid for most of a year."""
    facts: dict[str, Any] = {
        "id": uuid.uuid4(), "partner_id": uuid.uuid4(), "login": "wake", "kind": KeyKind.SSH,
        "algorithm": "ssh-ed25519", "bits": 256, "digest": "SHA256:abc", "from_at": NOW - timedelta(days=1),
        "until_at": NOW + timedelta(days=300), "networks": (), "added_by": "olga",
    }  # fmt: skip
    return CredentialFacts(**{**facts, **said})


class TestARoute:
    """Which way files may go."""

    @pytest.mark.clause("CA-CSS-03-11:secure-connection", shows="refuses")
    @pytest.mark.parametrize(
        ("channel", "reason"),
        [("ftp", "plain-ftp"), ("ftps", "channel-not-spoken"), ("http", "channel-not-spoken"),
         ("sftp-out", "host-key-not-pinned")],
    )  # fmt: skip
    def test_that_is_not_secure_is_refused(self, channel: str, reason: str) -> None:
        """Plain FTP above all; a partner's server without a key on file too."""
        assert rules.may_route(terms=terms(channel=channel)).reason == reason

    @pytest.mark.clause("CA-CSS-03-11:secure-connection", shows="allows")
    @pytest.mark.parametrize("said", [{}, {"channel": "drop-folder"},
                                      {"channel": "sftp-out", "host_keys": ["ssh-ed25519 AAAA"]}])  # fmt: skip
    def test_over_sftp_or_the_agencys_own_client_is_open(self, said: dict[str, Any]) -> None:
        """With the host's key pinned where we go to them."""
        assert rules.may_route(terms=terms(**said)).allowed

    @pytest.mark.clause("CA-CSS-03-11:not-email", shows="refuses")
    def test_by_mail_is_refused(self) -> None:
        """File transfer has nothing to do with electronic mail."""
        assert rules.may_route(terms=terms(channel="e-mail")).reason == "files-by-mail"

    @pytest.mark.clause("CA-CSS-03-11:not-email", shows="allows")
    def test_by_transfer_is_no_mail(self) -> None:
        """SFTP passes."""
        assert rules.no_mail(terms=terms()).allowed

    @pytest.mark.clause("OFFSET-8.4:tax-refund", shows="refuses")
    @pytest.mark.parametrize(
        ("said", "reason"),
        [({}, "tax-data-not-encrypted"), ({"encryption": "openpgp"}, "tax-data-not-signed")],
    )
    def test_of_tax_information_is_encrypted_and_signed(self, said: dict[str, Any], reason: str) -> None:
        """Before it travels, whatever the connection."""
        assert rules.may_route(terms=terms(fti=True, **said)).reason == reason
        assert rules.may_route(terms=terms(fti=True, encryption="openpgp", signature=True)).allowed


@pytest.mark.clause("CA-CSS-03-11:prevent-unauthorised", shows="keeps")
class TestAnAgreement:
    """Comes into force by two."""

    def test_is_put_in_force_by_another_person_only(self) -> None:
        """Not by the one who drafted it, and not by nobody."""
        for by, reason in (("olga", "needs-a-second-person"), ("", "needs-a-second-person"), ("oscar", "")):
            decision = rules.may_activate(agreement=agreement(), by=by, vendor=None, today=TODAY)
            assert decision.allowed == (not reason)
            assert not reason or decision.reason == reason

    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            ({"drafted": None}, "nothing-drafted"),
            ({"state": AgreementState.ENDED}, "agreement-ended"),
            ({"drafted": terms(expires_date="2026-11-20")}, "agreement-expired"),
            ({"drafted": terms(expires_date="2036-01-01")}, "agreement-too-long"),
            ({"drafted": terms(channel="ftp")}, "plain-ftp"),
            ({"partner_kind": PartnerKind.VENDOR}, "vendor-not-approved"),
        ],
    )
    def test_needs_a_draft_an_end_a_route_and_a_vendors_permission(self, said: dict[str, Any], reason: str) -> None:
        """Each by itself refuses."""
        decision = rules.may_activate(agreement=agreement(**said), by="oscar", vendor=None, today=TODAY)
        assert decision.reason == reason

    def test_with_a_company_holds_as_long_as_its_permission(self) -> None:
        """What the vendors' gate says decides."""
        company = agreement(partner_kind=PartnerKind.VENDOR)
        assert rules.in_force(agreement=company, vendor=allow(), today=TODAY).allowed
        assert rules.in_force(agreement=company, vendor=refuse("revoked"), today=TODAY).reason == "revoked"

    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            ({"terms": None}, "agreement-not-active"),
            ({"state": AgreementState.DRAFT}, "agreement-not-active"),
            ({"state": AgreementState.SUSPENDED}, "agreement-suspended"),
            ({"state": AgreementState.ENDED}, "agreement-ended"),
            ({"terms": terms(expires_date="2026-11-20")}, "agreement-expired"),
        ],
    )
    def test_lets_nothing_through_when_it_is_not_in_force(self, said: dict[str, Any], reason: str) -> None:
        """On the day of its end neither."""
        assert rules.in_force(agreement=agreement(**said), vendor=None, today=TODAY).reason == reason


@pytest.mark.clause("CA-CSS-03-11:prevent-unauthorised", shows="keeps")
class TestAKey:
    """Confirmed out of band by a second person."""

    def test_counts_when_another_person_heard_it(self) -> None:
        """Word for word."""
        said = {"credential": key(), "others": [], "now": NOW}
        assert rules.may_confirm(by="oscar", read_back=" SHA256:abc ", **said).allowed  # type: ignore[arg-type]  # as above
        assert rules.may_confirm(by="olga", read_back="SHA256:abc", **said).reason == "needs-a-second-person"  # type: ignore[arg-type]  # as above
        assert rules.may_confirm(by="oscar", read_back="SHA256:abd", **said).reason == "fingerprint-differs"  # type: ignore[arg-type]  # as above

    def test_lets_nobody_in_before_and_after_its_time_or_from_elsewhere(self) -> None:
        """One and the same answer, whatever was wrong."""
        good = key(confirmed_by="oscar", networks=("192.0.2.0/24",))
        assert rules.may_enter(credential=good, remote="192.0.2.9", now=NOW).allowed
        wrong = [
            (None, "192.0.2.9", NOW), (good, "198.51.100.1", NOW), (good, "not an address", NOW),
            (good, "192.0.2.9", good.until_at), (good, "192.0.2.9", good.from_at - timedelta(seconds=1)),
            (replace(good, confirmed_by=""), "192.0.2.9", NOW), (replace(good, revoked_at=NOW), "192.0.2.9", NOW),
            (replace(good, kind=KeyKind.OPENPGP), "192.0.2.9", NOW),
        ]  # fmt: skip
        answers = {rules.may_enter(credential=one, remote=remote, now=at).reason for one, remote, at in wrong}
        assert answers == {"not-admitted"}

    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            ({"algorithm": "ssh-dss"}, "key-type-refused"),
            ({"algorithm": "ssh-rsa", "bits": 1024}, "key-too-short"),
            ({"algorithm": "ssh-rsa", "bits": 2048}, "short-key-too-long"),
            ({"until_at": NOW + timedelta(days=900)}, "key-valid-too-long"),
            ({"until_at": NOW - timedelta(days=2)}, "credential-ended"),
        ],
    )
    def test_that_is_weak_or_lasts_too_long_is_refused(self, said: dict[str, Any], reason: str) -> None:
        """By its type, its length, its time."""
        assert rules.key_acceptable(credential=key(**said)).reason == reason


class TestPutting:
    """Where and when a partner may put files."""

    def test_goes_into_in_while_the_window_is_open_and_into_test_always(self) -> None:
        """Equal hours are all day; weekdays count where the partner is."""
        night = agreement(terms=terms(window={"opens": "18:00", "closes": "06:00", "zone": "America/New_York"}))
        assert rules.may_put(agreement=night, box=Box.IN, now=NOW).reason == "window-closed"
        assert rules.may_put(agreement=night, box=Box.TEST, now=NOW).allowed
        assert rules.may_put(agreement=night, box=Box.IN, now=datetime(2026, 11, 20, 23, 30, tzinfo=UTC)).allowed
        out = agreement(terms=terms(direction="out"))
        assert rules.may_put(agreement=out, box=Box.IN, now=NOW).reason == "agreement-takes-no-files"
        assert rules.may_put(agreement=agreement(), box=Box.OUT, now=NOW).reason == "not-a-mailbox-for-files"


def arrival(digest: str = "a", **said: Any) -> Arrival:  # noqa: ANN401 - facts
    """One file that is complete."""
    return Arrival((HeldFile("ARR0007.DAT", 10, digest),), **said)


def known(digest: str = "a", **said: Any) -> Known:  # noqa: ANN401 - facts
    """An earlier delivery."""
    return Known(uuid.uuid4(), frozenset({digest}), said.pop("state", State.VALIDATED), **said)


class TestLanding:
    """What becomes of a complete delivery."""

    @pytest.mark.parametrize(
        ("came", "there", "verdict", "reason"),
        [
            (arrival(sequence=7), Standing(highest=6), Verdict.ACCEPT, "landed"),
            (arrival(sequence=1), Standing(), Verdict.ACCEPT, "landed"),
            (arrival(sequence=9), Standing(highest=6), Verdict.HOLD, "sequence-gap"),
            (arrival(sequence=5), Standing(highest=6), Verdict.HOLD, "late-in-sequence"),
            (arrival(sequence=6), Standing(highest=6, same_sequence=known("b")), Verdict.CONFLICT, "sequence-used"),
            (arrival(external_id="x"), Standing(same_id=known("a")), Verdict.DUPLICATE, "duplicate"),
            (arrival(external_id="x"), Standing(same_id=known("b")), Verdict.CONFLICT, "id-used-for-other-content"),
            (arrival(), Standing(same_digest=known("a"), same_name=known("a")), Verdict.DUPLICATE, "duplicate"),
            (arrival(), Standing(same_digest=known("a")), Verdict.HOLD, "same-content-as-before"),
            (arrival(sequence=7), Standing(highest=6, same_digest=known("a", sequence=3)), Verdict.HOLD,
             "same-content-as-before"),
            (arrival(sequence=3), Standing(highest=6, same_digest=known("a"), same_sequence=known("a", sequence=3)),
             Verdict.DUPLICATE, "duplicate"),
            (arrival(external_id="y"), Standing(same_digest=known("a"), same_name=known("a")), Verdict.HOLD,
             "same-content-as-before"),
            (arrival(external_id="y"), Standing(same_digest=known("a")), Verdict.HOLD, "same-content-as-before"),
            (arrival(), Standing(same_name=known("b")), Verdict.CONFLICT, "name-used-for-other-content"),
            (arrival(), Standing(same_name=known("b", resend_asked=True)), Verdict.SUPERSEDE, "supersedes"),
            (arrival(supersedes="z"), Standing(), Verdict.HOLD, "supersedes-unknown"),
            (arrival(supersedes="z"), Standing(superseded=known(state=State.PROCESSED)), Verdict.HOLD,
             "supersedes-processed"),
            (arrival(test=True), Standing(same_id=known("b")), Verdict.TEST, "test-delivery"),
        ],
    )  # fmt: skip
    def test_follows_the_table(self, came: Arrival, there: Standing, verdict: Verdict, reason: str) -> None:
        """Once and only once; a duplicate is never an error."""
        assert rules.judge_landing(arrival=came, standing=there, identical=False) == (verdict, reason)

    def test_lets_equal_content_pass_where_it_was_agreed(self) -> None:
        """Empty daily files have one content."""
        there = Standing(same_digest=known("a"), highest=6)
        came = arrival(sequence=7, external_id="y")
        assert rules.judge_landing(arrival=came, standing=there, identical=True)[0] is Verdict.ACCEPT

    @given(promised=st.dictionaries(st.sampled_from(["records", "amount"]), st.integers(0, 9)),
           found=st.dictionaries(st.sampled_from(["records", "amount"]), st.integers(0, 9)))  # fmt: skip
    def test_is_refused_for_any_total_that_is_off(self, promised: dict[str, int], found: dict[str, int]) -> None:
        """Never accepted unless every promised figure was found and is the same."""
        agrees = all(found.get(name) == value for name, value in promised.items())
        assert rules.counts_agree(promised=promised, found=found).allowed == agrees


class TestWhatWasSetAside:
    """Goes on by two."""

    def test_in_quarantine_needs_two_different_persons(self) -> None:
        """The first asks, the second confirms; alone one stays alone."""
        said: dict[str, Any] = {"state": State.QUARANTINED, "because": "looked"}
        assert rules.may_release(asked_by="", by="olga", **said).reason == "needs-a-second-person"
        assert not rules.may_release(asked_by="olga", by="olga", **said).allowed
        assert rules.may_release(asked_by="olga", by="oscar", **said).allowed

    def test_needs_a_reason_and_something_to_release(self) -> None:
        """Held needs one person; what is posted cannot be released."""
        assert rules.may_release(state=State.HELD, asked_by="", by="olga", because=" ").reason == "reason-missing"
        assert rules.may_release(state=State.HELD, asked_by="", by="olga", because="late").allowed
        gone = rules.may_release(state=State.PROCESSED, asked_by="", by="olga", because="x")
        assert gone.reason == "nothing-set-aside"


def tape(**said: Any) -> ItemFacts:  # noqa: ANN401 - facts
    """A tape that Olga holds."""
    facts: dict[str, Any] = {
        "id": uuid.uuid4(), "label": "BC-1", "kind": MediaKind.TAPE, "fti": False, "received_at": NOW,
        "holder": "olga", "image_sha256": "a" * 64, "disposed": False, "seals_intact": True,
    }  # fmt: skip
    return ItemFacts(**{**facts, **said})


@pytest.mark.clause("CA-CSS-03-11:no-mailed-media", shows="keeps")
class TestMailedMedia:
    """A chain of custody without a gap."""

    def test_pass_from_the_holder_to_the_taker_who_confirms(self) -> None:
        """Any other hand is a gap."""
        right = CustodyFacts("olga", "oscar", NOW, "server room", "reading", "oscar")
        assert rules.may_hand_over(item=tape(), event=right).allowed
        for change, reason in (({"giver": "pat"}, "custody-gap"), ({"taker": "olga"}, "two-persons-needed"),
                               ({"confirmed_by": "olga"}, "not-confirmed-by-taker")):  # fmt: skip
            assert rules.may_hand_over(item=tape(), event=replace(right, **change)).reason == reason  # type: ignore[arg-type]  # names are texts
        assert rules.may_hand_over(item=tape(disposed=True), event=right).reason == "item-is-closed"

    @pytest.mark.parametrize(
        ("said", "witness", "by", "reason"),
        [
            ({"disposed": True}, "pat", "olga", "item-is-closed"),
            ({"received_at": None}, "pat", "olga", "item-not-received"),
            ({"seals_intact": False}, "pat", "olga", "seal-broken"),
            ({}, "pat", "oscar", "custody-gap"),
            ({}, "", "olga", "witness-missing"),
            ({}, "olga", "olga", "witness-missing"),
        ],
    )
    def test_are_read_by_the_holder_before_a_witness(
        self, said: dict[str, Any], witness: str, by: str, reason: str
    ) -> None:
        """Nobody is their own witness."""
        assert rules.may_read_medium(item=tape(**said), witness=witness, by=by).reason == reason
        assert rules.may_read_medium(item=tape(), witness="pat", by="olga").allowed

    def test_end_once_with_a_certificate_and_a_witness(self) -> None:
        """Read before, or not closed at all."""
        said: dict[str, Any] = {"method": "shredded", "certificate": "C-1", "by": "olga", "witness": "pat"}
        assert rules.may_dispose(item=tape(), **said).allowed
        for kind in (MediaKind.CD, MediaKind.USB):
            ended = rules.may_dispose(item=tape(kind=kind), **{**said, "method": "degaussed"})
            assert ended.reason == "method-does-not-fit"
        assert rules.may_dispose(item=tape(), **{**said, "method": "degaussed"}).allowed
        assert rules.may_dispose(item=tape(), **{**said, "method": "pulped"}).reason == "method-does-not-fit"
        assert rules.may_dispose(item=tape(image_sha256=""), **said).reason == "item-not-read"
        assert rules.may_dispose(item=tape(), **{**said, "certificate": " "}).reason == "certificate-missing"
        assert rules.may_dispose(item=tape(), **{**said, "witness": "olga"}).reason == "witness-missing"
        assert rules.may_dispose(item=tape(disposed=True), **said).reason == "item-is-closed"


class TestTerms:
    """Read once into a type."""

    def test_come_back_the_same(self) -> None:
        """`read(said())` is the identity."""
        made = terms(
            expects={"rhythm": "weekly", "day": 4, "due": "18:00"}, window={"opens": "18:00", "closes": "06:00"}
        )
        assert Terms.read(made.said()) == made
        assert made.expires_date == date(2027, 6, 30)
