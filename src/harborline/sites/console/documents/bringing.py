"""The counter: papers that were handed over or came by mail, scanned into the same pipeline as all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.documents.facts import Order, Receipt, Way
from harborline.documents.ports import Intake
from harborline.documents.selectors import intake_limits
from harborline.kernel import Invalid, NotFound, Refused, Unavailable, ports
from harborline.kernel.ids import new_id
from harborline.people.selectors import county_codes, county_names, open_cases, participant_id, party_facts
from harborline.sites import wrongs
from harborline.sites.console.documents.pages import PURPOSE
from harborline.sites.console.pages import Page
from harborline.sites.entrance import Entrance, entrance
from harborline.sites.sealing import form_number, must_be_whole
from harborline.sites.sentences import told
from harborline.walls import ALL_COUNTIES

_BY_STAFF = (Way.COUNTER, Way.MAIL, Way.FAX, Way.EMAIL)


class Bring(Page):
    """Whose, how it came, and the files; nobody known yet is possible."""

    purpose = PURPOSE
    template = "console/documents/bring.html"
    http_method_names = ["get", "head", "post"]

    def facts(self, **_named: Any) -> dict[str, Any]:  # noqa: ANN401 - as the base class
        """The empty form."""
        return {**_choices(self.entrance), "given": {"way": Way.COUNTER.value, "once": str(new_id())}}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take them in and show the receipt, or say what is wrong with nothing typed lost."""
        who = entrance(request)
        try:
            with who.acting(PURPOSE):
                made = taken(request, _order(request, who))
        except Refused as refused:
            said = told(refused.decision)
            problem = f"{said.sentence} {said.next_step}"
        except (Invalid, Unavailable) as wrong:
            problem = wrongs.said(wrong)
        else:
            return HttpResponseRedirect(reverse("console:papers-receipt", args=[made.submission_id]))
        with who.acting(PURPOSE):
            shown = {**_choices(who), "given": request.POST.dict(), "problem": problem}
            return render(request, self.template, shown, status=422)


def taken(request: HttpRequest, order: Order) -> Receipt:
    """Take the files of a form in, once; raises `Refused`, `Unavailable`, `Invalid`."""
    must_be_whole(request)
    chosen: Sequence[UploadedFile[bytes]] = [
        each for name in ("papers", "photo") for each in request.FILES.getlist(name) if isinstance(each, UploadedFile)
    ]
    files = [(each.name or "", each.size or 0, each.file) for each in chosen if each.file is not None]
    return ports.serving(Intake).take(order, files)


def _order(request: HttpRequest, who: Entrance) -> Order:
    way = Way(request.POST.get("way", "")) if request.POST.get("way") in {one.value for one in _BY_STAFF} else None
    if way is None:
        raise Invalid(_("Choose how the paper came."))
    number, once = request.POST.get("number", "").strip(), form_number(request.POST.get("once", ""))
    if not number:
        county = request.POST.get("county", "")
        if county not in dict(_choices(who)["counties"]):
            raise Invalid(_("Write the person's number, or choose a county if nobody knows whose paper it is."))
        return Order(county, way, once=once)
    try:
        person = participant_id(who.program, number)
    except NotFound:
        raise Invalid(_("Nobody you may see has this number. Check it and try again.")) from None
    facts = party_facts(person)
    if facts is None:
        raise Invalid(_("Nobody you may see has this number. Check it and try again."))
    case = request.POST.get("case", "").strip()
    cases = {number: row for row, number in open_cases(person)}
    if case and case not in cases:
        raise Invalid(_("This is not a case of this person."))
    return Order(facts.county, way, participant_id=person, case_id=cases.get(case), once=once)


def _choices(who: Entrance) -> dict[str, Any]:
    codes = sorted(county_codes(who.program)) if who.counties == ALL_COUNTIES else list(who.counties)
    names = county_names(codes)
    return {
        "counties": [(code, names.get(code, code)) for code in codes],
        "ways": [one.value for one in _BY_STAFF],
        "bounds": intake_limits(),
    }
