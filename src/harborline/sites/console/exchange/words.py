"""The words of these pages: kinds, states, channels, alarms, rhythms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.vocabulary import State

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

STATES: Final[Mapping[str, State]] = {
    "landed": State(_("Arrived"), "wait"),
    "validated": State(_("Checked"), "good"),
    "processed": State(_("Posted"), "good"),
    "held": State(_("Held"), "wait"),
    "quarantined": State(_("Set aside"), "stop"),
    "rejected": State(_("Refused"), "stop"),
    "superseded": State(_("Replaced"), "quiet"),
    "tested": State(_("Test"), "quiet"),
    "ready": State(_("Waits for the partner"), "wait"),
    "sending": State(_("On its way"), "wait"),
    "unknown": State(_("Nobody knows if it arrived"), "stop"),
    "sent": State(_("With the partner"), "good"),
    "acknowledged": State(_("Confirmed by the partner"), "good"),
    "failed": State(_("Did not get there"), "stop"),
}
AGREEMENT_STATES: Final[Mapping[str, State]] = {
    "draft": State(_("Draft"), "quiet"),
    "active": State(_("In force"), "good"),
    "suspended": State(_("Stopped"), "stop"),
    "ended": State(_("Ended"), "quiet"),
    "expired": State(_("Run out"), "stop"),
}
STANDINGS: Final[Mapping[str, State]] = {
    "arrived": State(_("Arrived in time"), "good"),
    "arrived-late": State(_("Arrived late"), "wait"),
    "late": State(_("Did not arrive"), "stop"),
    "due": State(_("Not due yet"), "quiet"),
}
PREPARED: Final[Mapping[str, State]] = {
    "waiting": State(_("Waits for a second person"), "wait"),
    "approved": State(_("Approved"), "good"),
    "sent": State(_("Sent"), "good"),
    "withdrawn": State(_("Taken back"), "quiet"),
}
UPLOADS: Final[Mapping[str, State]] = {
    "receiving": State(_("Being received"), "wait"),
    "uploaded": State(_("Waiting for proof"), "wait"),
}
PARTNERS: Final[Mapping[str, StrPromise]] = {
    "county": _("County"),
    "state-department": _("State department"),
    "other-state": _("Other state"),
    "federal-partner": _("Federal partner"),
    "vendor": _("Company"),
}
DIRECTIONS: Final[Mapping[str, StrPromise]] = {
    "in": _("They send to us"),
    "out": _("We send to them"),
    "both": _("Both ways"),
}
CHANNELS: Final[Mapping[str, StrPromise]] = {
    "sftp": _("SFTP: the partner comes to us"),
    "sftp-out": _("SFTP: we go to the partner"),
    "drop-folder": _("Drop folder of our transfer program"),
    "media": _("Mailed disc or tape, until the last one is gone"),
    "ftp": _("Plain FTP"),
    "ftps": _("FTP with TLS"),
    "http": _("Web transfer"),
    "e-mail": _("E-mail"),
}
LEVELS: Final[Mapping[str, StrPromise]] = {"internal": _("Internal"), "confidential": _("Confidential")}
ENCRYPTIONS: Final[Mapping[str, StrPromise]] = {"none": _("The connection only"), "openpgp": _("OpenPGP as well")}
PROOFS: Final[Mapping[str, StrPromise]] = {
    "rename": _("A temporary name, then the final one"),
    "manifest": _("A manifest"),
    "done-file": _("A done-file"),
    "checksum": _("A checksum file"),
}
RECEIPTS: Final[Mapping[str, StrPromise]] = {
    "landed": _("Arrived"),
    "validated": _("Checked"),
    "processed": _("Posted"),
}
VERDICTS: Final[Mapping[str, StrPromise]] = {"positive": _("yes"), "held": _("waits"), "negative": _("no")}
RHYTHMS: Final[Mapping[str, StrPromise]] = {
    "": _("At no set time"),
    "daily": _("Every day"),
    "business-daily": _("Every business day"),
    "weekly": _("Every week"),
    "monthly": _("Every month, on a day"),
    "business-monthly": _("Every month, on a business day"),
}
SHIFTS: Final[Mapping[str, StrPromise]] = {
    "next": _("The next business day"),
    "previous": _("The business day before"),
    "skip": _("It is left out"),
    "keep": _("It stays"),
}
DAYS: Final[Mapping[str, StrPromise]] = {
    "0": _("Monday"),
    "1": _("Tuesday"),
    "2": _("Wednesday"),
    "3": _("Thursday"),
    "4": _("Friday"),
    "5": _("Saturday"),
    "6": _("Sunday"),
}
ALARMS: Final[Mapping[str, StrPromise]] = {
    "waiting-for-proof": _("A file waits for proof that it is complete"),
    "not-arrived": _("An expected file did not arrive"),
    "sequence-gap": _("A delivery is missing"),
    "conflict": _("Two deliveries contradict each other"),
    "quarantined": _("A delivery was set aside"),
    "dead-letter": _("A step failed and is not tried again"),
    "not-picked-up": _("The partner did not pick up a file"),
    "credential-ends": _("A key ends soon"),
    "agreement-ends": _("An agreement ends soon"),
    "media-overdue": _("A parcel needs a look"),
    "host-key-changed": _("The way to a partner changed"),
}
REMEDIES: Final[Mapping[str, StrPromise]] = {
    "waiting-for-proof": _(
        "Ask the partner to sign in again and to rename it. A checksum file or a manifest beside it proves it too."
    ),
    "not-arrived": _("Call the partner."),
    "sequence-gap": _("Ask the partner for the missing delivery. Later ones wait for it."),
    "conflict": _("Call the partner. Then let one of the two go on."),
    "quarantined": _("Two people look at it. They let it go on or refuse it."),
    "dead-letter": _("Find out why. Then try it again."),
    "not-picked-up": _("Call the partner."),
    "credential-ends": _("Ask the partner for a new key now. Both are valid for a month."),
    "agreement-ends": _("Draft new terms with a later end."),
    "media-overdue": _("Call the sender and the carrier."),
    "host-key-changed": _("Send nothing. Call the partner at the number you know."),
}
EVENTS: Final[Mapping[str, StrPromise]] = {
    "drafted": _("Drafted"),
    "activated": _("Put in force"),
    "suspended": _("Stopped"),
    "resumed": _("Goes on"),
    "ended": _("Ended"),
}
STEPS: Final[Mapping[str, StrPromise]] = {"validate": _("Checking"), "process": _("Posting")}
WORK: Final[Mapping[str, State]] = {
    "queued": State(_("Will be tried"), "wait"),
    "running": State(_("Under way"), "wait"),
    "done": State(_("Done"), "good"),
    "dead": State(_("Failed"), "stop"),
}
KEYS: Final[Mapping[str, StrPromise]] = {"ssh": _("Sign-in (SSH)"), "openpgp": _("Encryption (OpenPGP)")}
MEDIA: Final[Mapping[str, StrPromise]] = {
    "cd": _("CD or DVD"),
    "diskette": _("Diskette"),
    "tape": _("Tape"),
    "cartridge": _("Cartridge"),
    "usb": _("USB stick"),
}
METHODS: Final[Mapping[str, StrPromise]] = {
    "returned": _("Returned under a receipt"),
    "shredded": _("Shredded"),
    "burned": _("Burned"),
    "pulped": _("Pulped"),
    "disintegrated": _("Disintegrated"),
    "degaussed": _("Degaussed"),
}
_CATALOGUES: Final[Mapping[str, Mapping[str, StrPromise]]] = {
    "partner": PARTNERS,
    "direction": DIRECTIONS,
    "channel": CHANNELS,
    "level": LEVELS,
    "encryption": ENCRYPTIONS,
    "proof": PROOFS,
    "receipt": RECEIPTS,
    "verdict": VERDICTS,
    "rhythm": RHYTHMS,
    "shift": SHIFTS,
    "day": DAYS,
    "alarm": ALARMS,
    "remedy": REMEDIES,
    "event": EVENTS,
    "step": STEPS,
    "key": KEYS,
    "medium": MEDIA,
    "method": METHODS,
}
_TONED: Final[Mapping[str, Mapping[str, State]]] = {
    "delivery": STATES,
    "agreement": AGREEMENT_STATES,
    "standing": STANDINGS,
    "prepared": PREPARED,
    "upload": UPLOADS,
    "work": WORK,
}


def word(code: str, catalogue: str) -> str:
    """The word for a code; the code itself where there is none."""
    return str(_CATALOGUES[catalogue].get(code, code))


def state(code: str, catalogue: str) -> State:
    """The word and the tone of a state."""
    return _TONED[catalogue][code]
