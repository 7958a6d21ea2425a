"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from harborline.sites.console.vendoring import acts, pages

URLS: list[URLPattern] = [
    path("vendors/", pages.Vendors.as_view(), name="vendors"),
    path("vendors/new/", acts.NewVendor.as_view(), name="vendor-new"),
    path("vendors/ending/", pages.Expiring.as_view(), name="vendor-endings"),
    path("vendors/lists/", pages.Lists.as_view(), name="vendor-lists"),
    path("vendors/lists/load/", acts.LoadList.as_view(), name="vendor-list-load"),
    path("vendors/lists/template.csv", acts.ListTemplate.as_view(), name="vendor-list-template"),
    path("vendors/fax-lines/", pages.FaxLines.as_view(), name="vendor-fax-lines"),
    path("vendors/fax-lines/attest/", acts.AttestFaxLine.as_view(), name="vendor-fax-attest"),
    path("vendors/fax-lines/end/", acts.EndFaxLine.as_view(), name="vendor-fax-end"),
    path("vendors/papers/<uuid:paper_id>/paper.pdf", acts.KeptPaper.as_view(), name="vendor-paper"),
    path("vendors/<uuid:approval_id>/revoke/", acts.Revoke.as_view(), name="revoke"),
    path("vendors/<uuid:engagement_id>/", pages.Vendor.as_view(), name="vendor"),
    path("vendors/<uuid:engagement_id>/below/", acts.NewVendor.as_view(), name="vendor-below"),
    path("vendors/<uuid:engagement_id>/steps/<slug:step>/", acts.TakeStep.as_view(), name="vendor-step"),
    path("vendors/<uuid:engagement_id>/screening/", pages.Screening.as_view(), name="vendor-screening"),
    path("vendors/<uuid:engagement_id>/screening/decide/", acts.Decide.as_view(), name="vendor-decide"),
    path("vendors/<uuid:engagement_id>/<slug:document>.pdf", acts.MadeDocument.as_view(), name="vendor-document"),
]
