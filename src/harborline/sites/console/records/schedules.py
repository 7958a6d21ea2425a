"""How long records live: the schedule in force, what is ripe, the runs that destroyed it, their certificates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.kernel import Invalid, NotFound
from harborline.retention.selectors import certificate, in_force, preview, run, runs, taken_previews
from harborline.retention.services import approve_run, prepare_run, withdraw_run
from harborline.sites.console.pages import Act, Download, Page
from harborline.sites.console.titles import page_language
from harborline.walls import ALL_COUNTIES


class Schedules(Page):
    """Every series with its clocks, what was ripe last night, and the newest runs."""

    purpose = "retention"
    template = "console/records/schedules.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The schedule in force and what stands with each series."""
        return {
            "schedule": in_force(),
            "counted": {one.series: one for one in taken_previews()},
            "runs": runs(limit=20),
            "titles": _titles(),
            "statewide": self.entrance.counties == ALL_COUNTIES,
        }


class Series(Page):
    """One series, counted now."""

    purpose = "retention"
    template = "console/records/series.html"

    def facts(self, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - the series is a word
        """Its clocks and what is ripe at this moment."""
        key = str(named["series"])
        if not in_force().has(key):
            raise NotFound("no such kind of record")
        return {"series": in_force().of(key), "preview": preview(key), "titles": _titles()}


class Prepare(Act):
    """Fix which records of a series are to go; nothing is destroyed yet."""

    purpose = "retention"

    def act(self, **named: Any) -> str:  # noqa: ANN401 - as above
        """A run that waits for another person."""
        try:
            prepare_run(str(named["series"]), roles=self.entrance.roles)
        except NotFound:
            raise Invalid(_("Nothing of this kind is to go now.")) from None
        return _("Prepared. Another person must approve it before anything is destroyed.")

    def next_page(self, **_named: Any) -> str:  # noqa: ANN401 - as above
        """Back to the schedule."""
        return reverse("console:schedules")


class Run(Page):
    """One disposal run."""

    purpose = "retention"
    template = "console/records/disposal.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """What is to go or went, by whose word."""
        return {"run": run(named["run_id"]), "titles": _titles()}


class Steer(Act):
    """Approve a run somebody else prepared, or give it up."""

    purpose = "retention"

    def act(self, **named: UUID) -> str:
        """What the pressed button says; an approved run is carried out by the upkeep within minutes."""
        step = self.request.POST.get("step", "")
        if step == "withdraw":
            withdraw_run(named["run_id"])
            return _("Given up. Nothing was destroyed.")
        if step != "approve":
            raise Invalid(_("Choose what to do."))
        approve_run(named["run_id"], roles=self.entrance.roles)
        return _("Approved. The records go within the next minutes; what a hold keeps stays.")

    def next_page(self, **named: UUID) -> str:
        """Back to the run."""
        return reverse("console:disposal", args=[named["run_id"]])


class CertificatePdf(Download):
    """The certificate for people."""

    purpose = "retention"
    content_type = "application/pdf"
    file_name = "certificate.pdf"

    def content(self, **named: UUID) -> bytes:
        """The PDF."""
        return certificate(named["run_id"]).pdf


class CertificateJson(Download):
    """The certificate for machines, with its proof."""

    purpose = "retention"
    content_type = "application/json"
    file_name = "certificate.json"

    def content(self, **named: UUID) -> bytes:
        """The JSON."""
        return certificate(named["run_id"]).json


def _titles() -> dict[str, str]:
    language = page_language()
    return {one.key: one.title.get(language) or one.title["en"] for one in in_force().series}
