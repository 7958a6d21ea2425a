"""Incidents: report one, see which clocks run, say what was done, take the report."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from harborline.kernel import Refused, clock
from harborline.kernel.clock import iso
from harborline.law import profile
from harborline.ledger.services import record
from harborline.oversight.facts import IncidentLine
from harborline.oversight.selectors import incident, incident_report, incidents
from harborline.oversight.services import amend_incident, close_incident, report_incident, step_done
from harborline.sites.console.oversight.forms import AmendForm, IncidentForm, StepForm, name_what_is_private, now_here
from harborline.sites.console.oversight.words import word
from harborline.sites.console.pages import Act, Download, Page, insist_first
from harborline.sites.console.staff.acts import checked
from harborline.sites.console.titles import page_language
from harborline.sites.entrance import entrance
from harborline.sites.sentences import told


class Incidents(Page):
    """Every incident, those whose clock ends first at the top."""

    purpose = "incidents"
    template = "console/oversight/incidents.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """With the nearest clock of each."""
        return {"incidents": incidents()}


class NewIncident(View):
    """Report an incident, certain or not."""

    http_method_names = ["get", "head", "post"]
    template = "console/oversight/new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, found just now."""
        here = now_here(entrance(request).zone)
        return render(request, self.template, {"form": IncidentForm(initial={"found_at": here, "occurred_at": here})})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it, or say what is missing."""
        who = entrance(request)
        with timezone.override(who.zone):
            form = IncidentForm(request.POST)
            if form.is_valid():
                with who.acting("incidents"):
                    name_what_is_private(form)
            if form.is_valid():
                try:
                    with who.acting("incidents"):
                        insist_first(request)
                        made = report_incident(form.told())
                except Refused as refused:
                    said = told(refused.decision)
                    form.add_error(None, f"{said.sentence} {said.next_step}")
                else:
                    steers = "incidents:steer" in who.permissions
                    page = reverse("console:incident", args=[made]) if steers else reverse("console:incident-thanks")
                    return HttpResponseRedirect(page)
            return render(request, self.template, {"form": form}, status=422)


class Thanks(Page):
    """What happens now, for whoever reported one."""

    purpose = "incidents"
    template = "console/oversight/thanks.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Nothing of any incident."""
        return {}


class Incident(Page):
    """One incident with its clocks."""

    purpose = "incidents"
    template = "console/oversight/incident.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """What must be done by when, and what shows it."""
        one = incident(named["incident_id"])
        said = {name: getattr(one.told, name) for name in IncidentForm.base_fields}
        here = one.told.occurred_at.astimezone(ZoneInfo(self.entrance.zone)).replace(tzinfo=None)
        known = said | {"elements": [each.value for each in one.told.elements], "occurred_at": here}
        return {"one": one, "form": StepForm(), "amend": AmendForm(found=one.told, initial=known)}


class _OfIncident(Act):
    purpose: ClassVar[str] = "incidents"

    def next_page(self, **named: UUID) -> str:
        """The incident."""
        return reverse("console:incident", args=[named["incident_id"]])


class Amend(_OfIncident):
    """Something became known later."""

    def act(self, **named: UUID) -> str:
        """With the clocks that now run, too."""
        with timezone.override(self.entrance.zone):
            form = AmendForm(self.request.POST, found=incident(named["incident_id"]).told)
            checked(form)
            name_what_is_private(form)
            checked(form)
            started = amend_incident(named["incident_id"], form.told(), roles=self.entrance.roles)
        if not started:
            return _("Written down.")
        return ngettext(
            "Written down. %(count)d more must be told.", "Written down. %(count)d more must be told.", started
        ) % {"count": started}


class StepDone(_OfIncident):
    """Somebody was told."""

    def act(self, **named: UUID) -> str:
        """With what shows it."""
        form = StepForm(self.request.POST)
        checked(form)
        step_done(named["step_id"], reference=form.cleaned_data["reference"], roles=self.entrance.roles)
        return _("Written down.")


class Close(_OfIncident):
    """Nothing more to do."""

    def act(self, **named: UUID) -> str:
        """Close it."""
        close_incident(named["incident_id"], roles=self.entrance.roles)
        return _("Closed.")


class Report(Download):
    """The report for an authority outside."""

    purpose = "incidents"
    content_type = "application/pdf"
    file_name = "data-incident-report.pdf"

    def content(self, **named: UUID) -> bytes:
        """Without anybody's data; taking it is recorded."""
        who, line = entrance(self.request), incident(named["incident_id"])
        record("oversight.incident-report-taken", subject=f"incident:{line.id}", content={"incident": str(line.id)})
        with timezone.override(who.zone):
            return incident_report(line, words=_paper(line, who.program), at=clock.now())


def _paper(line: IncidentLine, program: str) -> dict[str, Any]:
    law, language, said = profile(program), page_language(), line.told
    rows = [
        (_("Agency"), law.title.get(language, law.title["en"])),
        (_("Whom may the authority call?"), said.contact),
        (_("When did it happen?"), _moment(said.occurred_at)),
        (_("When was it found?"), _moment(said.found_at)),
        (_("Who or what found it?"), str(word(said.how_found, "how"))),
        (_("What happened?"), said.description),
        (_("Which kinds of data?"), ", ".join(str(word(one, "element")) for one in sorted(said.elements))),
        (_("How many people, as far as you know?"), str(said.people)),
        (_("Where?"), said.place),
        (_("Which computers or programs?"), said.systems),
        (_("What follows for those who did it?"), said.discipline or _("Not decided yet")),
        (_("Reported"), _moment(line.reported_at)),
    ]
    title = _("Data incident report")
    return {"title": title, "language": language, "program": rows[0][1], "rows": rows, "made": iso(line.reported_at)}


def _moment(at: datetime) -> str:
    here = at.astimezone(timezone.get_current_timezone())
    return date_format(here, "DATETIME_FORMAT") + here.strftime(" %Z")
