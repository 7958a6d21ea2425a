"""The urls of every site."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

MACHINES = "harborline.project.machine_urls"

urlpatterns = [
    path("", RedirectView.as_view(url="/console/"), name="front"),
    path("language/", set_language, name="language"),
    # Part by part: the library's own pages for accounts elsewhere are not ours (see sites.own.agency).
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("account/", include("harborline.sites.own.urls")),
    path("console/", include("harborline.sites.console.urls")),
    path("portal/", include("harborline.sites.portal.urls")),
    path("phones/", include("harborline.sites.phones.urls")),
    path("", include(MACHINES)),
]
