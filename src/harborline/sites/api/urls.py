"""The addresses of the API."""

from __future__ import annotations

from django.urls import path

from harborline.sites.api.description import api, docs, openapi

# Ninja brings a page at the root that only leads elsewhere; nothing comes in there.
_OPERATIONS = [each for each in api.urls[0] if getattr(each, "name", "") != "api-root"]

app_name = "api"
urlpatterns = [
    path("openapi.json", openapi, name="description"),
    path("docs", docs, name="docs"),
    *_OPERATIONS,
]
