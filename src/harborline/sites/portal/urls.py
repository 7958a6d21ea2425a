"""The addresses of the portal, part by part."""

from __future__ import annotations

from django.urls import path

from harborline.sites.portal import home
from harborline.sites.portal.choices.urls import URLS as CHOICES
from harborline.sites.portal.contact.urls import URLS as CONTACT
from harborline.sites.portal.documents.urls import URLS as DOCUMENTS
from harborline.sites.portal.entering.urls import URLS as ENTERING
from harborline.sites.portal.looks.urls import URLS as LOOKS

app_name = "portal"
urlpatterns = [
    path("", home.front, name="front"),
    path("leave/", home.leave, name="leave"),
    path("home/", home.Home.as_view(), name="home"),
    *CHOICES,
    *DOCUMENTS,
    *CONTACT,
    *LOOKS,
    # Last: a program's key is the first word of these addresses.
    *ENTERING,
]
