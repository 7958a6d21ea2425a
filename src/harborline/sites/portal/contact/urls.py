"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from harborline.sites.portal.contact import pages

URLS: list[URLPattern] = [
    path("messages/", pages.Questions.as_view(), name="contact"),
    path("messages/new/", pages.Ask.as_view(), name="contact-ask"),
    path("messages/agree/", pages.OptIn.as_view(), name="contact-opt-in"),
    path("messages/<uuid:contact_id>/", pages.Thread.as_view(), name="contact-thread"),
    path("messages/<uuid:contact_id>/safe/", pages.Safe.as_view(), name="contact-safe"),
]
