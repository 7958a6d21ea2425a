"""The protected fields of one person: opened one at a time, in an emergency too; and what protects the person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from harborline.disclosure.facts import GlassReason, Kin, Revealed
from harborline.disclosure.selectors import (
    field_lines,
    glass_until,
    openings_of,
    overrides_of,
    purposes_of,
    second_words,
)
from harborline.disclosure.services import (
    ask_override,
    break_glass,
    declare_kin,
    look,
    protect_person,
    reveal,
    write_value,
)
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.people.facts import HeldName, ProtectionKind, ProtectionReason, Source
from harborline.people.selectors import person_at_hand, protections_of, reach
from harborline.people.services import end_protection
from harborline.sites.console.disclosing.forms import GlassForm, KinForm, OrderForm, ProtectionForm, ValueForm
from harborline.sites.console.pages import Act
from harborline.sites.console.titles import page_language
from harborline.sites.entrance import Entrance, entrance
from harborline.sites.sentences import Told, told

TEMPLATE = "console/disclosing/fields.html"
REVIEWS = "safeguards:review"


class Fields(View):
    """What the policy names to this worker for a purpose; the same for every person, whatever is on file."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, participant_id: UUID) -> HttpResponse:
        """The fields; nothing is open yet. That somebody looked is recorded."""
        who = entrance(request)
        with who.acting("fields"), timezone.override(who.zone):
            opens = look(participant_id, page="fields", roles=who.roles)
            if opens.allowed:
                return render(request, TEMPLATE, page_facts(who, participant_id, request.GET.get("purpose", "")))
        raise Refused(opens)

    def post(self, request: HttpRequest, participant_id: UUID) -> HttpResponse:
        """Open one field and show it on this very page; it is kept nowhere."""
        who, purpose = entrance(request), request.POST.get("purpose", "")
        opened: Revealed | None = None
        said: Told | None = None
        with who.acting("fields"):
            try:
                opened = _opened(request, who, participant_id, purpose)
            except Refused as refused:
                said = told(refused.decision)
        with who.acting("fields"), timezone.override(who.zone):
            shown = {**page_facts(who, participant_id, purpose), "opened": opened, "refused": said}
            return render(request, TEMPLATE, shown, status=403 if said else 200)


def _opened(request: HttpRequest, who: Entrance, participant_id: UUID, purpose: str) -> Revealed:
    try:
        field = HeldName(request.POST.get("field", ""))
        order = UUID(request.POST["order"]) if REVIEWS in who.permissions and request.POST.get("order") else None
    except ValueError:
        raise NotFound("no such field") from None
    remote = str(request.META.get("REMOTE_ADDR", ""))
    return reveal(participant_id, field, purpose=purpose, roles=who.roles, remote=remote, override=order)


def page_facts(who: Entrance, participant_id: UUID, wanted: str) -> dict[str, Any]:
    """What the page shows about one person for one purpose."""
    person, reviews, now = reach(participant_id), REVIEWS in who.permissions, clock.now()
    purposes = [(key, words.get(page_language(), words["en"])) for key, words in purposes_of(who.roles)]
    purpose = wanted if wanted in dict(purposes) else (purposes[0][0] if purposes else "")
    at_hand = person_at_hand(participant_id, now=now) if reviews else None
    orders = [one for one in overrides_of(participant_id) if reviews and one.approved_by and not one.used_at]
    return {
        "person": person,
        "purposes": purposes,
        "purpose": purpose,
        "lines": field_lines(purpose, who.roles),
        "glass_until": glass_until(participant_id),
        "openings": openings_of(participant_id, 20),
        "second_words": second_words(participant_id),
        "glass_form": GlassForm(prefix="glass"),
        "value_form": ValueForm(prefix="value"),
        "kin_form": KinForm(prefix="kin"),
        "protection_form": ProtectionForm(prefix="protection"),
        "order_form": OrderForm(prefix="order"),
        "protections": protections_of(at_hand.person_id) if at_hand else [],
        "orders": [one for one in orders if one.expires_at > now],
        "now": now,
    }


class _OfPerson(Act):
    purpose = "fields"

    def next_page(self, **named: UUID) -> str:
        """Back to the person's fields."""
        return reverse("console:fields", args=[named["participant_id"]])

    def checked(self, form: forms.Form) -> dict[str, Any]:
        """What the form says; raises `Invalid` in the form's own words."""
        if not form.is_valid():
            name, problems = next(iter(form.errors.items()))
            label = form.fields[name].label if name in form.fields else ""
            raise Invalid(f"{label} {problems[0]}".strip())
        return form.cleaned_data


class Glass(_OfPerson):
    """An emergency: this one person, four hours, seen at once by those who review it."""

    def act(self, **named: UUID) -> str:
        """Open the record to the worker."""
        said = self.checked(GlassForm(self.request.POST, prefix="glass"))
        break_glass(named["participant_id"], reason=GlassReason(said["reason"]), reference=said["reference"])
        return _("You may open what your work here needs. Your supervisor sees it and will review it.")


class WriteValue(_OfPerson):
    """A value that the worker was told."""

    def act(self, **named: UUID) -> str:
        """Keep it with its source; it is shown nowhere."""
        said = self.checked(ValueForm(self.request.POST, prefix="value"))
        kept = write_value(
            named["participant_id"],
            HeldName(said["field"]),
            said["value"],
            source=Source(said["source"]),
            verified_by=Source(said["verified_by"]) if said["verified_by"] else None,
        )
        return _("Written down.") if kept else _("Written down. It counts once another person writes down the same.")


class OwnKin(_OfPerson):
    """The worker says what the person is to them: from now on the record stays closed to them."""

    def act(self, **named: UUID) -> str:
        """Keep it."""
        said = self.checked(KinForm(self.request.POST, prefix="kin"))
        declare_kin(named["participant_id"], Kin(said["kin"]))
        return _("Thank you. These fields stay closed to you. Your supervisor gives the case to somebody else.")


class Protect(_OfPerson):
    """Protect a person from now on."""

    def act(self, **named: UUID) -> str:
        """Keep it with its reason and source."""
        form = ProtectionForm(self.request.POST, prefix="protection")
        said = self.checked(form)
        protect_person(
            named["participant_id"],
            ProtectionKind(said["kind"]),
            reason=ProtectionReason(said["reason"]),
            source=said["source"],
            roles=self.entrance.roles,
            until_at=form.until_at(self.entrance.zone),
        )
        return _("Recorded. It holds from now on, in every county.")


class EndProtection(Act):
    """End what staff recorded."""

    purpose = "fields"

    def act(self, **named: UUID) -> str:
        """End it with a reason."""
        because = self.request.POST.get("because", "")
        end_protection(named["protection_id"], because=because, roles=self.entrance.roles)
        return _("Ended. The federal registry must be told.")

    def next_page(self, **named: UUID) -> str:
        """Back to the person."""
        return reverse("console:fields", args=[named["participant_id"]])


class BringOrder(_OfPerson):
    """Bring a court's order; another person confirms it."""

    def act(self, **named: UUID) -> str:
        """Keep court, docket and last day."""
        form = OrderForm(self.request.POST, prefix="order")
        said = self.checked(form)
        ask_override(
            named["participant_id"],
            HeldName(said["field"]),
            court=said["court"],
            docket=said["docket"],
            expires_at=form.expires_at(self.entrance.zone),
            roles=self.entrance.roles,
        )
        return _("Recorded. Another person must confirm it before anything opens.")
