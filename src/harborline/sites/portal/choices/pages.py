"""The pages of the consent centre."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from harborline.consent import services
from harborline.consent.facts import CONTACT_US, NOTICES, ConsentState, Means
from harborline.consent.rules import state_of
from harborline.consent.selectors import consents_of, facts_of, receipt_json, receipt_pdf, suppressed_numbers
from harborline.kernel import Invalid, Refused, clock
from harborline.law import Block, block, profile
from harborline.people.selectors import asked_discreet, own_number, own_wishes
from harborline.people.services import choose_wording, first_time, wish
from harborline.sites import wrongs
from harborline.sites.portal.choices.forms import SignForm, WishForm
from harborline.sites.sentences import told
from harborline.sites.visiting import OwnPage
from harborline.vault.services import blind_index

_STANDS = {ConsentState.GIVEN, ConsentState.TEMPORARY}


@dataclass(frozen=True, slots=True)
class Agreed:
    """One thing the person agreed to, and where it stands now."""

    consent: Any
    state: ConsentState

    @property
    def stands(self) -> bool:
        """Whether it counts now."""
        return self.state in _STANDS


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the person's, by its end: whether texts go to it, or were stopped."""

    ends_in: str
    texts: bool
    stopped: bool


class _Choosing(OwnPage):
    """What the pages share."""

    purpose: ClassVar[str] = "portal-choices"

    def numbers(self) -> dict[uuid.UUID, str]:
        """The current number of each of the person's participants that has one: counties may know different ones."""
        found = {each.id: own_number(each.id) for each in self.visit.participants}
        return {who: number for who, number in found.items() if number}

    def ends(self) -> list[str]:
        """How their numbers end, each once."""
        return [number[-4:] for number in dict.fromkeys(self.numbers().values())]

    def agreed(self) -> list[Agreed]:
        """What they ever agreed to, in every county that knows them, the newest first."""
        every = [one for each in self.visit.participants for one in consents_of(each.id)]
        every.sort(key=lambda one: one.given_at, reverse=True)
        return [Agreed(one, state_of(consent=facts_of(one), now=clock.now())) for one in every]

    def back(self, words: str = "") -> HttpResponse:
        """To the choices, with one sentence."""
        if words:
            messages.success(self.request, words)
        return HttpResponseRedirect(reverse("portal:choices"))

    def refused(self, refused: Refused) -> HttpResponse:
        """To the choices, with the reason in plain words."""
        said = told(refused.decision)
        messages.error(self.request, f"{said.sentence} {said.next_step}")
        return HttpResponseRedirect(reverse("portal:choices"))


class Choices(_Choosing):
    """What was agreed and when, channel by channel; what may be chosen."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Everything on one page."""
        del request
        agreed, law = self.agreed(), profile(self.visit.program)
        numbers = self._numbers(agreed)
        return self.page(
            "portal/choices/choices.html",
            agreed=agreed,
            numbers=numbers,
            off=not all(one.texts for one in numbers),
            stopped=all(one.stopped for one in numbers),
            threads=CONTACT_US in law.consent.app_platforms,
            thread_texts=any(one.stands and one.consent.platform == CONTACT_US for one in agreed),
            discreet=asked_discreet(self.visit.participant.id),
            wishes=own_wishes(tuple(each.id for each in self.visit.participants)),
            law=law,
        )

    def _numbers(self, agreed: list[Agreed]) -> list[Number]:
        known = {blind_index("phone", number): number for number in self.numbers().values()}
        stopped = suppressed_numbers(self.visit.program, list(known))
        on = {bytes(one.consent.phone_idx) for one in agreed if one.stands and one.consent.platform == NOTICES}
        return [Number(number[-4:], idx in on - stopped, idx in stopped) for idx, number in known.items()]


class Agree(_Choosing):
    """Read the privacy notice and the words, and sign for texts."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The words in the language of the page."""
        del request
        return self._form(SignForm(initial={"statement": self._words().sha256, "once": uuid.uuid4().hex}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the signature; words that changed meanwhile lead back to the words."""
        form, shown, numbers = SignForm(request.POST), self._words(), self.numbers()
        if not form.is_valid():
            return self._form(form, 422)
        if form.cleaned_data["statement"] != shown.sha256 or not numbers:
            form.add_error(None, _("The words changed, or there is no number. Please read again."))
            return self._form(form, 422)
        try:
            drawn = services.Drawn.read(form.cleaned_data["drawn"])
            name = form.cleaned_data["signed_as"].strip()
            signature = services.signature_of(shown=shown, name=name, drawn=drawn)
            with self.visit.on_their_word(self.purpose):
                signing = numbers if first_time(form.cleaned_data["once"]) else {}
                for who, number in signing.items():
                    services.sign_release(
                        who, number, statement_sha256=shown.sha256, signature=signature, language=shown.language
                    )
        except Refused as refused:
            return self.refused(refused)
        except Invalid:
            form.add_error(None, _("The drawing could not be read. Clear it, or only type your name."))
            return self._form(form, 422)
        return self.back(_("You signed. Your receipt is below."))

    def _form(self, form: SignForm, status: int = 200) -> HttpResponse:
        return self.page(
            "portal/choices/agree.html", status=status, form=form, words=self._words(), law=profile(self.visit.program),
            ends=self.ends(),
        )  # fmt: skip

    def _words(self) -> Block:
        law = profile(self.visit.program)
        return block(law.consent.release_statement, (get_language() or "en")[:2])


class _Doing(_Choosing):
    http_method_names = ["post"]


class Stop(_Doing):
    """No more texts to any of the person's numbers, from any program of the agency."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Stop at once; the portal is a reasonable means like any other."""
        del request
        each_once = list({number: who for who, number in self.numbers().items()}.values())
        try:
            with self.visit.on_their_word(self.purpose):
                for who in each_once or [self.visit.participant.id]:
                    services.record_spoken_stop(who, means=Means.PORTAL)
        except Invalid as wrong:
            messages.error(self.request, wrongs.said(wrong))
            return self.back()
        if len(each_once) > 1:
            return self.back(_("Stopped. No more texts go to these numbers."))
        return self.back(_("Stopped. No more texts go to this number."))


class Thread(_Doing):
    """Texts that say there is something new in the person's own messages here; this platform only."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """On or off."""
        on = request.POST.get("texts") == "on"
        standing = [one.consent for one in self.agreed() if one.stands and one.consent.platform == CONTACT_US]
        try:
            with self.visit.on_their_word(self.purpose):
                has = {consent.participant_id for consent in standing}
                for who, number in self.numbers().items() if on else ():
                    if who in has:
                        continue
                    services.opt_in_by_app(
                        who, number, platform=CONTACT_US, action={"shown": "choices/thread", "pressed": "on"},
                        portal=True, language=(get_language() or "en")[:2],
                    )  # fmt: skip
                for consent in standing if not on else ():
                    services.withdraw(consent.id, means=Means.PORTAL)
        except Refused as refused:
            return self.refused(refused)
        return self.back(_("Saved."))


class Wording(_Doing):
    """Texts that tell nothing, or the usual ones."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """It holds in every county."""
        discreet = request.POST.get("discreet") == "on"
        for each in self.visit.participants:
            choose_wording(each.id, discreet=discreet)
        return self.back(_("Saved."))


class Change(_Choosing):
    """Ask the office to change something; a worker confirms it."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The privacy notice and the form."""
        del request
        return self._form(WishForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the wish."""
        form = WishForm(request.POST)
        if not form.is_valid():
            return self._form(form, 422)
        try:
            wish(self.visit.participant.id, form.cleaned_data["field"], form.cleaned_data["value"])
        except Invalid as wrong:
            form.add_error("value", wrongs.problem(wrong))
            return self._form(form, 422)
        return self.back(_("We got it. Your office asks you before it changes anything."))

    def _form(self, form: WishForm, status: int = 200) -> HttpResponse:
        return self.page("portal/choices/change.html", status=status, form=form, law=profile(self.visit.program))


class _Receipt(_Choosing):
    content_type: ClassVar[str]
    file_name: ClassVar[str]

    def get(self, request: HttpRequest, consent_id: uuid.UUID) -> HttpResponse:
        """The file, to be kept and not shown; somebody else's is not found."""
        del request
        response = HttpResponse(self.content(consent_id), content_type=self.content_type)
        response.headers["Content-Disposition"] = f'attachment; filename="{self.file_name}"'
        return response

    def content(self, consent_id: uuid.UUID) -> bytes:
        """The file's bytes."""
        raise NotImplementedError


class Paper(_Receipt):
    """The receipt to print."""

    content_type = "application/pdf"
    file_name = "receipt.pdf"

    def content(self, consent_id: uuid.UUID) -> bytes:
        """In the language of the page."""
        return receipt_pdf(consent_id, language=(get_language() or "en")[:2])


class Machine(_Receipt):
    """The receipt for other software."""

    content_type = "application/json"
    file_name = "receipt.json"

    def content(self, consent_id: uuid.UUID) -> bytes:
        """With the fields of the consent-record standard."""
        return receipt_json(consent_id)
