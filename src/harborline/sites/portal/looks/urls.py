"""The address of the list of who looked."""

from __future__ import annotations

from django.urls import URLPattern, path

from harborline.sites.portal.looks.pages import Looks

URLS: list[URLPattern] = [path("looks/", Looks.as_view(), name="looks")]
