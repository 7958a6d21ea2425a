"""The urls of machines: the API and the gateway."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("harborline.sites.api.urls")),
    path("", include("harborline.sites.gateway.urls")),
]
