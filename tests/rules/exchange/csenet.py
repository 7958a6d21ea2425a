"""Transactions between states for the layout tests: synthetic, made from what their combination of codes needs."""

from __future__ import annotations

from harborline.exchange import layouts
from harborline.exchange.layouts.cells import record_bytes
from harborline.exchange.layouts.facts import Combination, Evidence, Kind, Need
from harborline.exchange.layouts.shapes import Placed, Shape, named_in, shape_of

LAYOUT = layouts.load("csenet-transaction")
TYPE = LAYOUT.records[0]
FAR, ATTACHED = TYPE.needs
COUNTED = [section for section in TYPE.sections if section.times]
HEADER = {
    "local_fips_state": "37",
    "local_fips_county": "183",
    "other_fips_state": "27",
    "other_fips_county": "053",
    "csenet_version_number": "003",
    "transaction_serial_number": "000000000001",
    "transaction_date": "2026-03-15",
}
SAMPLES = {Kind.DATE: "2026-03-15", Kind.SSN: "123456789", Kind.NUMBER: "500"}


def combination(*values: str) -> Combination:
    """The row of the table for these codes."""
    return next(one for one in FAR.combinations if one.values == values)


def sound(*values: str, **changed: str) -> bytes:
    """One transaction that has all its combination of codes asks for.

    Names are fields (`case__case_status` for `case.case_status`); a section's name tells how often it stands.
    """
    needs = combination(*values).needs
    counts = {name: int(changed.pop(name)) for name in [one.name for one in COUNTED] if name in changed}
    shape = shape_of(TYPE, tuple(counts.get(one.name, times(needs, one.name)) for one in COUNTED))
    cells = dict(HEADER) | dict(zip(FAR.by, values, strict=True))
    cells |= {one.times: str(count) for one, count in zip(COUNTED, shape.counts, strict=True)}
    for need in sorted(needs, key=lambda need: not need.value):
        for placed in named_in(shape, need.section, need.field) if need.field else ():
            cells.setdefault(placed.name, need.value or sample(placed))
    return written(shape, cells | {name.replace("__", "."): cell for name, cell in changed.items()})


def times(needs: tuple[Need, ...], section: str) -> int:
    """How often a section is asked for; what is forbidden for certain does not stand."""
    return max((need.least for need in needs if not need.field and need.section == section), default=0)


def sample(placed: Placed) -> str:
    """A value the field takes."""
    if placed.field.values:
        return placed.field.values[0].strip()
    return SAMPLES.get(placed.field.kind, "1" * placed.field.width if placed.field.kind is Kind.DIGITS else "A")


def written(shape: Shape, cells: dict[str, str]) -> bytes:
    """The record of these cells."""
    return record_bytes(shape.fields, [cells.get(placed.name, "") for placed in shape.fields], shape.length, "ascii")


def sure(need: Need) -> bool:
    """Whether a need is more than a warning."""
    return need.evidence is not Evidence.UNVERIFIED
