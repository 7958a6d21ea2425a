"""The console as the way to tell of an alert: the alert stands there for whoever is on call, and a line in the log."""

from __future__ import annotations

import logging

from harborline.messaging.ports import AlertNotice

_log = logging.getLogger("harborline.alerts")


class ConsoleAlerts:
    """Writes one line to the log, for the installation's own paging; the record itself is what the console shows."""

    def tell(self, notice: AlertNotice) -> None:
        """Say that there is an alert, by its ids alone; nobody knows whether anybody looks."""
        _log.warning(
            "crisis alert %s of %s, county %s: the turn of worker %s, turn %d",
            notice.alert_id,
            notice.program,
            notice.county,
            notice.worker_id,
            notice.told_count,
        )
