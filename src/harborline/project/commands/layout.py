"""`harborline layout`: fixed-width files by their published layout, without a database."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Annotated

import typer

from harborline.exchange import layouts
from harborline.exchange.layouts import Checked, Finding, Framing, Layout
from harborline.exchange.layouts.appearing import appearing, is_plain
from harborline.exchange.layouts.comparing import changes, kind_of, needs_of, pair_of, required_of
from harborline.exchange.layouts.facts import Field, in_decimals
from harborline.exchange.layouts.forms import framing_named, page_named
from harborline.exchange.layouts.rows import Reading
from harborline.exchange.layouts.sheets import is_parquet, read_table, write_table
from harborline.exchange.layouts.writing import Asked, write_file
from harborline.kernel import Invalid, Unavailable, clock

app = typer.Typer(help="Fixed-width files by their layout: check, read, write, compare.", no_args_is_help=True)

REFUSED, SOME_BAD = 2, 5
_SHOWN, _VALUES = 20, 12

Named = Annotated[str, typer.Option("--layout", help="Layout by name, name@version, or the path of a layout file.")]
Page = Annotated[str, typer.Option("--code-page", help="ascii, cp037, cp500, cp1047, cp1140; seen from the file.")]
Frame = Annotated[str, typer.Option("--framing", help="none, lf, crlf, nl, rdw, vb; seen from the file.")]


@app.callback()
def layout() -> None:
    """Check, read and write the files that agencies exchange; nothing is stored."""


@app.command()
def check(
    *,
    file: Annotated[Path, typer.Argument(help="The file; - for stdin.")],
    name: Named,
    jsonl: Annotated[Path | None, typer.Option("--jsonl", help="Findings, one a line; - for stdout.")] = None,
    page: Page = "",
    framing: Frame = "",
    partial: Annotated[bool, typer.Option("--partial", help="A piece of a file: no frame, no totals.")] = False,
    sha256: Annotated[bool, typer.Option("--sha256", help="Tell the digest of the file too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The verdict for a machine.")] = False,
) -> None:
    """Check every record and the whole: exit 0 when all is well, 5 when some records are bad, 2 when it is refused."""
    if jsonl is not None:
        _keep_apart(jsonl, file, name)
    chosen = _chosen(name)
    digest = hashlib.sha256() if sha256 else None
    with _reading(file) as source, _findings(jsonl) as out:
        checked = layouts.check(
            source,
            chosen,
            page=page_named(page) if page else "",
            framing=_framing(framing),
            partial=partial,
            digest=digest,
            told=(lambda finding: _tell(out, finding)) if out is not None else None,
        )
    shown = sys.stderr if str(jsonl) == "-" else sys.stdout
    shown.write(_as_json(checked) if as_json else _in_words(checked, chosen))
    _end(checked)


@app.command()
def decode(
    *,
    file: Annotated[Path, typer.Argument(help="The file; - for stdin.")],
    out: Annotated[Path, typer.Argument(help="The table: Parquet when its name ends with .parquet, else CSV.")],
    name: Named,
    page: Page = "",
    framing: Frame = "",
    partial: Annotated[bool, typer.Option("--partial", help="A piece of a file: no frame, no totals.")] = False,
) -> None:
    """Turn a file into a table; a refused file gives none. `encode` turns it into the same bytes again."""
    _keep_apart(out, file, name)
    chosen, over = _chosen(name), out.exists()
    with _reading(file) as source, appearing(out) as place:
        reading = Reading(
            source,
            chosen,
            page=page_named(page) if page else "",
            framing=_framing(framing),
            partial=partial,
        )
        write_table(place, chosen, reading.rows(), lambda: reading.form, parquet=is_parquet(out))
        checked = reading.checked()
        if checked.refused:
            _end(checked)
    sys.stdout.write(_in_words(checked, chosen) + _written(out, over=over))
    _end(checked)


@app.command()
def encode(
    *,
    table: Annotated[Path, typer.Argument(help="CSV with a header, or Parquet (.parquet).")],
    out: Annotated[Path, typer.Argument(help="The file.")],
    name: Named,
    page: Page = "",
    framing: Frame = "",
    given: Annotated[
        list[str] | None, typer.Option("--set", help="[RECORD.]FIELD=VALUE of a header or trailer that is made.")
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="A piece of a file: no frame is made.")] = False,
) -> None:
    """Turn a table into a file; header and control records that it lacks are made from what was written."""
    _keep_apart(out, table, name)
    chosen, over = _chosen(name), out.exists()
    checked = write_file(
        out,
        chosen,
        read_table(table, chosen),
        Asked(page_named(page) if page else "", _framing(framing), _given(given or []), partial),
    )
    sys.stdout.write(_in_words(checked, chosen) + _written(out, over=over))


def _written(out: Path, *, over: bool) -> str:
    return f"{out}: {'written over what was there' if over else 'written'}\n"


def _given(written: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in written]
    if not all(name and equals for name, equals, _ in pairs):
        raise Invalid("is FIELD=VALUE or RECORD.FIELD=VALUE", "--set")
    if len({name for name, _, _ in pairs}) < len(pairs):
        raise Invalid("says one field twice", "--set")
    return {name: value for name, _, value in pairs}


@app.command("list")
def listed(*, as_json: Annotated[bool, typer.Option("--json", help="For a machine.")] = False) -> None:
    """Every layout and version, shipped and the agency's own."""
    every = layouts.every()
    if as_json:
        facts = ("name", "version", "title", "valid_from", "valid_to", "source", "sha256")
        rows = [{key: value for key, value in asdict(one).items() if key in facts} for one in every]
        typer.echo(json.dumps(rows, default=str))
        return
    for one in every:
        lengths = sorted({record.length for record in one.records})
        size = f"{lengths[0]} bytes" if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]} bytes"
        typer.echo(f"{one.label:28} {size:18} from {one.valid_from}  {one.title}")


@app.command()
def show(*, name: Annotated[str, typer.Argument(help="Layout by name, name@version, or path.")]) -> None:
    """One layout: its records, fields, totals, and how sure each field is."""
    one = _chosen(name)
    typer.echo(f"{one.label}: {one.title}\nvalid from {one.valid_from}{f' to {one.valid_to}' if one.valid_to else ''}")
    typer.echo(f"source: {one.source}\nforms: {', '.join(one.code_pages)}; {', '.join(one.framings)}")
    typer.echo(f"sha256: {one.sha256}")
    for record in one.records:
        typer.echo(f"\n{record.name} ({record.role}, {record.length} bytes)")
        for section in record.sections:
            if section.name:
                repeated = f", {section.times} times, at most {section.most}" if section.times else ""
                typer.echo(f"  section {section.name} ({section.length} bytes{repeated})")
            for field in section.fields:
                typer.echo(_field_line(field))
        for needs in record.needs:
            typer.echo(f"  {needs_of(needs)}; {needs.source}")
    for total in one.totals:
        told = " + ".join(".".join(place) for place in total.told)
        typer.echo(f"\ntotal {total.name}: {told} tells the {'sum' if total.summed else 'number'} of {total.record}")
    for pair in one.pairs:
        typer.echo(f"\npair: {pair_of(pair)}")


@app.command()
def diff(
    *,
    before: Annotated[str, typer.Argument(help="Layout by name@version or path.")],
    after: Annotated[str, typer.Argument(help="Layout by name@version or path.")],
    as_json: Annotated[bool, typer.Option("--json", help="One change a line, for a machine.")] = False,
) -> None:
    """What moved, was resized or retyped, came and went from one layout to another."""
    found = changes(_chosen(before), _chosen(after))
    for one in found:
        if as_json:
            typer.echo(json.dumps(asdict(one)))
            continue
        place = ".".join(part for part in (one.record, one.field) if part)
        typer.echo(f"{place + ': ' if place else ''}{one.what}: {one.before or 'nothing'} -> {one.after or 'nothing'}")
    if not found and not as_json:
        typer.echo("no difference")


def _field_line(field: Field) -> str:
    values = (
        f" [{', '.join(field.values[:_VALUES])}{', …' if len(field.values) > _VALUES else ''}]" if field.values else ""
    )
    required = {"no": "", "always": " required"}.get(required_of(field), f" required {required_of(field)}")
    note = f" ({field.note})" if field.note else ""
    place = f"{field.start}-{field.end}"
    return f"  {place:>10} {field.width:4}  {field.name:32} {kind_of(field)}{values}{required}; {field.evidence}{note}"


def _chosen(name: str) -> Layout:
    # The version that is valid today; an older or a coming one is named with @.
    return layouts.named(name, on=clock.now().date())


def _keep_apart(target: Path, source: Path, layout: str) -> None:
    # What is read, by whatever name or link, is never written over.
    read = [Path("/dev/stdin") if str(source) == "-" else source]
    read += [Path(layout)] if layout.endswith(".toml") else []
    for one in read:
        with suppress(OSError):
            if target.is_file() and target.samefile(one):
                raise Invalid("is the file that is read; name another one to write", str(target))


def _framing(written: str) -> Framing | None:
    return framing_named(written) if written else None


@contextmanager
def _reading(file: Path) -> Iterator[IO[bytes]]:
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        source = file.open("rb", buffering=0)
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror}", str(file)) from None
    with source:
        yield source


@contextmanager
def _findings(target: Path | None) -> Iterator[IO[str] | None]:
    if target is None or str(target) == "-":
        yield None if target is None else sys.stdout
        return
    try:
        with _place(target) as place, place.open("w", encoding="utf-8") as out:
            yield out
    except OSError as error:
        raise Unavailable(f"{target}: cannot be written: {error.strerror}") from None


def _place(target: Path) -> AbstractContextManager[Path]:
    # A pipe or a device takes the findings as they come; a file appears with all of them.
    return appearing(target) if is_plain(target) else nullcontext(target)


def _tell(out: IO[str], finding: Finding) -> None:
    out.write(json.dumps(asdict(finding), ensure_ascii=True) + "\n")


def _as_json(checked: Checked) -> str:
    told = {"verdict": checked.verdict, **asdict(checked), "form": str(checked.form)}
    return json.dumps(told, ensure_ascii=True) + "\n"


def _in_words(checked: Checked, chosen: Layout) -> str:
    form = (
        f"read as {checked.form.code_page}, framing {checked.form.framing}" if checked.size_bytes else "an empty file"
    )
    read_as = f"{chosen.label} {form}"
    warned = f", {checked.warned:,} warnings" if checked.warned else ""
    lines = [f"{read_as}: {checked.records:,} records, {checked.bad_records:,} bad{warned}"]
    lines += [f"  {name}: {count:,}" for name, count in checked.by_type.items() if count]
    scales = {total.name: chosen.scale_of(total) for total in chosen.totals}
    lines += [
        f"  total {name}: {in_decimals(amount, scales[name], comma=',')}" for name, amount in checked.totals.items()
    ]
    lines += [f"  sha256: {checked.sha256}"] if checked.sha256 else []
    lines += [f"  in {name}: {count:,}" for name, count in sorted(checked.by_field.items())]
    lines += [
        f"record {one.record}, byte {one.byte}, {one.field or 'whole record'}:"
        f" {'warning: ' if one.warning else ''}{one.code} [{one.masked}]"
        for one in checked.findings[:_SHOWN]
    ]
    if checked.found + checked.warned > _SHOWN:
        lines.append(f"… {checked.found + checked.warned - _SHOWN:,} more; --jsonl lists them")
    lines.append({"accepted": "accepted", "some-bad": "usable but for the bad records"}.get(checked.verdict, "refused"))
    return "\n".join(lines) + "\n"


def _end(checked: Checked) -> None:
    for problem in checked.problems:
        sys.stderr.write(f"harborline: refused ({problem.code}): {problem.sentence}\n")
    if checked.refused:
        raise typer.Exit(REFUSED)
    if checked.bad_records:
        raise typer.Exit(SOME_BAD)
