"""The urls of every site."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(url="/console/")),
    path("accounts/", include("allauth.urls")),
    path("console/", include("harborline.sites.console.urls")),
    path("phones/", include("harborline.sites.phones.urls")),
    path("", include("harborline.sites.gateway.urls")),
]
