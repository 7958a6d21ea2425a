"""One notice: what was decided, the exact texts, the people, the steps that can be taken with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from harborline.disclosure.facts import BulkGroup
from harborline.disclosure.selectors import orders_about, purposes_for_many
from harborline.disclosure.services import approve_many, ask_many
from harborline.kernel import Invalid, NotFound
from harborline.law import profile
from harborline.messaging import services
from harborline.messaging.facts import DispatchState, ReasonCount, RunCounts, RunState
from harborline.messaging.selectors import (
    Filters,
    RunSummary,
    estimate,
    exact_texts,
    messages,
    not_reached,
    papers,
    quiet_words,
    run,
    run_counts,
)
from harborline.messaging.selectors.faces import shown_as
from harborline.sites.console.forms import ScheduleForm, TestForm
from harborline.sites.console.names import names_of
from harborline.sites.console.pages import Act, Download, Page, nothing_chosen
from harborline.sites.console.titles import page_language, titles
from harborline.sites.entrance import entrance
from harborline.sites.vocabulary import STATES

SHOWN = 200
PER_PAGE = 25
_MOVING = (RunState.PLANNING, RunState.SCHEDULED, RunState.RUNNING)
_BEFORE_THE_END = (*_MOVING, RunState.READY, RunState.AWAITING_APPROVAL, RunState.PAUSED)
_WAITING = (DispatchState.QUEUED.word, DispatchState.ATTEMPTED.word)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: people decided of those in the file, texts gone of those made; whether more is to come."""

    decided: int
    people: int
    gone: int
    texts: int
    moving: bool


def progress(summary: RunSummary, counts: RunCounts) -> Progress:
    """The progress of a run from its numbers."""
    decided = counts.allowed + counts.grouped + counts.held + counts.refused + counts.already
    waits = sum(counts.by_state.get(word, 0) for word in _WAITING)
    reading = not summary.planned and summary.state is not RunState.CANCELLED
    return Progress(
        decided=decided,
        people=counts.rows - counts.bad_rows,
        gone=counts.messages - waits,
        texts=counts.messages,
        moving=reading or summary.state in _MOVING,
    )


def faced(reasons: Iterable[ReasonCount]) -> list[ReasonCount]:
    """One line for each reason as staff read it: every way in which texts are off is one line with one number."""
    merged: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    for one in reasons:
        face = shown_as(one.outcome, one.reason, one.clauses)
        merged[face.outcome, face.reason, face.clauses] += one.count
    return [ReasonCount(*key, count) for key, count in merged.most_common()]


def titled(summary: RunSummary) -> str:
    """The title of a run's text in the language of the page."""
    return titles().get(summary.template_key, summary.template_title)


def shown(run_id: UUID) -> dict[str, Any]:
    """What the page of a run and its refreshed part show."""
    summary, counts = run(run_id), run_counts(run_id)
    return {
        "run": summary,
        "title": titled(summary),
        "counts": counts,
        "progress": progress(summary, counts),
        "held": [one for one in faced(counts.by_reason) if one.outcome == "hold"],
        "refused": [one for one in faced(counts.by_reason) if one.outcome == "refuse"],
        "texts": [(STATES[word], word, number) for word, number in sorted(counts.by_state.items())],
    }


class Run(Page):
    """One run: its next step first, then its numbers."""

    purpose = "notice-run"
    template = "console/run.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """The run, its numbers, its people, and the forms of its steps."""
        facts = shown(named["run_id"])
        summary: RunSummary = facts["run"]
        return {
            **facts,
            "names": names_of({summary.created_by, summary.approved_by} - {""}),
            "own": summary.created_by == self.entrance.actor.id,
            "zone": profile(summary.program).zones[0],
            "schedule": ScheduleForm(),
            "test": TestForm(),
            "estimate": estimate(summary.id) if summary.planned and summary.state in _BEFORE_THE_END else None,
        }


class Live(Page):
    """The part of a run's page that refreshes itself."""

    purpose = "notice-run"
    template = "console/parts/live.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """The numbers."""
        return shown(named["run_id"])


class Texts(Page):
    """The exact texts of a run."""

    purpose = "notice-run"
    template = "console/texts.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """Distinct texts with their parts; looking is recorded by the selector."""
        summary = run(named["run_id"])
        texts = exact_texts(summary.id) if summary.planned else []
        return {"run": summary, "title": titled(summary), "texts": texts, "quiet": quiet_words(summary.id)}


_DIGITS = 8


class People(Page):
    """The people of a run, one line each."""

    purpose = "notice-run"
    template = "console/people.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """One page of them, by state, outcome or reason."""
        asked = {name: self.request.GET.get(name, "") for name in ("state", "outcome", "reason")}
        number = self.request.GET.get("page", "1")
        page = int(number) if number.isdecimal() and len(number) < _DIGITS else 1
        try:
            found = messages(named["run_id"], Filters(**asked), page=page, per_page=PER_PAGE)
        except Invalid:
            raise NotFound("no text is in such a state") from None
        query = "".join(f"&{urlencode({name: value})}" for name, value in asked.items() if value)
        summary = run(named["run_id"])
        return {"run": summary, "title": titled(summary), "page": found, "asked": asked, "query": query}


class Missed(Page):
    """Who was not reached, why, and what to do."""

    purpose = "notice-run"
    template = "console/missed.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """One page of everybody not reached; the call list has all."""
        summary, found = run(named["run_id"]), not_reached(named["run_id"])
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        files = [(group, self._purposes(group)) for group in BulkGroup]
        return {
            "run": summary,
            "title": titled(summary),
            "page": page,
            "total": len(found),
            "orders": orders_about(summary.id),
            "files": [(group, purposes) for group, purposes in files if purposes],
        }

    def _purposes(self, group: BulkGroup) -> list[tuple[str, str]]:
        listed = purposes_for_many(group, self.entrance.roles)
        return [(purpose, words.get(page_language(), words["en"])) for purpose, words in listed]


class Rows(Page):
    """The rows of the file that cannot be used."""

    purpose = "notice-run"
    template = "console/rows.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """Row, column, what to do; no value of the row."""
        summary = run(named["run_id"])
        return {"run": summary, "title": titled(summary), "rows": papers.bad_rows(summary.id, limit=SHOWN)}


class BadRows(Download):
    """The rows that cannot be used, as a file."""

    purpose = "notice-run"
    content_type = "text/csv; charset=utf-8"
    file_name = "bad-rows.csv"

    def content(self, **named: UUID) -> bytes:
        """Row, column, what to do."""
        return papers.bad_rows_csv(named["run_id"])


class CallList(Download):
    """Everybody to call, as a file."""

    purpose = "notice-run"
    content_type = "text/csv; charset=utf-8"
    file_name = "call-list.csv"

    def content(self, **named: UUID) -> bytes:
        """One row for each person; the opening is recorded by the selector."""
        return papers.call_list_csv(named["run_id"], roles=entrance(self.request).roles, language=page_language())


class Letters(Download):
    """Letters to print, as a file."""

    purpose = "notice-run"
    content_type = "application/pdf"
    file_name = "letters.pdf"

    def content(self, **named: UUID) -> bytes:
        """One letter for each person; the opening is recorded by the selector."""
        return papers.letters_pdf(named["run_id"], roles=entrance(self.request).roles)


class _Step(Act):
    purpose = "notice-run"

    def next_page(self, **named: UUID) -> str:
        """Back to the run."""
        return reverse("console:notice", args=[named["run_id"]])


class AskFiles(_Step):
    """Ask for the letters or the call list; another person approves."""

    def act(self, **named: UUID) -> str:
        """Keep what it is for and why."""
        said = self.request.POST
        if said.get("group") not in {one.value for one in BulkGroup}:
            raise nothing_chosen()
        ask_many(
            named["run_id"],
            BulkGroup(said["group"]),
            papers.people_to_reach(named["run_id"]),
            purpose=said.get("purpose", ""),
            reason=said.get("reason", ""),
            roles=self.entrance.roles,
        )
        return _("Asked. Another person must approve it before the file can be made.")

    def next_page(self, **named: UUID) -> str:
        """Back to who was not reached."""
        return reverse("console:notice-missed", args=[named["run_id"]])


class ApproveFiles(AskFiles):
    """The second person's yes to letters or a call list."""

    def act(self, **named: UUID) -> str:
        """Approve it; who asked may open it for a day."""
        approve_many(named["order_id"], roles=self.entrance.roles)
        return _("Approved. Who asked may make the file for one day.")


class Approve(_Step):
    """The second person's yes."""

    def act(self, **named: UUID) -> str:
        """Approve; the rule refuses the first person."""
        services.approve_run(named["run_id"])
        return _("You approved this notice. The texts go out now, or at their time.")


class Steer(_Step):
    """Send, pause, go on, or cancel."""

    def act(self, **named: UUID) -> str:
        """Take the step the button named."""
        run_id: UUID = named["run_id"]
        match self.request.POST.get("step"):
            case "send":
                return _released(services.release_run(run_id))
            case "pause":
                services.pause_run(run_id)
                return _("Paused. No more texts go out until you go on.")
            case "resume":
                services.resume_run(run_id)
                return _("Going on.")
            case "cancel":
                return _cancelled(services.cancel_run(run_id))
        raise nothing_chosen()


def _released(state: RunState) -> str:
    if state is RunState.AWAITING_APPROVAL:
        return _("This notice goes to many people. It waits for a second person now.")
    if state is RunState.SCHEDULED:
        return _("The texts go out at the time you chose.")
    return _("The texts go out now.")


def _cancelled(stopped: int) -> str:
    return ngettext(
        "Cancelled. %(count)d text will not go out.", "Cancelled. %(count)d texts will not go out.", stopped
    ) % {"count": stopped}


class Schedule(_Step):
    """Choose when the texts begin to go out."""

    def act(self, **named: UUID) -> str:
        """Set the moment in the program's time."""
        form = ScheduleForm(self.request.POST)
        if not form.is_valid():
            raise Invalid(_("choose a date and a time"))
        zone = profile(self.entrance.program).zones[0]
        services.schedule_run(named["run_id"], form.moment(zone))
        return _("The texts go out at the time you chose.")


class TestSend(_Step):
    """Send one text with an invented appointment to a test phone."""

    def act(self, **named: UUID) -> str:
        """Send it."""
        form = TestForm(self.request.POST)
        if not form.is_valid():
            raise Invalid(_("type a phone number"))
        services.test_send(
            template_key=run(named["run_id"]).template_key,
            to=form.cleaned_data["to"],
            language=form.cleaned_data["language"],
        )
        return _("The test text is on its way.")
