"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from harborline.sites.console.contact import desk, inbox, thread

URLS: list[URLPattern] = [
    path("questions/", inbox.Contacts.as_view(), name="contacts"),
    path("questions/<uuid:contact_id>/", thread.Thread.as_view(), name="contact-thread"),
    path("questions/<uuid:contact_id>/steer/", thread.Steer.as_view(), name="contact-steer"),
    path("questions/alerts/<uuid:alert_id>/", inbox.Danger.as_view(), name="danger"),
    path("desk/", desk.Desk.as_view(), name="desk"),
    path("desk/<uuid:consent_id>/", desk.Sign.as_view(), name="desk-sign"),
]
