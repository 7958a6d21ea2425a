"""Queue entry points of the vault."""

from __future__ import annotations

from pathlib import Path

import structlog
from django.conf import settings
from procrastinate.contrib.django import app

from harborline.kernel import clock, ports
from harborline.vault.blobs import BlobDirectory
from harborline.vault.ports import BlobsInUse
from harborline.vault.shredding import carry_out_orders


@app.periodic(cron="*/5 * * * *")
@app.task(name="vault.upkeep", queue="notices", queueing_lock="vault.upkeep")
def upkeep(timestamp: int) -> None:
    """Every five minutes: carry out the destructions a crash left open."""
    del timestamp
    carry_out_orders()


@app.periodic(cron="23 2 * * *")
@app.task(name="vault.sweep", queue="notices", queueing_lock="vault.sweep")
def sweep(timestamp: int) -> None:
    """Every night: delete sealed files that a crash left behind and no table knows."""
    del timestamp
    now_s = clock.real_now().timestamp()  # ages of files are told by the machine's clock
    gone = BlobDirectory(Path(settings.BLOB_DIRECTORY)).sweep(ports.serving(BlobsInUse).names, now_s=now_s)
    if gone:
        structlog.get_logger("vault").warning("blobs-left-behind", deleted=gone)
