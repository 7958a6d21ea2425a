"""Ids in addresses."""

from __future__ import annotations

import re
import uuid
from typing import Final

from harborline.kernel import NotFound

_FORM: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def identity(written: str) -> uuid.UUID:
    """The id as it is spelled in answers; raises `NotFound` for anything else, as for an id that nothing has."""
    if not _FORM.fullmatch(written):
        raise NotFound("no such id")
    return uuid.UUID(written)
