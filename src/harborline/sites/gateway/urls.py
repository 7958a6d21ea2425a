"""The addresses of the gateway."""

from __future__ import annotations

from typing import Final

from django.urls import path, re_path

from harborline.sites.gateway import carriers, health, kannel, metrics, publiclog

# C2SP tlog-tiles: level 0 to 63 or "entries", index in groups of three digits, partial width 1 to 255.
TILE: Final = (
    r"^log/(?P<path>tile/(?:[0-9]|[1-5][0-9]|6[0-3]|entries)/(?:x[0-9]{3}/){0,5}[0-9]{3}"
    r"(?:\.p/(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]?))?)\Z"
)

app_name = "gateway"
urlpatterns = [
    path("carriers/twilio/<slug:sender>/status/<slug:token>/", carriers.status, name="twilio-status"),
    path("carriers/twilio/<slug:sender>/inbound/", carriers.inbound, name="twilio-inbound"),
    path("carriers/kannel/<slug:sender>/status/<slug:token>/", kannel.status, name="kannel-status"),
    path("carriers/kannel/<slug:sender>/inbound/<slug:token>/", kannel.inbound, name="kannel-inbound"),
    path("log/checkpoint", publiclog.checkpoint, name="log-checkpoint"),
    path("log/vkey", publiclog.vkey, name="log-vkey"),
    re_path(TILE, publiclog.tile, name="log-tile"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics.metrics, name="metrics"),
]
