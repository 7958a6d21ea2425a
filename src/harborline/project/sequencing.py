"""Run the sequencer of this installation."""

from __future__ import annotations

import threading

from django.conf import settings

from harborline.ledger.entry import origin_of
from harborline.ledger.sequencer import catch_up, run_sequencer
from harborline.project import databases
from harborline.project.home import keys_directory, log_directory


def sequence_until(stop: threading.Event) -> None:
    """Order, sign and publish until told to stop; stands by while another sequencer works."""
    run_sequencer(
        stop,
        log_directory(),
        dsn=databases.login(databases.SEQUENCER).dsn(),
        key_file=keys_directory() / "ledger.key",
        origin=origin_of(settings.PUBLIC_URL),
    )


def sequence_now() -> None:
    """Publish everything that waits, once."""
    catch_up(
        log_directory(),
        dsn=databases.login(databases.SEQUENCER).dsn(),
        key_file=keys_directory() / "ledger.key",
        origin=origin_of(settings.PUBLIC_URL),
    )
