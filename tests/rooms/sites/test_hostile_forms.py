"""Every form of the console and the portal, filled by somebody who means no good: refused or handled, never broken."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.rooms.sites.cast import CAST, SignedIn
from tests.rooms.sites.hostility import (
    NUL,
    VALUES,
    Stranger,
    address,
    asked_fields,
    standing_ids,
    wrong_with,
)
from tests.rooms.town import BEN, as_dev, as_state

from harborline.people.models import Participant
from harborline.sites.doors import ANYONE, OWN, PARTICIPANT, Door, doors
from harborline.sites.permissions import PERMISSIONS

PAGES = [door for door in doors().values() if not door.view.startswith(("api:", "gateway:"))]
CONSOLE = [door for door in PAGES if door.permission not in {ANYONE, OWN, PARTICIPANT}]
FORMS = [door for door in CONSOLE if door.method == "POST"]
FORMS_AND_PAGES = sorted(PAGES, key=lambda door: (door.view, door.method))
PORTAL = [door for door in PAGES if door.view.startswith("portal:")]
ODD = [*VALUES.values()]
SHARE = 8
"""Each form gets every eighth odd value, beginning with another one; `--soak` gives all of them to each."""
ROLES = ("olga", "eli", "sol")
"""Between them they may send every form; each is sent by the first of them who may."""


def opens(name: str, door: Door) -> bool:
    """Whether somebody of the cast carries the door's permission."""
    return door.permission in PERMISSIONS[CAST[name][1]]


def share(door: Door, *, whole: bool) -> list[str]:
    """The odd values that one form gets."""
    return ODD if whole else ODD[FORMS_AND_PAGES.index(door) % SHARE :: SHARE]


def attack(stranger: Stranger, place: str, monkeypatch: pytest.MonkeyPatch, values: list[str]) -> dict[str, str]:
    """Every value in every field that the view asks for, at once; the fields are found by asking."""
    found: dict[str, str] = {}
    with asked_fields(monkeypatch) as fields:
        stranger.send("POST", place)
        stranger.send("POST", place, dict.fromkeys(fields, "x"))
        for value in values:
            told = dict.fromkeys(sorted(fields), value) or {"x": value}
            if len(value) > 10_000:  # more than a whole form may hold
                told = dict(list(told.items())[:6])
            wrong = wrong_with(stranger.send("POST", place, told))
            if wrong:
                found[f"{value[:30]!r} ({len(value)})"] = wrong
        for told in shapes(sorted(fields)):
            wrong = wrong_with(stranger.send("POST", place, told))
            if wrong:
                found[str(told)[:60]] = wrong
    return found


def shapes(fields: list[str]) -> list[dict[str, Any]]:
    """Fields that come twice, as lists, with brackets, or beside fields that nobody knows."""
    return [
        {each: ["x", "1"] for each in fields},
        {f"{each}[]": ["1", "2"] for each in fields},
        {f"{each}[0][x]": "1" for each in fields} | {"__proto__": "1", "": "1", "a.b": "1"},
    ]


class TestAFormOfTheConsole:
    """Sent by somebody whose role carries its permission."""

    @pytest.mark.parametrize("name", ROLES)
    def test_is_never_broken(
        self, signed_in: SignedIn, carrier: None, monkeypatch: pytest.MonkeyPatch, soak: bool, name: str
    ) -> None:
        """Each form, once for a role: with ids that exist, every field filled with each odd value."""
        stranger = Stranger(signed_in(name))
        with as_state():
            ids = standing_ids()
        mine = [door for door in FORMS if opens(name, door) and _first_to(name, door)]
        assert mine
        assert all(any(opens(each, door) for each in ROLES) or door.view == "console:audit" for door in FORMS)
        found = {door.view: attack(stranger, address(door, ids), monkeypatch, share(door, whole=soak)) for door in mine}
        assert {view: wrong for view, wrong in found.items() if wrong} == {}

    def test_says_nothing_of_wake_to_durham(self, signed_in: SignedIn, carrier: None) -> None:
        """Dev sends every form about Wake's rows: an answer as for ids that nobody has, and nobody's name."""
        stranger = Stranger(signed_in("dev"))
        with as_state():
            theirs = standing_ids() | {"participant_id": Participant.objects.get(external_id="P-2").pk}
        with as_dev():
            own = standing_ids()
        hidden = {part: one for part, one in theirs.items() if own.get(part) != one and part not in _SHARED}
        assert "participant_id" in hidden
        wrong = {}
        for door in CONSOLE:
            if not opens("dev", door):
                continue
            place, nobodys = address(door, hidden), address(door, {})
            answer, guessed = stranger.send(door.method, place), stranger.send(door.method, nobodys)
            told = wrong_with(answer, hidden=OF_WAKE_ALONE)
            if told or (place != nobodys and _plain(answer) != _plain(guessed)):
                wrong[f"{door.method} {place}"] = told or f"{answer.status_code} {guessed.status_code}"
        assert wrong == {}

    def test_says_nothing_to_nobody(self, town: object, carrier: None) -> None:
        """Without signing in there is the sign-in page, whatever is sent."""
        stranger = Stranger(Client())
        with as_state():
            ids = standing_ids()
        for door in CONSOLE:
            answer = stranger.send(door.method, address(door, ids), {"x": "1"})
            assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/accounts/login/")


OF_WAKE_ALONE = (b"Ben Torres", b"Kim Torres", BEN.encode(), b"9 Oak St", b"12 Elm St", b"C-100")
"""Ana is known in Durham as well."""
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHARED = {"worker_id", "assignment_id", "engagement_id", "approval_id", "version_id", "partner_id", "agreement_id"}
"""Rows that the whole program sees."""


def _first_to(name: str, door: Door) -> bool:
    return next(each for each in ROLES if opens(each, door)) == name


def _plain(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - a response of the client
    """An answer without the ids that were asked for."""
    return answer.status_code, _ID.sub("ID", answer.headers.get("Location", ""))


class TestAFormOfThePortal:
    """Sent by Ben from inside, and by anybody from outside."""

    def test_is_never_broken_from_inside(
        self,
        visiting: SignedIn,
        carrier: None,
        monkeypatch: pytest.MonkeyPatch,
        soak: bool,
    ) -> None:
        """Each form with each odd value; nobody else's name."""
        stranger = Stranger(visiting("P-2"))
        with as_state():
            ids = standing_ids()
        found = {
            door.view: attack(stranger, address(door, ids), monkeypatch, ODD)
            for door in PORTAL
            if door.method == "POST"
        }
        assert {view: wrong for view, wrong in found.items() if wrong} == {}

    def test_is_never_broken_from_outside(
        self, town: object, carrier: None, monkeypatch: pytest.MonkeyPatch, soak: bool
    ) -> None:
        """The way in."""
        stranger = Stranger(Client())
        found = {
            door.view: attack(stranger, address(door, {}), monkeypatch, share(door, whole=soak))
            for door in PORTAL
            if door.method == "POST" and door.permission == ANYONE
        }
        assert {view: wrong for view, wrong in found.items() if wrong} == {}


class TestAnAddress:
    """Asked for with an odd query."""

    @pytest.mark.parametrize("name", ["eli", "sol"])
    def test_is_never_broken(
        self, signed_in: SignedIn, carrier: None, monkeypatch: pytest.MonkeyPatch, soak: bool, name: str
    ) -> None:
        """Every page, with every query it looks for filled with odd values."""
        stranger = Stranger(signed_in(name))
        with as_state():
            ids = standing_ids()
        found: dict[str, str] = {}
        for door in CONSOLE:
            if door.method != "GET" or not opens(name, door) or (name == "sol" and opens("eli", door)):
                continue
            with asked_fields(monkeypatch) as fields:
                place = address(door, ids)
                stranger.send("GET", place)
                for value in [each for each in share(door, whole=soak) if len(each) < 10_000]:
                    wrong = wrong_with(stranger.send("GET", place, dict.fromkeys(sorted(fields), value)))
                    if wrong:
                        found[f"{door.view} {value[:20]!r}"] = wrong
        assert found == {}


class TestBytesThatAreNoText:
    """NUL, half signs, other charsets: a clear refusal."""

    BODIES = (
        ("a NUL", "application/x-www-form-urlencoded", b"q=a%00b&name=a%00b&words=a%00b&reason=a%00b"),
        ("half a sign", "application/x-www-form-urlencoded", b"q=%ED%A0%80&words=%ff%fe"),
        ("a foreign charset", "application/x-www-form-urlencoded; charset=unicode_escape", b"q=%5Cud800"),
        ("JSON", "application/json", b'{"q": [1'),
        ("a form without its edge", "multipart/form-data", b"--x"),
        ("a form cut short", "multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="),
        ("no type", "", b"\x00\xff"),
    )

    @pytest.mark.parametrize(("kind", "body"), [each[1:] for each in BODIES], ids=[each[0] for each in BODIES])
    def test_never_break_a_form(self, signed_in: SignedIn, carrier: None, kind: str, body: bytes) -> None:
        """Every form that Eli may send."""
        stranger = Stranger(signed_in("eli"))
        with as_state():
            ids = standing_ids()
        found = {}
        for door in FORMS:
            if opens("eli", door):
                answer = stranger.send("POST", address(door, ids), body, content_type=kind)
                found[door.view] = wrong_with(answer)
        assert {view: wrong for view, wrong in found.items() if wrong} == {}

    def test_never_break_a_form_field_by_field(
        self, signed_in: SignedIn, carrier: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A NUL in every field that is asked for."""
        stranger = Stranger(signed_in("eli"))
        with as_state():
            ids = standing_ids()
        found = {
            door.view: attack(stranger, address(door, ids), monkeypatch, [NUL]) for door in FORMS if opens("eli", door)
        }
        assert {view: wrong for view, wrong in found.items() if wrong} == {}
