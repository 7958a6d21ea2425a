"""One question with everything said about it: answer it, give it to somebody, pass it on, close it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from harborline.contact import selectors, services
from harborline.contact.facts import Checked, ClosedAs
from harborline.kernel import Decision, Invalid, Refused
from harborline.law import profile
from harborline.people.facts import OfficeFacts
from harborline.people.selectors import offices
from harborline.sites.console.contact.words import topic_titles
from harborline.sites.console.names import names_of
from harborline.sites.console.pages import Act
from harborline.sites.console.titles import page_language
from harborline.sites.entrance import Entrance, entrance
from harborline.sites.sentences import told
from harborline.workforce.selectors import colleagues


class Thread(View):
    """A question with its timeline and an answer that is checked before it is kept."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        """The question; the look is recorded before anything is shown."""
        who = entrance(request)
        with who.acting("contact"), timezone.override(who.zone):
            return _page(request, contact_id)

    def post(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        """Check an answer, put ready words into it, or keep it."""
        who, draft, step = entrance(request), _Draft(request.POST), request.POST.get("step", "")
        with who.acting("contact"), timezone.override(who.zone):
            if step == "ready":
                draft.take_ready(who.program)
                return _page(request, contact_id, draft)
            if step != "send":
                return _page(request, contact_id, draft, check=True)
        try:
            with who.acting("contact"):
                kept = services.answer(
                    contact_id, draft.words, language=draft.language, once=draft.once, leads=draft.leads,
                    reason=draft.reason,
                )  # fmt: skip
        except Refused as refused:
            with who.acting("contact"), timezone.override(who.zone):
                return _page(request, contact_id, draft, check=True, refused=refused.decision)
        text = _("A text says that a message waits.") if kept.told else _("No text about it goes out.")
        messages.success(request, f"{_('Answered.')} {text}")
        return HttpResponseRedirect(reverse("console:contact-thread", args=[contact_id]))


class _Draft:
    """An answer as the form has it."""

    def __init__(self, form: Any) -> None:  # noqa: ANN401 - a form as Django has it
        self.words = str(form.get("words", ""))
        self.language = str(form.get("language", ""))[:8]
        self.leads = form.get("leads") == "1"
        self.reason = str(form.get("reason", ""))
        self.once = str(form.get("once", ""))[:64] or uuid4().hex
        self.ready = str(form.get("ready", ""))

    def take_ready(self, program: str) -> None:
        """Put the chosen ready words into the draft; an unknown choice changes nothing."""
        for one in selectors.ready_answers(program):
            if one.key == self.ready:
                self.words = one.words.get(self.language) or one.words["en"]
                self.leads = one.leads_to_documents


def _page(
    request: HttpRequest,
    contact_id: UUID,
    given: _Draft | None = None,
    *,
    check: bool = False,
    refused: Decision | None = None,
) -> HttpResponse:
    who = entrance(request)
    # Whatever led here: the words are shown again, and that is recorded first.
    services.open_contact(contact_id, roles=who.roles)
    found = selectors.thread(contact_id)
    # Nothing written yet: in the language the person asked for.
    draft = given or _Draft({"language": found.line.language})
    checked = (
        services.compose_check(contact_id, draft.words, language=draft.language, leads=draft.leads)
        if check and draft.words.strip()
        else None
    )
    places, language = offices(who.program), page_language()
    workers = colleagues(who.program, (found.line.county,))
    ids = {one.actor.removeprefix("worker:") for one in found.entries} | {one.detail for one in found.entries}
    return render(
        request,
        "console/contact/thread.html",
        {
            "contact": found,
            "line": found.line,
            "titles": topic_titles(who.program),
            "names": names_of(ids | {str(found.line.worker_id)}),
            "offices": {code: one.name(language) for code, one in places.items()},
            "others": _others(places, found.line.office, language),
            "workers": workers,
            "draft": draft,
            "languages": selectors.SPOKEN,
            "ready": [(one.key, one.title.get(language) or one.title["en"]) for one in _ready(who)],
            "checked": checked,
            "against": _against(checked),
            "refused": told(refused) if refused is not None else None,
            "may_answer": "contact:answer" in who.permissions,
            "answer_days": profile(who.program).contact.answer_days,
        },
        status=200 if refused is None else 422,
    )


def _ready(who: Entrance) -> tuple[selectors.ReadyAnswer, ...]:
    return selectors.ready_answers(who.program)


def _others(places: dict[str, OfficeFacts], own: str, language: str) -> list[tuple[str, str]]:
    return [(code, one.name(language)) for code, one in places.items() if code != own]


def _against(checked: Checked | None) -> list[Any]:
    return [told(one) for one in checked.decisions if not one.allowed] if checked else []


class Steer(Act):
    """Give a question to somebody, pass it to an office, note something, close it or open it again."""

    purpose = "contact"

    def act(self, **named: UUID) -> str:
        """What the pressed button says."""
        step, contact_id = self.request.POST.get("step", ""), named["contact_id"]
        steps = {
            "assign": self._assign,
            "mine": self._take,
            "office": self._pass_on,
            "note": self._note,
            "reopen": self._reopen,
            **{how.value: self._close for how in (ClosedAs.ANSWERED, ClosedAs.NO_RESPONSE)},
        }
        if step not in steps:
            raise Invalid(_("Choose what to do."))
        return steps[step](contact_id)

    def next_page(self, **named: UUID) -> str:
        """Back to the question."""
        return reverse("console:contact-thread", args=[named["contact_id"]])

    def _assign(self, contact_id: UUID) -> str:
        chosen = self.request.POST.get("worker", "")
        known = {str(one.id): one.id for one in colleagues(self.entrance.program, self.entrance.counties)}
        if chosen and chosen not in known:
            raise Invalid(_("Choose somebody who works here."))
        services.assign(contact_id, known.get(chosen))
        return _("Given.") if chosen else _("Back in the office's list.")

    def _take(self, contact_id: UUID) -> str:
        services.assign(contact_id, UUID(self.entrance.actor.id))
        return _("It is yours now.")

    def _pass_on(self, contact_id: UUID) -> str:
        services.pass_on(contact_id, self.request.POST.get("office", ""))
        return _("Passed on.")

    def _note(self, contact_id: UUID) -> str:
        services.write_note(contact_id, self.request.POST.get("note", ""))
        return _("Written down.")

    def _close(self, contact_id: UUID) -> str:
        services.close(contact_id, ClosedAs(self.request.POST.get("step", "")))
        return _("Closed.")

    def _reopen(self, contact_id: UUID) -> str:
        services.reopen(contact_id)
        return _("Opened again.")
