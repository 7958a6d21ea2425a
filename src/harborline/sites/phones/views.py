"""Simulated handsets: the list, one handset, its reply box. Open at a demonstration only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from harborline.adapters.simulator.selectors import conversation, handsets
from harborline.adapters.simulator.services import reply as write
from harborline.kernel import Invalid
from harborline.law import profiles
from harborline.sites.frame import in_language

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
SHOWN = 60


def at_a_demonstration(view: View[P]) -> View[P]:
    """Close a page where real people are texted: handsets show words without a seal."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **named: P.kwargs) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **named)

    return cast("View[P]", guarded)


@require_GET
@at_a_demonstration
def handset_list(request: HttpRequest) -> HttpResponse:
    """The handsets with the newest texts, by program; `ending` keeps numbers that end so."""
    chosen = request.GET.get("program", "")
    program = chosen if chosen in profiles() else min(profiles())
    asked = "".join(sign for sign in request.GET.get("ending", "") if sign in "0123456789")
    facts = {
        "program": program,
        "programs": [(key, in_language(law.title)) for key, law in sorted(profiles().items())],
        "asked": asked,
        "handsets": handsets(program, limit=SHOWN, holding=asked),
    }
    with timezone.override(profiles()[program].zones[0]):
        return render(request, "phones/list.html", facts)


@require_GET
@at_a_demonstration
def handset(request: HttpRequest, program: str, digits: int) -> HttpResponse:
    """One handset's conversation; the part that refreshes itself comes alone when htmx asks."""
    bubbles = conversation(_known(program), f"+{digits}")
    template = "phones/bubbles.html" if getattr(request, "htmx", False) else "phones/handset.html"
    facts = {
        "program": program,
        "title": in_language(profiles()[program].title),
        "sender_name": in_language(profiles()[program].sender_name),
        "digits": digits,
        "bubbles": bubbles,
    }
    with timezone.override(profiles()[program].zones[0]):
        return render(request, template, facts)


@require_POST
@at_a_demonstration
def reply(request: HttpRequest, program: str, digits: int) -> HttpResponse:
    """Write a text on the handset; it comes in the way a phone company brings it."""
    number = f"+{digits}"
    sender = conversation(_known(program), number)[-1].sender
    try:
        write(program, sender, number, request.POST.get("text", ""))
    except Invalid:
        messages.error(request, _("Type a text first."))
    return HttpResponseRedirect(reverse("phones:handset", args=[program, digits]))


def _known(program: str) -> str:
    if program not in profiles():
        raise Http404
    return program
