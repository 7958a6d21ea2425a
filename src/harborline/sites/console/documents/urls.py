"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from harborline.sites.console.documents import acts, bringing, pages

_PAPER = "papers/<uuid:document_id>"

URLS: list[URLPattern] = [
    path("papers/", pages.Waiting.as_view(), name="papers"),
    path("papers/checks/", pages.Checks.as_view(), name="papers-checks"),
    path("papers/bring/", bringing.Bring.as_view(), name="papers-bring"),
    path("papers/receipts/<uuid:submission_id>/", pages.Received.as_view(), name="papers-receipt"),
    path(f"{_PAPER}/", pages.OnePaper.as_view(), name="paper"),
    path(f"{_PAPER}/pages/<int:page>.jpg", pages.PageImage.as_view(), name="paper-page"),
    path(f"{_PAPER}/pages/<int:page>/behind/", acts.Behind.as_view(), name="paper-behind"),
    path(f"{_PAPER}/original/", acts.Original.as_view(), name="paper-original"),
    path(f"{_PAPER}/accept/", acts.Accept.as_view(), name="paper-accept"),
    path(f"{_PAPER}/file/", acts.File.as_view(), name="paper-file"),
    path(f"{_PAPER}/again/", acts.AskAgain.as_view(), name="paper-again"),
    path(f"{_PAPER}/turn/<int:page>/", acts.Turn.as_view(), name="paper-turn"),
    path(f"{_PAPER}/hand-on/", acts.HandOn.as_view(), name="paper-hand-on"),
    path(f"{_PAPER}/whose/", acts.SayWhose.as_view(), name="paper-whose"),
    path(f"{_PAPER}/redact/<int:page>/", acts.Redact.as_view(), name="paper-redact"),
]
