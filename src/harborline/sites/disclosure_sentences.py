"""Words for the reason codes of disclosure: opening fields, emergencies, court orders, telling somebody outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.saying import Words

# A shield says, word for word, what an empty field says.
_NOTHING = Words(_("There is nothing on file."), _("Ask the person at the next contact."))
_OTHER_ROAD = _("Use paper, a secure file or sealed e-mail.")
_ASK_SUPERVISOR = _("Ask your supervisor.")
_ASK_OFFICER = _("Ask the security officer.")
_NOT_THEIRS = _("Leave it out, or ask the state office.")

OF_DISCLOSURE: Final[Mapping[str, Words]] = {
    "role-may-not-check-enforcement": Words(
        _("Your role does not check lists for automatic enforcement."), _("Ask the security officer.")
    ),
    "nothing-on-file": _NOTHING,
    "field-blocked": _NOTHING,
    "whereabouts-blocked": _NOTHING,
    "field-stays-hidden": Words(
        _("This is not shown for that purpose."), _("Choose the purpose that your work has, or ask your supervisor.")
    ),
    "not-in-the-policy": Words(_("The written policy does not name this for your role."), _ASK_OFFICER),
    "reason-for-many-missing": Words(_("It does not say why."), _("Write the reason. Then ask again.")),
    "approval-ran-out": Words(_("The approval was for one day."), _("Ask again.")),
    "no-tie-to-this-person": Words(
        _("This person is not part of your work now."),
        _("Ask for the case to be assigned. In an emergency, say so with its reason."),
    ),
    "own-or-family-record": Words(
        _("Nobody opens their own record or their family's."), _("Your supervisor gives the case to somebody else.")
    ),
    "own-or-family-protection": Words(
        _("Nobody protects themselves or their family here alone."), _("A colleague can record it now.")
    ),
    "not-trained-in-tax-information": Words(
        _("Your training in tax information is not on file, or out of date."), _("Do the training first.")
    ),
    "no-glass-for-tax-information": Words(
        _("An emergency does not open tax information."), _("Ask for the case to be assigned.")
    ),
    "court-override": Words(_("A court ordered that this opens once."), _("Keep no copy.")),
    "emergency-without-reason": Words(_("The emergency has no reason."), _("Choose one.")),
    "emergency-without-reference": Words(
        _("Nobody can look this emergency up."),
        _("Write the number, day or hour of the call, hearing or report."),
    ),
    "too-many-unreviewed-emergencies": Words(
        _("Three of your emergencies wait to be reviewed."), _("Ask your supervisor to review them.")
    ),
    "role-may-not-review": Words(_("Your role does not review this."), _ASK_SUPERVISOR),
    "role-may-not-write-policy": Words(_("Your role does not write the policy."), _("Ask the state office.")),
    "policy-day-has-passed": Words(_("The day on which it would begin has passed."), _("Propose it with a later day.")),
    "not-enforced-automatically": Words(
        _("Nothing is enforced by itself here."), _("A worker decides about each step.")
    ),
    "role-may-not-override": Words(_("Your role does not bring court orders."), _ASK_SUPERVISOR),
    "court-or-docket-missing": Words(_("The court or the docket is missing."), _("Write both. Then ask again.")),
    "override-is-over": Words(_("The last day of the court order is over."), _("Choose a day from today on.")),
    "override-too-long": Words(_("A court order opens for ten days at most."), _("Choose an earlier day.")),
    "role-may-not-protect": Words(_("Your role does not record protections."), _ASK_SUPERVISOR),
    "role-may-not-end-protection": Words(_("Your role does not end protections."), _ASK_SUPERVISOR),
    "nothing-to-tell": Words(_("No field was chosen."), _("Choose what is to be told.")),
    "recipient-not-in-the-rules": Words(_("The rules do not name this recipient."), _ASK_OFFICER),
    "field-not-for-this-recipient": Words(_("This recipient may not have one of the fields."), _NOT_THEIRS),
    "bank-match-stays-inside": Words(_("What banks reported is not told outside."), _NOT_THEIRS),
    "registry-value-not-verified": Words(_("A second source has not confirmed this."), _("Have it confirmed first.")),
    "tax-information-stays-inside": Words(_("Tax information is not told outside."), _NOT_THEIRS),
    "tax-part-not-for-this-recipient": Words(_("This recipient may not know that part of the offset."), _NOT_THEIRS),
    "offset-not-received": Words(_("The money has not come yet."), _("Tell it once the payment is here.")),
    "road-place-or-payment-unknown": Words(
        _("How it travels, where it goes or which payment it is from is missing."), _("Choose all three.")
    ),
    "tax-information-not-by-this-road": Words(_("Tax information may not travel this way."), _OTHER_ROAD),
    "tax-information-stays-in-the-country": Words(_("Tax information stays in the United States."), _ASK_OFFICER),
    "transmission-not-approved": Words(_("No second person approved this file."), _("Ask someone else to approve it.")),
    "changed-since-approved": Words(
        _("This file, or its agreement, changed after it was approved."), _("Take it back. Prepare it again.")
    ),
    "nobody-in-the-file": Words(
        _("There is nothing to tell about anybody in this file."), _("Look at the table and the agreement.")
    ),
    "opened-before": Words(_("The values of this file were opened before."), _("Prepare another file.")),
    "not-in-sight": Words(_("The file is about people of another county."), _("Ask the state office.")),
    "agreement-not-for-tax-information": Words(
        _("The agreement is not classified for tax information."), _("Draft other terms, or leave the field out.")
    ),
    "tax-information-not-in-bulk": Words(
        _("Files with tax information go to offices of the program only."), _NOT_THEIRS
    ),
    "purpose-attested-missing": Words(_("The parent has not signed what it is for."), _("Ask for the signed form.")),
    "sole-use-attested-missing": Words(
        _("The parent has not signed to keep it to themselves."), _("Ask for the signed form.")
    ),
    "status-attested-missing": Words(
        _("The parent has not signed who they are to the child."), _("Ask for the signed form.")
    ),
}
