"""What these pages show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from harborline.exchange.facts import Box, PreparedState, State, Terms
from harborline.exchange.selectors import (
    agreement,
    agreement_events,
    agreements,
    alarms,
    calendar,
    credentials,
    dead_letters,
    deliveries,
    expected_of,
    flows,
    is_prepared,
    media,
    medium,
    open_uploads,
    partner,
    partners,
    prepared_in_sight,
    prepared_one,
    shipments,
    standing,
    statistics,
    story,
)
from harborline.exchange.services import UNREADABLE
from harborline.kernel import clock
from harborline.sites.charts import Series, columns
from harborline.sites.console.exchange.forms import (
    AcknowledgeForm,
    BecauseForm,
    ConfirmForm,
    DisposeForm,
    HandOverForm,
    ReadingForm,
)
from harborline.sites.console.exchange.picture import picture
from harborline.sites.console.names import names_of
from harborline.sites.console.pages import Page

SPANS: Final = (7, 30, 90)
_NOT_OVER: Final = tuple(state for state in State if not state.over)
_AHEAD: Final = 14
_BACK: Final = 30


def named(rows: Iterable[str]) -> dict[str, str]:
    """The names of the workers who did things."""
    return names_of({one.removeprefix("worker:") for one in rows if one})


class Overview(Page):
    """Alarms first, then what goes between us and our partners, what waits, what is expected next."""

    purpose = "exchange"
    template = "console/exchange/overview.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Everything an operator looks at in the morning."""
        asked = self.request.GET.get("days", "")
        days = int(asked) if asked in {str(span) for span in SPANS} else SPANS[1]
        today = clock.now().astimezone(ZoneInfo(self.entrance.zone)).date()
        listed, counted = statistics(days=days)
        series = [
            Series(_("Came in"), "good", counted["in"]),
            Series(_("Went out"), "quiet", counted["out"]),
            Series(_("Held, set aside or refused"), "stop", counted["aside"]),
        ]
        return {
            "days": days,
            "spans": SPANS,
            "alarms": alarms(),
            "partners": partners(),
            "picture": picture(flows(days=days)),
            "chart": columns([date_format(day, "m/d") for day in listed], series),
            "uploads": open_uploads(),
            "dead": dead_letters(),
            "prepared": prepared_in_sight(open_only=True),
            "open": deliveries(states=_NOT_OVER, limit=25),
            "expected": calendar(after=today - timedelta(days=1), before=today + timedelta(days=5)),
            "because": BecauseForm(),
        }


class Deliveries(Page):
    """Every delivery, the newest first; those of one state on request."""

    purpose = "exchange"
    template = "console/exchange/deliveries.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The list."""
        asked = self.request.GET.get("state", "")
        chosen = (State(asked),) if asked in {one.value for one in State} else ()
        return {
            "deliveries": deliveries(states=chosen, limit=200),
            "chosen": asked,
            "states": [one.value for one in State],
        }


class OneDelivery(Page):
    """One delivery: where it stands and why, what to do, files, receipts, everything that happened."""

    purpose = "exchange"
    template = "console/exchange/delivery.html"

    def facts(self, **named_: UUID) -> dict[str, Any]:
        """The whole story, and the buttons that fit."""
        found = story(named_["transmission_id"])
        at = State(found.row.state)
        incoming = not found.row.outgoing
        return {
            "delivery": found,
            "row": found.row,
            "names": named([one.by for one in found.events] + [found.row.asked_by]),
            "can_release": incoming and at in (State.HELD, State.QUARANTINED) and found.row.reason not in UNREADABLE,
            "can_reject": incoming and not at.over,
            "can_take": incoming and at is State.VALIDATED and not found.row.test and not found.blocked,
            "can_send_again": not incoming and at in (State.FAILED, State.UNKNOWN, State.SENT),
            "can_acknowledge": not incoming and at in (State.READY, State.SENT, State.UNKNOWN, State.SENDING),
            "readable": at in (State.VALIDATED, State.PROCESSED) or not incoming,
            "partner_only": is_prepared(found.row.id),
            "acknowledge": AcknowledgeForm(),
        }


class OnePartner(Page):
    """One partner: agreements, keys, what to confirm."""

    purpose = "exchange"
    template = "console/exchange/partner.html"

    def facts(self, **named_: UUID) -> dict[str, Any]:
        """The partner with its keys."""
        row, now = partner(named_["partner_id"]), clock.now()
        keys = credentials(row.id)
        return {
            "partner": row,
            "agreements": agreements(row.id),
            "keys": keys,
            "now": now,
            "names": named([one for key in keys for one in (key.added_by, key.confirmed_by)]),
            "confirm": ConfirmForm(),
            "because": BecauseForm(),
        }


def _folders(terms: Terms | None) -> list[str]:
    if terms is None:
        return []
    takes = [Box.IN, Box.TEST] if terms.direction.takes else []
    return [box.value for box in (*takes, *([Box.OUT] if terms.direction.gives else []), Box.RECEIPTS)]


class OneAgreement(Page):
    """One agreement: whether anything goes under it, its terms, its draft, what is expected, what came."""

    purpose = "exchange"
    template = "console/exchange/agreement.html"

    def facts(self, **named_: UUID) -> dict[str, Any]:
        """The agreement with its standing."""
        one = agreement(named_["agreement_id"])
        zone = ZoneInfo(one.terms.window.zone if one.terms else self.entrance.zone)
        today = clock.now().astimezone(zone).date()
        events = agreement_events(one.id)
        return {
            "one": one,
            "standing": standing(one),
            "events": events,
            "names": named([event.by for event in events] + [one.drafted_by]),
            "expected": expected_of(one.id, after=today - timedelta(days=_BACK), before=today + timedelta(days=_AHEAD)),
            "deliveries": deliveries(agreement_id=one.id, limit=20),
            "prepared": prepared_in_sight(one.id),
            "because": BecauseForm(),
            "folders": _folders(one.terms),
            "mine": one.drafted_by == f"worker:{self.entrance.actor.id}",
        }


class OnePrepared(Page):
    """One file with protected values: for whom, which fields, by whose word; none of its values."""

    purpose = "exchange"
    template = "console/exchange/prepared.html"

    def facts(self, **named_: UUID) -> dict[str, Any]:
        """Where it stands, and the buttons that fit."""
        one = prepared_one(named_["prepared_id"])
        return {
            "one": one,
            "names": named([one.prepared_by, one.approved_by, one.sent_by]),
            "mine": one.prepared_by == f"worker:{self.entrance.actor.id}",
            "can_approve": one.state is PreparedState.WAITING,
            "can_send": one.state is PreparedState.APPROVED,
        }


class Calendar(Page):
    """Every expected file of the last and next weeks."""

    purpose = "exchange"
    template = "console/exchange/calendar.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """By when each is due."""
        today = clock.now().astimezone(ZoneInfo(self.entrance.zone)).date()
        found = calendar(after=today - timedelta(days=_BACK), before=today + timedelta(days=_AHEAD))
        return {"expected": found, "late": sum(one.standing == "late" for one in found), "back": _BACK, "ahead": _AHEAD}


class Settled(Page):
    """Alarms that are over, with what was found."""

    purpose = "exchange"
    template = "console/exchange/settled.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The newest first."""
        found = alarms(settled=True, limit=100)
        return {"alarms": found, "names": named([one.settled_by for one in found])}


class Media(Page):
    """Parcels and media that are not closed."""

    purpose = "exchange"
    template = "console/exchange/media.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Parcels still awaited first."""
        found = media()
        today = clock.now().date()
        return {"shipments": shipments(), "media": found, "names": named([one.holder for one in found]), "today": today}


class OneMedium(Page):
    """One medium with its whole chain of custody."""

    purpose = "exchange"
    template = "console/exchange/medium.html"

    def facts(self, **named_: UUID) -> dict[str, Any]:
        """Who had it when, how it was read, and the next step."""
        found = medium(named_["medium_id"])
        mine = found.facts.holder == f"worker:{self.entrance.actor.id}"
        people = [one for event in found.custody for one in (event.giver, event.taker)] + [found.facts.holder]
        ended = [found.row.disposition.witness] if found.row.disposed_at else []
        return {
            "medium": found,
            "row": found.row,
            "mine": mine,
            "names": named(people + [one for read in found.readings for one in (read.by, read.witness)] + ended),
            "hand_over": HandOverForm(),
            "reading": ReadingForm(auto_id="reading_%s"),
            "dispose": DisposeForm(auto_id="close_%s", kind=found.facts.kind),
        }
