"""A release signed by the person in the portal: typed or drawn, with the bundle that proves it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from harborline.kernel import Invalid, clock
from harborline.kernel.clock import iso
from harborline.law import Block

_MOST_STROKES: Final = 200
_MOST_POINTS: Final = 5_000
_WIDEST: Final = 4_000


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature under a release: how (`drawn`, `typed`, `paper`), whose, and where its evidence is kept.

    `evidence_sha256` is the digest of the scan, strokes or typed form; `witness` names a worker's number where one
    was present; `bundle` is the evidence itself where it is text, kept sealed with the consent.
    """

    how: str
    signed_as: str
    evidence_sha256: str
    witness: str = ""
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn signature: strokes of points, in the pixels of the field it was drawn in."""

    strokes: tuple[tuple[tuple[int, int], ...], ...]

    @classmethod
    def read(cls, text: str) -> Drawn:
        """Read what the page sent, `[[[x, y], ...], ...]`; empty text is no drawing. Raises `Invalid`."""
        try:
            found = json.loads(text) if text.strip() else []
            strokes = tuple(tuple((int(x), int(y)) for x, y in stroke) for stroke in found)
        except (ValueError, TypeError, RecursionError, OverflowError) as wrong:
            raise Invalid("is no drawing", "drawn") from wrong
        points = [value for stroke in strokes for point in stroke for value in point]
        if len(strokes) > _MOST_STROKES or len(points) > 2 * _MOST_POINTS:
            raise Invalid("is too long", "drawn")
        if any(not 0 <= value <= _WIDEST for value in points):
            raise Invalid("is no drawing", "drawn")
        return cls(strokes)


def signature_of(*, shown: Block, name: str, drawn: Drawn) -> Signature:
    """The signature the person made themselves, with its bundle: the words as shown, the name, the strokes, the moment.

    The bundle is sealed with the consent; its digest is the evidence, and can be checked against it at any time.
    Source: MN-WIC-9.6:release-statement, NC-CSS-22-18:opt-in.
    """
    how = "drawn" if drawn.strokes else "typed"
    bundle = json.dumps(
        {
            "statement": {"id": shown.id, "version": shown.version, "language": shown.language, "sha256": shown.sha256},
            "words": shown.words,
            "signed_as": name,
            "how": how,
            "strokes": drawn.strokes,
            "at": iso(clock.now()),
        },
        ensure_ascii=False,
        sort_keys=True,
    )
    return Signature(how, name, hashlib.sha256(bundle.encode()).hexdigest(), bundle=bundle)
