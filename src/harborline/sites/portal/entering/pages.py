"""The pages of coming in: the program's public page, a code by text, a code from a paper, the passphrase."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from harborline.kernel import Invalid, Refused, clock
from harborline.law import Profile, profiles
from harborline.messaging.words.numbers import e164
from harborline.people import services
from harborline.sites.portal.entering.forms import AskForm, ChooseForm, CodeForm, ShowForm, StartForm
from harborline.sites.portal.entering.places import place_of
from harborline.sites.visiting import ASKED, STARTED, STARTED_AT, as_portal, open_visit

_PURPOSE = "portal-entering"
# How long a code that was shown waits for its passphrase: as long as a visit nobody touches.
_STARTED_S = 15 * 60


class _Entering(View):
    """A page before coming in, of one program; nothing is found under any other key."""

    http_method_names = ["get", "head", "post"]
    law: Profile

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:  # noqa: ANN401 - as the base class
        """Answer for a known program."""
        if named["program"] not in profiles():
            raise Http404
        self.law = profiles()[named["program"]]
        return super().dispatch(request, *args, **named)

    @property
    def program(self) -> str:
        """The program's key."""
        return self.law.program

    def page(self, template: str, *, status: int = 200, **facts: Any) -> HttpResponse:  # noqa: ANN401 - whatever a template shows
        """The template with these facts and the program's profile."""
        return render(self.request, f"portal/entering/{template}.html", {"law": self.law, **facts}, status=status)

    def to(self, name: str) -> HttpResponse:
        """On to another page of the program."""
        return HttpResponseRedirect(reverse(f"portal:{name}", args=[self.program]))

    def failed(self, template: str, form: Form, words: str) -> HttpResponse:
        """The empty form once more, with one sentence that is the same for every cause."""
        form.full_clean()
        form.cleaned_data = {}
        form.add_error(None, words)
        return self.page(template, form=form, status=422)


class Program(_Entering):
    """The program's public page: what one can do here and how to come in; asking for a code by text."""

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        """Public; the same for everybody."""
        del program
        return self.page("program", form=AskForm(), over=request.GET.get("why") == "over")

    def post(self, request: HttpRequest, program: str) -> HttpResponse:
        """Ask for a code. Every number gets the same answer after the same work."""
        form = AskForm(request.POST)
        if not form.is_valid():
            return self.page("program", form=form, status=422)
        number, language = _number(form.cleaned_data["number"]), (get_language() or "en")[:2]
        with as_portal(program, _PURPOSE):
            request.session[ASKED] = str(services.ask_code(number, place=place_of(request), language=language))
            services.send_codes_soon(program)
        return self.to("code")


class Code(_Entering):
    """The code of the text together with the passphrase."""

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        """The form; whoever comes here without having asked is led to asking."""
        del program
        return self.page("code", form=CodeForm()) if ASKED in request.session else self.to("program")

    def post(self, request: HttpRequest, program: str) -> HttpResponse:
        """Come in, or hear that it did not work."""
        asked, form = str(request.session.get(ASKED, "")), CodeForm(request.POST)
        if not asked:
            return self.to("program")
        if not form.is_valid():
            return self.page("code", form=form, status=422)
        person = _tried(program, uuid.UUID(asked), form.cleaned_data, place_of(request))
        if person is None:
            return self.failed("code", CodeForm(), _not_opened())
        open_visit(request, program, person, way="code")
        return HttpResponseRedirect(reverse("portal:home"))


class Start(_Entering):
    """A code from a paper, from a worker or from a link."""

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        """The form."""
        del request, program
        return self.page("start", form=StartForm())

    def post(self, request: HttpRequest, program: str) -> HttpResponse:
        """On to the passphrase, or the same sentence for every cause."""
        form = StartForm(request.POST)
        if not form.is_valid():
            return self.page("start", form=form, status=422)
        with as_portal(program, _PURPOSE):
            found = services.try_start(form.cleaned_data["start"], place=place_of(request))
        if found is None:
            return self.failed("start", StartForm(), _not_opened())
        request.session.update({STARTED: str(found.id), STARTED_AT: clock.now().timestamp()})
        return self.to("passphrase")


class Link(_Entering):
    """A link that a worker or a notice sent: the form with the code in it."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, program: str, start: str) -> HttpResponse:
        """Looking at it uses nothing up: programs that scan messages open links too."""
        del request, program
        return self.page("start", form=StartForm(initial={"start": start}))


class Passphrase(_Entering):
    """After a code to begin with: choose a passphrase, or show the one chosen before."""

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        """Which of both; whoever has shown no code is led to showing one."""
        found = self._found(request, program)
        if found is None:
            return self.to("start")
        return self.page("passphrase", form=ChooseForm() if found.chooses else ShowForm(), chooses=found.chooses)

    def post(self, request: HttpRequest, program: str) -> HttpResponse:
        """Come in; the code is used up."""
        found = self._found(request, program)
        if found is None:
            return self.to("start")
        form = ChooseForm(request.POST) if found.chooses else ShowForm(request.POST)
        if not form.is_valid():
            return self.page("passphrase", form=form, chooses=found.chooses, status=422)
        words = form.cleaned_data["passphrase"]
        # Comparing is slow: it is done while no unit of work is open.
        right = found.chooses or found.kept.proves(words)
        try:
            with as_portal(program, _PURPOSE):
                entered = _entered(found, words, right=right, place=place_of(request))
        except Refused:
            form.add_error("passphrase", _("This is too easy to guess. Use more words."))
            return self.page("passphrase", form=form, chooses=found.chooses, status=422)
        if entered is None:
            return self.to("start")
        if not entered:
            form.add_error(None, _not_opened())
            return self.page("passphrase", form=form, chooses=found.chooses, status=422)
        open_visit(request, program, found.person_id, way="handed-over")
        return HttpResponseRedirect(reverse("portal:home"))

    @staticmethod
    def _found(request: HttpRequest, program: str) -> services.StartFacts | None:
        started, at = str(request.session.get(STARTED, "")), float(request.session.get(STARTED_AT, 0))
        if not started:
            return None
        if clock.now().timestamp() - at >= _STARTED_S:
            del request.session[STARTED]
            return None
        with as_portal(program, _PURPOSE):
            return services.start_at(uuid.UUID(started))


def _tried(program: str, asked: uuid.UUID, said: dict[str, Any], place: str) -> uuid.UUID | None:
    # Two short units of work, and the slow comparing between them: a flood of tries holds no connection.
    with as_portal(program, _PURPOSE):
        trial = services.begin_try(asked, place=place)
    if trial is None:
        return None
    second = trial.kept.proves(said["passphrase"])
    with as_portal(program, _PURPOSE):
        return services.try_code(trial, said["code"], second=second, place=place)


def _entered(shown: services.StartFacts, words: str, *, right: bool, place: str) -> bool | None:
    # Looked at again under its lock: a second tap on the same button finds it used, which None says.
    found = services.start_at(shown.id)
    if found is None or found.chooses != shown.chooses:
        return None
    if found.chooses:
        services.choose_passphrase(found.person_id, words)
    elif not services.show_passphrase(found, right=right, place=place):
        return False
    return services.use_start(found) or None


def _number(typed: str) -> str:
    # What is no number is asked for as it was typed: it is nobody's, and looks like any other.
    try:
        return e164(typed, allow_fictional=settings.FICTIONAL_NUMBERS)
    except Invalid:
        return typed.strip()


def _not_opened() -> str:
    return _("This did not work. Check what you typed. After three tries, ask for a new code.")
