"""What the nightly watch found: a supervisor's week, one finding, the list of public people."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.kernel import Invalid, NotFound
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.oversight.facts import FindingOutcome
from harborline.oversight.selectors import finding, public_people, week_of
from harborline.oversight.services import list_public, review_finding, unlist_public
from harborline.people.selectors import participant_id, participant_numbers, rows_of
from harborline.sites.console.oversight.forms import PublicForm, ReviewForm
from harborline.sites.console.pages import Act, Page
from harborline.sites.console.staff.acts import checked


class Watch(Page):
    """This week's findings, the weightiest first."""

    purpose = "oversight"
    template = "console/oversight/watch.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Five at most, and how many more wait."""
        week = week_of(roles=self.entrance.roles)
        content: dict[str, Json] = {"findings": [str(one.id) for one in week.lines]}
        record("oversight.week-opened", subject=f"program:{self.entrance.program}", content=content)
        numbers = participant_numbers({one.participant_id for one in week.lines if one.participant_id})
        return {"week": week, "numbers": numbers}


class Finding(Page):
    """One finding: why it is asked about, the looks, what the worker says."""

    purpose = "oversight"
    template = "console/oversight/finding.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """No protected value stands here, only which pages were opened."""
        line, looks = finding(named["finding_id"], roles=self.entrance.roles)
        people = {one.participant_id for one in looks} | ({line.participant_id} if line.participant_id else set())
        return {"one": line, "looks": looks, "numbers": participant_numbers(people), "form": ReviewForm()}


class Review(Act):
    """A supervisor says what was found."""

    purpose: ClassVar[str] = "oversight"

    def act(self, **named: UUID) -> str:
        """Once."""
        form = ReviewForm(self.request.POST)
        checked(form)
        outcome, note = FindingOutcome(form.cleaned_data["outcome"]), form.cleaned_data["note"]
        review_finding(named["finding_id"], outcome, note=note, roles=self.entrance.roles)
        self.outcome = outcome
        return _("Reviewed.")

    def next_page(self, **_named: UUID) -> str:
        """On to what the outcome asks for."""
        follows = {FindingOutcome.PENALTY: "console:penalties", FindingOutcome.INCIDENT: "console:incident-new"}
        return reverse(follows.get(getattr(self, "outcome", FindingOutcome.EXPLAINED), "console:watch"))


class PublicPeople(Page):
    """The list of people whom many would like to look up."""

    purpose = "oversight"
    template = "console/oversight/public.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """With their numbers where the reader may see them."""
        rows = public_people()
        return {"rows": rows, "persons": rows_of(one.person_id for one in rows), "form": PublicForm()}


class _OfList(Act):
    purpose: ClassVar[str] = "oversight"

    def next_page(self, **_named: UUID) -> str:
        """The list."""
        return reverse("console:public-people")


class ListPublic(_OfList):
    """Put somebody on it."""

    def act(self, **_named: UUID) -> str:
        """By the case system's number."""
        form = PublicForm(self.request.POST)
        checked(form)
        try:
            found = participant_id(self.entrance.program, form.cleaned_data["number"].strip())
        except NotFound:
            raise Invalid(_("Nobody you may see has this number. Check it and try again.")) from None
        list_public(found, because=form.cleaned_data["because"], roles=self.entrance.roles)
        return _("On the list.")


class UnlistPublic(_OfList):
    """Take somebody off it."""

    def act(self, **named: UUID) -> str:
        """From now on."""
        unlist_public(named["public_id"], roles=self.entrance.roles)
        return _("Off the list.")
