"""Black boxes on copies: a new edition of pixels. What was under a box is not in it."""

from __future__ import annotations

import io
import uuid
from collections.abc import Collection, Sequence
from typing import Final

from PIL import Image, ImageDraw

from harborline.documents.checking import jpeg
from harborline.documents.facts import THOUSAND, Box, State
from harborline.documents.keeping import fetch, keep
from harborline.documents.models import Copy, Document
from harborline.documents.rules import may_settle, still_the_page
from harborline.documents.steps import log, must
from harborline.documents.viewing import copy_of, seen_by
from harborline.kernel import Invalid, clock

BOXES_MAX: Final = 40


def redact(
    document_id: uuid.UUID, page: int, boxes: Sequence[Box], *, edition: int, turn: int, roles: Collection[str]
) -> int:
    """Black out boxes on a page; answers the new edition. The edition before stays as it is.

    `edition` and `turn` (degrees) are those of the page on which the boxes were drawn. Raises `Invalid` for no box, too
    many, or one that is not on the page; `NotFound`; `Refused`, also where the page was changed since.
    """
    row = seen_by(document_id, roles=roles, locked=True)
    must(may_settle(state=State(row.state)))
    if not 0 < len(boxes) <= BOXES_MAX:
        raise Invalid("between 1 and {most} boxes", "boxes", most=BOXES_MAX)
    for box in boxes:
        _checked(box)
    shown = copy_of(row, page, edition=row.edition)
    must(still_the_page(drawn_on=(edition, turn), newest=(row.edition, shown.turn)))
    following = row.edition + 1
    log(row, "redacted", {"edition": following, "pages": [page], "boxes": len(boxes)})
    _blacken(row, shown, boxes, following)
    row.edition, row.changed_at = following, clock.now()
    row.save(update_fields=["edition", "changed_at"])
    return following


def _checked(box: Box) -> None:
    inside = 0 <= box.left < box.right <= THOUSAND and 0 <= box.top < box.bottom <= THOUSAND
    if not inside:
        raise Invalid("a box lies on the page: left before right, top before bottom, each from 0 to 1000", "boxes")


def _blacken(row: Document, shown: Copy, boxes: Sequence[Box], edition: int) -> None:
    with Image.open(io.BytesIO(fetch(shown.blob, program=row.program, document=row.id)), formats=["JPEG"]) as opened:
        turned = opened.convert("RGB").rotate(-shown.turn, expand=True)
    pen = ImageDraw.Draw(turned)
    for box in boxes:
        across, down = turned.width / THOUSAND, turned.height / THOUSAND
        pen.rectangle((box.left * across, box.top * down, box.right * across, box.bottom * down), fill="black")
    blob = keep(jpeg(turned), program=row.program, document=row.id)
    Copy.objects.create(
        program=row.program, county=row.county, document=row, edition=edition, page=shown.page, width=turned.width,
        height=turned.height, blob=blob,
    )  # fmt: skip
