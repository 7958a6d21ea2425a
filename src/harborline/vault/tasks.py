"""Queue entry points of the vault."""

from __future__ import annotations

from procrastinate.contrib.django import app

from harborline.vault.shredding import carry_out_orders


@app.periodic(cron="*/5 * * * *")
@app.task(name="vault.upkeep", queue="notices", queueing_lock="vault.upkeep")
def upkeep(timestamp: int) -> None:
    """Every five minutes: carry out the destructions a crash left open."""
    del timestamp
    carry_out_orders()
