"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from harborline.sites.console.texting import dashboard, wording

URLS: list[URLPattern] = [
    path("numbers/", dashboard.Dashboard.as_view(), name="dashboard"),
    path("words/", wording.Words.as_view(), name="words"),
    path("words/propose/", wording.Propose.as_view(), name="words-propose"),
    path("words/<uuid:version_id>/", wording.Version.as_view(), name="words-version"),
    path("words/<uuid:version_id>/decide/", wording.Decide.as_view(), name="words-decide"),
]
