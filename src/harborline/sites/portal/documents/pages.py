"""Papers of one person: the plain form, what became of each paper, the receipt to keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from harborline.documents.facts import Order, Receipt, Way
from harborline.documents.ports import Intake
from harborline.documents.selectors import begun_by, intake_limits, receipt, receipt_pdf, submissions_of
from harborline.kernel import Invalid, NotFound, Refused, Unavailable, ports, refuse
from harborline.kernel.ids import new_id
from harborline.people.facts import OwnParticipant
from harborline.people.selectors import county_names, open_cases
from harborline.sites import wrongs
from harborline.sites.sealing import form_number, must_be_whole
from harborline.sites.sentences import told
from harborline.sites.visiting import OwnPage, Visit

PURPOSE = "portal-papers"


def belongs(visit: Visit, county: str) -> OwnParticipant:
    """The person's own participant in a county; their only one, or the first, when none is said."""
    for one in visit.participants:
        if one.county == county:
            return one
    return visit.participant


def order_of(visit: Visit, *, county: str, case: str, once: str) -> Order:
    """Where papers belong: the case the person chose, else their only one in the county, else the office finds out.

    Asked inside the visit's unit of work; raises `Refused` for a case that is not theirs.
    """
    chosen = form_number(case)
    if case and chosen is None:
        raise Refused(refuse("not-their-case").stamped("sites.portal", ("NC-CSS-22-18:portal-upload",)))
    mine = belongs(visit, county)
    for one in visit.participants if chosen else ():
        if chosen in {each for each, _number in open_cases(one.id)}:
            mine = one
    return Order(mine.county, Way.PORTAL, participant_id=mine.id, case_id=chosen, once=form_number(once))


def cases_to_choose(visit: Visit) -> list[tuple[UUID, str]]:
    """The cases of whoever has more than one in a county, by number; asked inside the visit's unit of work."""
    found = [open_cases(one.id) for one in visit.participants]
    return sorted((case for cases in found if len(cases) > 1 for case in cases), key=lambda case: case[1])


def own_receipt(visit: Visit, submission_id: UUID) -> Receipt:
    """A receipt of the person's; raises `NotFound`."""
    for one in visit.participants:
        try:
            return receipt(submission_id, participant_id=one.id)
        except NotFound:
            continue
    raise NotFound("no such receipt here")


class Papers(OwnPage):
    """What was handed in, the newest first, and where each paper stands."""

    purpose: ClassVar[str] = PURPOSE

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        del request
        found = [one for mine in self.visit.participants for one in submissions_of(mine.id)]
        found.sort(key=lambda one: one.at, reverse=True)
        return self.page("portal/documents/papers.html", receipts=found)


class Send(OwnPage):
    """Several files and a photo, in one plain form; a program on the page sends them in pieces where it can run."""

    purpose: ClassVar[str] = PURPOSE
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        del request
        return self._form()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take everything in and lead to the receipt, or say what is wrong."""
        try:
            made = self._taken(request)
        except Refused as refused:
            said = told(refused.decision)
            return self._form(f"{said.sentence} {said.next_step}")
        except (Invalid, Unavailable) as wrong:
            return self._form(wrongs.said(wrong))
        return HttpResponseRedirect(reverse("portal:papers-receipt", args=[made.submission_id]))

    def _taken(self, request: HttpRequest) -> Receipt:
        must_be_whole(request)
        said = {name: request.POST.get(name, "") for name in ("county", "case", "once")}
        files = [(each.name or "", each.size or 0, each.file) for each in _files(request) if each.file is not None]
        with self.visit.acting(self.purpose):
            return ports.serving(Intake).take(order_of(self.visit, **said), files)

    def _form(self, problem: str = "") -> HttpResponse:
        counties = sorted({one.county for one in self.visit.participants})
        names = county_names(counties) if len(counties) > 1 else {}
        given = self.request.POST
        return self.page(
            "portal/documents/send.html",
            status=422 if problem else 200,
            problem=problem,
            bounds=intake_limits(),
            counties=[(code, names.get(code, code)) for code in counties] if len(counties) > 1 else [],
            cases=[(str(case), number) for case, number in cases_to_choose(self.visit)],
            begun=[one for mine in self.visit.participants for one in begun_by(mine.id)],
            once=given.get("once") or str(new_id()),
            given={"county": given.get("county", ""), "case": given.get("case", "")},
        )


def _files(request: HttpRequest) -> Sequence[UploadedFile[bytes]]:
    return [
        each for name in ("papers", "photo") for each in request.FILES.getlist(name) if isinstance(each, UploadedFile)
    ]


class ReceiptPage(OwnPage):
    """The receipt, to be printed."""

    purpose: ClassVar[str] = PURPOSE

    def get(self, request: HttpRequest, submission_id: UUID) -> HttpResponse:
        """The page."""
        del request
        return self.page("portal/documents/receipt.html", receipt=own_receipt(self.visit, submission_id))


class ReceiptPdf(OwnPage):
    """The receipt as a file to keep; its name tells nothing."""

    purpose: ClassVar[str] = PURPOSE

    def get(self, request: HttpRequest, submission_id: UUID) -> HttpResponse:
        """The file."""
        del request
        found = own_receipt(self.visit, submission_id)
        content = receipt_pdf(spoken(found), at=int(found.at.timestamp()))
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={"Content-Disposition": 'attachment; filename="receipt.pdf"'},
        )


def spoken(found: Receipt) -> dict[str, Any]:
    """The receipt in words, in the language of the page."""
    return {
        "lang": (get_language() or "en")[:2],
        "title": _("Receipt"),
        "intro": _("We received your papers. Keep this page."),
        "lines": [
            [_("Receipt number"), found.number],
            [
                _("Received"),
                formats.date_format(found.at.astimezone(timezone.get_current_timezone()), "DATETIME_FORMAT"),
            ],
        ],
        "papers": [
            {
                "name": one.name or _("File"),
                "lines": [[_("Size in bytes"), str(one.size)], [_("Fingerprint of the file"), f"SHA-256 {one.sha256}"]],
            }
            for one in found.papers
        ],
        "closing": _("The fingerprint proves which file we received."),
    }
