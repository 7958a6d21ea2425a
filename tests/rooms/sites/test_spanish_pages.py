"""A page in Spanish says nothing in English: what stands on the same page in both languages was not translated."""

from __future__ import annotations

import pytest
from tests.rooms.sites.cast import SignedIn
from tests.rooms.sites.hostility import Stranger, address, asked_fields, standing_ids
from tests.rooms.sites.reading import sentences
from tests.rooms.sites.test_hostile_forms import CONSOLE, FORMS, ROLES, opens
from tests.rooms.town import as_state

WRONG = ("", "x", "2999-12-31", "0001-01-01", "A" * 3_000)
"""Missing, too short, too late, too early, too long."""


NAMES = {
    "FCC Covered List", "Section 889 named companies", "NCDHHS-DSS MOA 2021-02-01", "Nobody, this is simulated",
    "simulated: nothing leaves this machine",
}  # fmt: skip
"""What somebody wrote or calls itself so."""


def both(stranger: Stranger, method: str, place: str, told: dict[str, str]) -> set[str]:
    """The sentences that the answer has in both languages; a redirect is followed."""
    english, spanish = (
        stranger.send(method, place, told, follow=True, headers={"Accept-Language": language})
        for language in ("en", "es")
    )
    if not str(spanish.headers.get("Content-Type", "")).startswith("text/html"):
        return set()
    return {one for one in sentences(spanish.body) & sentences(english.body) if one not in {*told.values(), *NAMES}}


class TestAPageInSpanish:
    """Of the console."""

    @pytest.mark.parametrize("name", ROLES)
    def test_says_nothing_in_english(self, signed_in: SignedIn, carrier: None, name: str) -> None:
        """Every page somebody may open."""
        stranger = Stranger(signed_in(name))
        with as_state():
            ids = standing_ids()
        found = {
            door.view: both(stranger, "GET", address(door, ids), {})
            for door in CONSOLE
            if door.method == "GET" and opens(name, door)
        }
        assert {view: said for view, said in found.items() if said} == {}

    @pytest.mark.parametrize("name", ROLES)
    def test_says_what_is_wrong_with_a_form_in_spanish(
        self, signed_in: SignedIn, carrier: None, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        """Every form somebody may send, with every field wrong in several ways."""
        stranger = Stranger(signed_in(name))
        with as_state():
            ids = standing_ids()
        found: dict[str, set[str]] = {}
        for door in FORMS:
            if not opens(name, door):
                continue
            place = address(door, ids)
            with asked_fields(monkeypatch) as fields:
                stranger.send("POST", place)
                stranger.send("POST", place, dict.fromkeys(fields, "x"))
            for value in WRONG:
                found.setdefault(door.view, set()).update(
                    both(stranger, "POST", place, dict.fromkeys(sorted(fields), value))
                )
        assert {view: said for view, said in found.items() if said} == {}
