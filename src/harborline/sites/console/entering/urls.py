"""The addresses of these pages."""

from __future__ import annotations

from django.urls import path

from harborline.sites.console.entering import pages

_ONE = "participants/<uuid:participant_id>/portal/"
URLS = [
    path(_ONE, pages.Person.as_view(), name="portal-person"),
    path(f"{_ONE}code/", pages.HandOver.as_view(), name="portal-code"),
    path("portal/", pages.Wishes.as_view(), name="portal-wishes"),
    path("portal/renewals/<uuid:start_id>/", pages.Renewal.as_view(), name="portal-renewal"),
    path("portal/<uuid:wish_id>/", pages.Wish.as_view(), name="portal-wish-words"),
    path("portal/<uuid:wish_id>/settle/", pages.Settle.as_view(), name="portal-wish"),
]
