"""The passphrase a participant chose: checked with the same work whether there is one or not."""

from __future__ import annotations

import functools
import uuid
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.hashers import check_password, make_password

from harborline.kernel import Refused, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.people.portal.counting import keys_of, one_at_a_time
from harborline.people.portal.rules import passphrase_fits
from harborline.people.portal.visits import end_visits_of
from harborline.people.portal_models import PortalKey
from harborline.walls import current

# PBKDF2 with SHA-256, a method FIPS 140 modules have.
_METHOD: Final = "pbkdf2_sha256"
_NOBODY: Final = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a typed passphrase is compared with; `anybodys` is False where there is none and nothing can be right.

    The comparing is slow by design, so it is done outside every unit of work, when no connection waits for it.
    """

    digest: str
    anybodys: bool

    def proves(self, typed: str) -> bool:
        """Whether it is the person's; for nobody the same work is done for nothing."""
        return check_password(_plain(typed), self.digest) and self.anybodys


def has_passphrase(person_id: uuid.UUID) -> bool:
    """Whether the person has chosen one in the context's program."""
    return PortalKey.objects.filter(person_id=person_id, program=current().program, ended_at__isnull=True).exists()


def kept_passphrase(person_id: uuid.UUID | None) -> Kept:
    """What the passphrase of this person is compared with, or that of nobody."""
    found = PortalKey.objects.filter(
        person_id=person_id or _NOBODY, program=current().program, ended_at__isnull=True
    ).first()
    return Kept(found.digest if found else nobodys(), anybodys=found is not None)


@functools.cache
def nobodys() -> str:
    """The digest of a passphrase nobody knows: made once in a process, at its start, or making it would show."""
    return make_password(str(uuid.uuid4()), hasher=_METHOD)


def choose_passphrase(person_id: uuid.UUID, words: str) -> None:
    """Keep the passphrase the person chose; the one before ends, and with it every visit that still stands.

    Raises `Refused` when it is too easy to guess. Source: OFFSET-8.2:systems-controls.
    """
    decision = passphrase_fits(words=_plain(words))
    if not decision.allowed:
        raise Refused(decision)
    # Two codes of the same person at once: the second choice waits and then ends the first.
    one_at_a_time(keys_of(passphrase=str(person_id)))
    now, program = clock.now(), current().program
    PortalKey.objects.filter(person_id=person_id, program=program, ended_at__isnull=True).update(ended_at=now)
    digest = make_password(_plain(words), hasher=_METHOD)
    PortalKey.objects.create(id=new_id(), program=program, person_id=person_id, digest=digest, chosen_at=now)
    record("people.passphrase-chosen", subject=f"person:{person_id}", content={})
    end_visits_of(person_id, why="new-passphrase")


def _plain(words: str) -> str:
    return " ".join(words.split())
