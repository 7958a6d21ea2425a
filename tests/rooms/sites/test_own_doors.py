"""The doors to one's own account: closed before signing in, behind a locked screen, and before the second factor."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.rooms.sites.cast import SignedIn

from harborline.kernel import clock
from harborline.sites.doors import BEFORE_SECOND_FACTOR, OWN, WHILE_LOCKED, Door, doors
from harborline.sites.middleware import SEEN

NAMED: dict[str, list[Any]] = {
    "own:certificate": [uuid.UUID(int=7)],
    "own:session-end": [7],
    "mfa_remove_webauthn": [7],
}
OWN_DOORS = [door for door in doors().values() if door.permission == OWN]
LOGIN = reverse("account_login")


def knock(client: Client, door: Door) -> str:
    """Where a door leads somebody; empty when it opens or says that there is nothing."""
    answer = client.generic(door.method, reverse(door.view, args=NAMED.get(door.view, [])))
    return str(answer.headers.get("Location", ""))


@pytest.mark.parametrize("door", OWN_DOORS, ids=lambda door: f"{door.method} {door.view}")
class TestADoorToOnesOwnAccount:
    """Each of them."""

    def test_leads_a_stranger_to_the_sign_in_page(self, db: None, door: Door) -> None:
        """Before signing in there is no account."""
        assert knock(Client(), door).startswith(LOGIN)

    def test_leads_back_from_a_locked_screen(self, signed_in: SignedIn, door: Door) -> None:
        """But for those on which one shows oneself."""
        client = signed_in("cora")
        session = client.session
        session[SEEN] = (clock.now() - timedelta(minutes=16)).timestamp()
        session.save()
        there = knock(client, door)
        if door.view in WHILE_LOCKED:
            assert not there.startswith(LOGIN)
        else:
            assert "why=idle" in there

    def test_opens_without_a_second_factor_only_where_one_is_set_up(self, signed_in: SignedIn, door: Door) -> None:
        """Everything else leads there."""
        there = knock(signed_in("cora", second_factor=False), door)
        if door.view not in BEFORE_SECOND_FACTOR:
            assert there == reverse("mfa_activate_totp")
