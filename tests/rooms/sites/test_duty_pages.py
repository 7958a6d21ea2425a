"""The register of duties on its pages, and in the matrix of clauses."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from tests.days import office_day
from tests.rooms.sites.cast import SignedIn

from harborline.kernel import clock
from harborline.workforce.selectors import worker_by_email

LINK = "NC-CSS-22-18:link-vetted"


def form(**changed: str) -> dict[str, str]:
    """The vetting of the link for Cora, due in ten days."""
    first = (clock.now() + timedelta(days=10)).date().isoformat()
    given = {"owner": str(worker_by_email("cora@example.gov").id), "every_days": "365", "first_due": first}
    return given | changed


class TestADuty:
    """Given by Sol to Cora."""

    def test_is_given_reminded_kept_and_seen_in_the_matrix(self, signed_in: SignedIn) -> None:
        """Nobody's; then a line on each of Cora's pages; then kept, with its evidence, on the page of the clauses."""
        sol, cora = signed_in("sol"), signed_in("cora")
        page = reverse("console:duty", args=[LINK])
        assert "Nobody looks after it" in sol.get(reverse("console:duties")).content.decode()
        assert "Your duty, by" not in cora.get("/console/").content.decode()
        sol.post(reverse("console:duty-charge", args=[LINK]), form())
        assert "Your duty, by" in cora.get("/console/").content.decode()
        assert "Your duty, by" not in signed_in("dev").get("/console/").content.decode()
        assert reverse("console:duty-keep", args=[LINK]) in cora.get(page).content.decode()
        assert reverse("console:duty-keep", args=[LINK]) not in sol.get(page).content.decode()
        done = {"done": office_day().isoformat(), "evidence": "Letter of the IT department"}
        cora.post(reverse("console:duty-keep", args=[LINK]), done)
        assert "Letter of the IT department" in sol.get(page).content.decode()
        assert "Your duty, by" not in cora.get("/console/").content.decode()
        matrix = sol.get(reverse("console:law")).content.decode()
        assert page in matrix
        assert "Cora" in matrix

    def test_is_given_by_nobody_else_and_not_by_a_wrong_form(self, signed_in: SignedIn) -> None:
        """The door refuses roles; the form refuses days, people and words."""
        sol, cora = signed_in("sol"), signed_in("cora")
        charge = reverse("console:duty-charge", args=[LINK])
        assert cora.post(charge, form()).status_code == 403
        signed_in("clara")
        clara = str(worker_by_email("clara@example.gov").id)
        for wrong in (
            {"owner": clara},
            {"owner": "x"},
            {"every_days": "0"},
            {"every_days": "900"},
            {"first_due": "2020-01-01"},
        ):
            sol.post(charge, form(**wrong))
        assert "Nobody" in sol.get(reverse("console:duty", args=[LINK])).content.decode()
        sol.post(charge, form())
        keep = reverse("console:duty-keep", args=[LINK])
        today = office_day().isoformat()
        signed_in("dev").post(keep, {"done": today, "evidence": "not Dev's to say"})
        cora.post(keep, {"done": "2999-01-01", "evidence": "to come"})
        cora.post(keep, {"done": today, "evidence": ""})
        assert "Nothing yet." in cora.get(reverse("console:duty", args=[LINK])).content.decode()

    def test_of_another_program_is_not_found(self, signed_in: SignedIn) -> None:
        """The clinic has its own."""
        clara = signed_in("clara")
        assert clara.get(reverse("console:duty", args=[LINK])).status_code == 404
        assert LINK not in clara.get(reverse("console:duties")).content.decode()
        assert clara.get(reverse("console:duty", args=["no:such"])).status_code == 404
