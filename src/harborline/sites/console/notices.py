"""Notices: the list, and the start of a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from harborline.kernel import Invalid, Refused
from harborline.messaging.selectors import runs
from harborline.messaging.services import open_run, plan_later
from harborline.sites import wrongs
from harborline.sites.console.forms import StartForm
from harborline.sites.console.names import names_of
from harborline.sites.console.pages import Page, insist_first
from harborline.sites.console.titles import choices, titles
from harborline.sites.entrance import Entrance, entrance
from harborline.sites.sentences import told


class Notices(Page):
    """The newest runs of the program."""

    purpose = "notice-run"
    template = "console/notices.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The runs with the names of those who started them."""
        found = runs(limit=100)
        return {"runs": found, "titles": titles(), "names": names_of({run.created_by for run in found})}


class Start(View):
    """Choose a text and a file; every row is read and decided before anything goes out."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form."""
        who = entrance(request)
        with who.acting("notice-run"):
            form = StartForm(templates=choices())
            return render(request, "console/start.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Read the file, open the run, and show it; what is wrong with the file is said at its field."""
        who = entrance(request)
        with who.acting("notice-run"):
            form = StartForm(request.POST, request.FILES, templates=choices())
        if form.is_valid():
            opened = _opened(request, form, who)
            if opened:
                return HttpResponseRedirect(opened)
        return render(request, "console/start.html", {"form": form}, status=422)


def _opened(request: HttpRequest, form: StartForm, who: Entrance) -> str:
    """The address of the opened run; empty when the file or the role does not allow it, said in the form."""
    upload = form.cleaned_data["caseload"]
    try:
        with who.acting("notice-run"):
            insist_first(request)
            opened = open_run(
                upload.file,
                source_name=upload.name,
                template_key=form.cleaned_data["template"],
                roles=who.roles,
                hold=True,
            )
            plan_later(opened.id, program=who.program)
    except Invalid as wrong:
        form.add_error("caseload", wrongs.said(wrong))
    except Refused as refused:
        said = told(refused.decision)
        form.add_error(None, f"{said.sentence} {said.next_step}")
    else:
        return reverse("console:notice", args=[opened.id])
    return ""
