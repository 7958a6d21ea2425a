"""Lawful hours for many numbers: equal sets of zones share one answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from harborline.kernel import Decision
from harborline.law import Profile
from harborline.messaging.hours import ALL_US, Window, candidates, lawful_hour, window

ANYWHERE = "US"


class Placed(NamedTuple):
    """The zones of one number as the queue keeps them, and the first moment a text may go (None: never)."""

    zones: str
    due_at: datetime | None


@dataclass(slots=True)
class Windows:
    """The window of one profile, with the answers it gave at one moment."""

    profile: Profile
    _answers: dict[str, tuple[datetime, Window]] = field(default_factory=dict)

    @classmethod
    def of(cls, profile: Profile) -> Windows:
        """The windows of a profile, kept from one claim to the next."""
        return _kept(profile)

    def for_number(self, number: str, zip_code: str, stated: str | None, now: datetime) -> Placed:
        """Where the number may be and when a text to it may go."""
        zones = candidates(number=number, zip_code=zip_code, stated=stated, state_zones=self.profile.zones)
        spelled = ANYWHERE if zones == ALL_US else ",".join(zones)
        found = self._window(spelled, now)
        return Placed(spelled, now if found.open_now else found.next_at)

    def decide(self, zones: str, now: datetime) -> Decision:
        """Whether a text may go now to a number placed in `zones`."""
        return lawful_hour(found=self._window(zones, now))

    def closes_at(self, zones: str, now: datetime) -> datetime:
        """When the hour closes; `now` when it is not open."""
        return self._window(zones, now).closes_at or now

    def _window(self, zones: str, now: datetime) -> Window:
        # An open window holds until it closes, a closed one until it opens; time never goes back within one.
        kept = self._answers.get(zones)
        if kept and kept[0] <= now < (kept[1].closes_at or kept[1].next_at or kept[0]):
            return kept[1]
        listed = ALL_US if zones == ANYWHERE else tuple(zones.split(","))
        texting = self.profile.texting
        found = window(zones=listed, start=texting.quiet_start, end=texting.quiet_end, now=now)
        self._answers[zones] = (now, found)
        return found


@lru_cache(maxsize=8)
def _kept(profile: Profile) -> Windows:
    return Windows(profile)
