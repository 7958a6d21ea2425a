"""The demonstration's clock: always working hours across the United States, so that texts may go out at any time.

The law of quiet hours is not loosened for a demonstration; its clock is moved instead, and its command and console
say that it is one. The shift is kept in `demo-clock.json`; a home without that file has real time.
"""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from harborline.kernel import clock
from harborline.project.home import home

# 15:00 in New York is 10:00 or 9:00 in Honolulu: inside every window of the fifty states.
_EASTERN = ZoneInfo("America/New_York")
_NOON_OF_ALL = time(15, 0)
_LAST = time(18, 30)


def _file() -> Path:
    return home() / "demo-clock.json"


def keep() -> None:
    """Use the shift of this home, if it is a demonstration's."""
    if _file().exists():
        clock.shift(timedelta(seconds=json.loads(_file().read_text())["shift_s"]))


def set_working_hours() -> datetime:
    """Move the clock to this afternoon (never back before the last demonstration); answers the moment it now shows."""
    real = clock.real_now()
    kept = timedelta(seconds=json.loads(_file().read_text())["shift_s"]) if _file().exists() else None
    shift = _shift(real, kept)
    _file().write_text(json.dumps({"shift_s": shift.total_seconds()}))
    clock.shift(shift)
    return real + shift


def _shift(real: datetime, kept: timedelta | None) -> timedelta:
    wanted = datetime.combine(real.astimezone(_EASTERN).date(), _NOON_OF_ALL, _EASTERN)
    if kept is None:
        return wanted - real
    shown = (real + kept).astimezone(_EASTERN)
    if _NOON_OF_ALL <= shown.time() <= _LAST:
        return kept
    following = datetime.combine(shown.date() + timedelta(days=1), _NOON_OF_ALL, _EASTERN)
    return max(wanted, following if shown.time() > _LAST else wanted) - real
