"""What the exchange decides, as pure rules: routes, activation, admission, landing, release. Missing facts refuse."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from harborline.exchange.calendar import open_at
from harborline.exchange.facts import (
    AgreementFacts,
    AgreementState,
    Arrival,
    CredentialFacts,
    CustodyFacts,
    ItemFacts,
    KeyKind,
    Known,
    MediaKind,
    Opened,
    PreparedState,
    Standing,
    State,
    Verdict,
)
from harborline.exchange.terms import Terms
from harborline.exchange.wording import Box, Channel, Encryption, PartnerKind
from harborline.kernel import Decision, allow, hold, refuse, rule, strictest

OVERLAP: Final = timedelta(days=30)
LONGEST_KEY: Final = timedelta(days=731)
SHORT_KEY: Final = timedelta(days=184)
LONGEST_AGREEMENT: Final = timedelta(days=3 * 366)
RSA_LEAST: Final = 2048
RSA_FULL: Final = 3072
_ANY: Final = frozenset({"returned", "shredded", "burned", "disintegrated"})
ENDS: Final = {kind: _ANY | {"degaussed"} for kind in MediaKind} | {MediaKind.CD: _ANY, MediaKind.USB: _ANY}
"""How a medium of each kind may end."""
SIGNED_BEFORE: Final = timedelta(minutes=-10)
SIGNED_WITHIN: Final = timedelta(days=7)
_ALGORITHMS: Final = frozenset(
    {
        "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ssh-rsa",
        "openpgp",
    }
)  # fmt: skip


def may_route(*, terms: Terms) -> Decision:
    """Whether files may go as an agreement says: never plain FTP, never by mail, tax data only encrypted and signed.

    1. The connection. 2. No electronic mail. 3. Federal tax information is encrypted before it travels.
    """
    return strictest((connection_secure(terms=terms), no_mail(terms=terms), tax_encrypted(terms=terms)))


@rule("CA-CSS-03-11:secure-connection")
def connection_secure(*, terms: Terms) -> Decision:
    """The letter names FTP, which was the step of 2003; as secure as reasonable is SFTP today. Plain FTP is refused."""
    if terms.channel is Channel.FTP:
        return refuse("plain-ftp")
    if terms.channel in (Channel.FTPS, Channel.HTTP):
        return refuse("channel-not-spoken")
    if terms.channel is Channel.SFTP_OUT and not terms.host_keys:
        return refuse("host-key-not-pinned")
    return allow()


@rule("CA-CSS-03-11:not-email")
def no_mail(*, terms: Terms) -> Decision:
    """File transfer is unrelated to electronic mail: files between partners do not travel by mail."""
    return refuse("files-by-mail") if terms.channel is Channel.E_MAIL else allow()


@rule("OFFSET-8.4:tax-refund")
def tax_encrypted(*, terms: Terms) -> Decision:
    """A flow that carries federal tax information is encrypted and signed before it travels."""
    if terms.fti and terms.channel is not Channel.DROP_FOLDER:
        if terms.encryption is not Encryption.OPENPGP:
            return refuse("tax-data-not-encrypted")
        if not terms.signature:
            return refuse("tax-data-not-signed")
    return allow()


@rule("CA-CSS-03-11:prevent-unauthorised")
def may_activate(*, agreement: AgreementFacts, by: str, vendor: Decision | None, today: date) -> Decision:
    """Terms come into force by a second person, with a route that holds, an end, and a vendor's live permission.

    `vendor` is what the vendors' gate says of the company; None where the partner is none.
    """
    terms = agreement.drafted
    if terms is None:
        return refuse("nothing-drafted")
    if agreement.state is AgreementState.ENDED:
        return refuse("agreement-ended")
    if not by or by == agreement.drafted_by:
        return refuse("needs-a-second-person")
    return strictest((_term(terms.expires_date, today), _permitted(agreement, vendor), may_route(terms=terms)))


def _term(expires: date, today: date) -> Decision:
    if expires <= today:
        return refuse("agreement-expired")
    return refuse("agreement-too-long") if expires - today > LONGEST_AGREEMENT else allow()


def _permitted(agreement: AgreementFacts, vendor: Decision | None) -> Decision:
    if agreement.partner_kind is PartnerKind.VENDOR:
        return refuse("vendor-not-approved") if vendor is None else vendor
    return allow()


@rule("CA-CSS-03-11:prevent-unauthorised")
def in_force(*, agreement: AgreementFacts, vendor: Decision | None, today: date) -> Decision:
    """Nothing goes under an agreement that is a draft, suspended, ended or over, or whose vendor may not."""
    if agreement.terms is None or agreement.state is AgreementState.DRAFT:
        return refuse("agreement-not-active")
    if agreement.state is AgreementState.SUSPENDED:
        return refuse("agreement-suspended")
    if agreement.state is AgreementState.ENDED:
        return refuse("agreement-ended")
    if agreement.state is AgreementState.EXPIRED or today >= agreement.terms.expires_date:
        return refuse("agreement-expired")
    return strictest((_permitted(agreement, vendor), may_route(terms=agreement.terms)))


@rule("CA-CSS-03-11:prevent-unauthorised")
def may_confirm(*, credential: CredentialFacts, by: str, read_back: str, others: Iterable[CredentialFacts],
                now: datetime) -> Decision:  # fmt: skip
    """A key counts once a second person heard its fingerprint from the partner over another channel, word for word.

    Besides it at most one other key of the same login may be valid, and for thirty days at the longest.
    """
    if credential.confirmed_by:
        return refuse("already-confirmed")
    if not by or by == credential.added_by:
        return refuse("needs-a-second-person")
    if read_back.strip() != credential.digest:
        return refuse("fingerprint-differs")
    if now >= credential.until_at:
        return refuse("credential-ended")
    beside = [
        one for one in others
        if one.id != credential.id and one.kind is credential.kind and one.login == credential.login
        and one.confirmed_by and one.revoked_at is None and one.until_at > max(now, credential.from_at) + OVERLAP
    ]  # fmt: skip
    if len(beside) > 1:
        return refuse("too-many-keys")
    return allow()


@rule("CA-CSS-03-11:prevent-unauthorised")
def key_acceptable(*, credential: CredentialFacts) -> Decision:
    """Only key types of our list, RSA from 3072 bits (2048 for half a year), and for two years at the longest."""
    if credential.algorithm not in _ALGORITHMS:
        return refuse("key-type-refused")
    if credential.algorithm == "ssh-rsa" and credential.bits < RSA_LEAST:
        return refuse("key-too-short")
    span = credential.until_at - credential.from_at
    if span <= timedelta(0):
        return refuse("credential-ended")
    if credential.algorithm == "ssh-rsa" and credential.bits < RSA_FULL and span > SHORT_KEY:
        return refuse("short-key-too-long")
    return refuse("key-valid-too-long") if span > LONGEST_KEY else allow()


@rule("CA-CSS-03-11:prevent-unauthorised")
def may_enter(*, credential: CredentialFacts | None, remote: str, now: datetime) -> Decision:
    """A machine comes in with a confirmed key in its time, from an address of the partner, and not otherwise."""
    if credential is None or credential.kind is not KeyKind.SSH:
        return refuse("not-admitted")
    if not credential.confirmed_by or credential.revoked_at is not None:
        return refuse("not-admitted")
    if not credential.from_at <= now < credential.until_at:
        return refuse("not-admitted")
    return allow() if _from_network(credential.networks, remote) else refuse("not-admitted")


def _from_network(networks: tuple[str, ...], remote: str) -> bool:
    if not networks:
        return True
    try:
        address = ipaddress.ip_address(remote.partition("%")[0])
        return any(address in ipaddress.ip_network(one) for one in networks)
    except ValueError:
        return False


@rule("CA-CSS-03-11:prevent-unauthorised")
def may_put(*, agreement: AgreementFacts, box: Box, now: datetime) -> Decision:
    """A partner puts files into `in` while the agreement lets them come and its window is open; into `test` always."""
    if agreement.terms is None or not box.takes:
        return refuse("not-a-mailbox-for-files")
    if box is Box.IN and not agreement.terms.direction.takes:
        return refuse("agreement-takes-no-files")
    if box is Box.IN and not open_at(agreement.terms.window, now):
        return refuse("window-closed")
    return allow()


def judge_landing(*, arrival: Arrival, standing: Standing, identical: bool) -> tuple[Verdict, str]:
    """What becomes of a complete delivery: the verdict and its reason. Source: AS2 erratum 3055, RFC 4130 9.3.

    A duplicate is never an error: it is answered with the original receipt, or two machines send for ever.
    """
    if arrival.test:
        return Verdict.TEST, "test-delivery"
    digests = frozenset(one.sha256 for one in arrival.files)
    if standing.same_id is not None and not standing.same_id.resend_asked:
        same = standing.same_id.digests == digests
        return (Verdict.DUPLICATE, "duplicate") if same else (Verdict.CONFLICT, "id-used-for-other-content")
    if arrival.named - {arrival.sequence}:
        return Verdict.CONFLICT, "numbers-differ"
    if arrival.supersedes is not None or replaced(standing) is not None:
        return _superseding(arrival, standing)
    known = None if identical else _known_again(arrival, standing)
    return known or _in_sequence(arrival, standing)


def _known_again(arrival: Arrival, standing: Standing) -> tuple[Verdict, str] | None:
    if standing.same_digest is not None:
        # With a new id a person looks, for it may be an empty day or a sender that numbers its tries.
        if repeated(arrival, standing) is not None:
            return Verdict.DUPLICATE, "duplicate"
        used = standing.same_sequence is not None
        return (Verdict.CONFLICT, "sequence-used") if used else (Verdict.HOLD, "same-content-as-before")
    return None if standing.same_name is None else (Verdict.CONFLICT, "name-used-for-other-content")


def repeated(arrival: Arrival, standing: Standing) -> Known | None:
    """The earlier delivery that an arrival with its content sends again: of its id, its number, or its name.

    A name stands for the delivery only where its sender gave no id of its own.
    """
    named = standing.same_name if arrival.external_id is None else None
    digests = frozenset(one.sha256 for one in arrival.files)
    for earlier in (standing.same_id, standing.same_sequence, named):
        if earlier is not None and earlier.digests == digests:
            return earlier
    return None


def replaced(standing: Standing) -> Known | None:
    """The earlier delivery whose place an arrival takes: the one it names, or one that is to be sent again."""
    same = (standing.same_id, standing.same_name, standing.same_sequence)
    return standing.superseded or next((one for one in same if one is not None and one.resend_asked), None)


def _superseding(arrival: Arrival, standing: Standing) -> tuple[Verdict, str]:
    earlier = replaced(standing)
    if earlier is None:
        return Verdict.HOLD, "supersedes-unknown"
    if None not in (arrival.sequence, earlier.sequence) and arrival.sequence != earlier.sequence:
        return Verdict.CONFLICT, "numbers-differ"
    if standing.same_sequence is not None and standing.same_sequence.id != earlier.id:
        return Verdict.CONFLICT, "sequence-used"
    if earlier.state is State.PROCESSED:
        return Verdict.HOLD, "supersedes-processed"
    return Verdict.SUPERSEDE, "supersedes"


def _in_sequence(arrival: Arrival, standing: Standing) -> tuple[Verdict, str]:
    if standing.same_sequence is not None:
        return Verdict.CONFLICT, "sequence-used"
    if arrival.sequence is None or standing.highest is None:
        return Verdict.ACCEPT, "landed"
    if arrival.sequence == standing.highest + 1:
        return Verdict.ACCEPT, "landed"
    if arrival.sequence > standing.highest + 1:
        return Verdict.HOLD, "sequence-gap"
    return Verdict.HOLD, "late-in-sequence"


@rule("CA-CSS-03-11:prevent-unauthorised")
def signed_in_time(*, opened: Opened, landed_at: datetime) -> Decision:
    """A signature counts for what lands within a week of it, by a certificate that is in force on that day.

    Anybody who has an old message of the partner could send it again, encrypted anew. Source: RFC 9580, 5.2.3.11.
    """
    if opened.ends_at is not None and opened.ends_at <= landed_at:
        return refuse("signer-expired")
    if not opened.signed_at or not all(SIGNED_BEFORE <= landed_at - one <= SIGNED_WITHIN for one in opened.signed_at):
        return refuse("signed-at-another-time")
    return allow()


@rule("CA-CSS-03-11:safeguards")
def layout_agrees(*, agreed: str, said: str, known: bool) -> Decision:
    """A file is judged by the layout that was agreed; its sender may name the version where the agreement does not.

    `said` is what the manifest names (empty: nothing), `known` whether that is published.
    """
    if not said:
        return allow()
    name, _at, version = agreed.partition("@")
    if name and (said.partition("@")[0] != name or (version and said not in (name, agreed))):
        return refuse("layout-differs")
    return allow() if known else refuse("layout-unknown")


@rule("CA-CSS-03-11:safeguards")
def counts_agree(*, promised: dict[str, int], found: dict[str, int]) -> Decision:
    """A file whose counts or totals are not those its sender named is refused whole, before anything is posted."""
    for name, value in promised.items():
        if name not in found:
            return refuse("total-not-found")
        if found[name] != value:
            return refuse("records-differ" if name == "records" else "totals-differ")
    return allow()


@rule("CA-CSS-03-11:safeguards")
def may_release(*, state: State, asked_by: str, by: str, because: str) -> Decision:
    """What was set aside goes on only when a second person confirms what the first one asked for, with a reason."""
    if state not in (State.QUARANTINED, State.HELD):
        return refuse("nothing-set-aside")
    if not because.strip():
        return refuse("reason-missing")
    if state is State.HELD:
        return allow()
    if not asked_by:
        return hold("needs-a-second-person")
    return refuse("needs-a-second-person") if by == asked_by or not by else allow()


@rule("OFFSET-8.3:exchange-safeguarded", "CA-CSS-03-11:prevent-unauthorised")
def may_approve_prepared(*, state: PreparedState, prepared_by: str, by: str) -> Decision:
    """A file with protected values is approved by somebody else than who prepared it, once."""
    if state is not PreparedState.WAITING:
        return refuse("prepared-file-is-decided")
    return refuse("needs-a-second-person") if not by or by == prepared_by else allow()


@rule("OFFSET-8.3:exchange-safeguarded", "CA-CSS-03-11:prevent-unauthorised")
def may_send_prepared(*, state: PreparedState) -> Decision:
    """It is sent once, after it was approved."""
    if state is PreparedState.WAITING:
        return refuse("transmission-not-approved")
    return allow() if state is PreparedState.APPROVED else refuse("prepared-file-is-over")


@rule("OFFSET-8.3:exchange-safeguarded")
def may_send_ready_made(*, terms: Terms) -> Decision:
    """Where an agreement tells protected fields, only prepared files go, so that every value was judged."""
    return allow() if terms.tells is None else refuse("prepare-this-file")


@rule("OFFSET-8.2:trained", "OFFSET-8.4:tax-refund")
def may_handle_tax_files(*, terms: Terms, trained: bool) -> Decision:
    """Whoever sends a file under an agreement with federal tax information is trained in it today."""
    return allow() if trained or not terms.fti else refuse("not-trained-in-tax-information")


@rule("OFFSET-8.3:exchange-safeguarded")
def may_withdraw_prepared(*, state: PreparedState) -> Decision:
    """Until it is sent it can be taken back."""
    return allow() if state in (PreparedState.WAITING, PreparedState.APPROVED) else refuse("prepared-file-is-over")


@rule("CA-CSS-03-11:no-mailed-media")
def may_announce(*, terms: Terms) -> Decision:
    """A parcel comes only under an agreement by which mailed media come in."""
    return allow() if terms.channel is Channel.MEDIA and terms.direction.takes else refuse("agreement-takes-no-media")


@rule("CA-CSS-03-11:no-mailed-media")
def may_hand_over(*, item: ItemFacts, event: CustodyFacts) -> Decision:
    """Every hand-over begins where the last one ended and is confirmed by whoever takes the medium."""
    if item.disposed:
        return refuse("item-is-closed")
    if not event.giver or not event.taker or event.giver == event.taker:
        return refuse("two-persons-needed")
    if event.giver != item.holder:
        return refuse("custody-gap")
    return allow() if event.confirmed_by == event.taker else refuse("not-confirmed-by-taker")


@rule("CA-CSS-03-11:no-mailed-media")
def may_read_medium(*, item: ItemFacts, witness: str, by: str) -> Decision:
    """A medium is read by whoever holds it, write-blocked, with a witness beside; tax data always with two persons."""
    if item.disposed:
        return refuse("item-is-closed")
    if item.received_at is None:
        return refuse("item-not-received")
    if item.seals_intact is False:
        return hold("seal-broken")
    if item.holder != by:
        return refuse("custody-gap")
    return allow() if witness and witness != by else refuse("witness-missing")


@rule("CA-CSS-03-11:no-mailed-media")
def may_dispose(*, item: ItemFacts, method: str, certificate: str, by: str, witness: str) -> Decision:
    """A medium is closed once: destroyed before a witness with a certificate, or returned under a receipt.

    What destroys it fits it: a magnet leaves a disc and a stick as they were. Source: NIST SP 800-88, appendix A.
    """
    if item.disposed:
        return refuse("item-is-closed")
    if not item.image_sha256:
        return refuse("item-not-read")
    if method not in ENDS[item.kind]:
        return refuse("method-does-not-fit")
    if not certificate.strip():
        return refuse("certificate-missing")
    return allow() if witness and witness != by else refuse("witness-missing")
