"""The day it is at an agency, which is not always the day of the machine's clock."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from harborline.kernel import clock
from harborline.law import profile


def office_day(program: str = "nc-css") -> date:
    """The calendar day now where the program's agency sits."""
    return clock.now().astimezone(ZoneInfo(profile(program).zones[0])).date()
