"""The addresses of a worker's own pages."""

from __future__ import annotations

from django.urls import path

from harborline.sites.own import agency, pages

app_name = "own"
urlpatterns = [
    path("requirements/", pages.Requirements.as_view(), name="requirements"),
    path("certificates/<uuid:signature_id>/", pages.Certificate.as_view(), name="certificate"),
    path("sessions/<int:session_id>/end/", pages.SessionEnd.as_view(), name="session-end"),
    path("agency/", agency.AgencyStart.as_view(), name="agency-start"),
    path("agency/back/", agency.AgencyBack.as_view(), name="agency-back"),
    path("here/", pages.Here.as_view(), name="here"),
]
