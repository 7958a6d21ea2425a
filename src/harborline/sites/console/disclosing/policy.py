"""The written policy: who learns which fields for which purpose, as it holds; and its next version."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views import View

from harborline.disclosure.facts import Policy
from harborline.disclosure.selectors import (
    Paper,
    PaperPart,
    PaperRow,
    policy_in_force,
    policy_text,
    policy_version,
    policy_versions,
    printed,
)
from harborline.disclosure.services import approve_policy, propose_policy
from harborline.kernel import Invalid, Refused, clock
from harborline.law import profile
from harborline.sites import wrongs
from harborline.sites.console.disclosing.forms import PolicyForm
from harborline.sites.console.disclosing.words import word
from harborline.sites.console.pages import Act, Download, Page, insist_first
from harborline.sites.console.titles import page_language
from harborline.sites.entrance import entrance
from harborline.sites.sentences import told
from harborline.workforce.selectors import number_of


class Written(Page):
    """The policy in force, row by row, with its reasons and clauses; and every version written by the agency."""

    purpose = "policy"
    template = "console/disclosing/policy.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The rows by purpose."""
        policy = policy_in_force(self.entrance.program)
        return {
            "policy": policy,
            "purposes": by_purpose(policy),
            "versions": policy_versions(self.entrance.program),
        }


class Version(Page):
    """One version, read before it is approved: what it changes, its rows, its text."""

    purpose = "policy"
    template = "console/disclosing/version.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """Beside the policy that holds now."""
        shown, language = policy_version(named["version_id"]), page_language()
        held = policy_in_force(self.entrance.program).purposes
        spoken = {**held, **shown.policy.purposes}
        purposes = {purpose: words.get(language, words["en"]) for purpose, words in spoken.items()}
        return {"shown": shown, "spoken": purposes, "purposes": by_purpose(shown.policy)}


def by_purpose(policy: Policy) -> list[tuple[str, list[dict[str, Any]]]]:
    """The rows under the words of their purpose; rows that differ only in role stand together."""
    made = []
    for purpose, words in policy.purposes.items():
        rows = sorted(
            (row for row in policy.rows if row.purpose == purpose), key=lambda row: (row.group, row.state, row.because)
        )
        lines = [
            {"group": key[0], "state": key[1], "because": key[2], "clause": key[3], "roles": [one.role for one in each]}
            for key, each in groupby(rows, key=lambda row: (row.group, row.state.value, row.because, row.clause))
        ]
        made.append((words.get(page_language(), words["en"]), lines))
    return made


class WrittenPdf(Download):
    """The policy in force as a paper to sign and file."""

    purpose = "policy"
    content_type = "application/pdf"
    file_name = "written-policy.pdf"

    def content(self, **_named: UUID) -> bytes:
        """The rows in the language of the page."""
        program = entrance(self.request).program
        policy, law = policy_in_force(program), profile(program)
        language = page_language()
        parts = [PaperPart(title, tuple(_row(line) for line in lines)) for title, lines in by_purpose(policy) if lines]
        names = [number_of(one) for one in (policy.proposed_by, policy.approved_by) if one]
        version = str(policy.version) if policy.version else _("as it ships")
        paper = Paper(
            language=language,
            program=law.title.get(language, law.title["en"]),
            title=_("Written policy on access"),
            paragraphs=[
                _("Which role learns which fields for which purpose, and why. What is not named here opens to nobody."),
                f"{_('Version')}: {version}. {_('Holds from')}: {policy.effective.isoformat()}. {', '.join(names)}",
            ],
            parts=parts,
            signatures=[_("Name, title, date"), _("Name, title, date")],
            footer=policy.sha256,
        )
        return printed(paper, at=clock.now())


def _row(line: dict[str, Any]) -> PaperRow:
    return PaperRow(
        str(word(line["group"], "group")),
        str(word(line["state"], "field-state")),
        ", ".join(str(word(role, "role")) for role in line["roles"]),
        gettext(line["because"]),
        line["clause"],
    )


class Propose(View):
    """Write the next version."""

    http_method_names = ["get", "head", "post"]
    template = "console/disclosing/propose.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The newest text, to be changed."""
        who = entrance(request)
        with who.acting("policy"):
            form = PolicyForm(initial={"content": policy_text(who.program)})
            return render(request, self.template, {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it for another person to approve, or say which row cannot be used."""
        who, form = entrance(request), PolicyForm(request.POST)
        if form.is_valid():
            try:
                with who.acting("policy"):
                    insist_first(request)
                    propose_policy(form.cleaned_data["content"], because=form.cleaned_data["because"], roles=who.roles)
                return HttpResponseRedirect(reverse("console:policy"))
            except Invalid as wrong:
                form.add_error("content", wrongs.said(wrong))
            except Refused as refused:
                said = told(refused.decision)
                form.add_error(None, f"{said.sentence} {said.next_step}")
        with who.acting("policy"), timezone.override(who.zone):
            return render(request, self.template, {"form": form}, status=422)


class Approve(Act):
    """Another person puts a version in force."""

    purpose = "policy"

    def act(self, **named: UUID) -> str:
        """From its day on."""
        approve_policy(named["version_id"], roles=self.entrance.roles)
        return _("Approved. It holds from its day on.")

    def next_page(self, **_named: UUID) -> str:
        """Back to the policy."""
        return reverse("console:policy")
