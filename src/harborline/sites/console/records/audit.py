"""What an auditor draws by lot from the proof log, and its evidence; every draw and every look is recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View

from harborline.kernel import Refused, clock
from harborline.oversight.facts import SampleKind
from harborline.oversight.rules import LARGEST_SAMPLE, LONGEST_SEED
from harborline.oversight.selectors import samples
from harborline.oversight.services import draw_sample, evidence_of, open_sample
from harborline.sites.console.pages import Download, Page
from harborline.sites.console.staff.forms import DAY, beginning_of, end_of
from harborline.sites.entrance import entrance
from harborline.sites.sentences import told

KINDS = {
    SampleKind.DECISIONS.value: _("Decisions"),
    SampleKind.ACCESSES.value: _("Who looked"),
    SampleKind.CONSENTS.value: _("Consents"),
}


class DrawForm(forms.Form):
    """What, from which days, how many, and the auditor's own seed."""

    kind = forms.ChoiceField(label=_("What?"), choices=list(KINDS.items()))
    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=DAY))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs=DAY))
    size = forms.IntegerField(label=_("How many?"), min_value=1, max_value=LARGEST_SAMPLE, initial=20)
    seed = forms.CharField(
        label=_("Your own number or words to draw by"),
        max_length=LONGEST_SEED,
        help_text=_("Throw dice and type them. The same words draw the same records again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def span(self, zone: str, now: datetime) -> tuple[datetime, datetime]:
        """From and until (exclusive); a last day that is today ends now."""
        last = self.cleaned_data["last"]
        today = now.astimezone(ZoneInfo(zone)).date()
        ends = now if last == today else end_of(last, zone)
        return beginning_of(self.cleaned_data["first"], zone), ends


class Audit(View):
    """The samples drawn so far, and the form to draw another."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        return self._page(request, DrawForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Draw, or say what is wrong."""
        form, who = DrawForm(request.POST), entrance(request)
        if not form.is_valid():
            return self._page(request, form)
        from_at, until_at = form.span(who.zone, clock.now())
        try:
            with who.acting("audit"):
                sample = draw_sample(
                    SampleKind(form.cleaned_data["kind"]),
                    seed=form.cleaned_data["seed"],
                    from_at=from_at,
                    until_at=until_at,
                    size=form.cleaned_data["size"],
                    roles=who.roles,
                )
        except Refused as refused:
            said = told(refused.decision)
            form.add_error(None, f"{said.sentence} {said.next_step}")
            return self._page(request, form)
        return HttpResponseRedirect(reverse("console:sample", args=[sample.id]))

    @staticmethod
    def _page(request: HttpRequest, form: DrawForm) -> HttpResponse:
        who = entrance(request)
        with who.acting("audit"), timezone.override(who.zone):
            rows = [(row, KINDS[row.kind]) for row in samples()]
            return render(request, "console/records/audit.html", {"form": form, "samples": rows})


class Sample(Page):
    """The entries of one sample, opened."""

    purpose = "audit"
    template = "console/records/sample.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """Each with what it says and whether its proof is there."""
        sample, entries = open_sample(named["sample_id"], roles=self.entrance.roles)
        return {"sample": sample, "kind": KINDS[sample.kind], "entries": entries}


class Evidence(Download):
    """The sample with its proofs, for a program that checks them."""

    purpose = "audit"
    content_type = "application/json"
    file_name = "evidence.json"

    def content(self, **named: UUID) -> bytes:
        """JSON."""
        return evidence_of(*open_sample(named["sample_id"], roles=entrance(self.request).roles))
