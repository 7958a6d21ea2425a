"""Invent a program's households: who lives together, how they are reached, what they agreed to."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from harborline.people.synthetic.names import FIRST, LAST, STREETS
from harborline.people.synthetic.places import ELSEWHERE, Place, ProgramPlaces

# What adults agreed to, by program: (kind, share). `withdrawn`, `lapsed` and `list` are stories of their own.
AGREED: dict[str, tuple[tuple[str, float], ...]] = {
    "nc-css": (
        ("keyword", 0.42), ("signed-release", 0.30), ("portal-opt-in", 0.06), ("withdrawn", 0.05), ("list", 0.02),
        ("", 0.15),
    ),
    "mn-wic": (
        ("signed-release", 0.56), ("keyword", 0.10), ("verbal-temporary", 0.09), ("lapsed", 0.03),
        ("app-opt-in", 0.06), ("withdrawn", 0.04), ("", 0.12),
    ),
}  # fmt: skip
LANGUAGES = {
    "nc-css": (("en", 0.825), ("es", 0.15), ("so", 0.01), ("hmn", 0.01), ("vi", 0.005)),
    "mn-wic": (("en", 0.70), ("es", 0.14), ("so", 0.10), ("hmn", 0.06)),
}
# Some people take their letters elsewhere, protected or not.
POST_BOX_EVERY = 23
PROTECTED_SHARE, CHOSE_TEXTS_SHARE, SHARED_NUMBER_SHARE = 0.025, 0.2, 0.005
NO_NUMBER_SHARE, ELSEWHERE_SHARE, OTHER_NAME_SHARE = 0.01, 0.02, 0.08
FRIDAY = 4


@dataclass(slots=True)
class Member:
    """One invented participant."""

    person_id: str
    participant_id: str
    role: str
    name: str
    language: str
    phone: str = ""
    other_names: str = ""
    birth_date: str = ""
    address: str = ""
    substitute_address: str = ""
    agreed: str = ""
    protection: str = ""
    texts_chosen: bool = False


@dataclass(slots=True)
class Household:
    """One invented case with its members, county, worker and appointment."""

    case_id: str
    place: Place
    zip: str
    worker: str
    day: date
    minutes: int
    members: list[Member] = field(default_factory=list)

    def time(self, offset: int = 0) -> str:
        """The appointment's time, HH:MM; children follow each other at quarters of an hour."""
        hours, minutes = divmod(self.minutes + offset, 60)
        return f"{hours:02}:{minutes:02}"


class Inventor:
    """Invents households one after the other; the seed and the order make them what they are."""

    def __init__(self, where: ProgramPlaces, *, today: date, seed: int) -> None:
        self.where = where
        self.today = today
        self.random = random.Random(f"{where.program}/{seed}")  # noqa: S311 - invented people need no secrecy
        self._numbers = self._fictional_numbers()
        self._serial = self._members = 0

    def household(self) -> Household:
        """The next one: two parents with children in child support, one family in WIC."""
        self._serial, self._members = self._serial + 1, 0
        place = self.random.choices(self.where.places, [place.share for place in self.where.places])[0]
        house = Household(
            case_id=f"{'C' if self.where.program == 'nc-css' else 'H'}{self._serial:06}",
            place=place,
            zip=self.random.choice(place.zips),
            worker=self.random.choice(place.workers),
            day=self._workday(),
            minutes=self.random.randrange(9 * 60, 16 * 60, 15),
        )
        house.members = self._parents(house) if self.where.program == "nc-css" else self._family(house)
        return house

    def _parents(self, house: Household) -> list[Member]:
        custodial, noncustodial = self._adult(house, "custodial-party"), self._adult(house, "noncustodial-parent")
        if self.random.random() < PROTECTED_SHARE:
            self._protect(custodial, house)
        if self.random.random() < SHARED_NUMBER_SHARE:
            noncustodial.phone = custodial.phone
        children = [self._child(custodial, "dependent") for _ in range(self.random.choice((1, 1, 1, 2)))]
        return [custodial, noncustodial, *children]

    def _family(self, house: Household) -> list[Member]:
        parent = self._adult(house, "parent-guardian")
        if self.random.random() < PROTECTED_SHARE:
            self._protect(parent, house)
        roles = self.random.choices(("child", "infant"), (0.7, 0.3), k=self.random.choice((1, 1, 2, 2, 3)))
        return [parent, *(self._child(parent, role) for role in roles)]

    def _adult(self, house: Household, role: str) -> Member:
        language = self._of(LANGUAGES[self.where.program])
        flavour = language if language in FIRST else "en"
        member = self._member(role, f"{self._pick(FIRST[flavour])} {self._pick(LAST[flavour])}", language)
        member.birth_date = f"{self.random.randrange(1970, 2005)}-{self.random.randrange(1, 13):02}-15"
        if self.random.random() < OTHER_NAME_SHARE:
            member.other_names = f"{member.name.split()[0]} {self._pick(LAST[flavour])}"
        member.address = f"{self.random.randrange(10, 990)} {self._pick(STREETS)}, {house.place.city}"
        if self._serial % POST_BOX_EVERY == 0:
            member.substitute_address = f"PO Box {100 + self._serial % 900}, {house.place.city}"
        if self.random.random() >= NO_NUMBER_SHARE:
            member.phone = next(self._numbers)
            member.agreed = self._of(AGREED[self.where.program])
        return member

    def _child(self, parent: Member, role: str) -> Member:
        flavour = parent.language if parent.language in FIRST else "en"
        name = f"{self._pick(FIRST[flavour])} {parent.name.split()[-1]}"
        return self._member(role, name, parent.language)

    def _member(self, role: str, name: str, language: str) -> Member:
        self._members += 1
        number = f"{self._serial:06}{self._members}"
        return Member(f"N{number}", f"P{number}", role, name, language)

    def _protect(self, member: Member, house: Household) -> None:
        member.protection = self._pick(("fvi", "protective-order", "other"))
        member.texts_chosen = self.random.random() < CHOSE_TEXTS_SHARE
        member.substitute_address = f"PO Box {self.random.randrange(100, 999)}, {house.place.city}"

    def _workday(self) -> date:
        day = self.today + timedelta(days=self.random.randrange(3, 21))
        return day + timedelta(days=(7 - day.weekday()) if day.weekday() > FRIDAY else 0)

    def _fictional_numbers(self) -> Iterator[str]:
        # A few area codes of other zones among the program's own: some people moved and kept their number.
        pools = [list(self.where.area_codes), list(ELSEWHERE)]
        makers = [self._within(pool) for pool in pools]
        while True:
            yield next(makers[self.random.random() < ELSEWHERE_SHARE])

    @staticmethod
    def _within(codes: list[str]) -> Iterator[str]:
        # 0100 and 0150 are the offices' own.
        for code in codes:
            yield from (f"+1{code}55501{last:02}" for last in range(100) if last not in {0, 50})

    def _of(self, shares: tuple[tuple[str, float], ...]) -> str:
        return self.random.choices([kind for kind, _ in shares], [share for _, share in shares])[0]

    def _pick(self, words: tuple[str, ...]) -> str:
        return self.random.choice(words)
