"""The first page, the first page after coming in, and the quick way out."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from harborline.law import profiles
from harborline.people.selectors import starts_told
from harborline.sites.frame import in_language
from harborline.sites.portal.parts import cards_of
from harborline.sites.visiting import OwnPage, close_visit

LEAVING = '"cache", "cookies", "storage"'
"""What the browser forgets of us when somebody leaves."""
LEAVING_NOTHING = '"cache"'
"""The same where nobody was inside: a worker's own sign-in stays."""


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Which program; with one program only, its own first page."""
    programs = [(key, in_language(law.title)) for key, law in sorted(profiles().items())]
    if len(programs) == 1:
        return HttpResponseRedirect(reverse("portal:program", args=[programs[0][0]]))
    return render(request, "portal/front.html", {"programs": programs, "over": request.GET.get("why") == "over"})


@require_GET
def leave(request: HttpRequest) -> HttpResponse:
    """End the visit at once and go somewhere harmless; a link, so that it works everywhere and leaves no question.

    The browser is told to forget cookies, storage and copies of pages. A stranger's page can neither send anybody here
    with their visit (the session's cookie does not travel from other sites) nor sign a worker out.
    """
    left = close_visit(request)
    answer = HttpResponseRedirect(settings.PORTAL_EXIT)
    if request.headers.get("Sec-Fetch-Site") != "cross-site":
        answer.headers["Clear-Site-Data"] = LEAVING if left else LEAVING_NOTHING
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


class Home(OwnPage):
    """What a participant can do here, what waits first."""

    purpose: ClassVar[str] = "portal-home"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The cards of every part; and every code that was made for somebody to come in here as this person."""
        del request
        made = starts_told([each.id for each in self.visit.participants])
        return self.page("portal/home.html", cards=cards_of(self.visit), made=made)
