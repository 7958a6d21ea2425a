"""Words: what is approved, what waits, how a proposal reads on a phone; the state says yes or no."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from harborline.kernel import Invalid, NotFound, Refused
from harborline.law import profile
from harborline.messaging.selectors import wording
from harborline.messaging.services import wording as acts
from harborline.sites import wrongs
from harborline.sites.console.names import names_of
from harborline.sites.console.pages import Act, Page, insist_first
from harborline.sites.console.texting.forms import ProposalForm
from harborline.sites.console.titles import page_language
from harborline.sites.entrance import entrance
from harborline.sites.sentences import told
from harborline.walls import ALL_COUNTIES


class Words(Page):
    """Every template: those that wait first, then what is in use, then what is not."""

    purpose = "wording"
    template = "console/texting/words.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Versions by state, with titles in the language of the page."""
        program, language = self.entrance.program, page_language()
        found = wording.versions(program)
        used = {(one.key, one.version) for one in wording.approved(program).values()}
        return {
            "waiting": [one for one in found if one.state == "proposed"],
            "used": [one for one in found if (one.key, one.version) in used],
            "past": [one for one in found if one.state != "proposed" and (one.key, one.version) not in used],
            "language": language,
            "names": names_of({one.proposed_by for one in found} | {one.decided_by for one in found}),
        }


class Version(Page):
    """One version as each phone would show it, with everything that must be put right."""

    purpose = "wording"
    template = "console/texting/version.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """The version, its proof per language, who proposed and decided."""
        found = wording.version(named["version_id"])
        proofs = wording.proofs(named["version_id"])
        who = self.entrance
        return {
            "version": found,
            "proofs": proofs,
            "fits": not any(remark.stops for proof in proofs for remark in proof.remarks),
            "own": found.proposed_by == who.actor.id,
            "language": page_language(),
            "names": names_of({found.proposed_by, found.decided_by}),
        }


class Propose(View):
    """Propose new words, or new words for a text there is."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, with the words of `?key=` to start from."""
        who = entrance(request)
        with who.acting("wording"):
            form = ProposalForm(
                initial=_initial(who.program, request.GET.get("key", "")), kind=profile(who.program).kind
            )
        return render(request, "console/texting/propose.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the proposal and show how it reads; what is wrong with it is said in the form."""
        who = entrance(request)
        form = ProposalForm(request.POST, kind=profile(who.program).kind)
        if form.is_valid():
            try:
                with who.acting("wording"):
                    insist_first(request)
                    county = "" if who.counties == ALL_COUNTIES else who.counties[0]
                    made = acts.propose(**form.proposal(), roles=who.roles, county=county)
                return HttpResponseRedirect(reverse("console:words-version", args=[made.id]))
            except Invalid as wrong:
                form.add_error(None, wrongs.said(wrong))
            except Refused as refused:
                said = told(refused.decision)
                form.add_error(None, f"{said.sentence} {said.next_step}")
        return render(request, "console/texting/propose.html", {"form": form}, status=422)


class Decide(Act):
    """The state says yes or no, or takes approved words out of use."""

    purpose = "wording"

    def act(self, **named: UUID) -> str:
        """What the pressed button says."""
        step, reason = self.request.POST.get("step", ""), self.request.POST.get("reason", "")
        roles = self.entrance.roles
        if step == "retire":
            acts.retire(named["version_id"], roles=roles, reason=reason)
            return _("These words are not used any more.")
        if step not in {"approve", "refuse"}:
            raise Invalid(_("Choose what to do."))
        acts.decide(named["version_id"], approve=step == "approve", roles=roles, reason=reason)
        return _("Approved. The next notice can use these words.") if step == "approve" else _("Refused.")

    def next_page(self, **named: UUID) -> str:
        """Back to the version."""
        return reverse("console:words-version", args=[named["version_id"]])


def _initial(program: str, key: str) -> dict[str, str]:
    found = wording.approved(program).get(key)
    if key and found is None:
        raise NotFound("no such text")
    if found is None:
        return {}
    return {
        "key": key,
        **{f"title_{language}": title for language, title in found.title.items()},
        **{f"words_{language}": words for language, words in found.words.items()},
    }
