"""What staff do with one paper."""

from __future__ import annotations

import re
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.documents.facts import ORIGINAL_EDITION, Again, Box, Label
from harborline.documents.selectors import paper
from harborline.documents.services import (
    accept_document,
    ask_again,
    classify,
    hand_on,
    open_original,
    page_image,
    redact,
    say_whose,
    turn_page,
    view,
)
from harborline.kernel import Invalid, NotFound, Refused, Unavailable
from harborline.people.selectors import participant_id
from harborline.sites import wrongs
from harborline.sites.console.documents.pages import PURPOSE, picture
from harborline.sites.console.pages import Act, Page, nothing_chosen
from harborline.sites.entrance import entrance
from harborline.sites.sentences import told

ROWS: Final = 4
_SIDES: Final = ("left", "top", "right", "bottom")
_WHOLE: Final = re.compile(r"[0-9]{1,4}")
_COUNT: Final = re.compile(r"[0-9]{1,9}")


class _OnPaper(Act):
    purpose = PURPOSE

    def next_page(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Back to the paper."""
        return reverse("console:paper", args=[named["document_id"]])

    def chosen(self, kind: type[Any], name: str) -> Any:  # noqa: ANN401 - a member of the enum asked for
        """What was chosen in the form."""
        try:
            return kind(self.request.POST.get(name, ""))
        except ValueError:
            raise nothing_chosen() from None


class Accept(_OnPaper):
    """The paper is what was asked for."""

    def act(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Accept it."""
        accept_document(named["document_id"], label=self.chosen(Label, "label"), roles=self.entrance.roles)
        return _("Accepted. The person can see it.")


class File(_OnPaper):
    """The paper is something else than was thought."""

    def act(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """File it."""
        classify(named["document_id"], label=self.chosen(Label, "label"), roles=self.entrance.roles)
        return _("Filed.")


class AskAgain(_OnPaper):
    """The paper must come again."""

    def act(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Ask for it, with the reason and words for the person."""
        words = self.request.POST.get("words", "")
        if self.chosen(Again, "why") is Again.OTHER and not words.strip():
            raise Invalid(_("Write what is wrong with the paper."))
        ask_again(named["document_id"], why=self.chosen(Again, "why"), words=words, roles=self.entrance.roles)
        return _("Asked for again. The person can see why.")


class Turn(_OnPaper):
    """A page lies on its side."""

    def act(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Turn it."""
        turn_page(named["document_id"], named["page"], roles=self.entrance.roles)
        return ""


class HandOn(_OnPaper):
    """Somebody else takes it."""

    def act(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Hand it to a worker or the office."""
        hand_on(named["document_id"], to=self.request.POST.get("to", "").strip(), roles=self.entrance.roles)
        return _("Handed on.")

    def next_page(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Back to what waits."""
        del named
        return reverse("console:papers")


class SayWhose(_OnPaper):
    """Nobody knew whose paper it is."""

    def act(self, **named: Any) -> str:  # noqa: ANN401 - as the base class
        """Write down whose."""
        number = self.request.POST.get("number", "").strip()
        try:
            person = participant_id(self.entrance.program, number)
            say_whose(named["document_id"], participant_id=person, roles=self.entrance.roles)
        except NotFound:
            raise Invalid(_("Nobody you may see has this number. Check it and try again.")) from None
        return _("Written down. It goes to the worker of the case.")


class Original(_OnPaper):
    """The file as it was sent, for a reason: to be kept and not shown, and never run by a browser."""

    def post(self, request: HttpRequest, **named: Any) -> HttpResponseBase:  # type: ignore[override]  # noqa: ANN401 - it streams
        """Open it, or say why not."""
        who = entrance(request)
        try:
            with who.acting(self.purpose):
                pieces = open_original(
                    named["document_id"], because=request.POST.get("because", ""), roles=who.roles
                )  # fmt: skip
        except Refused as refused:
            said = told(refused.decision)
            messages.error(request, f"{said.sentence} {said.next_step}")
        except (Invalid, Unavailable) as wrong:
            messages.error(request, wrongs.said(wrong))
        else:
            return StreamingHttpResponse(
                pieces,
                content_type="application/octet-stream",
                headers={
                    "Content-Disposition": 'attachment; filename="original"',
                    "Cache-Control": "no-store",
                    "Content-Security-Policy": "default-src 'none'; sandbox",
                },
            )
        return HttpResponseRedirect(self.next_page(**named))


class Behind(_OnPaper):
    """One page as it was before parts were blacked out, for a reason; recorded as what it is."""

    def post(self, request: HttpRequest, **named: Any) -> HttpResponseBase:  # type: ignore[override]  # noqa: ANN401 - it answers a picture
        """The picture, or why not."""
        who, because = entrance(request), request.POST.get("because", "")
        try:
            with who.acting(self.purpose):
                content = page_image(
                    named["document_id"], named["page"], edition=ORIGINAL_EDITION, because=because, roles=who.roles
                )  # fmt: skip
        except Refused as refused:
            said = told(refused.decision)
            messages.error(request, f"{said.sentence} {said.next_step}")
        except Invalid as wrong:
            messages.error(request, wrongs.said(wrong))
        else:
            return picture(content)
        return HttpResponseRedirect(self.next_page(**named))


class Redact(Page):
    """Black out parts of one page: boxes in thousandths of its width and height, drawn or written as numbers."""

    purpose = PURPOSE
    template = "console/documents/redact.html"
    http_method_names = ["get", "head", "post"]

    def facts(self, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - as the base class
        """The page."""
        view(named["document_id"], roles=self.entrance.roles)
        shown = paper(named["document_id"], roles=self.entrance.roles)
        pages = [one for one in shown.pages if one.number == named["page"]]
        if not pages:
            raise NotFound("no such page here")
        return {"line": shown.line, "edition": shown.edition, "page": pages[0], "rows": range(ROWS), "sides": _SIDES}

    def post(self, request: HttpRequest, **named: Any) -> HttpResponse:  # noqa: ANN401 - as the base class
        """Make the new copy."""
        who, document_id = entrance(request), named["document_id"]
        try:
            boxes, edition, turn = _boxes(request), _counted(request, "edition"), _counted(request, "turn")
            with who.acting(PURPOSE):
                redact(document_id, named["page"], boxes, edition=edition, turn=turn, roles=who.roles)
        except Refused as refused:
            said = told(refused.decision)
            messages.error(request, f"{said.sentence} {said.next_step}")
            return HttpResponseRedirect(request.path)
        except Invalid:
            messages.error(
                request, _("A box needs four numbers from 0 to 1000: left is less than right, top less than bottom.")
            )
            return HttpResponseRedirect(request.path)
        else:
            messages.success(request, _("Blacked out. The copy shown from now on does not hold it."))
        return HttpResponseRedirect(reverse("console:paper", args=[document_id]))


def _counted(request: HttpRequest, name: str) -> int:
    # What the page said of itself; a form without it is no form of ours.
    said = request.POST.get(name, "")
    return int(said) if _COUNT.fullmatch(said) else -1


def _boxes(request: HttpRequest) -> list[Box]:
    columns = [request.POST.getlist(side) for side in _SIDES]
    found = []
    for row in zip(*columns, strict=False):
        said = [one.strip() for one in row]
        if not any(said):
            continue
        if not all(_WHOLE.fullmatch(one) for one in said):
            raise Invalid("four numbers", "boxes")
        found.append(Box(*(int(one) for one in said)))
    return found
