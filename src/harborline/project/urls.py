"""The urls of every site."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

urlpatterns = [
    path("", RedirectView.as_view(url="/console/"), name="front"),
    path("language/", set_language, name="language"),
    path("accounts/", include("allauth.urls")),
    path("console/", include("harborline.sites.console.urls")),
    path("phones/", include("harborline.sites.phones.urls")),
    path("api/v1/", include("harborline.sites.api.urls")),
    path("", include("harborline.sites.gateway.urls")),
]
