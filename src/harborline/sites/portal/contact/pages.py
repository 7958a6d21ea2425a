"""Pages of a person's own questions: the list, asking, one question, help for somebody in danger.

What is shown is read behind the person's own walls. What is written is done on their word, since a worker sees it.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harborline.contact import selectors, services
from harborline.contact.facts import BY_TEXT, WORDS_MOST, ContactLine, ContactState, Kept
from harborline.kernel import Decision, Invalid, Refused
from harborline.law import profile
from harborline.sites import wrongs
from harborline.sites.frame import in_language
from harborline.sites.sentences import told
from harborline.sites.visiting import OwnPage

OWN_NAMES: Final = {"en": "English", "es": "Español", "so": "Soomaali", "hmn": "Hmoob"}
WRONG: Final = {
    "words": gettext_lazy("Write your question in a few words, at most 4,000 letters."),
    "topic": gettext_lazy("Choose what it is about."),
    "once": gettext_lazy("Please send it once more."),
    "number": gettext_lazy("We have no phone number for you. Please call us."),
}


class _OfMessages(OwnPage):
    """What these pages share."""

    purpose: ClassVar[str] = "portal-contact"

    @property
    def own(self) -> list[UUID]:
        """The person's participants."""
        return [one.id for one in self.visit.participants]

    def shown(self, template: str, *, status: int = 200, **facts: Any) -> HttpResponse:  # noqa: ANN401 - whatever a template shows
        """The template with what every page of messages says."""
        law = profile(self.visit.program)
        titles = {one.key: in_language(one.title) for one in selectors.topics(law.program)}
        return self.page(
            template,
            status=status,
            titles=titles | {BY_TEXT: _("A text you sent us")},
            callback=law.callback,
            safe=[(one.call, in_language(one.says)) for one in selectors.safe_numbers()],
            wic=self.visit.kind == "wic",
            **facts,
        )

    def may_begin(self) -> Decision:
        """Whether the person may ask now, or has to agree first."""
        with self.visit.on_their_word(self.purpose):
            return selectors.may_begin(self.visit.participant.id)

    def after(self, kept: Kept) -> HttpResponse:
        """Where it goes on: to the question, or first to the numbers for somebody in danger."""
        name = "portal:contact-safe" if kept.danger else "portal:contact-thread"
        return HttpResponseRedirect(reverse(name, args=[kept.contact_id]))


class Questions(_OfMessages):
    """What the person asked, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        del request
        return self.shown("portal/contact/list.html", lines=selectors.own_contacts(self.own))


class Ask(_OfMessages):
    """Ask a question."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, or what to agree to first."""
        if not self.may_begin().allowed:
            return self.shown("portal/contact/agree.html", words=in_language(self._opt_in()))
        return self._form({"topic": request.GET.get("topic", "")})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the question once; what is wrong is said above the form, with nothing lost."""
        form = request.POST
        try:
            with self.visit.on_their_word(self.purpose):
                kept = services.ask(
                    self.visit.participant.id,
                    topic=form.get("topic", ""),
                    words=form.get("words", ""),
                    language=form.get("language", ""),
                    once=form.get("once", ""),
                )
        except Invalid as wrong:
            return self._form(form, wrong=str(WRONG.get(wrong.where, WRONG["words"])), where=wrong.where)
        except Refused as refused:
            if refused.decision.reason.startswith(("no-portal", "portal-opt-in")):
                return HttpResponseRedirect(reverse("portal:contact-ask"))
            said = told(refused.decision)
            return self._form(form, wrong=f"{said.sentence} {said.next_step}")
        return self.after(kept)

    def _opt_in(self) -> dict[str, str]:
        return dict(selectors.opt_in_words(self.visit.program)) or {"en": ""}

    def _form(self, given: Any, *, wrong: str = "", where: str = "") -> HttpResponse:  # noqa: ANN401 - a form as Django has it
        topics = selectors.topics(self.visit.program)
        return self.shown(
            "portal/contact/ask.html",
            status=422 if wrong else 200,
            wrong=wrong,
            where=where,
            topics=[(one.key, in_language(one.title)) for one in topics if not one.submits],
            documents=documents_address(),
            chosen=given.get("topic", ""),
            words=given.get("words", ""),
            language=given.get("language", "") or self.visit.participant.language,
            languages=[(code, OWN_NAMES[code]) for code in selectors.SPOKEN],
            once=uuid4().hex if where == "once" else given.get("once") or uuid4().hex,
            most=WORDS_MOST,
        )


class OptIn(_OfMessages):
    """Agree to texts that a message waits, where the program needs it before anybody may ask."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it with the words that were shown."""
        words = selectors.opt_in_words(self.visit.program)
        language = "es" if request.POST.get("language") == "es" else "en"
        if request.POST.get("agreed") != "yes":
            messages.error(request, _("Mark the box to agree."))
        elif words:
            try:
                with self.visit.on_their_word(self.purpose):
                    services.opt_in(self.visit.participant.id, shown=words[language], language=language)
            except Invalid as wrong:
                messages.error(request, str(WRONG.get(wrong.where) or wrongs.said(wrong)))
        return HttpResponseRedirect(reverse("portal:contact-ask"))


class Thread(_OfMessages):
    """One question with its answers, and a field to write more."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        """What was said, what happens next and by when; staff see that it was read."""
        del request
        services.read_by_person(contact_id, participants=self.own)
        return self._shown(contact_id, {})

    def post(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        """Keep what the person adds, once."""
        form = request.POST
        try:
            with self.visit.on_their_word(self.purpose):
                kept = services.write_more(
                    contact_id, participants=self.own, words=form.get("words", ""), once=form.get("once", "")
                )
        except Invalid as wrong:
            return self._shown(contact_id, form, wrong=str(WRONG.get(wrong.where, WRONG["words"])))
        except Refused as refused:
            said = told(refused.decision)
            return self._shown(contact_id, form, wrong=f"{said.sentence} {said.next_step}")
        return self.after(kept)

    def _shown(self, contact_id: UUID, given: Any, *, wrong: str = "") -> HttpResponse:  # noqa: ANN401 - a form as Django has it
        found = selectors.own_contact(contact_id, self.own)
        return self.shown(
            "portal/contact/thread.html",
            status=422 if wrong else 200,
            contact=found,
            line=found.line,
            next=next_for(found.line),
            documents=documents_address(),
            wrong=wrong,
            words=given.get("words", ""),
            once=given.get("once") or uuid4().hex,
            most=WORDS_MOST,
        )


class Safe(_OfMessages):
    """The numbers for somebody in danger, at once; the question is kept all the same."""

    def get(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        """Only for a question of one's own."""
        del request
        return self.shown("portal/contact/safe.html", line=selectors.own_contact(contact_id, self.own).line)


def next_for(line: ContactLine) -> str:
    """Which sentence says what happens next: `ours`, `late`, `theirs`, `elsewhere` or `closed`."""
    if line.moved_to is not None:
        return "elsewhere"
    if line.state is ContactState.CLOSED:
        return "closed"
    if line.state is ContactState.ON_PERSON:
        return "theirs"
    return "late" if line.late else "ours"


def documents_address() -> str:
    """Where papers are handed in; the first page where this installation has no such page."""
    try:
        return reverse("portal:papers-send")
    except NoReverseMatch:
        return reverse("portal:home")
