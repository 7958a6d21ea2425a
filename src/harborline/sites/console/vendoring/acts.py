"""What these pages do: begin a company, take a step, decide a hit, load a list, attest a fax line, give papers."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from harborline.kernel import Invalid, NotFound, Refused, Unavailable
from harborline.law import profile
from harborline.sites import wrongs
from harborline.sites.console.forms import RevokeForm
from harborline.sites.console.pages import Act, insist_first
from harborline.sites.console.vendoring.forms import FORMS, FaxLineForm, HitForm, ListForm, NewVendorForm, StepForm
from harborline.sites.console.vendoring.pages import judged_lines, listed
from harborline.sites.console.vendoring.questions import AnswersForm
from harborline.sites.entrance import Entrance, entrance
from harborline.sites.sentences import told
from harborline.vendors.facts import FaxKind, LifeFacts, StepKind
from harborline.vendors.selectors import life
from harborline.vendors.services import (
    Document,
    Given,
    adjudicate,
    attest_fax_line,
    draft,
    import_list,
    issue_document,
    open_paper,
    revoke,
    take,
    withdraw_fax_line,
)


class FormPage(View):
    """A page with one form: shown empty, and shown again with what is wrong (422) until it is done."""

    purpose: ClassVar[str] = "vendors"
    template: ClassVar[str]
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:  # noqa: ANN401 - parts of the address
        """The empty form."""
        who = entrance(request)
        with who.acting(self.purpose), timezone.override(who.zone):
            form = self.form(who, **named)
            return render(request, self.template, {"form": form, **self.facts(who, **named)})

    def post(self, request: HttpRequest, **named: Any) -> HttpResponse:  # noqa: ANN401 - as above
        """Do it and go on, or say what is wrong; a refusal undoes everything."""
        who = entrance(request)
        with who.acting(self.purpose), timezone.override(who.zone):
            form = self.form(who, request.POST, request.FILES, **named)
            valid = form.is_valid()
        if valid:
            try:
                with who.acting(self.purpose):
                    insist_first(request)
                    return HttpResponseRedirect(self.do(form, who, **named))
            except Invalid as wrong:
                form.add_error(*wrongs.beside(wrong, form.fields))
            except Refused as refused:
                said = told(refused.decision)
                form.add_error(None, f"{said.sentence} {said.next_step}")
            except Unavailable as gone:
                form.add_error(None, wrongs.said(gone))
        with who.acting(self.purpose), timezone.override(who.zone):
            shown = {"form": form, **self.facts(who, **named)}
            return render(request, self.template, shown, status=422)

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as above
        """The form, empty or with what was given."""
        raise NotImplementedError

    def facts(self, who: Entrance, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        """What the page shows beside the form."""
        raise NotImplementedError

    def do(self, form: Any, who: Entrance, **named: Any) -> str:  # noqa: ANN401 - its own form
        """Do it; the address of the next page."""
        raise NotImplementedError


class NewVendor(FormPage):
    """Begin a company's life."""

    template = "console/vendoring/new.html"

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """Name, purposes, data; a sub-processor has no connection of its own, and only child support sees tax data."""
        return NewVendorForm(*given, below="engagement_id" in named, tax=profile(who.program).kind == "iv-d")

    def facts(self, who: Entrance, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - as the base class
        """The company above, where there is one."""
        del who
        return {"above": life(named["engagement_id"]) if named else None}

    def do(self, form: NewVendorForm, who: Entrance, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Begin it."""
        del who
        made = draft(form.cleaned_data["name"], **form.said(), under=named.get("engagement_id"))
        return reverse("console:vendor", args=[made.id])


class TakeStep(FormPage):
    """Take one step of a life."""

    template = "console/vendoring/step.html"

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """The step's own form."""
        kind, one = self._step(**named)
        kinds: dict[StepKind, type[StepForm]] = {**FORMS, StepKind.ANSWERED: AnswersForm}
        made = kinds[kind](*given, life=one, zone=who.zone)
        made.order_fields(["on", *(name for name in made.fields if name not in {"on", "paper"}), "paper"])
        return made

    def facts(self, who: Entrance, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - as the base class
        """The company and the step in words."""
        del who
        kind, one = self._step(**named)
        danger = kind in {StepKind.SUSPENDED, StepKind.REVOKED}
        return {"life": one, "step": kind.value, "danger": danger}

    def do(self, form: StepForm, who: Entrance, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Take it, with its paper."""
        upload = form.cleaned_data.get("paper")
        papers = [Given(upload.name, upload.read())] if upload else []
        kind, one = self._step(**named)
        take(one.id, kind, on=form.on, detail=form.detail(), roles=who.roles, papers=papers)
        if kind is StepKind.SCREENED:
            return reverse("console:vendor-screening", args=[one.id])
        return reverse("console:vendor", args=[one.id])

    def _step(self, **named: Any) -> tuple[StepKind, LifeFacts]:  # noqa: ANN401 - as above
        name = named["step"]
        if name not in {kind.value for kind in (*FORMS, StepKind.ANSWERED)}:
            raise NotFound("no such step")
        return StepKind(name), life(named["engagement_id"])


class Decide(Act):
    """Decide about one name that was found."""

    purpose = "vendors"

    def act(self, **named: UUID) -> str:
        """The company on the list, or another one; with reason and end."""
        prefix = str(self.request.POST.get("form", ""))[:20]
        form = HitForm(self.request.POST, prefix=prefix)
        if not form.is_valid():
            raise Invalid(_("Say whether it is the company, how you know, and until when the decision holds."))
        given = form.cleaned_data
        adjudicate(
            named["engagement_id"], given["entry"], same_company=given["same"], reason=given["reason"],
            expires_on=given["until"], roles=self.entrance.roles,
        )  # fmt: skip
        return _("Your decision is recorded.")

    def next_page(self, **named: UUID) -> str:
        """Back to the screening."""
        return reverse("console:vendor-screening", args=[named["engagement_id"]])


class Revoke(Act):
    """End a permission now: nothing more is handed over to that company."""

    purpose = "vendors"

    def act(self, **named: UUID) -> str:
        """End it, with the reason."""
        form = RevokeForm(self.request.POST)
        if not form.is_valid():
            raise Invalid(_("say why the permission ends"))
        revoke(named["approval_id"], because=form.cleaned_data["because"])
        return _("The permission has ended. No more texts go out through this company.")

    def next_page(self, **_named: UUID) -> str:
        """Back to the list."""
        return reverse("console:vendors")


class LoadList(FormPage):
    """Load a newer version of a list; shown on the page of the lists."""

    template = "console/vendoring/lists.html"
    http_method_names = ["post"]

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """The file."""
        del who, named
        return ListForm(*given)

    def facts(self, who: Entrance, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - as the base class
        """The lists in force."""
        del named
        return {"lists": listed(who.program)}

    def do(self, form: ListForm, who: Entrance, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Load it, and screen everybody again."""
        del who, named
        upload = form.cleaned_data["file"]
        try:
            import_list(upload.read(), file_name=upload.name)
        except Invalid as wrong:
            raise Invalid(
                f"{wrongs.said(wrong)} {_('The list that was loaded before stays in force.')}", "file"
            ) from None
        return reverse("console:vendor-lists")


class AttestFaxLine(FormPage):
    """Record what local IT attests about a line; shown on the page of the fax lines."""

    template = "console/vendoring/fax_lines.html"
    http_method_names = ["post"]

    def form(self, who: Entrance, *given: Any, **named: Any) -> forms.Form:  # noqa: ANN401 - as the base class
        """The attestation."""
        del who, named
        return FaxLineForm(*given)

    def facts(self, who: Entrance, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - as the base class
        """The lines there are."""
        del named
        return {"lines": judged_lines(who.program)}

    def do(self, form: FaxLineForm, who: Entrance, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Record it."""
        del who, named
        given = form.cleaned_data
        attest_fax_line(
            given["label"], kind=FaxKind(given["kind"]), attested_by=given["attested_by"],
            attested_on=given["attested_on"], until=given["until"],
        )  # fmt: skip
        return reverse("console:vendor-fax-lines")


class EndFaxLine(Act):
    """End the use of a fax line."""

    purpose = "vendors"

    def act(self, **_named: UUID) -> str:
        """End it, with the reason."""
        label, because = (str(self.request.POST.get(name, "")).strip() for name in ("label", "because"))
        if not because:
            raise Invalid(_("Say why."))
        withdraw_fax_line(label, because=because)
        return _("The fax line is not used any more.")

    def next_page(self, **_named: UUID) -> str:
        """Back to the lines."""
        return reverse("console:vendor-fax-lines")


class MadeDocument(View):
    """One paper of a company's life as PDF, with the newest proof of the records on it."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, engagement_id: UUID, document: str) -> HttpResponse:
        """The paper, to be kept."""
        if document not in {kind.value for kind in Document}:
            raise NotFound("no such document")
        with entrance(request).acting("vendors"):
            content = issue_document(engagement_id, Document(document))
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="{document}.pdf"'
        return response


class KeptPaper(View):
    """A signed paper as it was handed in; the opening is recorded."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, paper_id: UUID) -> HttpResponse:
        """The paper, to be kept."""
        with entrance(request).acting("vendors"):
            paper, content = open_paper(paper_id)
        return _attached(HttpResponse(content, content_type=paper.media_type), paper.file_name)


class ListTemplate(View):
    """The form of a list file, with two invented rows."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The file."""
        del request
        content = (files("harborline.law") / "lists" / "vendors" / "import-template.csv").read_bytes()
        return _attached(HttpResponse(content, content_type="text/csv; charset=utf-8"), "list-template.csv")


def _attached(response: HttpResponse, name: str) -> HttpResponse:
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._- ") else "_" for sign in name)
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
