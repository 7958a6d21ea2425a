"""Pages with a form of their own: what is written down, drafted, sent, announced."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.urls import reverse

from harborline.exchange.facts import MediaKind, PartnerKind
from harborline.exchange.rules import may_announce
from harborline.exchange.selectors import agreement, agreements, partner, shipments
from harborline.exchange.services import (
    Unpacked,
    add_credential,
    announce_shipment,
    draft_agreement,
    prepare_file,
    receive_shipment,
    redraft,
    register_partner,
    send_file,
)
from harborline.kernel import NotFound
from harborline.people.facts import HeldName
from harborline.sites.console.exchange.forms import (
    KeyForm,
    NewAgreementForm,
    PartnerForm,
    PrepareForm,
    ReceiveForm,
    SendForm,
    ShipmentForm,
    TermsForm,
    terms_initial,
)
from harborline.sites.console.vendoring.acts import FormPage
from harborline.sites.entrance import Entrance


class ExchangeForm(FormPage):
    """A page with one form of the exchange: a heading, a hint, where it leads back to."""

    purpose = "exchange"
    template = "console/exchange/form.html"
    heading: ClassVar[str]

    def facts(self, who: Entrance, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - as the base class
        """Heading, trail and button."""
        del who
        return {"back": self.back(**named), "kind": self.heading, "about": self.about(**named)}

    def back(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Where the page belongs."""
        del named
        return reverse("console:exchange")

    def about(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Whom it is about."""
        del named
        return ""


class NewPartner(ExchangeForm):
    """Write down an organisation."""

    heading = "partner"

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """Name and kind."""
        del who, named
        return PartnerForm(*given)

    def do(self, form: PartnerForm, who: Entrance, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Write it down."""
        del who, named
        given = form.cleaned_data
        made = register_partner(
            given["key"], name=given["name"], kind=PartnerKind(given["kind"]), vendor=given["vendor"],
            contact=given["contact"],
        )  # fmt: skip
        return reverse("console:exchange-partner", args=[made.id])


class NewKey(ExchangeForm):
    """Take down a partner's key."""

    heading = "key"

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """The key."""
        del who, named
        return KeyForm(*given)

    def back(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """The partner."""
        return reverse("console:exchange-partner", args=[named["partner_id"]])

    def about(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """The partner."""
        return partner(named["partner_id"]).name

    def do(self, form: KeyForm, who: Entrance, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Take it down."""
        add_credential(named["partner_id"], **form.said(who.zone))
        return self.back(**named)


class NewAgreement(NewKey):
    """Draft an agreement with a partner."""

    heading = "agreement"

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """Its terms."""
        del who, named
        made = NewAgreementForm(*given)
        made.initial = terms_initial(None)
        return made

    def do(self, form: NewAgreementForm, who: Entrance, **named: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - its own form
        """Draft it."""
        given = form.cleaned_data
        made = draft_agreement(named["partner_id"], given["key"], title=given["title"], terms=form.said(who.zone))
        return reverse("console:exchange-agreement", args=[made.id])


class OtherTerms(ExchangeForm):
    """Draft other terms for an agreement."""

    heading = "terms"

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """The terms as they are."""
        del who
        one = agreement(named["agreement_id"])
        made = TermsForm(*given)
        made.initial = terms_initial(one.drafted or one.terms)
        return made

    def back(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """The agreement."""
        return reverse("console:exchange-agreement", args=[named["agreement_id"]])

    def about(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """The agreement."""
        return agreement(named["agreement_id"]).title

    def do(self, form: TermsForm, who: Entrance, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Draft them."""
        redraft(named["agreement_id"], terms=form.said(who.zone))
        return self.back(**named)


class Send(OtherTerms):
    """Make a file ready for the partner."""

    heading = "send"

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """The file."""
        del who, named
        return SendForm(*given)

    def do(self, form: SendForm, who: Entrance, **named: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - its own form
        """Make it ready."""
        del who
        upload = form.cleaned_data["file"]
        made = send_file(named["agreement_id"], upload.name, upload.file)
        return reverse("console:exchange-delivery", args=[made.id])


class Prepare(OtherTerms):
    """Prepare a file with protected values."""

    heading = "prepare"

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """The table, the name, and which of the agreement's fields."""
        del who
        terms = agreement(named["agreement_id"]).terms
        told = terms.tells.fields if terms and terms.tells else ()
        return PrepareForm(*given, told=[name.value for name, _column in told])

    def do(self, form: PrepareForm, who: Entrance, **named: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - its own form
        """Prepare it; somebody else approves."""
        del who
        given = form.cleaned_data
        fields = [HeldName(one) for one in given["told"]]
        made = prepare_file(named["agreement_id"], given["name"], given["table"].file, fields=fields)
        return reverse("console:exchange-prepared", args=[made.id])


class NewShipment(ExchangeForm):
    """Announce a parcel with media."""

    heading = "shipment"

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """The parcel."""
        del who, named
        listed = [(str(one.id), f"{one.partner_name}: {one.title}") for one in agreements()
                  if one.terms is not None and may_announce(terms=one.terms).allowed]  # fmt: skip
        return ShipmentForm(*given, agreements=listed)

    def back(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """The list of media."""
        del named
        return reverse("console:exchange-media")

    def do(self, form: ShipmentForm, who: Entrance, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Write it down."""
        del who
        given = form.cleaned_data
        announce_shipment(
            UUID(given["agreement"]), carrier=given["carrier"], tracking=given["tracking"],
            seals=(given["outer_seal"], given["inner_seal"]), items=given["items"], expected_on=given["expected_on"],
        )  # fmt: skip
        return self.back(**named)


class Receive(NewShipment):
    """Open a parcel before a witness."""

    heading = "receive"

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """What was found."""
        del who, named
        return ReceiveForm(*given)

    def about(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """The tracking number."""
        found = next((one for one in shipments() if one.id == named["shipment_id"]), None)
        if found is None:
            raise NotFound("no such shipment here")
        return found.tracking

    def do(self, form: ReceiveForm, who: Entrance, **named: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - its own form
        """Take the media in."""
        del who
        given = form.cleaned_data
        labels = [line.strip() for line in given["labels"].splitlines() if line.strip()]
        items = [
            Unpacked(number, label, MediaKind(given["kind"]), "", given["encrypted"], given["condition"])
            for number, label in enumerate(labels, start=1)
        ]
        receive_shipment(
            named["shipment_id"], seals_intact=given["seals_intact"], witness=given["witness"], items=items,
            discrepancy=given["discrepancy"],
        )  # fmt: skip
        return self.back(**named)
