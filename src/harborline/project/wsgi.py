"""The WSGI application that granian serves."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from harborline.project.start import prepare

prepare()

from harborline.people.services import nobodys  # noqa: E402 - rooms load only after the set-up
from harborline.project.proxies import behind  # noqa: E402 - as above
from harborline.sites.api.entry import entry  # noqa: E402 - as above

# Made before the first visitor comes, or the first wrong passphrase would take twice as long as every other.
nobodys()
application = behind(entry(get_wsgi_application()), settings.PROXIES)
