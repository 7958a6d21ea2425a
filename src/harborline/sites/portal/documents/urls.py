"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from harborline.sites.portal.documents import pages, uploads

URLS: list[URLPattern] = [
    path("papers/", pages.Papers.as_view(), name="papers"),
    path("papers/send/", pages.Send.as_view(), name="papers-send"),
    path("papers/receipts/<uuid:submission_id>/", pages.ReceiptPage.as_view(), name="papers-receipt"),
    path("papers/receipts/<uuid:submission_id>/receipt.pdf", pages.ReceiptPdf.as_view(), name="papers-receipt-pdf"),
    path("papers/uploads/", uploads.Begin.as_view(), name="papers-upload-begin"),
    path("papers/uploads/<uuid:document_id>/", uploads.Bytes.as_view(), name="papers-upload"),
    path("papers/uploads/<uuid:submission_id>/close/", uploads.Close.as_view(), name="papers-upload-close"),
]
