"""The picture of flows between partners: us on the left, each partner on the right, an arrow each way. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harborline.exchange.selectors import Flow

WIDTH: Final = 420
ROW: Final = 74
TOP: Final = 14
BOX: Final = 132
NAME_MOST: Final = 18
_THICKEST: Final = 9.0


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow: where it runs (y), how thick, its tone, how many deliveries."""

    y: float
    thick: float
    tone: str
    outgoing: bool
    count: int
    label_y: float


@dataclass(frozen=True, slots=True)
class Row:
    """One partner with its arrows; `name` is cut to what fits."""

    name: str
    y: float
    middle: float
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole drawing; the table beside it shows `flows`."""

    width: int
    height: int
    box: int
    right: int
    rows: tuple[Row, ...]
    flows: tuple[Flow, ...]

    @property
    def middle(self) -> float:
        """Where our own name stands."""
        return self.height / 2


def picture(flows: Sequence[Flow]) -> Picture:
    """Draw the flows, in the order of the partners."""
    partners = list(dict.fromkeys(one.partner_id for one in flows))
    most = max((one.deliveries for one in flows), default=0)
    rows = []
    for number, partner_id in enumerate(partners):
        mine = [one for one in flows if one.partner_id == partner_id]
        rows.append(_row(mine, TOP + number * ROW, most))
    return Picture(WIDTH, TOP + max(1, len(partners)) * ROW, BOX, WIDTH - BOX, tuple(rows), tuple(flows))


def _row(mine: Sequence[Flow], y: float, most: int) -> Row:
    name = mine[0].partner
    short = name if len(name) <= NAME_MOST else f"{name[: NAME_MOST - 1]}…"
    arrows = tuple(_arrow(one, y, most) for one in mine)
    return Row(short, y, y + 24, arrows)


def _arrow(one: Flow, y: float, most: int) -> Arrow:
    at = y + (34 if one.outgoing else 14)
    thick = 1.5 + (_THICKEST - 1.5) * one.deliveries / most if one.deliveries else 1.0
    tone = "stop" if one.troubled else "good" if one.deliveries else "quiet"
    return Arrow(at, round(thick, 2), tone, one.outgoing, one.deliveries, at + (17 if one.outgoing else -8))
