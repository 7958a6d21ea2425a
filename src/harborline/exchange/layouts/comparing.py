"""Two versions of a layout side by side: what moved, what became something else, what came and went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harborline.exchange.layouts.facts import Condition, Field, Layout, Needs, Pair, RecordType, Section


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `what` is added, removed, moved, resized, retyped, required, values, evidence, needs or told.

    `record` and `field` name the place (empty for the layout itself), `before` and `after` say it in words.
    """

    what: str
    record: str
    field: str
    before: str
    after: str


def changes(before: Layout, after: Layout) -> tuple[Change, ...]:
    """Every difference between two layouts, in the order of their records and fields."""
    return (*_of_the_whole(before, after), *_of_the_records(before, after))


def _of_the_whole(before: Layout, after: Layout) -> Iterator[Change]:
    for what, old, new in (
        ("valid from", str(before.valid_from), str(after.valid_from)),
        ("valid to", str(before.valid_to or ""), str(after.valid_to or "")),
        ("code pages", ", ".join(before.code_pages), ", ".join(after.code_pages)),
        ("framings", ", ".join(before.framings), ", ".join(after.framings)),
        ("end mark", str(before.end_mark), str(after.end_mark)),
        ("uniform", ", ".join(before.uniform), ", ".join(after.uniform)),
        ("totals", _totals(before), _totals(after)),
        ("pairs", "; ".join(map(pair_of, before.pairs)), "; ".join(map(pair_of, after.pairs))),
    ):
        if old != new:
            yield Change(what, "", "", old, new)


def _totals(layout: Layout) -> str:
    told = (
        f"{total.name} in {' + '.join('.'.join(place) for place in total.told)} of {total.record}"
        f"{'.' + total.summed if total.summed else ''}{_when(total.where)}{' per batch' if total.batch else ''}"
        for total in layout.totals
    )
    return "; ".join(told)


def _of_the_records(before: Layout, after: Layout) -> Iterator[Change]:
    old, new = ({record.name: record for record in layout.records} for layout in (before, after))
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            yield Change("removed", name, "", _length(old[name]), "")
        elif name not in old:
            yield Change("added", name, "", "", _length(new[name]))
        else:
            yield from _of_a_record(old[name], new[name])


def _of_a_record(old: RecordType, new: RecordType) -> Iterator[Change]:
    for what, one, other in (
        ("length", _length(old), _length(new)),
        ("role", str(old.role), str(new.role)),
        ("needed", _needed(old), _needed(new)),
        ("recognised by", _recognised(old), _recognised(new)),
    ):
        if one != other:
            yield Change(what, old.name, "", one, other)
    sections, later = ({section.name: section for section in record.sections} for record in (old, new))
    for name in dict.fromkeys((*sections, *later)):
        yield from _of_a_section(old.name, name, sections.get(name), later.get(name))
    yield from _of_needs(old.name, _asked(old), _asked(new))


def _asked(record: RecordType) -> dict[str, str]:
    """What each combination asks for, and each table as a whole."""
    return {", ".join(needs.by): needs_of(needs) for needs in record.needs} | {
        f"{', '.join(needs.by)} is {' '.join(one.values)}": " ".join(f"{need} ({need.evidence})" for need in one.needs)
        for needs in record.needs
        for one in needs.combinations
    }


def _needed(record: RecordType) -> str:
    return "every file has one" if record.needed else "a file may have none"


def _of_needs(record: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield Change("needs", record, name, old.get(name, "not known"), new.get(name, "not known"))


def _of_a_section(record: str, section: str, old: Section | None, new: Section | None) -> Iterator[Change]:
    prefix = f"{section}." if section else ""
    fields, later = ({field.name: field for field in one.fields} if one else {} for one in (old, new))
    for name in dict.fromkeys((*fields, *later)):
        if name not in later:
            yield Change("removed", record, prefix + name, _place(fields[name]), "")
        elif name not in fields:
            yield Change("added", record, prefix + name, "", _place(later[name]))
        else:
            yield from _of_a_field(record, prefix + name, fields[name], later[name])


def _of_a_field(record: str, name: str, old: Field, new: Field) -> Iterator[Change]:
    if old.width != new.width:
        yield Change("resized", record, name, _place(old), _place(new))
    elif old.start != new.start:
        yield Change("moved", record, name, _place(old), _place(new))
    for what, one, other in (
        ("retyped", kind_of(old), kind_of(new)),
        ("required", required_of(old), required_of(new)),
        ("values", ", ".join(old.values), ", ".join(new.values)),
        ("evidence", str(old.evidence), str(new.evidence)),
    ):
        if one != other:
            yield Change(what, record, name, one, other)


def kind_of(field: Field) -> str:
    """The kind of a field with its order, decimals and unit, in one line."""
    decimals = f"{field.scale} decimals" if field.scale else ""
    more = [field.format, decimals, field.unit, "ITIN too" if field.itin else ""]
    return " ".join([str(field.kind), *(f"({each})" for each in more if each)])


def needs_of(needs: Needs) -> str:
    """What a table of needs goes by, and how much it knows."""
    asking = sum(bool(one.needs) for one in needs.combinations)
    complete = f"no others ({needs.complete})" if needs.complete else "others need nothing"
    return f"needs by {', '.join(needs.by)}: {len(needs.combinations)} combinations, {asking} with needs; {complete}"


def pair_of(pair: Pair) -> str:
    """Which records fit together, and by which bytes."""
    return f"bytes {pair.start} to {pair.end} of {', '.join(pair.records[1:])} are those of the {pair.records[0]}"


def required_of(field: Field) -> str:
    """Whether a field must be filled, or when."""
    if isinstance(field.required, Condition):
        return f"when {field.required.field} is {' or '.join(field.required.values)}"
    return "always" if field.required else "no"


def _when(condition: Condition | None) -> str:
    return f" where {condition.field} is {' or '.join(condition.values)}" if condition else ""


def _place(field: Field) -> str:
    return f"{field.start}-{field.end}"


def _length(record: RecordType) -> str:
    return str(record.length) if record.length == record.longest else f"{record.length} to {record.longest}"


def _recognised(record: RecordType) -> str:
    when = record.when
    return f"{when.start}-{when.end} is {' or '.join(when.values)}" if when else "the rest"
