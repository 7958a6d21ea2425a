"""The front desk: whose spoken permission waits for a signature, in the order they come; and signing on the screen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from harborline.consent.selectors import unsigned_by_appointment, waiting_spoken
from harborline.consent.services import DeskSignature, sign_at_desk
from harborline.disclosure.services import look
from harborline.kernel import Invalid, Refused
from harborline.law import block, profile
from harborline.sites import wrongs
from harborline.sites.console.contact.inbox import offices_of
from harborline.sites.console.pages import Page
from harborline.sites.console.titles import page_language
from harborline.sites.entrance import entrance
from harborline.sites.sentences import told


class Desk(Page):
    """Spoken permissions without a signature, by appointment."""

    purpose = "front-desk"
    template = "console/contact/desk.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Of one office or of all in sight; an unknown office shows all."""
        places = offices_of(self.entrance)
        office = self.request.GET.get("office", "")
        chosen = office if office in places else ""
        return {
            "lines": unsigned_by_appointment(office=chosen),
            "office": chosen,
            "offices": {code: one.name(page_language()) for code, one in places.items()},
            "spoken": profile(self.entrance.program).consent.verbal_cap_days > 0,
        }


class Sign(View):
    """The words to agree to, turned to the person, with a name to type and a field to draw in."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, consent_id: UUID) -> HttpResponse:
        """The words in the language of the permission, or the one chosen."""
        who = entrance(request)
        with who.acting("front-desk"), timezone.override(who.zone):
            consent = waiting_spoken(consent_id)
            look(consent.participant_id, page="desk", roles=who.roles, kind="people.participant-opened")
            return _page(request, consent_id, request.GET.get("words", consent.language))

    def post(self, request: HttpRequest, consent_id: UUID) -> HttpResponse:
        """Keep the signature; what is wrong with it is said above the words."""
        who, form = entrance(request), request.POST
        language = form.get("words", "")
        signature = DeskSignature(form.get("signed_as", "")[:500], form.get("strokes", "")[:100_000])
        try:
            _insist_agreed(form.get("agreed", ""))
            with who.acting("front-desk"):
                sign_at_desk(
                    consent_id, statement_sha256=form.get("sha256", ""), language=language, signature=signature,
                    witness=who.actor.id,
                )  # fmt: skip
        except (Invalid, Refused) as wrong:
            with who.acting("front-desk"), timezone.override(who.zone):
                return _page(request, consent_id, language, wrong=_said(wrong), signed_as=signature.signed_as)
        messages.success(request, _("Signed. Upload the signed form to your information system."))
        return HttpResponseRedirect(reverse("console:desk"))


def _insist_agreed(agreed: str) -> None:
    if agreed != "yes":
        raise Invalid(_("Mark the box to agree."))


def _said(wrong: Invalid | Refused) -> str:
    if isinstance(wrong, Refused):
        said = told(wrong.decision)
        return f"{said.sentence} {said.next_step}"
    words = {
        "signed_as": _("Type the name of who signs."),
        "strokes": _("The drawing cannot be used. Clear it and draw again, or type the name alone."),
    }
    return str(words.get(wrong.where) or wrongs.said(wrong))


def _page(
    request: HttpRequest, consent_id: UUID, language: str, *, wrong: str = "", signed_as: str = ""
) -> HttpResponse:
    law = profile(entrance(request).program)
    chosen = language if language in law.languages else law.languages[0]
    consent = waiting_spoken(consent_id)
    return render(
        request,
        "console/contact/sign.html",
        {
            "consent": consent,
            "statement": block(law.consent.release_statement, chosen),
            "languages": law.languages,
            "chosen": chosen,
            "wrong": wrong,
            "signed_as": signed_as,
        },
        status=422 if wrong else 200,
    )
