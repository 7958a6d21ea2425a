"""More words for reason codes: of vendors, of machines, of the log, of texts nobody is sure about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.saying import Words

_SECOND = _("Ask someone else to take this step.")
_OPEN = _("Open the company's page. It shows the next step.")
_CORRECT = _("Look at the paper. Then correct the day.")
_ANSWER = _("Answer every question on the form.")
_NONE_GOES = _("Do not use this company. Tell the security officer.")
_ASK_IT = _("Ask your local IT to look at the line and attest it.")
_TAX = _("Ask the security officer. No tax data goes out until then.")

OF_VENDORS: Final[Mapping[str, Words]] = {
    # Steps
    "role-may-not-take-step": Words(_("Your role cannot take this step."), _("Ask a person whose work it is.")),
    "needs-another-person": Words(_("This step needs another person than the step before."), _SECOND),
    "life-is-over": Words(_("This company's permission was ended for good."), _("Start again with a new request.")),
    "not-suspended": Words(_("Nobody stopped this company."), _("You do not have to do anything.")),
    "step-is-done": Words(_("This step is already done."), _OPEN),
    "step-before-is-missing": Words(_("A step before this one is missing."), _OPEN),
    "date-in-the-future": Words(_("The paper bears a day that has not come yet."), _CORRECT),
    "dates-out-of-order": Words(_("The paper is older than the paper before it."), _CORRECT),
    "contract-before-permission": Words(
        _("The contract is not later than the permission."),
        _("The state must give permission first. Then the company can sign a contract."),
    ),
    "contract-lacks-something": Words(
        _("The contract does not say everything it must say, or nobody signed for it."),
        _("Have the contract changed. Then examine it again."),
    ),
    "another-memorandum": Words(
        _("This is not the memorandum that holds now."),
        _("Have the company sign the right version."),
    ),
    "signature-missing": Words(_("The signature is missing."), _("Write the name of the person who signed.")),
    "covered-equipment-in-use": Words(_("The company uses equipment that the law prohibits."), _NONE_GOES),
    "flow-down-missing": Words(
        _("The company's own contracts do not carry the certification."),
        _("Have the clause added to the contract. Then record it again."),
    ),
    "owners-not-answered": Words(_("The question about owners is not answered, or the answers disagree."), _ANSWER),
    "equipment-not-answered": Words(_("The question about prohibited equipment is not answered."), _ANSWER),
    "devices-not-answered": Words(_("A question about devices is not answered."), _ANSWER),
    "covered-device": Words(
        _("The company supplies a device that the law prohibits."),
        _("Ask for a device made in the United States, or for its exception."),
    ),
    # Standing
    "vendor-not-live": Words(_("The company has not gone through every step."), _OPEN),
    "vendor-suspended": Words(_("Somebody stopped this company."), _("Another person can let it go on.")),
    "vendor-prohibited": Words(_("This company is on a list of prohibited companies."), _NONE_GOES),
    "vendor-on-a-list": Words(
        _("The company's name is on a list of prohibited companies."),
        _("Look at the screening and decide."),
    ),
    "screening-to-review": Words(
        _("The company's name is like one on a list of prohibited companies."),
        _("Look at the screening and decide."),
    ),
    "list-never-loaded": Words(
        _("The state's list of prohibited companies was never loaded."),
        _("Load the list. Then screen the company."),
    ),
    "screening-out-of-date": Words(
        _("The screening is missing or more than a year old."), _("Screen the company again.")
    ),
    "recertification-overdue": Words(
        _("The yearly certification is overdue."),
        _("Have the company sign it again. Then record it."),
    ),
    "subprocessor-without-permission": Words(
        _("The company named a contractor of its own that has no permission."),
        _("Add that company and take its steps."),
    ),
    "subprocessor-not-live": Words(
        _("A contractor of this company has no permission now."),
        _("Open that company's page. It shows the next step."),
    ),
    # Federal tax information
    "tax-field-not-allowed": Words(_("The company may not see this tax information."), _TAX),
    "tax-safeguards-not-in-contract": Words(_("The contract does not hold the tax safeguards."), _TAX),
    "tax-notice-runs": Words(_("The 45 days after the notice to the tax agency are not over."), _TAX),
    "tax-visit-overdue": Words(_("The visit at the company's site is overdue."), _TAX),
    "tax-certification-overdue": Words(_("The yearly tax certification is overdue."), _TAX),
    # Fax lines
    "fax-line-unknown": Words(_("Nobody has registered this fax line."), _ASK_IT),
    "fax-line-shared": Words(
        _("Several programs share this fax machine. It is not private."),
        _("Use a line of your own unit."),
    ),
    "fax-line-not-attested": Words(_("Local IT has not attested that this fax line is private."), _ASK_IT),
    "fax-line-attestation-ended": Words(_("The attestation of this fax line has ended."), _ASK_IT),
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
    "carrier-account": Words(
        _("The phone company has trouble with our account."), _("Settle it with them. Then let texts go again.")
    ),
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
