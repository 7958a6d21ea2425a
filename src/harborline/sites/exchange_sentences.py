"""Words for the reason codes of the exchange."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.saying import Words

_NOTHING = _("You do not have to do anything.")
_PARTNER = _("Tell the partner.")
_ANOTHER = _("Ask another person of the office.")
_DELIVERY = _("Open the delivery. It shows the next step.")
_AGREEMENT = _("Open the agreement. It shows the next step.")
_KEY = _("Ask the partner for another key.")
_AGAIN = _("Ask the partner to send it again.")
_HOLDER = _("Ask the person who holds it.")

OF_EXCHANGE: Final[Mapping[str, Words]] = {
    "plain-ftp": Words(
        _("Plain FTP is not allowed: anyone on the way can read the file and the password."),
        _("Choose SFTP. The partner needs only a key."),
    ),
    "files-by-mail": Words(
        _("Files between partners do not go by e-mail."),
        _("Choose SFTP or the drop folder."),
    ),
    "channel-not-spoken": Words(
        _("We do not use this kind of connection."),
        _("Choose SFTP or the drop folder."),
    ),
    "host-key-not-pinned": Words(
        _("The partner's server key is missing."),
        _("Ask the partner for the key of their server. Then add it."),
    ),
    "tax-data-not-encrypted": Words(
        _("Tax information must be encrypted before it travels."),
        _("Choose OpenPGP encryption."),
    ),
    "tax-data-not-signed": Words(
        _("Tax information must be signed by its sender."),
        _("Mark that a signature is required."),
    ),
    "nothing-drafted": Words(
        _("There is no draft to put in force."),
        _AGREEMENT,
    ),
    "agreement-ended": Words(
        _("This agreement has ended for good."),
        _("Draft a new one."),
    ),
    "agreement-expired": Words(
        _("This agreement has run out."),
        _("Draft new terms with a later end."),
    ),
    "agreement-too-long": Words(
        _("An agreement lasts three years at most."),
        _("Choose an earlier end."),
    ),
    "agreement-not-active": Words(
        _("This agreement is not in force."),
        _AGREEMENT,
    ),
    "agreement-suspended": Words(
        _("Somebody stopped this agreement."),
        _("Another person can let it go on."),
    ),
    "agreement-not-suspended": Words(
        _("Nobody stopped this agreement."),
        _NOTHING,
    ),
    "agreement-takes-no-files": Words(
        _("No files come in under this agreement."),
        _AGREEMENT,
    ),
    "agreement-gives-no-files": Words(
        _("No files go out under this agreement."),
        _AGREEMENT,
    ),
    "needs-a-second-person": Words(
        _("This needs a second person."),
        _ANOTHER,
    ),
    "already-confirmed": Words(
        _("This key is confirmed already."),
        _NOTHING,
    ),
    "fingerprint-differs": Words(
        _("What the partner read is not the fingerprint of this key."),
        _("Do not use this key. Call the partner at the number you know."),
    ),
    "credential-ended": Words(
        _("The time of this key is over."),
        _KEY,
    ),
    "too-many-keys": Words(
        _("This login has two keys already."),
        _("End one of them first."),
    ),
    "key-type-refused": Words(
        _("We do not take this kind of key."),
        _("Ask for an Ed25519 key."),
    ),
    "key-too-short": Words(
        _("This key is too short."),
        _("Ask for an Ed25519 key."),
    ),
    "short-key-too-long": Words(
        _("A short key is valid for half a year at most."),
        _("Choose an earlier end, or ask for a longer key."),
    ),
    "key-valid-too-long": Words(
        _("A key is valid for two years at most."),
        _("Choose an earlier end."),
    ),
    "not-admitted": Words(
        _("This machine was not let in."),
        _("Look at the keys of the partner."),
    ),
    "not-a-mailbox-for-files": Words(
        _("Files cannot be put there."),
        _("Put them into the in mailbox of the agreement."),
    ),
    "not-a-mailbox-to-read": Words(
        _("Files cannot be read back from there."),
        _NOTHING,
    ),
    "window-closed": Words(
        _("Files come in only at the agreed hours."),
        _("Send it again in those hours."),
    ),
    "name-not-agreed": Words(
        _("The name of the file is not the agreed one."),
        _PARTNER,
    ),
    "name-is-being-written": Words(
        _("A file of that name is being received now."),
        _("Wait until it is done."),
    ),
    "file-too-large": Words(
        _("The file is larger than agreed."),
        _PARTNER,
    ),
    "day-limit-reached": Words(
        _("The partner sent as much as one day allows."),
        _("Send the rest tomorrow."),
    ),
    "gap-in-the-bytes": Words(
        _("Bytes are missing in the middle of the file."),
        _AGAIN,
    ),
    "other-bytes-at-the-same-place": Words(
        _("The file changed while it was being sent."),
        _AGAIN,
    ),
    "upload-was-taken-back": Words(
        _("The partner began this file anew."),
        _NOTHING,
    ),
    "still-being-written": Words(
        _("The file is not closed yet."),
        _("Close it before you give it its final name."),
    ),
    "rename-stays-in-its-box": Words(
        _("A file stays in its mailbox."),
        _NOTHING,
    ),
    "rename-to-a-final-name": Words(
        _("The new name still says that the file is not complete."),
        _("Give it its final name."),
    ),
    "landed-files-stay": Words(
        _("A file that arrived stays."),
        _NOTHING,
    ),
    "content-differs-from-proof": Words(
        _("The file is not the one its sender describes."),
        _AGAIN,
    ),
    "manifest-for-another-agreement": Words(
        _("The manifest belongs to another agreement."),
        _PARTNER,
    ),
    "test-goes-to-the-test-mailbox": Words(
        _("A test belongs in the test mailbox."),
        _PARTNER,
    ),
    "landed": Words(
        _("It arrived whole and is kept."),
        _NOTHING,
    ),
    "gap-closed": Words(
        _("The delivery before it arrived. It goes on."),
        _NOTHING,
    ),
    "released": Words(
        _("Somebody let it go on."),
        _NOTHING,
    ),
    "test-delivery": Words(
        _("This is a test. Nothing is posted."),
        _NOTHING,
    ),
    "duplicate": Words(
        _("This was sent before. It counts once."),
        _NOTHING,
    ),
    "supersedes": Words(
        _("It takes the place of an earlier delivery."),
        _NOTHING,
    ),
    "superseded": Words(
        _("A later delivery took its place."),
        _NOTHING,
    ),
    "supersedes-unknown": Words(
        _("It is to replace a delivery that we do not know."),
        _("Call the partner. Then let it go on or refuse it."),
    ),
    "supersedes-processed": Words(
        _("It is to replace a delivery that is already posted."),
        _("Call the partner. Then let it go on or refuse it."),
    ),
    "id-used-for-other-content": Words(
        _("The same delivery number came with other content."),
        _("Call the partner. What you let go on takes the place of the other."),
    ),
    "name-used-for-other-content": Words(
        _("The same file name came with other content."),
        _("Call the partner. What you let go on takes the place of the other."),
    ),
    "sequence-used": Words(
        _("The same sequence number came twice."),
        _("Call the partner. What you let go on takes the place of the other."),
    ),
    "file-opened": Words(
        _("Somebody opened the file."),
        _NOTHING,
    ),
    "signer-expired": Words(
        _("The key that signed it has ended."),
        _("Ask the partner for a new key and another delivery."),
    ),
    "numbers-differ": Words(
        _("Its numbers contradict each other, in names, manifest, or what it replaces."),
        _("Ask the partner to send it again with one number. Then refuse this one."),
    ),
    "other-is-processed": Words(
        _("The other delivery of this number or name is already posted."),
        _("Refuse this one, or ask the partner for a new number."),
    ),
    "same-content-as-before": Words(
        _("The same content came before under another name or number."),
        _("Ask the partner whether it is right. Then let it go on or refuse it."),
    ),
    "sequence-gap": Words(
        _("A delivery before this one is missing."),
        _("Ask the partner for the missing one. This one waits."),
    ),
    "late-in-sequence": Words(
        _("It came after deliveries with higher numbers."),
        _("Find out why. Then let it go on or refuse it."),
    ),
    "layout-differs": Words(
        _("The sender names another layout than the agreed one."),
        _PARTNER,
    ),
    "layout-unknown": Words(
        _("The sender names a layout that we do not know."),
        _PARTNER,
    ),
    "layout-refused": Words(
        _("The file does not have the agreed layout."),
        _AGAIN,
    ),
    "records-differ": Words(
        _("The file has another number of records than its sender says."),
        _AGAIN,
    ),
    "totals-differ": Words(
        _("The totals are not those its sender says."),
        _AGAIN,
    ),
    "total-not-found": Words(
        _("A total that its sender names is not in the file."),
        _AGAIN,
    ),
    "totals-cannot-be-checked": Words(
        _("The totals cannot be checked without a layout."),
        _("Check them by hand. Then let it go on or refuse it."),
    ),
    "validated": Words(
        _("Its content agrees with what its sender says."),
        _("Take it over when you posted it."),
    ),
    "processed": Words(
        _("It is posted."),
        _NOTHING,
    ),
    "taker-refused": Words(
        _("The system that takes it in could not use it."),
        _AGAIN,
    ),
    "malware-found": Words(
        _("The scanner found something harmful."),
        _("Do not open it. Tell the security officer and the partner."),
    ),
    "unsigned": Words(
        _("The message is not signed."),
        _AGAIN,
    ),
    "unknown-signer": Words(
        _("The signature is not of a key that we know."),
        _("Call the partner. Then ask to send it again."),
    ),
    "signed-at-another-time": Words(
        _("It was signed long before it came."),
        _("Call the partner. They sign it anew and send it again."),
    ),
    "message-changed": Words(
        _("The message was changed on the way."),
        _AGAIN,
    ),
    "not-for-us": Words(
        _("The message is encrypted for somebody else."),
        _AGAIN,
    ),
    "too-large-inside": Words(
        _("What is inside is larger than agreed."),
        _PARTNER,
    ),
    "partner-has-no-key": Words(
        _("The partner has no confirmed key for encryption."),
        _KEY,
    ),
    "resend-asked": Words(
        _("It was refused. The partner was asked to send it again."),
        _("Wait for the new delivery."),
    ),
    "refused-by-staff": Words(
        _("Somebody refused it for good."),
        _NOTHING,
    ),
    "ask-for-another-delivery": Words(
        _("Nobody can make this content genuine."),
        _AGAIN,
    ),
    "delivery-is-over": Words(
        _("Nothing more can be done with this delivery."),
        _NOTHING,
    ),
    "not-in-this-state": Words(
        _("This does not fit where it stands now."),
        _DELIVERY,
    ),
    "not-validated": Words(
        _("It is not checked yet, so nobody opens it."),
        _DELIVERY,
    ),
    "earlier-not-settled": Words(
        _("A delivery before this one is not settled."),
        _("Settle the earlier one first."),
    ),
    "nothing-to-replay": Words(
        _("There is no failed step to try again."),
        _NOTHING,
    ),
    "nothing-set-aside": Words(
        _("This delivery is not set aside."),
        _NOTHING,
    ),
    "ready": Words(
        _("It waits for the partner."),
        _NOTHING,
    ),
    "sending": Words(
        _("It is on its way."),
        _NOTHING,
    ),
    "picked-up": Words(
        _("The partner picked it up."),
        _("Wait for the partner's receipt."),
    ),
    "delivered": Words(
        _("It lies with the partner."),
        _("Wait for the partner's receipt."),
    ),
    "sent-again": Words(
        _("It is offered again."),
        _NOTHING,
    ),
    "acknowledged": Words(
        _("The partner confirmed that it arrived."),
        _NOTHING,
    ),
    "two-persons-needed": Words(
        _("A hand-over is between two persons."),
        _HOLDER,
    ),
    "custody-gap": Words(
        _("Somebody else holds this medium."),
        _HOLDER,
    ),
    "not-confirmed-by-taker": Words(
        _("Whoever takes it must confirm it."),
        _ANOTHER,
    ),
    "item-is-closed": Words(
        _("This medium is returned or destroyed already."),
        _NOTHING,
    ),
    "item-not-received": Words(
        _("The parcel is not opened yet."),
        _("Open it with a witness."),
    ),
    "item-not-read": Words(
        _("Nobody has read this medium yet."),
        _("Read it first, with a witness."),
    ),
    "certificate-missing": Words(
        _("The number of the certificate is missing."),
        _("Write down the number on the certificate or the receipt."),
    ),
    "method-does-not-fit": Words(
        _("That does not destroy a medium of this kind."),
        _("Choose another way. Its data is still on it."),
    ),
    "agreement-takes-no-media": Words(
        _("No mailed media come in under this agreement."),
        _AGREEMENT,
    ),
    "witness-missing": Words(
        _("A witness is missing. You cannot be your own."),
        _("Ask a second person to be there."),
    ),
    "seal-broken": Words(
        _("The seal was broken."),
        _("Call the sender. Then let it go on or refuse it."),
    ),
    "unreadable-sectors": Words(
        _("Parts of the medium cannot be read."),
        _AGAIN,
    ),
    "image-differs": Words(
        _("The medium does not hold what its sender says."),
        _AGAIN,
    ),
    "agreement-tells-no-fields": Words(
        _("No protected values go out under this agreement."),
        _AGREEMENT,
    ),
    "field-not-in-the-agreement": Words(
        _("The agreement does not name this field."),
        _AGREEMENT,
    ),
    "prepare-this-file": Words(
        _("Files under this agreement hold protected values."),
        _("Prepare the file, so that every value is judged."),
    ),
    "changed-since-prepared": Words(
        _("This file, or its agreement, changed after it was prepared."),
        _("Take it back. Prepare it again."),
    ),
    "prepared-file-is-decided": Words(
        _("Somebody approved this file already, or took it back."),
        _NOTHING,
    ),
    "prepared-file-is-over": Words(
        _("This file was sent already, or taken back."),
        _("Prepare another file."),
    ),
    "opened-for-the-partner-only": Words(
        _("The protected values in this file opened for the partner alone."),
        _("Open the field at the person. It is recorded there."),
    ),
    "already-received": Words(
        _("This parcel is opened already."),
        _NOTHING,
    ),
}
