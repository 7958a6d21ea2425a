"""The list of who looked: roles and how often; no office, county, worker or hour, so that nothing tells more."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from harborline.disclosure.selectors import looks_told
from harborline.ledger.services import record
from harborline.sites.visiting import OwnPage
from harborline.sites.vocabulary import ROLES


class Looks(OwnPage):
    """By role, over every county of the program; that they read it is recorded."""

    purpose: ClassVar[str] = "portal-looks"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        del request
        person = self.visit.person_id
        record("disclosure.looks-told", subject=f"person:{person}", content={})
        told = [
            ([ROLES.get(role, role) for role in roles.split(",") if role], times) for roles, times in looks_told(person)
        ]
        return self.page("portal/looks/looks.html", looked=told)
