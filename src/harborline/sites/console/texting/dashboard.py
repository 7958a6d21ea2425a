"""Texting in numbers: per day, per county, per reason; each picture with its table."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from harborline.consent.selectors import consent_by_day
from harborline.messaging.selectors import carrier_status
from harborline.messaging.selectors.dashboard import Overview, overview
from harborline.people.selectors import county_codes, county_names
from harborline.sites.charts import Chart, Series, columns
from harborline.sites.console.pages import Page
from harborline.sites.console.titles import page_language
from harborline.walls import ALL_COUNTIES

SPANS: Final = (7, 30, 90, 365)
USUAL: Final = 30


class Dashboard(Page):
    """What went out, what did not and why, who opted in and out, how the carriers do."""

    purpose = "console"
    template = "console/texting/dashboard.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The chosen span and county; whatever else is asked for shows the usual."""
        days, county, names = self._days(), self.request.GET.get("county", ""), self._counties()
        chosen = county if county in names else ""
        found = overview(days=days, county=chosen)
        return {
            "overview": found,
            "days": days,
            "spans": SPANS,
            "county": chosen,
            "counties": sorted(names.items(), key=lambda pair: pair[1]),
            "texts": _texts(found),
            "decided": _decided(found),
            "consents": _consents(days, chosen),
            "by_county": [(names.get(code, code), tally) for code, tally in found.by_county],
            "carriers": carrier_status(),
        }

    def _days(self) -> int:
        asked = self.request.GET.get("days", "")
        return int(asked) if asked in {str(span) for span in SPANS} else USUAL

    def _counties(self) -> dict[str, str]:
        who = self.entrance
        codes = county_codes(who.program)
        seen = codes if who.counties == ALL_COUNTIES else codes & set(who.counties)
        names = county_names(seen)
        return {code: names.get(code, code) for code in seen}


def _labels(found: Overview) -> list[str]:
    return [_label(day) for day, _tally in found.by_day]


def _label(day: date) -> str:
    return date_format(day, "j/n" if page_language() == "es" else "M j")


def _texts(found: Overview) -> Chart:
    days = [tally for _day, tally in found.by_day]
    return columns(
        _labels(found),
        [
            Series(_("Arrived"), "good", [one.delivered for one in days]),
            Series(_("Sent, no news yet"), "quiet", [one.sent - one.delivered - one.failed for one in days]),
            Series(_("Did not arrive"), "stop", [one.failed for one in days]),
            Series(_("Not sure if it arrived"), "wait", [one.unknown for one in days]),
        ],
    )


def _decided(found: Overview) -> Chart:
    days = [tally for _day, tally in found.by_day]
    return columns(
        _labels(found),
        [
            Series(_("May be told"), "good", [one.allowed for one in days]),
            Series(_("Held"), "wait", [one.held for one in days]),
            Series(_("Refused"), "stop", [one.refused for one in days]),
        ],
    )


def _consents(days: int, county: str) -> Chart:
    found = consent_by_day(days=days, county=county)
    return columns(
        [_label(one.day) for one in found],
        [
            Series(_("Permissions given"), "good", [one.opt_ins for one in found]),
            Series(_("Numbers that asked to stop"), "stop", [one.opt_outs for one in found]),
        ],
    )
