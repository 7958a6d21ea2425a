"""Who is told when somebody writes of danger: a list of people, in order, for a county or the whole program."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.kernel import Invalid
from harborline.kernel.natural import natural
from harborline.messaging.selectors import inbox
from harborline.messaging.services import conversations
from harborline.people.selectors import county_codes, county_names
from harborline.sites.console.names import names_of
from harborline.sites.console.pages import Act, Page
from harborline.walls import ALL_COUNTIES
from harborline.workforce.facts import ALL
from harborline.workforce.selectors import colleagues

PLACES: Final = 4
MINUTES: Final = 10


class OnCall(Page):
    """The rosters the worker may set."""

    purpose = "on-call"
    template = "console/texting/oncall.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Each county with who is on call, and the people to choose from."""
        who = self.entrance
        codes = county_codes(who.program)
        seen = sorted(codes if who.counties == ALL_COUNTIES else codes & set(who.counties))
        names = county_names(seen)
        offered = colleagues(who.program, who.counties)
        rosters = [(code, names.get(code, code), list(inbox.on_call(code))) for code in seen]
        if who.counties == ALL_COUNTIES:
            rosters.insert(0, (ALL, _("The whole program"), list(inbox.on_call(ALL))))
        return {
            "rosters": rosters,
            "people": offered,
            "names": names_of({str(turn.worker_id) for _code, _name, turns in rosters for turn in turns}),
            "places": range(1, PLACES + 1),
            "minutes": MINUTES,
        }


class SetRoster(Act):
    """Put a new roster in the place of the old one."""

    purpose = "on-call"

    def act(self, **_named: UUID) -> str:
        """The people chosen, in order; empty places are left out."""
        who, form = self.entrance, self.request.POST
        county = form.get("county", "")
        if county != ALL and who.counties != ALL_COUNTIES and county not in who.counties:
            raise Invalid(_("Choose a county of yours."))
        if county == ALL and who.counties != ALL_COUNTIES:
            raise Invalid(_("Choose a county of yours."))
        known = {str(one.id) for one in colleagues(who.program, who.counties)}
        turns = []
        for place in range(1, PLACES + 1):
            chosen, minutes = form.get(f"worker-{place}", ""), form.get(f"minutes-{place}", "")
            if not chosen:
                continue
            after = natural(minutes, most=999)
            if chosen not in known or after is None:
                raise Invalid(_("Choose people of this program, and minutes as a whole number."))
            turns.append(conversations.Turn(UUID(chosen), after))
        conversations.set_roster(county, turns)
        return _("Set. The first is told first.")

    def next_page(self, **_named: UUID) -> str:
        """Back to the rosters."""
        return reverse("console:on-call")
