"""A participant's way into the portal as staff see it, and what participants asked the program to change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from harborline.contact.selectors import own_contacts
from harborline.disclosure.selectors import nearness
from harborline.disclosure.services import look
from harborline.kernel import Invalid, NotFound, Refused
from harborline.people import services
from harborline.people.rules import may_hand_over, may_let_in
from harborline.people.selectors import portal_standing, reach, renewals_waiting, waiting_wishes, wish_at, wishes_of
from harborline.sites import wrongs
from harborline.sites.console.contact.words import topic_titles
from harborline.sites.console.entering.forms import HandOverForm
from harborline.sites.console.pages import Act, Page
from harborline.sites.entrance import Entrance, entrance
from harborline.sites.sentences import told
from harborline.workforce.selectors import number_of

REVIEWS = "safeguards:review"


def not_ones_own(who: Entrance, participant_id: UUID) -> None:
    """Nobody does this for themselves or their family; in the worker's unit of work. Raises `Refused`, `NotFound`."""
    near = nearness(participant_id, UUID(who.actor.id), name=who.actor.name)
    if near is None:
        raise NotFound("no such participant here")
    decision = may_hand_over(kin=near.kin)
    if not decision.allowed:
        raise Refused(decision)


def works_with(who: Entrance, participant_id: UUID) -> None:
    """Only who works with the person, and is not of their family, lets them in. Raises `Refused`, `NotFound`."""
    near = nearness(participant_id, UUID(who.actor.id), name=who.actor.name)
    if near is None:
        raise NotFound("no such participant here")
    decision = may_let_in(kin=near.kin, tied=near.tied)
    if not decision.allowed:
        raise Refused(decision)


class Person(Page):
    """One participant's standing with the portal; the opening is recorded first."""

    purpose = "participants"
    template = "console/entering/person.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """Since when they have a passphrase, when they came last, codes on their way, wishes and questions."""
        who = named["participant_id"]
        look(who, page="participant", roles=self.entrance.roles, kind="people.participant-opened")
        titles = topic_titles(self.entrance.program)
        asked = own_contacts([who]) if "contact:read" in self.entrance.permissions else []
        return {
            "questions": [(one, titles.get(one.topic, one.topic)) for one in asked],
            "person": reach(who),
            "standing": portal_standing(who),
            "wishes": wishes_of((who,)),
            "form": HandOverForm(initial={"way": "in-person", "language": reach(who).language}),
        }


class HandOver(View):
    """Make a code: a paper to hand over or to post, or a link; it is shown this once."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, participant_id: UUID) -> HttpResponse:
        """The paper as a PDF; for a link a page that shows it. That the worker was here is recorded first."""
        form, who = HandOverForm(request.POST), entrance(request)
        if not form.is_valid():
            messages.error(request, _("Choose how the code travels."))
            return self._back(participant_id)
        said = form.cleaned_data
        try:
            with who.acting("portal-entering"):
                works_with(who, participant_id)
                look(participant_id, page="portal-code", roles=who.roles)
                start = services.make_start(participant_id, way=said["way"], renews=said["renews"])
        except Refused as refused:
            words = told(refused.decision)
            messages.error(request, f"{words.sentence} {words.next_step}")
            return self._back(participant_id)
        except Invalid as wrong:
            messages.error(request, wrongs.said(wrong))
            return self._back(participant_id)
        if said["way"] == "link":
            return render(request, "console/entering/link.html", {"start": start, "participant_id": participant_id})
        paper = services.start_paper(start, language=said["language"])
        response = HttpResponse(paper, content_type="application/pdf")
        response.headers["Content-Disposition"] = 'attachment; filename="letter.pdf"'
        return response

    @staticmethod
    def _back(participant_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("console:portal-person", args=[participant_id]))


class Wishes(Page):
    """What participants asked to change, the oldest first, without a word of it; and what a supervisor looks at."""

    purpose = "consent"
    template = "console/entering/wishes.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """Those that wait."""
        del named
        renewals = renewals_waiting() if REVIEWS in self.entrance.permissions else []
        return {"wishes": waiting_wishes(), "renewals": [(one, number_of(one.made_by)) for one in renewals]}


class Wish(Page):
    """One wish with its words: opened by one worker at a time, who is recorded first."""

    purpose = "consent"
    template = "console/entering/wish.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """Its words; where somebody is, the worker asks the person."""
        who = wish_at(named["wish_id"]).participant_id
        not_ones_own(self.entrance, who)
        look(who, page="portal-wish", roles=self.entrance.roles, kind="people.wish-opened")
        return {"one": wish_at(named["wish_id"], opened=True)}


class Settle(Act):
    """A worker says what became of a wish."""

    purpose = "consent"

    def act(self, **named: UUID) -> str:
        """Confirmed means: it stands in the case system now."""
        not_ones_own(self.entrance, wish_at(named["wish_id"]).participant_id)
        services.settle_wish(named["wish_id"], self.request.POST.get("settled_as", ""))
        return _("Recorded. The person sees it on their page.")

    def next_page(self, **named: UUID) -> str:
        """Back to the list."""
        del named
        return reverse("console:portal-wishes")


class Renewal(Act):
    """A supervisor looked at a code that let somebody choose a new passphrase."""

    purpose = "consent"

    def act(self, **named: UUID) -> str:
        """Not whoever made it."""
        services.review_renewal(named["start_id"])
        return _("Recorded.")

    def next_page(self, **named: UUID) -> str:
        """Back to the list."""
        del named
        return reverse("console:portal-wishes")
