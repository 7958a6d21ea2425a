"""What staff see: the papers that wait, one paper, its pages as pictures, how the checks stand."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views import View

from harborline.documents.facts import PaperLine
from harborline.documents.selectors import Paper, desk, paper, receipt_by_id, standing
from harborline.documents.services import page_image, view
from harborline.people.selectors import participant_numbers
from harborline.sites.console.names import names_of
from harborline.sites.console.pages import Page
from harborline.sites.documents_words import offered
from harborline.sites.entrance import entrance
from harborline.workforce.selectors import colleagues

PURPOSE = "documents"
_COUNT: Final = re.compile(r"[0-9]{1,6}")


class Waiting(Page):
    """The worker's own papers first, then the office's; each list is served the longest waiting first."""

    purpose = PURPOSE
    template = "console/documents/waiting.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The lists."""
        asked = self.request.GET.get("after", "")
        after = int(asked) if _COUNT.fullmatch(asked) else 0
        found = desk(roles=self.entrance.roles, after=after)
        every = [*found.mine, *found.office, *found.others, *found.checking, *found.refused]
        return {"after": after, "desk": found, "numbers": _numbers(every), "holders": _holders(self.entrance.program)}


def _numbers(listed: list[PaperLine]) -> dict[str, str]:
    found = participant_numbers({one.participant_id for one in listed if one.participant_id is not None})
    return {str(person): number for person, number in found.items()}


def _holders(program: str) -> dict[str, str]:
    return {one.number: one.name for one in colleagues(program, ("*",))}


class OnePaper(Page):
    """One paper; that it was opened is recorded before anything of it is shown."""

    purpose = PURPOSE
    template = "console/documents/paper.html"

    def facts(self, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - as the base class
        """Pages, what happened, what may be done."""
        who, document_id = self.entrance, named["document_id"]
        view(document_id, roles=who.roles)
        shown = paper(document_id, roles=who.roles)
        there = [one for one in colleagues(who.program, (shown.line.county,)) if one.number != shown.line.holder]
        return {
            "paper": shown,
            "line": shown.line,
            "numbers": _numbers([shown.line]),
            "holders": _holders(who.program),
            "colleagues": there,
            "labels": offered("label"),
            "again": offered("again"),
            "names": names_of([by.removeprefix("worker:") for by in _doers(shown)]),
        }


def _doers(shown: Paper) -> set[str]:
    return {one.by for one in shown.events} | {one.by for one in shown.views}


class PageImage(View):
    """One page as pixels, through our own origin: shown, never a download, kept nowhere."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, document_id: UUID, page: int) -> HttpResponse:
        """The picture; recorded as a look."""
        who, asked = entrance(request), request.GET.get("edition", "")
        edition = int(asked) if _COUNT.fullmatch(asked) else None
        with who.acting(PURPOSE):
            content = page_image(document_id, page, edition=edition, roles=who.roles)
        return picture(content)


def picture(content: bytes) -> HttpResponse:
    """A page of a paper as an answer: shown, never a download, kept nowhere."""
    return HttpResponse(
        content,
        content_type="image/jpeg",
        headers={
            "Content-Disposition": "inline",
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


class Received(Page):
    """The receipt of papers staff brought in, to be printed for the person at the counter."""

    purpose = PURPOSE
    template = "console/documents/receipt.html"

    def facts(self, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - as the base class
        """The receipt."""
        found = receipt_by_id(named["submission_id"], roles=self.entrance.roles)
        return {"receipt": found, "numbers": _numbers(list(found.papers))}


class Checks(Page):
    """How papers are checked here: how the reader is shut in, the scanner, what waits."""

    purpose = PURPOSE
    template = "console/documents/checks.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """As it is on this machine."""
        return {"standing": standing()}
