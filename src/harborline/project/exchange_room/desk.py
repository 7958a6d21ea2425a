"""Who acts at the exchange's command line, and how things are named there: keys, fingerprints, file names, ids."""

from __future__ import annotations

import uuid

from harborline.exchange import selectors
from harborline.exchange.facts import AgreementFacts, PreparedFacts
from harborline.exchange.models import Credential, Partner, Transmission
from harborline.kernel import Invalid, NotFound, Refused, refuse
from harborline.project.actors import Acting, acting_worker
from harborline.sites.permissions import permissions_of

READ, STEER = "exchange:read", "exchange:steer"


def worker(acting_as: str, program: str, permission: str) -> Acting:
    """The worker named, else the one signed in, whose roles carry `permission`; raises `Refused`, `Invalid`."""
    who = acting_worker(acting_as, program)
    if permission not in permissions_of(who.roles):
        decision = refuse("not-in-your-role")
        raise Refused(decision.stamped("project.exchange_room", ("CA-CSS-03-11:prevent-unauthorised",)))
    return who


def partner_named(key: str) -> Partner:
    """A partner by its key; raises `NotFound` that lists what there is."""
    listed = selectors.partners()
    found = next((one for one in listed if one.key == key), None)
    if found is None:
        raise NotFound(f"there is no partner '{key}'; there are: {_listed([one.key for one in listed])}")
    return found


def agreement_named(key: str) -> AgreementFacts:
    """An agreement by its key; raises `NotFound` that lists what there is."""
    listed = selectors.agreements()
    found = next((one for one in listed if one.key == key), None)
    if found is None:
        raise NotFound(f"there is no agreement '{key}'; there are: {_listed([one.key for one in listed])}")
    return found


def key_named(partner: str, digest: str) -> Credential:
    """A partner's key by its fingerprint, or by its login where only one key of it is alive."""
    listed = selectors.credentials(partner_named(partner).id)
    exact = [one for one in listed if one.digest == digest]
    alive = [one for one in listed if one.login == digest and one.revoked_at is None]
    if len(exact or alive) == 1:
        return (exact or alive)[0]
    known = _listed([f"{one.login} {one.digest}" for one in listed])
    raise NotFound(f"'{digest}' is no one key of {partner}; its keys: {known}")


def delivery_named(name: str) -> Transmission:
    """A delivery by its id, or by its file's name where one delivery has it; raises `NotFound`, `Invalid`."""
    identifier = uuid_of(name)
    if identifier is not None:
        return selectors.story(identifier).row
    found = selectors.deliveries_named(name)
    if not found:
        raise NotFound(f"there is no delivery '{name}'; `harborline exchange deliveries` lists them")
    if len(found) > 1:
        known = ", ".join(f"{one.id} ({one.state})" for one in found)
        raise Invalid(f"several deliveries have this name; name one by its id: {known}", name)
    return found[0]


def prepared_named(name: str) -> PreparedFacts:
    """A prepared file by its id, or by its name while it waits; raises `NotFound`."""
    identifier = uuid_of(name)
    if identifier is not None:
        return selectors.prepared_one(identifier)
    found = [one for one in selectors.prepared_in_sight(open_only=True) if one.name == name]
    if len(found) != 1:
        raise NotFound(f"no one prepared file '{name}' waits here; `harborline exchange prepared` lists them")
    return found[0]


def uuid_of(text: str) -> uuid.UUID | None:
    """The id that was written; None where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"
