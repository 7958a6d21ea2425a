"""Exports for a court, an auditor or the person: asked for with a legal basis, recorded, then handed out."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from harborline.kernel import Invalid, NotFound, Refused
from harborline.law import profile
from harborline.oversight.facts import Before, LegalBasis, Request, Selection
from harborline.oversight.selectors import bases, export, exports
from harborline.oversight.services import approve_export, ask_export, make_export
from harborline.people.selectors import participant_id
from harborline.sites import wrongs
from harborline.sites.console.pages import Act, Page, insist_first
from harborline.sites.console.records.numbers import dialled
from harborline.sites.entrance import Entrance, entrance
from harborline.sites.nearness import insist_not_near
from harborline.sites.sentences import told
from harborline.sites.vocabulary import named as word


class Exports(Page):
    """The newest exports in sight."""

    purpose = "export"
    template = "console/records/exports.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Who took what out of the house, why."""
        return {"exports": exports()}


class ExportForm(forms.Form):
    """What, for whom, on which legal basis."""

    person = forms.CharField(label=gettext_lazy("Participant ID"), max_length=40, required=False)
    case = forms.CharField(label=gettext_lazy("Case number"), max_length=40, required=False)
    number = forms.CharField(label=gettext_lazy("Phone number"), max_length=20, required=False)
    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Until"), required=False, widget=forms.DateInput({"type": "date"}))
    basis = forms.ChoiceField(label=gettext_lazy("Legal basis"), widget=forms.RadioSelect)
    reference = forms.CharField(label=gettext_lazy("Docket, release or agreement"), max_length=120, required=False)
    recipient = forms.CharField(label=gettext_lazy("Who gets it?"), max_length=120, required=False)
    done = forms.MultipleChoiceField(
        label=gettext_lazy("What was done before"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=300)

    def __init__(self, *args: Any, kind: str, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        offered = [(basis.value, word(basis.value, "basis")) for basis in bases(kind)]
        before = [(step.value, word(step.value, "before")) for step in Before]
        self.fields["basis"].choices = offered  # type: ignore[attr-defined]  # a choice field
        self.fields["done"].choices = before  # type: ignore[attr-defined]  # a choice field
        if kind != "wic":
            del self.fields["done"]

    def clean(self) -> dict[str, Any]:
        """What is exported is named, and its days are in order."""
        given = self.cleaned_data
        if not any(given.get(name) for name in ("person", "case", "number", "first", "last")) and not self.errors:
            self.add_error(None, _("Name a person, a case, a number or days."))
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day comes before the first."))
        return given

    def request(self, zone: str) -> Request:
        """The request as oversight takes it; raises `Invalid` for a number that is none."""
        given = self.cleaned_data
        number = given["number"].strip()
        return Request(
            selection=Selection(
                person=given["person"].strip(),
                case=given["case"].strip(),
                number=dialled(number, allow_fictional=settings.FICTIONAL_NUMBERS) if number else "",
                from_at=datetime.combine(given["first"], time(), ZoneInfo(zone)) if given["first"] else None,
                until_at=datetime.combine(given["last"], time.max, ZoneInfo(zone)) if given["last"] else None,
            ),
            basis=LegalBasis(given["basis"]),
            reason=given["reason"],
            reference=given["reference"],
            recipient=given["recipient"],
            done_before=frozenset(Before(step) for step in given.get("done", ())),
        )


class Ask(View):
    """Ask for an export; it is recorded before anything is opened."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form."""
        form = ExportForm(kind=profile(entrance(request).program).kind)
        return render(request, "console/records/export_ask.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the request and lead to it, or say in the form what is missing."""
        who = entrance(request)
        form = ExportForm(request.POST, kind=profile(who.program).kind)
        if form.is_valid():
            asked = _asked(request, form, who)
            if asked:
                return HttpResponseRedirect(asked)
        return render(request, "console/records/export_ask.html", {"form": form}, status=422)


def _asked(request: HttpRequest, form: ExportForm, who: Entrance) -> str:
    try:
        with who.acting("export"):
            insist_first(request)
            asked = form.request(who.zone)
            if asked.selection.person:
                insist_not_near(participant_id(who.program, asked.selection.person))
            made = ask_export(asked, roles=who.roles)
    except Invalid as wrong:
        form.add_error(None, wrongs.said(wrong))
    except NotFound:
        form.add_error(None, _("Nobody you may see has this number. Check it and try again."))
    except Refused as refused:
        said = told(refused.decision)
        form.add_error(None, f"{said.sentence} {said.next_step}")
    else:
        return reverse("console:export", args=[made.id])
    return ""


class Export(Page):
    """One export."""

    purpose = "export"
    template = "console/records/export.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """What it is for, by whose word, and whether its file may be taken."""
        return {"export": export(named["export_id"])}


class Approve(Act):
    """Approve what somebody else asked for."""

    purpose = "export"

    def act(self, **named: UUID) -> str:
        """Say yes."""
        approve_export(named["export_id"], roles=self.entrance.roles)
        return _("Approved. The one who asked can take the file now.")

    def next_page(self, **named: UUID) -> str:
        """Back to the export."""
        return reverse("console:export", args=[named["export_id"]])


class Take(View):
    """Pack the export and hand its file out; the record is committed before the first byte leaves."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, export_id: UUID) -> HttpResponseBase:
        """The zip, straight from an unnamed file that nobody else can open."""
        who = entrance(request)
        packed = make_export(export_id, unit=lambda: who.acting("export"))
        return FileResponse(packed.stream, as_attachment=True, filename="export.zip", content_type="application/zip")
