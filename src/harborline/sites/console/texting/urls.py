"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from harborline.sites.console.texting import dashboard

URLS: list[URLPattern] = [
    path("numbers/", dashboard.Dashboard.as_view(), name="dashboard"),
]
