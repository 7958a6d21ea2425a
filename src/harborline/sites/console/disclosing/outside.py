"""What was told outside about one person: ask for a release, and the accounting as page and file."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from harborline.disclosure.selectors import (
    AccountingPaper,
    AccountingPart,
    ReleaseRow,
    accounting_pdf,
    insist_no_kin,
    overrides_of,
    releases,
    who_looked,
)
from harborline.disclosure.services import ask_release
from harborline.kernel import Invalid, Refused, clock
from harborline.kernel.clock import iso
from harborline.law import profile
from harborline.ledger.services import record
from harborline.people.selectors import reach
from harborline.sites import wrongs
from harborline.sites.console.disclosing.forms import ReleaseForm
from harborline.sites.console.disclosing.words import word
from harborline.sites.console.pages import Download, first_sent
from harborline.sites.console.titles import page_language
from harborline.sites.entrance import Entrance, entrance
from harborline.sites.sentences import told


class Releases(View):
    """The accounting of one person, and the form to tell somebody outside."""

    http_method_names = ["get", "head", "post"]
    template = "console/disclosing/releases.html"

    def get(self, request: HttpRequest, participant_id: UUID) -> HttpResponse:
        """The accounting; opening it is recorded."""
        who = entrance(request)
        with who.acting("releases"), timezone.override(who.zone):
            insist_no_kin(participant_id)
            content = {"participant": str(participant_id)}
            record("disclosure.accounting-opened", subject=f"participant:{participant_id}", content=content)
            return render(request, self.template, self._facts(who, participant_id, _form(who, participant_id)))

    def post(self, request: HttpRequest, participant_id: UUID) -> HttpResponse:
        """Ask for a release, or say in the form why it cannot be."""
        who = entrance(request)
        with who.acting("releases"):
            insist_no_kin(participant_id)
            form = _form(who, participant_id, request.POST)
            valid = form.is_valid()
        if valid:
            try:
                with who.acting("releases"):
                    if first_sent(request):
                        ask_release(participant_id, form.wanted())
                return HttpResponseRedirect(reverse("console:releases", args=[participant_id]))
            except Invalid as wrong:
                form.add_error(*wrongs.beside(wrong, form.fields))
            except Refused as refused:
                said = told(refused.decision)
                form.add_error(None, f"{said.sentence} {said.next_step}")
        with who.acting("releases"), timezone.override(who.zone):
            return render(request, self.template, self._facts(who, participant_id, form), status=422)

    @staticmethod
    def _facts(who: Entrance, participant_id: UUID, form: ReleaseForm) -> dict[str, Any]:
        return {
            "person": reach(participant_id),
            "releases": releases(participant_id),
            "looked": who_looked(participant_id),
            "form": form,
            "wic": profile(who.program).kind == "wic",
        }


def _form(who: Entrance, participant_id: UUID, *given: Any) -> ReleaseForm:  # noqa: ANN401 - what the form came with
    orders = [
        (str(one.id), f"{one.court}, {one.docket}: {word(one.field, 'field')}")
        for one in overrides_of(participant_id)
        if "safeguards:review" in who.permissions and one.approved_by and one.expires_at > clock.now()
    ]
    return ReleaseForm(*given, wic=profile(who.program).kind == "wic", orders=orders)


class Accounting(Download):
    """The accounting as a file: every release with its law, recipient, fields and who approved it."""

    purpose = "releases"
    content_type = "application/json"
    file_name = "accounting-of-disclosures.json"

    def content(self, **named: UUID) -> bytes:
        """JSON, one object a release; taking it is recorded."""
        participant = named["participant_id"]
        insist_no_kin(participant)
        person = reach(participant)
        content = {"participant": str(participant)}
        record("disclosure.accounting-taken", subject=f"participant:{participant}", content=content)
        rows = [
            {
                "told": iso(one.released_at), "recipient": one.recipient, "recipient_kind": one.recipient_kind,
                "legal_basis": one.basis, "reference": one.reference, "fields": list(one.fields), "by": one.road,
                "offset_parts": list(one.parts), "payment": one.payment, "place": one.place, "steps": list(one.steps),
                "asked_by": one.asked_by, "approved_by": one.approved_by, "id": str(one.id),
            }
            for one in releases(participant)
            if one.released_at
        ]  # fmt: skip
        looked = [{"roles": roles.split(","), "times": times} for roles, times in who_looked(participant)]
        form = {
            "format": "harborline/accounting/v1", "participant": person.external_id, "releases": rows, "looked": looked,
        }  # fmt: skip
        return json.dumps(form, indent=2, ensure_ascii=False).encode()


class AccountingPdf(Download):
    """The accounting as a paper for the person."""

    purpose = "releases"
    content_type = "application/pdf"
    file_name = "accounting-of-disclosures.pdf"

    def content(self, **named: UUID) -> bytes:
        """In the language of the page; taking it is recorded."""
        participant, who = named["participant_id"], entrance(self.request)
        insist_no_kin(participant)
        person, law, language = reach(participant), profile(who.program), page_language()
        content = {"participant": str(participant)}
        record("disclosure.accounting-taken", subject=f"participant:{participant}", content=content)
        with timezone.override(who.zone):
            told_rows = [_paper_row(one) for one in releases(participant) if one.released_at]
        looked = [
            (", ".join(str(word(role, "role")) for role in roles.split(",") if role),
             ngettext("%(times)s time", "%(times)s times", times) % {"times": times})
            for roles, times in who_looked(participant)
        ]  # fmt: skip
        paper = AccountingPaper(
            language=language,
            program=law.title.get(language, law.title["en"]),
            title=_("Accounting of disclosures"),
            paragraphs=[f"{_('Participant')}: {person.external_id}", _("Everything told outside, and who looked.")],
            parts=[
                AccountingPart(_("Told outside"), told_rows or [(_("Nothing was told outside."), "")]),
                AccountingPart(_("Who looked, as the person may know it"), looked or [(_("Nobody yet."), "")]),
            ],
            footer=clock.now().date().isoformat(),
        )
        return accounting_pdf(paper, at=clock.now())


def _paper_row(one: ReleaseRow) -> tuple[str, str]:
    assert one.released_at is not None
    day = date_format(one.released_at.astimezone(timezone.get_current_timezone()), "DATE_FORMAT")
    fields = ", ".join(str(word(field, "field")) for field in one.fields)
    if one.parts:
        fields = f"{fields} ({', '.join(str(word(part, 'part')) for part in one.parts)})"
    law = f"{word(one.basis, 'law')}: {one.reference}" if one.reference else str(word(one.basis, "law"))
    return (
        f"{day}: {one.recipient} ({word(one.recipient_kind, 'recipient')})",
        f"{fields}. {law}. {_way(one)}",
    )


def _way(one: ReleaseRow) -> str:
    payment = [word(one.payment, "payment")] if one.payment not in ("", "none") else []
    steps = [word(step, "step") for step in one.steps]
    said = [word(one.road, "road"), word(one.place, "destination"), *payment, *steps]
    return ", ".join(str(each) for each in said)
