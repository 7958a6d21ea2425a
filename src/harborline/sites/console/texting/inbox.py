"""Texts that came in: the list, one text opened on record, the conversation, the answer, words of danger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from harborline.disclosure.services import look_once
from harborline.kernel import Decision, Invalid, Refused
from harborline.messaging.selectors import inbox
from harborline.messaging.services import conversations
from harborline.sites.console.names import names_of
from harborline.sites.console.pages import Act, Page
from harborline.sites.entrance import entrance
from harborline.sites.sentences import told


class Inbox(Page):
    """What waits to be read: whose, since when, what kind of thing; never the words."""

    purpose = "conversations"
    template = "console/texting/inbox.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Open alerts first, then the texts that wait, then the conversations."""
        waiting = inbox.alerts()
        return {
            "alerts": waiting,
            "names": names_of({str(one.told_worker_id) for one in waiting if one.told_worker_id}),
            "texts": inbox.inbox(),
            "threads": inbox.threads(),
        }


class Open(View):
    """Show the words of one text, once, on record; the page is never kept by a browser."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, text_id: UUID) -> HttpResponse:
        """The words and what must be written down before they go."""
        who = entrance(request)
        how = conversations.How(request.POST.get("how", "view")) if request.POST.get("how") in _HOWS else _VIEW
        with who.acting("conversations"), timezone.override(who.zone):
            opened = conversations.open_text(text_id, session=request.session.session_key or "", how=how)
            return render(
                request,
                "console/texting/text.html",
                {
                    "text": opened,
                    "topics": list(conversations.Topic),
                    "destroys": conversations.destroys(),
                    "thread_id": request.POST.get("thread", ""),
                },
            )


_VIEW = conversations.How.VIEW
_HOWS = {conversations.How.VIEW.value, conversations.How.ALERT.value, conversations.How.STOP.value}


class Close(Act):
    """Write down what was asked; where texts go after viewing, the words are destroyed now."""

    purpose = "conversations"

    def act(self, **named: UUID) -> str:
        """Close it."""
        asked, note = self.request.POST.get("asked", ""), self.request.POST.get("note", "")
        if asked not in {topic.value for topic in conversations.Topic}:
            raise Invalid(_("Say what was asked. Open the text again if you need to."))
        conversations.close_text(named["text_id"], asked=conversations.Topic(asked), note=note)
        return _("Written down.")

    def next_page(self, **_named: UUID) -> str:
        """Back to what waits."""
        return reverse("console:inbox")


class Conversation(View):
    """Everything said with one person, without the words that are gone; an answer where the program allows it."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, thread_id: UUID) -> HttpResponse:
        """The conversation with an empty answer."""
        return _conversation(request, thread_id, draft="")

    def post(self, request: HttpRequest, thread_id: UUID) -> HttpResponse:
        """Check the answer; send it when asked to and nothing keeps it."""
        draft, reason = request.POST.get("text", ""), request.POST.get("reason", "")
        if request.POST.get("step") != "send":
            return _conversation(request, thread_id, draft=draft, reason=reason)
        try:
            with entrance(request).acting("conversations"):
                conversations.answer(thread_id, draft, reason=reason)
        except Refused as refused:
            return _conversation(request, thread_id, draft=draft, reason=reason, refused=refused.decision)
        return HttpResponseRedirect(reverse("console:conversation", args=[thread_id]))


def _conversation(
    request: HttpRequest, thread_id: UUID, *, draft: str, reason: str = "", refused: Decision | None = None
) -> HttpResponse:
    who = entrance(request)
    with who.acting("conversations"), timezone.override(who.zone):
        found = inbox.thread(thread_id)
        if found.participant_id is not None:
            look_once(found.participant_id, page="text", roles=who.roles)
        checked = conversations.compose_check(thread_id, draft) if draft.strip() else None
        may = conversations.may_answer_here(thread_id)
        return render(
            request,
            "console/texting/conversation.html",
            {
                "conversation": found,
                "names": names_of({one.actor.removeprefix("worker:") for one in found.items if one.actor}),
                "may": may,
                "draft": draft,
                "reason": reason,
                "checked": checked,
                "against": [told(one) for one in checked.decisions if not one.allowed] if checked else [],
                "refused": told(refused) if refused else None,
                "topics": list(conversations.Topic),
            },
            status=422 if refused else 200,
        )


class SayAsked(Act):
    """Say afterwards what a text asked whose words are gone."""

    purpose = "conversations"

    def act(self, **named: UUID) -> str:
        """Write it down."""
        asked, note = self.request.POST.get("asked", ""), self.request.POST.get("note", "")
        if asked not in {topic.value for topic in conversations.Topic}:
            raise Invalid(_("Choose one first."))
        conversations.say_what_was_asked(named["text_id"], asked=conversations.Topic(asked), note=note)
        return _("Written down.")

    def next_page(self, **_named: UUID) -> str:
        """Back to what waits."""
        return reverse("console:inbox")


class Alert(Act):
    """Take an alert on, or say how it ended."""

    purpose = "crisis-alert"

    def act(self, **named: UUID) -> str:
        """What the pressed button says."""
        step = self.request.POST.get("step", "")
        if step == "take":
            conversations.acknowledge(named["alert_id"])
            return _("You took it on. Nobody else is told.")
        if step not in {one.value for one in conversations.AlertOutcome}:
            raise Invalid(_("Choose how it ended."))
        note = self.request.POST.get("note", "")
        conversations.close_alert(named["alert_id"], conversations.AlertOutcome(step), note=note)
        return _("Closed.")

    def next_page(self, **_named: UUID) -> str:
        """Back to what waits."""
        return reverse("console:inbox")
