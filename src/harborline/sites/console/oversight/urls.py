"""The addresses of oversight."""

from __future__ import annotations

from django.urls import path

from harborline.sites.console.oversight import incidents, penalties, watch

_INCIDENT = "incidents/<uuid:incident_id>/"
URLS = [
    path("watch/", watch.Watch.as_view(), name="watch"),
    path("watch/public/", watch.PublicPeople.as_view(), name="public-people"),
    path("watch/public/add/", watch.ListPublic.as_view(), name="public-add"),
    path("watch/public/<uuid:public_id>/end/", watch.UnlistPublic.as_view(), name="public-end"),
    path("watch/<uuid:finding_id>/", watch.Finding.as_view(), name="finding"),
    path("watch/<uuid:finding_id>/review/", watch.Review.as_view(), name="finding-review"),
    path("incidents/", incidents.Incidents.as_view(), name="incidents"),
    path("incidents/new/", incidents.NewIncident.as_view(), name="incident-new"),
    path("incidents/thanks/", incidents.Thanks.as_view(), name="incident-thanks"),
    path(_INCIDENT, incidents.Incident.as_view(), name="incident"),
    path(f"{_INCIDENT}steps/<uuid:step_id>/", incidents.StepDone.as_view(), name="incident-step"),
    path(f"{_INCIDENT}amend/", incidents.Amend.as_view(), name="incident-amend"),
    path(f"{_INCIDENT}close/", incidents.Close.as_view(), name="incident-close"),
    path(f"{_INCIDENT}report.pdf", incidents.Report.as_view(), name="incident-report"),
    path("penalties/", penalties.Penalties.as_view(), name="penalties"),
    path("penalties/propose/", penalties.Propose.as_view(), name="penalty-propose"),
    path("penalties/<uuid:penalty_id>/decide/", penalties.Decide.as_view(), name="penalty-decide"),
    path("penalties/mine/", penalties.Mine.as_view(), name="my-penalties"),
    path("penalties/mine/<uuid:penalty_id>/", penalties.Sign.as_view(), name="penalty-sign"),
]
