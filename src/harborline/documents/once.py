"""What was sent twice under one number is one thing: forms after a lost answer, a double click, a page loaded again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import IO

from django.db import connection

from harborline.documents.facts import Order, State
from harborline.documents.limits import CHUNK_MAX
from harborline.documents.models import Submission
from harborline.documents.steps import acted_by
from harborline.walls import current


def sent_before(order: Order) -> Submission | None:
    """The submission the same one made under this number, locked; two at once wait here for each other."""
    if order.once is None:
        return None
    by, program = acted_by(), current().program
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{by}/{order.once}"])
    rows = Submission.objects.select_for_update(no_key=True).filter(program=program, by=by, once=order.once)
    return rows.filter(participant_id=order.participant_id).first()


def same_papers(before: Submission, files: Sequence[tuple[str, int, IO[bytes]]]) -> bool:
    """Whether the files are those of the submission, byte for byte; leaves each at its start."""
    papers = list(before.documents.exclude(state=State.DROPPED))
    if Counter(one.announced for one in papers) != Counter(size for _name, size, _source in files):
        return False
    return Counter(one.sha256 for one in papers) == Counter(_digest(source) for _name, _size, source in files)


def _digest(source: IO[bytes]) -> str:
    found = hashlib.sha256()
    while piece := source.read(CHUNK_MAX):
        found.update(piece)
    source.seek(0)
    return found.hexdigest()
