"""What every page of the console shares: one unit of work for what is shown, one for what is done."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from harborline.kernel import Invalid, Refused, Unavailable, refuse
from harborline.people.services import first_time
from harborline.sites.entrance import Entrance, entrance
from harborline.sites.wrongs import said


class Page(View):
    """Shows one page inside one unit of work; `template` and `facts` say which and with what."""

    purpose: ClassVar[str]
    template: ClassVar[str]
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, **named: UUID) -> HttpResponseBase:
        """The page."""
        who = entrance(request)
        with who.acting(self.purpose), timezone.override(who.zone):
            return render(request, self.template, self.facts(**named))

    def facts(self, **named: UUID) -> dict[str, Any]:
        """What the template shows."""
        raise NotImplementedError

    @property
    def entrance(self) -> Entrance:
        """Who looks."""
        return entrance(self.request)


class Download(View):
    """Gives one file inside one unit of work."""

    purpose: ClassVar[str]
    content_type: ClassVar[str]
    file_name: ClassVar[str]
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, **named: UUID) -> HttpResponse:
        """The file, to be kept and not shown."""
        with entrance(request).acting(self.purpose):
            content = self.content(**named)
        response = HttpResponse(content, content_type=self.content_type)
        response.headers["Content-Disposition"] = f'attachment; filename="{self.file_name}"'
        return response

    def content(self, **named: UUID) -> bytes:
        """The file's bytes."""
        raise NotImplementedError


class Act(View):
    """Does one thing inside one unit of work, says what became of it, and leads to the next page.

    A refusal or a wrong input undoes the whole unit of work; its words are shown on the page it came from.
    The second click on a button does nothing again.
    """

    purpose: ClassVar[str]
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **named: UUID) -> HttpResponse:
        """Do it and go on."""
        try:
            with entrance(request).acting(self.purpose):
                done = self.act(**named) if first_sent(request) else _("This was sent before. It counts once.")
        except (Refused, Invalid, Unavailable) as wrong:
            messages.error(request, said(wrong))
        except IntegrityError:
            messages.error(request, at_once())
        else:
            if done:
                messages.success(request, done)
        return HttpResponseRedirect(self.next_page(**named))

    def act(self, **named: UUID) -> str:
        """Do it; the sentence that says so."""
        raise NotImplementedError

    def next_page(self, **named: UUID) -> str:
        """Where to go afterwards, done or not."""
        raise NotImplementedError

    @property
    def entrance(self) -> Entrance:
        """Who acts."""
        return entrance(self.request)


def first_sent(request: HttpRequest) -> bool:
    """Whether this very form is sent for the first time, inside the unit of work that does what it asks for.

    Django masks the token of a page's forms anew with each page (BREACH), so it names the page as well. A click that
    comes at the same moment waits until the first is done. A request without one comes from no page.
    """
    page = request.POST.get("csrfmiddlewaretoken", "")
    if not page:
        return True
    filled = [(name, request.POST.getlist(name)) for name in sorted(request.POST)]
    files = [(name, one.name, one.size) for name, several in request.FILES.lists() for one in several]
    form = json.dumps([entrance(request).actor.id, request.path, filled, files])
    return first_time(form, site="console")


def insist_first(request: HttpRequest) -> None:
    """Like `first_sent`; raises `Refused` for a form that was sent before."""
    if not first_sent(request):
        raise Refused(refuse("sent-before"))


def at_once() -> str:
    """What is said when the database found that somebody else did the same at the same moment."""
    return _("Somebody else did this at the same moment. Load the page again.")


def yes_or_no(request: HttpRequest) -> bool:
    """The answer of a form with two buttons; raises `Invalid` for anything else: silence is no answer."""
    answer = request.POST.get("answer")
    if answer not in ("yes", "no"):
        raise nothing_chosen()
    return answer == "yes"


def nothing_chosen() -> Invalid:
    """The form came without a choice."""
    return Invalid(_("choose one first"))
