"""What a program's texts may name at the moment: approved templates, offices; remembered for a few seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from harborline.kernel import clock
from harborline.law import Profile, profile
from harborline.messaging.notices.rendering import TextMaker
from harborline.messaging.wording.selectors import DISCREET, approved
from harborline.messaging.words.templates import APPOINTMENT, OFFICE, Template
from harborline.people.facts import OfficeFacts
from harborline.people.selectors import offices, protection_as_of

REMEMBERED_S: Final = 5.0


@dataclass(slots=True)
class Catalogue:
    """The notices that may be sent, by key, the offices, by code, and of when the newest protections are.

    Protections only grow newer, so what is remembered of their moment is never more lenient than what stands.
    """

    profile: Profile
    templates: Mapping[str, Template]
    offices: dict[str, OfficeFacts]
    discreet: Template | None
    protection_as_of: datetime | None
    read_s: float
    _makers: dict[str, TextMaker] = field(default_factory=dict)

    def texts(self, key: str) -> TextMaker:
        """The maker of the texts of one template; remembers what it made."""
        found = self._makers.get(key)
        if found is None:
            made = TextMaker(self.templates[key], self.profile, self.offices, self.discreet)
            found = self._makers[key] = made
        return found

    def protection_age(self, now: datetime) -> timedelta | None:
        """How old the program's protection data is; None when it was never loaded."""
        return now - self.protection_as_of if self.protection_as_of else None

    def adopt(self, before: Catalogue) -> None:
        """Keep the makers whose words and offices did not change."""
        if (before.offices, before.discreet) == (self.offices, self.discreet):
            same = {key for key, one in before.templates.items() if self.templates.get(key) == one}
            self._makers = {key: maker for key, maker in before._makers.items() if key in same}

    def needs_office(self, key: str) -> bool:
        """Whether the words name an office."""
        return bool(self.templates[key].needs & OFFICE)

    def needs_appointment(self, key: str) -> bool:
        """Whether the words name a date or a time."""
        return bool(self.templates[key].needs & APPOINTMENT)

    def office_of(self, county: str) -> str:
        """An office of the county, else any: for words that name none."""
        own = (code for code, office in self.offices.items() if office.county == county)
        return next(own, next(iter(self.offices)))


_KEPT: dict[str, Catalogue] = {}


def catalogue(program: str) -> Catalogue:
    """What may be named now, inside the program's context; at most `REMEMBERED_S` old."""
    kept, now_s = _KEPT.get(program), clock.monotonic_s()
    if kept is not None and now_s - kept.read_s < REMEMBERED_S:
        return kept
    words = approved(program)
    notices = {key: one for key, one in words.items() if one.use == "notice"}
    made = Catalogue(profile(program), notices, offices(program), words.get(DISCREET), protection_as_of(program), now_s)
    if kept is not None:
        made.adopt(kept)
    _KEPT[program] = made
    return made


def forget_catalogues() -> None:
    """Read everything anew: between tests."""
    _KEPT.clear()
