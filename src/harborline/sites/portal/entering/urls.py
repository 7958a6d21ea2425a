"""The addresses of coming in."""

from __future__ import annotations

from django.urls import path

from harborline.sites.portal.entering import pages

URLS = [
    path("<slug:program>/", pages.Program.as_view(), name="program"),
    path("<slug:program>/code/", pages.Code.as_view(), name="code"),
    path("<slug:program>/start/", pages.Start.as_view(), name="start"),
    path("<slug:program>/start/<slug:start>/", pages.Link.as_view(), name="link"),
    path("<slug:program>/passphrase/", pages.Passphrase.as_view(), name="passphrase"),
]
