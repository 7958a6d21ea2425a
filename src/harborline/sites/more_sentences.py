"""More words for reason codes: of vendors, of machines, of the log, of texts nobody is sure about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.saying import Words

OF_VENDORS: Final[Mapping[str, Words]] = {
    "another-memorandum": Words(
        _("This is not the memorandum we offered."), _("Sign the exact version. Then try again.")
    ),
    "contract-before-permission": Words(
        _("The contract is older than the written permission."), _("Get permission first. Then sign a new contract.")
    ),
    "contract-lacks-something": Words(
        _("The contract lacks something it must have."), _("Look at the list and mark what is in it.")
    ),
    "covered-device": Words(_("The line or device is one that is forbidden."), _("Use another one.")),
    "covered-equipment-in-use": Words(
        _("The company uses forbidden equipment."), _("Ask it to replace the equipment.")
    ),
    "date-in-the-future": Words(_("This date is in the future."), _("Write the day on which it happened.")),
    "dates-out-of-order": Words(_("These dates are not in order."), _("Check the dates on the papers.")),
    "devices-not-answered": Words(
        _("The questions about devices are not answered."), _("Ask the company and write the answers.")
    ),
    "equipment-not-answered": Words(
        _("The questions about equipment are not answered."), _("Ask the company and write the answers.")
    ),
    "owners-not-answered": Words(
        _("The questions about owners are not answered."), _("Ask the company and write the answers.")
    ),
    "fax-line-attestation-ended": Words(
        _("Nobody confirmed this fax line lately."), _("Confirm that it is in a locked room.")
    ),
    "fax-line-not-attested": Words(_("Nobody confirmed this fax line."), _("Confirm that it is in a locked room.")),
    "fax-line-shared": Words(_("Others can see what comes in on this fax line."), _("Use a line of your own.")),
    "fax-line-unknown": Words(_("We do not know this fax line."), _("Add it and confirm it first.")),
    "flow-down-missing": Words(
        _("The company did not certify for its own suppliers."), _("Ask for the certification with that clause.")
    ),
    "life-is-over": Words(_("This company's permission was taken back for good."), _("Start a new request.")),
    "list-never-loaded": Words(_("A required list was never loaded."), _("Load the list. Then screen again.")),
    "needs-another-person": Words(_("You took the step before, so you cannot take this one."), _("Ask someone else.")),
    "not-suspended": Words(_("This company is not suspended."), _("You do not have to do anything.")),
    "recertification-overdue": Words(_("The yearly certification is overdue."), _("Ask the company for it.")),
    "role-may-not-take-step": Words(_("Your role does not take this step."), _("Ask the state office.")),
    "screening-out-of-date": Words(_("The lists changed since this company was screened."), _("Screen it again.")),
    "screening-to-review": Words(_("A person must look at the screening."), _("Look at it and decide.")),
    "signature-missing": Words(_("The signature is missing."), _("Write who signed.")),
    "step-before-is-missing": Words(_("A step before this one is missing."), _("Take that step first.")),
    "step-is-done": Words(_("This step was taken already."), _("You do not have to do anything.")),
    "subprocessor-not-live": Words(_("A company behind this one is not ready."), _("Finish its steps first.")),
    "subprocessor-without-permission": Words(
        _("A company behind this one has no permission."), _("Ask the state office for permission.")
    ),
    "tax-certification-overdue": Words(
        _("The yearly certification for tax data is overdue."), _("Ask the company for it.")
    ),
    "tax-field-not-allowed": Words(_("The company may not see this tax data."), _("Leave it out.")),
    "tax-notice-runs": Words(_("The notice to the tax office still runs."), _("Wait until its 45 days are over.")),
    "tax-safeguards-not-in-contract": Words(
        _("The contract does not hold the tax safeguards."), _("Add them to the contract.")
    ),
    "tax-visit-overdue": Words(_("The visit to the company is overdue."), _("Make the visit and write it down.")),
    "vendor-not-live": Words(_("This company has not finished its steps."), _("Finish the steps first.")),
    "vendor-on-a-list": Words(_("This company is on a list of forbidden companies."), _("Choose another company.")),
    "vendor-prohibited": Words(_("This company is forbidden."), _("Choose another company.")),
    "vendor-suspended": Words(
        _("The permission of the company is suspended."), _("Look at the company's page to see why.")
    ),
}

OF_OTHERS: Final[Mapping[str, Words]] = {
    "key-not-valid": Words(_("This key opens nothing."), _("Ask the security officer for a new one.")),
    "key-term-too-long": Words(_("A key lives for a year at most."), _("Choose an earlier day.")),
    "key-would-be-over": Words(_("This key would have ended already."), _("Choose a later day.")),
    "role-may-not-keep-keys": Words(_("Your role does not make keys."), _("Ask the security officer.")),
    "once-key-used-otherwise": Words(_("This key of the request was used for something else."), _("Send a new one.")),
    "outside-the-scopes-of-this-key": Words(_("This key is not for that."), _("Ask the security officer.")),
    "too-many-webhooks": Words(_("There are too many addresses already."), _("Remove one first.")),
    "answered-already": Words(_("The person got this answer already."), _("You do not have to do anything.")),
    "enough-automatic-answers": Words(
        _("This number had enough automatic answers today."), _("You do not have to do anything.")
    ),
    "attested-by-nobody": Words(_("A named person must confirm this list."), _("Sign in and confirm it.")),
    "first-carrier-may-have-it": Words(_("The first phone company may have this text."), _("Wait for its answer.")),
    "one-carrier-only": Words(_("This program may use one phone company only."), _("Wait until it works again.")),
    "may-have-arrived": Words(_("This text may have arrived."), _("Find out before you send it again.")),
    "sent-again-before": Words(_("This text was sent again already."), _("You do not have to do anything.")),
    "text-is-not-unclear": Words(_("We know what became of this text."), _("You do not have to do anything.")),
    "verdict-not-a-persons": Words(_("Only a person can say this."), _("Ask someone who knows.")),
    "network-filtered": Words(_("The phone company took the text for unwanted."), _("Call or write to this person.")),
    "no-discreet-wording": Words(_("There is no wording that tells nothing."), _("Send a letter.")),
    "no-news": Words(_("Nobody can say whether this text arrived."), _("Call or write to this person.")),
    "settled-not-arrived": Words(
        _("Somebody found out that this text did not arrive."), _("Call or write to this person.")
    ),
    "not-the-emergency-words": Words(
        _("Only the approved emergency words may be sent."), _("Tell your supervisor or the security officer.")
    ),
    "number-ended-needs-signature": Words(
        _("This number ended. A new signature is needed."), _("Ask for a signed form.")
    ),
    "private-inside": Words(_("There is something private in this text."), _("Open it to read it.")),
    "role-may-not-take-over-lists": Words(_("Your role does not take over lists."), _("Ask the state office.")),
    "simulated": Words(_("This is simulated."), _("You do not have to do anything.")),
    "log-is-ahead": Words(_("The log outside is ahead of these records."), _("Explain it with a new life of the log.")),
    "log-is-whole": Words(_("The log is whole. It needs no new life."), _("You do not have to do anything.")),
    "log-tells-another-history": Words(
        _("The log outside tells another history."), _("Tell your supervisor or the security officer.")
    ),
    "nothing-to-explain": Words(_("The log fits these records."), _("You do not have to do anything.")),
    "new-epoch": Words(_("A new life of the log begins."), _("You do not have to do anything.")),
    "reason-missing": Words(_("The reason is missing."), _("Say why in a few words.")),
    "role-may-not-keep-the-log": Words(_("Your role does not look after the log."), _("Ask the security officer.")),
    "role-may-not-release-sending": Words(_("Your role does not release sending."), _("Ask the state office.")),
    "may-go": Words(_("This may be destroyed now."), _("You do not have to do anything.")),
    "overdue": Words(_("This must be destroyed now."), _("Prepare the disposal.")),
}
