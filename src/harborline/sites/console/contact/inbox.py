"""Questions from people: who waits on whom, until when, for whom; words of danger first."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.contact import services
from harborline.contact.selectors import alerts, contacts, counts
from harborline.kernel import Invalid
from harborline.messaging.services import conversations
from harborline.people.facts import OfficeFacts
from harborline.people.selectors import offices
from harborline.sites.console.contact.words import topic_titles
from harborline.sites.console.names import names_of
from harborline.sites.console.pages import Act, Page
from harborline.sites.console.titles import page_language
from harborline.sites.entrance import Entrance
from harborline.walls import ALL_COUNTIES

WHOSE: Final = ("", "mine", "nobody")
WAITING: Final = ("", "on-us", "on-person", "closed")


class Contacts(Page):
    """The questions in sight, by who waits, whose they are, and the office."""

    purpose = "contact"
    template = "console/contact/inbox.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Open alerts first, then the questions, what is due first; an unknown filter shows everything open."""
        asked, who = self.request.GET, self.entrance
        places = offices_of(who)
        whose, waiting = _known(asked.get("whose", ""), WHOSE), _known(asked.get("waiting", ""), WAITING)
        office = asked.get("office", "") if asked.get("office", "") in places else ""
        page, late = _number(asked.get("page", "")), asked.get("late") == "1"
        lines, more = contacts(whose=whose, waiting=waiting, office=office, late=late, page=page)
        dangers = alerts()
        ids = {str(one.worker_id) for one in lines} | {str(one.told_worker_id) for one in dangers}
        return {
            "lines": lines,
            "more": more,
            "page": page,
            "counts": counts(),
            "whose": whose,
            "waiting": waiting,
            "office": office,
            "late": late,
            "offices": {code: one.name(page_language()) for code, one in places.items()},
            "alerts": dangers,
            "names": names_of(ids),
            "titles": topic_titles(who.program),
        }


class Danger(Act):
    """Take an alert on, or say how it ended."""

    purpose = "danger-alert"

    def act(self, **named: UUID) -> str:
        """What the pressed button says."""
        step = self.request.POST.get("step", "")
        if step == "take":
            services.acknowledge(named["alert_id"])
            return _("You took it on. Nobody else is told.")
        if step not in {one.value for one in conversations.AlertOutcome}:
            raise Invalid(_("Choose how it ended."))
        note = self.request.POST.get("note", "")
        services.close_alert(named["alert_id"], conversations.AlertOutcome(step), note=note)
        return _("Closed.")

    def next_page(self, **_named: UUID) -> str:
        """Back to what waits."""
        return reverse("console:contacts")


def offices_of(who: Entrance) -> dict[str, OfficeFacts]:
    """The offices of the worker's counties, by code."""
    found = offices(who.program)
    if who.counties == ALL_COUNTIES:
        return found
    return {code: one for code, one in found.items() if one.county in who.counties}


def _known(asked: str, choices: tuple[str, ...]) -> str:
    return asked if asked in choices else ""


def _number(asked: str) -> int:
    return max(1, min(int(asked), 10_000)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1  # noqa: PLR2004 - five digits
