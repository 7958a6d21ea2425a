"""One text: its words, the decision, and every step of its life."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from harborline.disclosure.selectors import own_or_family
from harborline.kernel import Invalid, Refused, allow
from harborline.messaging.facts import DispatchState, Knowledge, Verdict
from harborline.messaging.selectors import message
from harborline.messaging.selectors.papers import message_proof
from harborline.messaging.services import send_again, settle_unknown
from harborline.sites.console.pages import Act, Download, Page
from harborline.sites.entrance import entrance
from harborline.sites.vocabulary import STATES


class Message(Page):
    """The life of one text; the opening is recorded by the selector before the words are shown."""

    purpose = "message-life"
    template = "console/message.html"

    def get(self, request: HttpRequest, **named: UUID) -> HttpResponse:
        """The page; to whoever the text went to, or to their family, it stays closed."""
        who, opens = self.entrance, allow()
        with who.acting(self.purpose), timezone.override(who.zone):
            facts = self.facts(**named)
            if facts["message"].participant_id:
                opens = own_or_family(facts["message"].participant_id)
            if opens.allowed:
                return render(request, self.template, facts)
        raise Refused(opens)

    def facts(self, **named: UUID) -> dict[str, Any]:
        """The text and its steps."""
        found = message(named["message_id"])
        return {
            "message": found,
            "state": STATES.get(found.state),
            "unclear": found.state == DispatchState.UNKNOWN.word,
            "ways": [one.value for one in Knowledge if one is not Knowledge.TIME],
        }


class Settle(Act):
    """Somebody found out what became of a text nobody could answer for."""

    purpose = "message-life"

    def act(self, **named: UUID) -> str:
        """It arrived, or it surely did not; with how they know."""
        verdict, how = self.request.POST.get("verdict", ""), self.request.POST.get("how", "")
        if verdict not in {one.value for one in Verdict} or how not in {one.value for one in Knowledge}:
            raise Invalid(_("Say what became of it, and how you know."))
        note = self.request.POST.get("note", "").strip()[:300]
        settle_unknown(named["message_id"], Verdict(verdict), how=Knowledge(how), note=note)
        return _("Written down.")

    def next_page(self, **named: UUID) -> str:
        """Back to the text."""
        return reverse("console:message", args=[named["message_id"]])


class SendAgain(Act):
    """A text that surely did not arrive goes again, as a new text."""

    purpose = "message-life"

    def act(self, **named: UUID) -> str:
        """Queue it; everything is judged again at its hand-over."""
        self._fresh = send_again(named["message_id"], roles=self.entrance.roles)
        return _("It goes again, as a new text.")

    def next_page(self, **named: UUID) -> str:
        """The new text, or the old one when it was refused."""
        return reverse("console:message", args=[getattr(self, "_fresh", named["message_id"])])


class Proof(Download):
    """The proof of one text as a file: anybody can check it against the public log; the opening is recorded."""

    purpose = "message-life"
    content_type = "application/json"
    file_name = "receipt.json"

    def content(self, **named: UUID) -> bytes:
        """The words, every step, and the paths to the signed log."""
        return message_proof(named["message_id"], roles=entrance(self.request).roles).json
