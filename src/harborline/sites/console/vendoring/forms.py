"""The forms of these pages: one for each step of a vendor's life; each says in plain words what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from harborline.kernel import clock
from harborline.sites.console.vendoring import words
from harborline.vendors.facts import CONNECTORS as BINDABLE
from harborline.vendors.facts import ELEMENTS, PURPOSES, Area, FaxKind, LifeFacts, StepKind

_YES_NO: Final = (("yes", _("Yes")), ("no", _("No")))
_PAPERS: Final = {"accept": ".pdf,.jpg,.jpeg,.png"}


class DayField(forms.DateField):
    """A day."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(**named)
        self.input_formats = ["%Y-%m-%d"]


class YesNoField(forms.TypedChoiceField):
    """Yes or no; neither is chosen before."""

    def __init__(self, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(
            choices=_YES_NO, coerce=lambda given: given == "yes", empty_value=None, widget=forms.RadioSelect, **named
        )


class ManyField(forms.MultipleChoiceField):
    """Several of a catalogue's codes, as boxes to mark."""

    def __init__(self, *, codes: Iterable[str], catalogue: str, **named: Any) -> None:  # noqa: ANN401 - as the base class
        choices = [(code, words.word(code, catalogue)) for code in codes]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, **named)


class NewVendorForm(forms.Form):
    """A company and what it is wanted for."""

    name = forms.CharField(label=_("Name of the company"), max_length=200)
    systems = forms.CharField(label=_("Through which systems will it see the data?"), max_length=200)
    free_service = YesNoField(label=_("Is it a free service, without a contract?"))
    uei = forms.CharField(label=_("UEI (SAM.gov)"), max_length=12, required=False)
    lei = forms.CharField(label=_("LEI"), max_length=20, required=False)
    cage = forms.CharField(label=_("CAGE code"), max_length=5, required=False)
    domain = forms.CharField(label=_("Web address"), max_length=120, required=False)

    def __init__(self, *args: Any, below: bool, tax: bool, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        seen = [one for one in ELEMENTS if tax or not one.startswith("fti:")]
        self.fields["purposes"] = ManyField(codes=PURPOSES, catalogue="purpose", label=_("What for?"))
        self.fields["elements"] = ManyField(codes=seen, catalogue="element", label=_("Which data will it see?"))
        if not below:
            self.fields["connectors"] = ManyField(
                codes=BINDABLE, catalogue="connector", label=_("Over which connection?"), required=False
            )

    def said(self) -> dict[str, Any]:
        """What `vendors.services.draft` takes, the name apart."""
        given = self.cleaned_data
        known = {scheme: given[scheme] for scheme in ("uei", "lei", "cage", "domain") if given[scheme].strip()}
        return {
            "purposes": given["purposes"],
            "elements": given["elements"],
            "systems": given["systems"],
            "identifiers": known,
            "connectors": given.get("connectors", []),
            "free_service": given["free_service"],
        }


class StepForm(forms.Form):
    """A step: the day its paper bears, and what it says."""

    dated: ClassVar[bool] = True
    papered: ClassVar[bool] = False

    def __init__(self, *args: Any, life: LifeFacts, zone: str, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self.life, self.zone = life, zone
        if self.dated:
            today = clock.now().astimezone(ZoneInfo(zone)).date()
            self.fields["on"] = DayField(label=_("Day on the paper"), initial=today)
        if self.papered:
            self.fields["paper"] = forms.FileField(
                label=_("The signed paper"),
                required=not life.simulated,
                help_text=_("A PDF, PNG or JPEG file. It is kept sealed."),
                widget=forms.FileInput(attrs=_PAPERS),
            )

    @property
    def on(self) -> date | None:
        """The day, or None for today."""
        return self.cleaned_data.get("on")

    def detail(self) -> dict[str, Any]:
        """What the step says, as `vendors.services.take` takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"on", "paper"}}

    def moment(self, day: date) -> datetime:
        """The beginning of a day where the program is."""
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)


class SubmitForm(StepForm):
    """Why the company is wanted."""

    why = forms.CharField(
        label=_("Why is this company needed?"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReviewForm(StepForm):
    """One area's verdict."""

    area = forms.ChoiceField(
        label=_("Which review?"),
        choices=[(area.value, words.AREAS[area.value]) for area in Area],
        widget=forms.RadioSelect,
    )
    reviewer = forms.CharField(label=_("Who reviewed it?"), max_length=200)
    approve = YesNoField(label=_("Does this area agree?"))
    reason = forms.CharField(label=_("Reason (needed for a no)"), max_length=400, required=False)


class PermitForm(StepForm):
    """The letter of permission."""

    papered = True
    document_no = forms.CharField(label=_("Number of the letter"), max_length=80)
    signer = forms.CharField(label=_("Who signed it?"), max_length=200)
    valid_from = DayField(label=_("Valid from"))
    valid_until = DayField(label=_("Valid until"), help_text=_("From this day on it no longer holds."))
    systems = forms.CharField(label=_("Systems it names"), max_length=200)

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self.fields["on"].label = _("Day it was signed")
        self.fields["purposes"] = ManyField(
            codes=self.life.purposes, catalogue="purpose", label=_("Purposes it names"), initial=self.life.purposes
        )
        self.fields["elements"] = ManyField(
            codes=self.life.elements, catalogue="element", label=_("Data it names"), initial=self.life.elements
        )

    def detail(self) -> dict[str, Any]:
        """With both ends as moments."""
        said = super().detail()
        return {**said, **{name: self.moment(said[name]) for name in ("valid_from", "valid_until")}}


class ContractForm(StepForm):
    """The contract."""

    papered = True
    number = forms.CharField(label=_("Number of the contract"), max_length=80)
    until = DayField(label=_("The contract ends on"))


class VetForm(StepForm):
    """What an examined contract says."""

    signer = forms.CharField(label=_("Who approved it for the program?"), max_length=200)

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        wanted = [*self.life.checks, *(["exhibit-7"] if self.life.sees_tax else [])]
        self.fields["on"].label = _("Day of the approval")
        self.fields["checks"] = ManyField(codes=wanted, catalogue="check", label=_("What does the contract say?"))


class MemorandumForm(StepForm):
    """The memorandum in its very version."""

    papered = True
    signer = forms.CharField(label=_("Who signed for the company?"), max_length=200)

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self.fields["version"] = forms.CharField(
            label=_("Version on the paper"),
            max_length=80,
            help_text=_("The version that holds now: %(version)s") % {"version": self.life.memorandum},
        )


class CertifyForm(StepForm):
    """The section 889 certification."""

    papered = True
    signer = forms.CharField(label=_("Who signed for the company?"), max_length=200)
    uses_covered = YesNoField(label=_("Does the company use prohibited equipment or services?"))
    flow_down = YesNoField(label=_("Does the clause also bind its own contractors?"))


class RecertifyForm(StepForm):
    """The certification of another year."""

    signer = forms.CharField(label=_("Who signed for the company?"), max_length=200)
    uses_covered = YesNoField(label=_("Does the company use prohibited equipment or services?"))


class BecauseForm(StepForm):
    """A reason, and nothing else."""

    dated = False
    because = forms.CharField(label=_("Why?"), max_length=200)


class NothingForm(StepForm):
    """Only a button."""

    dated = False


class NoteForm(StepForm):
    """A day and a note."""

    note = forms.CharField(label=_("Note"), max_length=400)


class TaxFieldForm(StepForm):
    """One field of tax information, its law and its dates."""

    dated = False
    legal_basis = forms.CharField(label=_("Which law allows it?"), max_length=200)
    until = DayField(label=_("Until"))

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        asked = [(one, words.word(one, "element")) for one in self.life.elements if one.startswith("fti:")]
        self.fields["element"] = forms.ChoiceField(label=_("Which information?"), choices=asked)
        # `from` is a word of the language, so this field cannot be an attribute.
        self.fields["from"] = DayField(label=_("From"), initial=clock.now().date())


class FaxLineForm(forms.Form):
    """What local IT attests about a line."""

    label = forms.CharField(label=_("Name of the line"), max_length=80, help_text=_("Such as the clinic and the room."))
    kind = forms.ChoiceField(
        label=_("What kind of line is it?"),
        choices=[(kind.value, words.FAX_KINDS[kind.value]) for kind in FaxKind],
        widget=forms.RadioSelect,
    )
    attested_by = forms.CharField(label=_("Who at local IT attests it?"), max_length=120)
    attested_on = DayField(label=_("Day of the attestation"))
    until = DayField(label=_("Valid until"), help_text=_("A year at most."))


class ListForm(forms.Form):
    """A list file."""

    file = forms.FileField(
        label=_("List file"),
        help_text=_("A CSV file in the form of the template."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


class HitForm(forms.Form):
    """A decision about one name that was found."""

    entry = forms.CharField(widget=forms.HiddenInput, max_length=120)
    same = YesNoField(label=_("Is it the company on the list?"))
    reason = forms.CharField(label=_("How do you know?"), max_length=400)
    until = DayField(label=_("This decision ends on"), help_text=_("A year at most."))


FORMS: Final[Mapping[StepKind, type[StepForm]]] = {
    StepKind.SUBMITTED: SubmitForm,
    StepKind.REVIEWED: ReviewForm,
    StepKind.PERMITTED: PermitForm,
    StepKind.CONTRACTED: ContractForm,
    StepKind.VETTED: VetForm,
    StepKind.MEMORANDUM: MemorandumForm,
    StepKind.CERTIFIED: CertifyForm,
    StepKind.RECERTIFIED: RecertifyForm,
    StepKind.SCREENED: NothingForm,
    StepKind.LIVE: NothingForm,
    StepKind.SUSPENDED: BecauseForm,
    StepKind.RESUMED: BecauseForm,
    StepKind.REVOKED: BecauseForm,
    StepKind.TAX_FIELD: TaxFieldForm,
    StepKind.TAX_NOTICE: NoteForm,
    StepKind.TAX_VISIT: NoteForm,
    StepKind.TAX_CERTIFIED: NoteForm,
}
