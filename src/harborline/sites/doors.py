"""The doors table: every URL and method through which somebody comes in, what it asks for, what it leaves behind.

The table is the control itself: `DoorsMiddleware` opens nothing that is not declared here, and a test walks the
URLconf so that nothing can be added beside it. Source: OFFSET-8.2:data-by-purpose, OFFSET-8.2:systems-controls.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ANYONE: Final = ""
"""The permission of a door whose view itself proves who comes: sign-in, signatures of carriers, the public log."""
OWN: Final = "account:own"
"""The permission of a door to one's own account: signed in with both factors; no program, training or signature yet."""
PARTICIPANT: Final = "participant"
"""The permission of a door to what is a participant's own: open with a visit in the portal, and to nobody else."""
NOTHING: Final = "none"
"""The event of a door that only shows what the worker may see; openings of protected fields record themselves."""
READING: Final = frozenset({"GET"})


@dataclass(frozen=True, slots=True)
class Door:
    """One URL name with one method: the permission asked for, who comes through, the kind of record it leaves."""

    view: str
    method: str
    permission: str
    who: str
    event: str = NOTHING


def accounts() -> tuple[Door, ...]:
    """The doors of signing in; allauth guards each of them as well, workforce counts the attempts."""
    outside, inside = "anyone, before signing in", "the worker, for their own account"
    event, factor = "workforce.sign-in", "workforce.second-factor-added"
    return (
        Door("account_login", "GET", ANYONE, outside),
        Door("account_login", "POST", ANYONE, outside, event),
        Door("mfa_authenticate", "GET", ANYONE, outside),
        Door("mfa_authenticate", "POST", ANYONE, outside, event),
        Door("account_inactive", "GET", ANYONE, outside),
        Door("account_logout", "GET", ANYONE, inside),
        Door("account_logout", "POST", ANYONE, inside, event),
        Door("account_reauthenticate", "GET", OWN, inside),
        Door("account_reauthenticate", "POST", OWN, inside, event),
        Door("mfa_reauthenticate", "GET", OWN, inside),
        Door("mfa_reauthenticate", "POST", OWN, inside, event),
        Door("mfa_reauthenticate_webauthn", "GET", OWN, inside),
        Door("mfa_reauthenticate_webauthn", "POST", OWN, inside, event),
        Door("account_change_password", "GET", OWN, inside),
        Door("account_change_password", "POST", OWN, inside, "workforce.password-set"),
        Door("mfa_index", "GET", OWN, inside),
        Door("mfa_activate_totp", "GET", OWN, inside),
        Door("mfa_activate_totp", "POST", OWN, inside, factor),
        Door("mfa_add_webauthn", "GET", OWN, inside),
        Door("mfa_add_webauthn", "POST", OWN, inside, factor),
        Door("mfa_list_webauthn", "GET", OWN, inside),
        Door("mfa_remove_webauthn", "GET", OWN, inside),
        Door("mfa_remove_webauthn", "POST", OWN, inside, "workforce.second-factor-removed"),
        Door("mfa_view_recovery_codes", "GET", OWN, inside),
        Door("mfa_generate_recovery_codes", "GET", OWN, inside),
        Door("mfa_generate_recovery_codes", "POST", OWN, inside, "workforce.recovery-codes-made"),
        Door("usersessions_list", "GET", OWN, inside),
        Door("usersessions_list", "POST", OWN, inside, event),
    )


def own() -> tuple[Door, ...]:
    """The doors of a worker's own pages, which need no program: before the signature nothing else opens."""
    inside = "the worker, for their own account"
    return (
        Door("own:requirements", "GET", OWN, inside),
        Door("own:requirements", "POST", OWN, inside, "workforce.acknowledged"),
        Door("own:certificate", "GET", OWN, inside),
        Door("own:session-end", "POST", OWN, inside, "workforce.sessions-ended"),
        Door("own:here", "POST", OWN, inside),
        Door("own:agency-start", "GET", ANYONE, "anyone, before signing in"),
        Door(
            "own:agency-back",
            "GET",
            ANYONE,
            "the agency's identity provider, by the worker's browser",
            "workforce.sign-in",
        ),
    )


BEFORE_PASSWORD: Final = frozenset(
    {
        "account_change_password",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "own:here",
    }
)
"""What opens while a new password is due."""
BEFORE_SECOND_FACTOR: Final = BEFORE_PASSWORD | {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn"}
"""What opens while no second factor is set up."""
WHILE_LOCKED: Final = (
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_logout",
    "own:agency-start",
    "own:agency-back",
    "language",
)
"""What opens while the screen is locked."""


CLOSED: Final = frozenset(
    {
        "account_signup",
        "account_email",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_confirm_login_code",
        "mfa_deactivate_totp",
        "mfa_download_recovery_codes",
        "mfa_edit_webauthn",
    }
)
"""URLs that allauth brings and nobody may enter: accounts are made by an administrator, mail is no second way in."""


def front() -> tuple[Door, ...]:
    """The doors that belong to no site of their own."""
    return (
        Door("front", "GET", ANYONE, "anyone: leads to the console"),
        Door("language", "POST", ANYONE, "anyone: the language of the pages"),
    )


@functools.cache
def doors() -> Mapping[tuple[str, str], Door]:
    """Every door by URL name and method; a second declaration of one is a programming error."""
    # The sites declare their own doors; they are read late because their URLs import this module.
    from harborline.sites.api.doors import DOORS as API  # noqa: PLC0415 - as said above
    from harborline.sites.console.doors import DOORS as CONSOLE  # noqa: PLC0415 - as said above
    from harborline.sites.gateway.doors import DOORS as GATEWAY  # noqa: PLC0415 - as said above
    from harborline.sites.phones.doors import DOORS as PHONES  # noqa: PLC0415 - as said above
    from harborline.sites.portal.doors import DOORS as PORTAL  # noqa: PLC0415 - as said above

    table: dict[tuple[str, str], Door] = {}
    for door in (*front(), *accounts(), *own(), *CONSOLE, *PHONES, *PORTAL, *GATEWAY, *API):
        if (door.view, door.method) in table:
            raise TypeError(f"door {door.method} {door.view} is declared twice")
        table[(door.view, door.method)] = door
    return table


def methods(view: str) -> tuple[str, ...]:
    """The declared methods of one URL name, sorted; empty when it has no door."""
    return tuple(sorted(method for name, method in doors() if name == view))
