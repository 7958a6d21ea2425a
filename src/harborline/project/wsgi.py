"""The WSGI application that granian serves."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from harborline.project.start import prepare

prepare()

from harborline.sites.api.entry import entry  # noqa: E402 - rooms load only after the set-up

application = entry(get_wsgi_application())
