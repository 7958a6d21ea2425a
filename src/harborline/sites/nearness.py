"""Never one's own record or that of one's family: asked at every door that is about one person, in one place.

An address names a person, or a text, thread, paper, permission or release of theirs; whose it is, the table says.
Source: OFFSET-8.2:only-as-necessary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django.apps import apps

from harborline.disclosure.selectors import own_or_family
from harborline.kernel import Decision, NotFound, Refused

WHOSE: Final[Mapping[str, tuple[str, str]]] = {
    "participant_id": ("people.Participant", "id"),
    "start_id": ("people.PortalStart", "participant_id"),
    "wish_id": ("people.PortalWish", "participant_id"),
    "consent_id": ("consent.Consent", "participant_id"),
    "question_id": ("consent.NumberQuestion", "participant_id"),
    "contact_id": ("contact.ContactThread", "participant_id"),
    "thread_id": ("messaging.Thread", "participant_id"),
    "text_id": ("messaging.ThreadText", "thread__participant_id"),
    "message_id": ("messaging.Message", "participant_id"),
    "submission_id": ("documents.Submission", "participant_id"),
    "document_id": ("documents.Document", "submission__participant_id"),
    "release_id": ("disclosure.Release", "participant_id"),
    "glass_id": ("disclosure.BrokenGlass", "participant_id"),
    "finding_id": ("oversight.Finding", "participant_id"),
}
"""For each part of an address: the row it names, and where that row says whose it is."""

OPEN: Final = frozenset({"console:kin", "console:look-answer"})
"""Doors to say what one is to a person, and to answer why one looked before one said so."""


def closed(view: str, named: Mapping[str, Any]) -> tuple[UUID, Decision] | None:
    """The person whom an address is about, if the worker of the context is that person or of their family; and why."""
    if view in OPEN:
        return None
    for person in _people(named):
        try:
            decision = own_or_family(person)
        except NotFound:  # the page itself says so
            continue
        if not decision.allowed:
            return person, decision
    return None


def insist_not_near(participant_id: UUID) -> None:
    """Go on only where the worker of the context is neither this person nor of their family; raises `Refused`."""
    decision = own_or_family(participant_id)
    if not decision.allowed:
        raise Refused(decision)


def _people(named: Mapping[str, Any]) -> Iterator[UUID]:
    for part, (model, path) in WHOSE.items():
        if part in named:
            yield from (
                apps.get_model(model)
                .objects.filter(pk=named[part], **{f"{path}__isnull": False})
                .values_list(path, flat=True)
            )
