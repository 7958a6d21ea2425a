"""Tables outside: CSV in UTF-8 with a header, Parquet with a type for each column. Five columns are ours.

`_record` counts, `_type` names the record type, `_problems` says what was found (field:code), `_kept` holds in
hexadecimal the bytes of a record whose cells would not give them again, `_form` says how the file was written.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from harborline.exchange.layouts.facts import Field, Kind, Layout
from harborline.exchange.layouts.masking import masked
from harborline.exchange.layouts.rows import Row, column_names
from harborline.exchange.layouts.shapes import columns_of
from harborline.exchange.layouts.soundness import NUMBERS
from harborline.kernel import Invalid

RECORD, TYPE, PROBLEMS, KEPT, FORM = OURS = ("_record", "_type", "_problems", "_kept", "_form")
PARQUET = ".parquet"
BATCH = 8_192
CELL_MAX = 1_000_000

Cells = Mapping[str, str]


def is_parquet(path: Path) -> bool:
    """Whether a table of this name is Parquet; every other one is CSV."""
    return path.suffix.lower() == PARQUET


def write_table(
    path: Path, layout: Layout, rows: Iterable[Row], form: Callable[[], str], *, parquet: bool = False
) -> None:
    """Write the rows to `path`, as CSV or as Parquet; `form` is asked once rows have come."""
    (_write_parquet if parquet else _write_csv)(path, layout, rows, form)


def read_table(path: Path, layout: Layout) -> Iterator[Cells]:
    """The rows of a table as cells by column; raises `Invalid` naming the file and the column or row."""
    yield from (_read_parquet if is_parquet(path) else _read_csv)(path, layout)


def _ours(row: Row, form: str) -> tuple[str, str, str, str, str]:
    problems = ";".join(map(str, row.findings))
    return (str(row.number or ""), row.type, problems, row.kept.hex(), form)


def _write_csv(path: Path, layout: Layout, rows: Iterable[Row], form: Callable[[], str]) -> None:
    names = column_names(layout)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow((RECORD, TYPE, *names, PROBLEMS, KEPT, FORM))
        for row in rows:
            number, kind, problems, kept, written = _ours(row, form())
            cells = row.cells
            writer.writerow((number, kind, *(cells.get(name, "") for name in names), problems, kept, written))


def _read_csv(path: Path, layout: Layout) -> Iterator[Cells]:
    csv.field_size_limit(CELL_MAX)
    with _opened(path) as source:
        reader = csv.reader(source, strict=True)
        try:
            header = next(reader, None)
            if not header:
                raise Invalid("the table has no header line", path.name)
            _check_columns(header, layout, path.name)
            for number, cells in enumerate(reader, 1):
                if len(cells) != len(header):
                    raise Invalid(f"has {len(cells)} cells, the header {len(header)}", f"{path.name}, row {number}")
                yield dict(zip(header, cells, strict=True))
        except (csv.Error, UnicodeDecodeError) as error:
            what = "UTF-8" if isinstance(error, UnicodeDecodeError) else "CSV with commas and double quotes"
            raise Invalid(f"the table is not {what}", path.name) from None


def _opened(path: Path) -> Any:  # noqa: ANN401 - a text file
    try:
        return path.open("r", encoding="utf-8-sig", newline="")
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror}", path.name) from None


def _check_columns(header: list[str], layout: Layout, where: str) -> None:
    known = {*column_names(layout), *OURS}
    see = f"see harborline layout show {layout.name}"
    if not known & set(header):
        raise Invalid(f"the first line is no header of {layout.label}: it names none of its fields; {see}", where)
    for number, name in enumerate(header, 1):
        if name not in known:
            near = "".join(f"; did you mean {one}?" for one in get_close_matches(name, known, 1))
            raise Invalid(f"column {number} [{shown(name)}] is no field of {layout.label}{near}; {see}", where)
    if len(set(header)) != len(header):
        raise Invalid("a column stands twice", where)


def shown(cell: str) -> str:
    """A cell as a complaint may show it: where a name should stand, there may be a value of a person."""
    return masked(cell.encode("latin-1", "replace"))


def _fields(layout: Layout) -> dict[str, Field]:
    """The field of each column; one that differs between record types is taken as text."""
    found: dict[str, Field] = {}
    for record in layout.records:
        for placed in columns_of(record):
            known = found.setdefault(placed.name, placed.field)
            if (known.kind, known.scale, known.format) != (placed.field.kind, placed.field.scale, placed.field.format):
                found[placed.name] = Field(placed.name, 1, 1, Kind.TEXT, placed.field.evidence)
    return found


def plain(cell: str, field: Field) -> object:
    """The cell as a value of its column's type; None when it is empty or cannot be one."""
    if not cell:
        return None
    try:
        if field.kind in NUMBERS:
            return Decimal(cell) if field.scale else int(cell)
        if field.kind is Kind.DATE and len(cell) == 10:  # noqa: PLR2004 - an ISO date
            return date.fromisoformat(cell)
    except (ValueError, ArithmeticError):
        return None
    return None if field.kind is Kind.DATE else cell


def _write_parquet(path: Path, layout: Layout, rows: Iterable[Row], form: Callable[[], str]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - heavy, and only this needs it
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    fields = _fields(layout)
    kinds = [(name, _arrow_type(pa, field)) for name, field in fields.items()]
    schema = pa.schema([(RECORD, pa.int64()), (TYPE, pa.string()), *kinds, *((one, pa.string()) for one in OURS[2:])])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            listed = [_typed_row(row, fields, form()) for row in batch]
            columns = [
                pa.array(list(column), each.type)
                for column, each in zip(zip(*listed, strict=True), schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def _arrow_type(pa: Any, field: Field) -> Any:  # noqa: ANN401 - pyarrow has no types
    if field.kind in NUMBERS:
        return pa.decimal128(20, field.scale) if field.scale else pa.int64()
    return pa.date32() if field.kind is Kind.DATE and field.width == 8 else pa.string()  # noqa: PLR2004 - whole dates


def _typed_row(row: Row, fields: Mapping[str, Field], form: str) -> list[object]:
    values = {name: plain(cell, fields[name]) for name, cell in row.cells.items()}
    lost = any(cell and values[name] is None for name, cell in row.cells.items())
    _, kind, problems, kept, written = _ours(row, form)
    return [
        row.number or None,
        kind,
        *(values.get(name) for name in fields),
        problems,
        kept or (row.ended.hex() if lost else ""),
        written,
    ]


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, BATCH)):
        yield batch


def _read_parquet(path: Path, layout: Layout) -> Iterator[Cells]:
    import pyarrow as pa  # noqa: PLC0415 - as above
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    try:
        source = pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        what = "cannot be read" if isinstance(error, OSError) else "is not Parquet"
        raise Invalid(what, path.name) from None
    header = list(source.schema_arrow.names)
    _check_columns(header, layout, path.name)
    try:
        for batch in source.iter_batches(batch_size=BATCH):
            columns = [[_cell(value) for value in column.to_pylist()] for column in batch.columns]
            for cells in zip(*columns, strict=True):
                yield dict(zip(header, cells, strict=True))
    except (OSError, pa.ArrowException):
        raise Invalid("the Parquet file is damaged", path.name) from None


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str | int):
        return str(value)
    raise Invalid(f"a column holds {type(value).__name__}; texts, whole numbers, decimals and dates are taken")
