"""One participant: may they get texts, on which permission, and what staff do about it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from harborline.consent import services
from harborline.consent.facts import ConsentKind, ConsentState, Means, Settlement
from harborline.consent.rules import may_text, state_of
from harborline.consent.selectors import consents_of, facts_of, standings
from harborline.disclosure.selectors import own_or_family
from harborline.disclosure.services import look, search
from harborline.kernel import Decision, Invalid, Outcome, Refused, clock, refuse
from harborline.law import Profile, block, profile
from harborline.ledger.services import record
from harborline.messaging.selectors import TEXTS_OFF, replies, shown_as, texts_to
from harborline.people.facts import Reach
from harborline.people.selectors import asked_discreet, holders_of_number, reach, texting_blocks
from harborline.people.services import choose_wording, record_contact
from harborline.sites.console.forms import PermissionForm, ReleaseForm, SearchForm
from harborline.sites.console.pages import Act, Download, Page
from harborline.sites.console.titles import page_language
from harborline.sites.entrance import entrance
from harborline.vault.services import blind_index

# Nobody is texted who was not asked and said yes: what a missing fact rests on.
_ASKED = ("NC-CSS-22-18:opt-in", "MN-WIC-9.6:permission-first")
_SAFE = refuse("no-texts-by-safety-choice")
_ALIKE = frozenset({ConsentState.GIVEN, ConsentState.TEMPORARY, ConsentState.WITHDRAWN})
TEXTS = 20
STOPPING = (Means.TELEPHONE, Means.IN_PERSON, Means.LETTER, Means.EMAIL)


class Participants(Page):
    """Find somebody by the case system's number; it travels in the form, never in an address."""

    purpose = "participants"
    template = "console/participants.html"
    http_method_names = ["get", "head", "post"]

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The empty form."""
        return {"form": SearchForm()}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Lead to the participant, or say that nobody here has that number."""
        form, who = SearchForm(request.POST), entrance(request)
        if form.is_valid():
            with who.acting(self.purpose):
                found = search(form.cleaned_data["q"].strip())
            if found is not None:
                return HttpResponseRedirect(reverse("console:participant", args=[found]))
            form.add_error("q", _("Nobody you may see has this number. Check it and try again."))
        return render(request, self.template, {"form": form}, status=422)


@dataclass(frozen=True, slots=True)
class OnFile:
    """One permission as the page shows it: the record, where it stands now, until when, its line for the other system.

    While texts are off all that stood or was stopped looks alike, by whatever they are off.
    """

    consent: Any
    state: str
    until: datetime | None
    line: str


class Participant(Page):
    """One participant; the opening is recorded before anything sealed is shown."""

    purpose = "participants"
    template = "console/participant.html"

    def get(self, request: HttpRequest, **named: UUID) -> HttpResponse:
        """The page; to whoever it is about, or to their family, it stays closed, and that they tried is recorded."""
        who = self.entrance
        with who.acting(self.purpose), timezone.override(who.zone):
            opens = look(named["participant_id"], page="participant", roles=who.roles, kind="people.participant-opened")
            if opens.allowed:
                return render(request, self.template, self.facts(**named))
        raise Refused(opens)

    def facts(self, **named: UUID) -> dict[str, Any]:
        """Name, number's last digits, whether texts may go, permissions, texts that came in."""
        who: UUID = named["participant_id"]
        law, person = profile(self.entrance.program), reach(who)
        spoken = ConsentKind.VERBAL.value in law.consent.kinds and law.consent.verbal_cap_days > 0
        return {
            "person": person,
            "number_ends_in": (person.phone or "")[-4:],
            "standing": (now := standing(person, law)),
            "on_file": list(on_file(who, texts_off=now.reason == TEXTS_OFF)),
            "replies": replies(participant_id=who, limit=20),
            "texts": texts_to(who, limit=TEXTS, language=page_language()),
            "discreet": asked_discreet(who),
            "means": STOPPING,
            "spoken": spoken,
            "statements": statements(law),
            "permission": PermissionForm(prefix="spoken"),
            "release": ReleaseForm(prefix="signed"),
            "profile": law,
        }


def standing(person: Reach, law: Profile) -> Decision:
    """Whether a text may go to this person now, by the best permission on any of their cases."""
    if person.phone is None:
        return refuse("no-number").stamped("sites.console", _ASKED)
    idx = blind_index("phone", person.phone)
    cases = [
        (case, idx) for who, _county, case, _role in holders_of_number(law.program, idx) if who == person.participant_id
    ]
    decisions = [may_text(standing=one, profile=law, now=clock.now()) for one in standings(law.program, cases)]
    if texting_blocks(law.program, [person.participant_id]):
        return _face(_SAFE)
    if not decisions:
        return refuse("no-consent").stamped("sites.console", _ASKED)
    return _face(min(decisions, key=lambda decision: decision.outcome.severity))


def _face(decision: Decision) -> Decision:
    """The decision as staff see it: a protection looks like the person's own word, clauses included."""
    face = shown_as(decision.outcome.value, decision.reason, decision.clauses, decision.rule)
    return Decision(Outcome(face.outcome), face.reason, face.rule, face.clauses, decision.until)


def on_file(participant: UUID, *, texts_off: bool) -> Iterator[OnFile]:
    """Every permission, the newest first, with the line that waits to be entered elsewhere."""
    for consent in consents_of(participant):
        open_line = consent.kind == ConsentKind.VERBAL and consent.filed_at is None
        state = state_of(consent=facts_of(consent), now=clock.now())
        alike = texts_off and state in _ALIKE
        yield OnFile(
            consent,
            TEXTS_OFF if alike else state.value,
            None if alike else consent.ended_at or consent.expires_at,
            services.state_use_line(consent.id) if open_line else "",
        )


def statements(law: Profile) -> list[tuple[str, str]]:
    """The words of the release in every language the program has, as (language, words)."""
    return [(language, block(law.consent.release_statement, language).words) for language in law.languages[:2]]


class _ForParticipant(Act):
    purpose = "consent"

    def act(self, **named: UUID) -> str:
        """Do it for anybody but oneself and one's family."""
        opens = own_or_family(named["participant_id"])
        if not opens.allowed:
            raise Refused(opens)
        return self.keep(**named)

    def keep(self, **named: UUID) -> str:
        """What this form is for; the sentence that says it is done."""
        raise NotImplementedError

    def next_page(self, **named: UUID) -> str:
        """Back to the participant."""
        return reverse("console:participant", args=[named["participant_id"]])


def number_of(participant: UUID) -> str:
    """The participant's current number; raises `Invalid` when there is none."""
    number = reach(participant).phone
    if number is None:
        raise Invalid(_("There is no phone number for this person. Add it in the case system first."))
    return number


class Permission(_ForParticipant):
    """A spoken permission: temporary, until a form is signed."""

    def keep(self, **named: UUID) -> str:
        """Keep it with the words that were read out."""
        form = PermissionForm(self.request.POST, prefix="spoken")
        if not form.is_valid():
            raise Invalid(_("Read the words to the person first. Then mark the box."))
        law, language = profile(self.entrance.program), form.cleaned_data["language"]
        who = named["participant_id"]
        script = block(law.consent.release_statement, language).words
        services.record_permission(who, number_of(who), script=script, language=language)
        return _("Permission recorded. Now enter the line below in your information system.")


class Release(_ForParticipant):
    """A signed release."""

    def keep(self, **named: UUID) -> str:
        """Keep it with the digest of its statement and of its signature."""
        form = ReleaseForm(self.request.POST, self.request.FILES, prefix="signed")
        if not form.is_valid():
            raise Invalid(_("Type the name as it was signed."))
        law, who = profile(self.entrance.program), named["participant_id"]
        words = block(law.consent.release_statement, form.cleaned_data["language"])
        services.sign_release(
            who,
            number_of(who),
            statement_sha256=words.sha256,
            signature=_signature(form),
            language=words.language,
        )
        return _("Signed form recorded.")


def _signature(form: ReleaseForm) -> services.Signature:
    signed_as, scan = form.cleaned_data["signed_as"], form.cleaned_data["scan"]
    kept = scan.read() if scan else signed_as.encode()
    return services.Signature("paper" if scan else "typed", signed_as, hashlib.sha256(kept).hexdigest())


class Stop(_ForParticipant):
    """They asked to stop, by whatever means."""

    def keep(self, **named: UUID) -> str:
        """Stop every text to the number at once."""
        means = next((one for one in STOPPING if one.value == self.request.POST.get("means")), None)
        if means is None:
            raise Invalid(_("Choose how they asked."))
        services.record_spoken_stop(named["participant_id"], means=means)
        return _("Stopped. No more texts go to this number.")


class Wording(_ForParticipant):
    """They want texts that tell nothing, or the usual ones."""

    def keep(self, **named: UUID) -> str:
        """Keep the choice; it counts from the next text on, in every county."""
        discreet = self.request.POST.get("discreet") == "yes"
        choose_wording(named["participant_id"], discreet=discreet)
        if discreet:
            return _("From now on texts to this person tell no date, no place and no program.")
        return _("Recorded. This person does not ask for texts that tell nothing any more.")


class Contact(_ForParticipant):
    """A contact took place today."""

    def keep(self, **named: UUID) -> str:
        """Record it; an unsigned spoken permission ends with it."""
        if record_contact(named["participant_id"]):
            return _("Contact recorded. A spoken permission without a signed form has ended.")
        return _("This contact was already recorded.")


class Filed(Act):
    """The line stands in the program's own information system."""

    purpose = "consent"

    def act(self, **named: UUID) -> str:
        """Close the task."""
        services.confirm_filed(named["consent_id"])
        return _("Thank you. This is done.")

    def next_page(self, **_named: UUID) -> str:
        """Back to what waits."""
        return reverse("console:tasks")


class Evidence(Download):
    """The page to upload for a spoken permission."""

    purpose = "consent"
    content_type = "application/pdf"
    file_name = "spoken-permission.pdf"

    def content(self, **named: UUID) -> bytes:
        """The PDF; opening it is recorded."""
        consent = named["consent_id"]
        record("consent.papers-opened", subject=f"consent:{consent}", content={"consent": str(consent)})
        return services.papers(consent).pdf


class Settle(Act):
    """Somebody read a text that may mean "stop"."""

    purpose = "consent"

    def act(self, **named: UUID) -> str:
        """It meant stop, or it did not."""
        meaning = self.request.POST.get("meaning")
        if meaning not in {"stop", "go-on"}:
            raise Invalid(_("Choose what the person meant."))
        reason = self.request.POST.get("reason", "").strip()
        if reason or meaning == "go-on":
            services.decide_possible(named["possible_id"], stop=meaning == "stop", reason=reason)
        else:
            services.resolve_possible(named["possible_id"], stop=True)
        return _("Stopped. No more texts go to this number.") if meaning == "stop" else _("Texts go on.")

    def next_page(self, **_named: UUID) -> str:
        """Back to what waits."""
        return reverse("console:tasks")


class SettleNumber(Act):
    """Staff found out about a number."""

    purpose = "consent"

    def act(self, **named: UUID) -> str:
        """What they found, with how they know."""
        answer = self.request.POST.get("answer", "")
        if answer not in {one.value for one in Settlement}:
            raise Invalid(_("Choose one first."))
        reason = self.request.POST.get("reason", "")
        services.settle_question(named["question_id"], Settlement(answer), reason=reason)
        return _("Written down.")

    def next_page(self, **_named: UUID) -> str:
        """Back to what waits."""
        return reverse("console:tasks")
