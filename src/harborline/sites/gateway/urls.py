"""The addresses of the gateway."""

from __future__ import annotations

from typing import Final

from django.urls import path, re_path

from harborline.sites.gateway import carriers, health, kannel, metrics, publiclog, witness

# C2SP tlog-tiles: level 0 to 63 or "entries", index in groups of three digits, partial width 1 to 255.
# After a restore a later epoch lies under its number; each epoch says which keys it went through and what it cites.
EPOCH: Final = r"(?:[1-9][0-9]{0,3}/)?"
TILE: Final = (
    rf"^log/(?P<path>{EPOCH}"
    r"tile/(?:[0-9]|[1-5][0-9]|6[0-3]|entries)/(?:x[0-9]{3}/){0,5}[0-9]{3}"
    r"(?:\.p/(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]?))?)\Z"
)

app_name = "gateway"
urlpatterns = [
    path("carriers/twilio/<slug:sender>/status/<slug:token>/", carriers.status, name="twilio-status"),
    path("carriers/twilio/<slug:sender>/inbound/", carriers.inbound, name="twilio-inbound"),
    path("carriers/kannel/<slug:sender>/status/<slug:token>/", kannel.status, name="kannel-status"),
    path("carriers/kannel/<slug:sender>/inbound/<slug:token>/", kannel.inbound, name="kannel-inbound"),
    re_path(rf"^log/(?P<path>{EPOCH}checkpoint)\Z", publiclog.checkpoint, name="log-checkpoint"),
    re_path(rf"^log/(?P<path>{EPOCH}vkey)\Z", publiclog.vkey, name="log-vkey"),
    re_path(rf"^log/(?P<path>{EPOCH}(?:keys/[1-9][0-9]{{0,3}}|citation))\Z", publiclog.beginning, name="log-beginning"),
    re_path(TILE, publiclog.tile, name="log-tile"),
    path("witness/add-checkpoint", witness.add_checkpoint, name="witness-add-checkpoint"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics.metrics, name="metrics"),
]
