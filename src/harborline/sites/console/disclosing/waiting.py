"""What waits for a second person: emergencies to review, court orders, releases, and what the registry must be told."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.disclosure.facts import ENDS, Kin, LookGroup, ReviewOutcome
from harborline.disclosure.selectors import (
    glasses,
    overrides_waiting,
    registry_tasks,
    releases,
    second_words,
    unexplained,
)
from harborline.disclosure.services import (
    answer_look,
    approve_override,
    approve_release,
    clear_kin,
    close_task,
    record_kin,
    review_glass,
    settle_look,
    turn_down_release,
)
from harborline.kernel import Invalid, NotFound, clock
from harborline.people.selectors import participant_numbers, rows_of
from harborline.sites.console.disclosing.words import offered
from harborline.sites.console.pages import Act, Page, nothing_chosen
from harborline.sites.entrance import Entrance
from harborline.workforce.facts import StaffRole
from harborline.workforce.selectors import supervised_by, worker_numbered


class Waiting(Page):
    """Everything that waits, by day."""

    purpose = "safeguards"
    template = "console/disclosing/waiting.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Whose record, why, by whom, until when."""
        emergencies, orders, asked, tasks = glasses(), overrides_waiting(), releases(waiting=True), registry_tasks()
        people: set[UUID] = {one.participant_id for one in emergencies} | {one.participant_id for one in orders}
        answered, words = _answered(self.entrance), second_words()
        people |= {one.participant_id for one in asked} | {one.participant_id for one in answered}
        people |= {one.participant_id for one in words}
        return {
            "emergencies": emergencies,
            "orders": orders,
            "releases": asked,
            "words": words,
            "tasks": tasks,
            "numbers": participant_numbers(people),
            "persons": rows_of(one.person_id for one in tasks),
            "answered": [(one, one.looker.removeprefix("worker:")) for one in answered],
            "findings": offered("finding"),
            "today": clock.now().date(),
        }


def _answered(who: Entrance) -> list[LookGroup]:
    # What workers said and nobody read yet: of one's own people, for officers of everybody; never one's own.
    below = supervised_by(UUID(who.actor.id), who.program, now=clock.now())
    mine = {f"worker:{one}" for one in below}
    every = bool({StaffRole.SECURITY_OFFICER, StaffRole.STATE_OPERATOR} & set(who.roles))
    me = f"worker:{who.actor.id}"
    return [one for one in unexplained() if one.said and one.looker != me and (every or one.looker in mine)]


class _Settles(Act):
    purpose = "safeguards"

    def next_page(self, **_named: UUID) -> str:
        """Back to what waits."""
        return reverse("console:safeguards")


class Review(_Settles):
    """A supervisor looked at an emergency."""

    def act(self, **named: UUID) -> str:
        """Keep what they found."""
        try:
            outcome = ReviewOutcome(self.request.POST.get("outcome", ""))
        except ValueError:
            raise nothing_chosen() from None
        review_glass(named["glass_id"], outcome, roles=self.entrance.roles)
        self.outcome = outcome
        return _("Reviewed. The record is closed to the worker now.") if outcome in ENDS else _("Reviewed.")

    def next_page(self, **_named: UUID) -> str:
        """After a misuse to what follows for the worker; else back to what waits."""
        misuse = getattr(self, "outcome", None) is ReviewOutcome.MISUSE
        follows = misuse and "penalties:propose" in self.entrance.permissions
        return reverse("console:penalties" if follows else "console:safeguards")


class ConfirmOrder(_Settles):
    """A second person saw the court's order."""

    def act(self, **named: UUID) -> str:
        """Confirm it."""
        approve_override(named["order_id"], roles=self.entrance.roles)
        return _("Confirmed. The field opens once.")


class ApproveRelease(_Settles):
    """A second person approves that somebody outside is told."""

    def act(self, **named: UUID) -> str:
        """Approve it; everything is asked again from today's facts."""
        approve_release(named["release_id"])
        return _("Approved. It stands in the accounting of this person now.")


class TurnDownRelease(_Settles):
    """A second person says no to telling somebody outside."""

    def act(self, **named: UUID) -> str:
        """Keep why."""
        because = self.request.POST.get("because", "").strip()
        if not because:
            raise Invalid(_("Say why it is turned down."))
        turn_down_release(named["release_id"], because=because[:200])
        return _("Turned down. Nothing was told.")


class RegistryTold(_Settles):
    """The federal case registry was told."""

    def act(self, **named: UUID) -> str:
        """Close the task."""
        close_task(named["task_id"])
        return _("Thank you. This is done.")


class NotKin(_Settles):
    """A worker and a person only have the same name."""

    def act(self, **named: UUID) -> str:
        """Keep that somebody else looked."""
        number = self.request.POST.get("worker", "").strip()
        worker = worker_numbered(number, self.entrance.program)
        if worker is None:
            raise Invalid(_("Nobody has this number. Write the worker's number."))
        try:
            clear_kin(named["participant_id"], worker.id, roles=self.entrance.roles)
        except NotFound:
            raise Invalid(_("Nobody you may see has this number. Check it and try again.")) from None
        return _("Recorded. The worker may open what their work needs.")


class WhatKin(_Settles):
    """A supervisor or officer found out what a worker is to a person beside work."""

    def act(self, **named: UUID) -> str:
        """Keep it: the record closes to the worker."""
        number, kin = self.request.POST.get("worker", "").strip(), self.request.POST.get("kin", "")
        worker = worker_numbered(number, self.entrance.program)
        if worker is None:
            raise Invalid(_("Nobody has this number. Write the worker's number."))
        if kin not in {one.value for one in (Kin.SELF, Kin.FAMILY, Kin.HOUSEHOLD)}:
            raise nothing_chosen()
        try:
            record_kin(named["participant_id"], worker.id, Kin(kin), roles=self.entrance.roles)
        except NotFound:
            raise Invalid(_("Nobody you may see has this number. Check it and try again.")) from None
        return _("Recorded. This person's record is closed to the worker now.")


class SettleLook(_Settles):
    """A supervisor read what a worker said about looks of a day."""

    def act(self, **named: UUID) -> str:
        """Keep what they found."""
        try:
            outcome = ReviewOutcome(self.request.POST.get("outcome", ""))
            day = date.fromisoformat(self.request.POST.get("day", ""))
            looker = UUID(self.request.POST.get("worker", ""))
        except ValueError:
            raise nothing_chosen() from None
        settle_look(named["participant_id"], day, f"worker:{looker}", outcome, roles=self.entrance.roles)
        return _("Reviewed.")


class Mine(Page):
    """Whom the worker looked at without a tie by work, to say why."""

    purpose = "safeguards"
    template = "console/disclosing/mine.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """One line for person and day."""
        looks = unexplained(looker=f"{self.entrance.actor.kind}:{self.entrance.actor.id}")
        return {"looks": looks, "numbers": participant_numbers({one.participant_id for one in looks})}


class Answer(Act):
    """The worker says why."""

    purpose = "safeguards"

    def act(self, **named: UUID) -> str:
        """Keep their words for the supervisor."""
        try:
            day = date.fromisoformat(self.request.POST.get("day", ""))
        except ValueError:
            raise nothing_chosen() from None
        answer_look(
            named["participant_id"],
            day,
            said=self.request.POST.get("said", ""),
            reference=self.request.POST.get("reference", ""),
        )
        return _("Thank you. Your supervisor reads it.")

    def next_page(self, **_named: UUID) -> str:
        """Back to the list."""
        return reverse("console:my-looks")
