"""The WSGI application that granian serves."""

from __future__ import annotations

import gc

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from harborline.project.start import prepare

prepare()

from harborline.messaging.inbound.classify import classify  # noqa: E402 - rooms load only after the set-up
from harborline.messaging.words.guard import judge  # noqa: E402 - as above
from harborline.people.services import nobodys  # noqa: E402 - as above
from harborline.project.proxies import behind  # noqa: E402 - as above
from harborline.project.urls import MACHINES  # noqa: E402 - as above
from harborline.sites.api.entry import entry  # noqa: E402 - as above

# Made before the first visitor comes, or the first wrong passphrase would take twice as long as every other.
nobodys()
# Read before the first text comes, which would wait a second for the rules.
judge("Our office is open until five.", program="", lang="en")
classify("Thank you.")
application = behind(entry(get_wsgi_application(), MACHINES), settings.PROXIES)

# What is loaded stays: the collector need not walk through it again and again.
gc.freeze()
gc.set_threshold(10_000)
