"""The names of workers, for "started by" on lists."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth import get_user_model


def names_of(ids: Iterable[str]) -> dict[str, str]:
    """The name of each worker by the id records keep; what is no worker's id is left out."""
    wanted = [UUID(one) for one in ids if len(one) == len(str(UUID(int=0)))]
    return {str(worker.pk): worker.name for worker in get_user_model().objects.filter(pk__in=wanted)}
