"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from harborline.sites.console.records import audit, exports, holds, log, schedules

URLS: list[URLPattern] = [
    path("records/audit/", audit.Audit.as_view(), name="audit"),
    path("records/audit/<uuid:sample_id>/", audit.Sample.as_view(), name="sample"),
    path("records/audit/<uuid:sample_id>/evidence.json", audit.Evidence.as_view(), name="sample-evidence"),
    path("records/log/", log.Log.as_view(), name="log"),
    path("records/schedules/", schedules.Schedules.as_view(), name="schedules"),
    path("records/schedules/<slug:series>/", schedules.Series.as_view(), name="series"),
    path("records/schedules/<slug:series>/prepare/", schedules.Prepare.as_view(), name="disposal-prepare"),
    path("records/disposals/<uuid:run_id>/", schedules.Run.as_view(), name="disposal"),
    path("records/disposals/<uuid:run_id>/steer/", schedules.Steer.as_view(), name="disposal-steer"),
    path("records/disposals/<uuid:run_id>/certificate.pdf", schedules.CertificatePdf.as_view(), name="certificate-pdf"),
    path("records/disposals/<uuid:run_id>/certificate.json", schedules.CertificateJson.as_view(), name="certificate"),
    path("records/holds/", holds.Holds.as_view(), name="holds"),
    path("records/holds/place/", holds.Place.as_view(), name="hold-place"),
    path("records/holds/<uuid:hold_id>/step/", holds.Step.as_view(), name="hold-step"),
    path("records/exports/", exports.Exports.as_view(), name="exports"),
    path("records/exports/ask/", exports.Ask.as_view(), name="export-ask"),
    path("records/exports/<uuid:export_id>/", exports.Export.as_view(), name="export"),
    path("records/exports/<uuid:export_id>/approve/", exports.Approve.as_view(), name="export-approve"),
    path("records/exports/<uuid:export_id>/file/", exports.Take.as_view(), name="export-take"),
]
