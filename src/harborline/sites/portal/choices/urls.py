"""The addresses of the consent centre."""

from __future__ import annotations

from django.urls import path

from harborline.sites.portal.choices import pages

URLS = [
    path("choices/", pages.Choices.as_view(), name="choices"),
    path("choices/agree/", pages.Agree.as_view(), name="agree"),
    path("choices/stop/", pages.Stop.as_view(), name="stop"),
    path("choices/thread/", pages.Thread.as_view(), name="thread-texts"),
    path("choices/wording/", pages.Wording.as_view(), name="wording"),
    path("choices/change/", pages.Change.as_view(), name="change"),
    path("choices/<uuid:consent_id>/receipt.pdf", pages.Paper.as_view(), name="receipt"),
    path("choices/<uuid:consent_id>/receipt.json", pages.Machine.as_view(), name="receipt-data"),
]
