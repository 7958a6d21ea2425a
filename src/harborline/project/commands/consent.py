"""`harborline consent`: lists of an earlier texting vendor: opt-outs at once, opt-ins after somebody attests them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harborline.kernel import Invalid, Refused
from harborline.project import embedded
from harborline.project.start import ready

if TYPE_CHECKING:
    from harborline.consent.services import BadListRow, ListReport
    from harborline.project.actors import Acting

app = typer.Typer(help="Take over lists of an earlier vendor, and attest their opt-ins.", no_args_is_help=True)

NOTHING_DONE = 2
SOME_LEFT_OUT = 5
SHOWN = 50
_MEGABYTES = 1 << 20
_LARGEST = 50 * _MEGABYTES

Program = Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")]
ActingAs = Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback()
def consent() -> None:
    """An opt-in of an earlier vendor counts only once a named person says what evidence they saw."""


@app.command("import")
def import_list(
    path: Annotated[Path, typer.Argument(help="CSV: phone,status,date,participant,kind,evidence.")],
    program: Program,
    from_vendor: Annotated[str, typer.Option("--from-vendor", help="Whose list it is.")],
    acting_as: ActingAs = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Stop the numbers of every opt-out at once; keep the opt-ins until they are attested. Whole or not at all."""
    source = _read(path)
    with embedded.running():
        ready()
        report = _taken_over(source, from_vendor, _authorized(acting_as, program))
    typer.echo(json.dumps(asdict(report), indent=2) if as_json else _told(report, path.name))
    if report.bad:
        raise typer.Exit(NOTHING_DONE)
    if report.unmatched:
        raise typer.Exit(SOME_LEFT_OUT)


@app.command()
def lists(program: Program, acting_as: ActingAs = "", *, as_json: AsJson = False) -> None:
    """Show the lists taken over, and which of them wait to be attested."""
    with embedded.running():
        ready()
        from harborline.consent.selectors import consent_lists  # noqa: PLC0415 - needs Django set up

        with _authorized(acting_as, program).acting("consent"):
            found = [
                {
                    "name": one.sha256,
                    "vendor": one.vendor,
                    "imported_at": one.imported_at.isoformat(),
                    "opt_outs": one.opt_outs,
                    "opt_ins": one.opt_ins,
                    "attested_at": one.attested_at.isoformat() if one.attested_at else None,
                }
                for one in consent_lists(program)
            ]
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for each in found:
        standing = f"attested {each['attested_at']}" if each["attested_at"] else "waits to be attested"
        typer.echo(f"{each['name']}  {each['vendor']}: {each['opt_ins']} opt-ins, {standing}")


@app.command()
def attest(
    name: Annotated[str, typer.Argument(help="The list's name, as import and lists show it; 12 signs are enough.")],
    program: Program,
    statement: Annotated[str, typer.Option(help="What evidence you saw, in your own words.")],
    acting_as: ActingAs = "",
) -> None:
    """Say what evidence of a list's opt-ins you saw; from now on they count."""
    with embedded.running():
        ready()
        from harborline.consent import services  # noqa: PLC0415 - needs Django set up

        with _authorized(acting_as, program).acting("consent"):
            count = services.attest(_whole_name(name, program), statement=statement)
    typer.echo(f"{count} opt-ins count from now on")


def _authorized(acting_as: str, program: str) -> Acting:
    from harborline.consent.rules import may_take_over  # noqa: PLC0415 - needs Django set up
    from harborline.project.actors import acting_worker  # noqa: PLC0415 - as above

    who = acting_worker(acting_as, program)
    decision = may_take_over(roles=who.roles)
    if not decision.allowed:
        raise Refused(decision)
    return who


def _taken_over(source: bytes, vendor: str, who: Acting) -> ListReport:
    from django.conf import settings  # noqa: PLC0415 - needs Django set up

    from harborline.consent.services import import_vendor_list  # noqa: PLC0415 - as above
    from harborline.messaging.words.numbers import e164  # noqa: PLC0415 - as above

    def number(written: str) -> str:
        return e164(written, allow_fictional=settings.FICTIONAL_NUMBERS)

    with who.acting("consent-list"):
        return import_vendor_list(source, vendor=vendor, number=number)


def _whole_name(name: str, program: str) -> str:
    from harborline.consent.selectors import consent_lists  # noqa: PLC0415 - needs Django set up

    found = [one.sha256 for one in consent_lists(program) if one.sha256.startswith(name)]
    if len(name) < 12 or len(found) != 1:  # noqa: PLR2004 - as the help says
        raise Invalid("is the name of no list, or of several; `harborline consent lists` shows them", "name")
    return found[0]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise Invalid(f"is larger than {_LARGEST // _MEGABYTES} MB; split it", str(path))
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror}", str(path)) from None


def _told(report: ListReport, file: str) -> str:
    def named(rows: tuple[BadListRow, ...]) -> list[str]:
        lines = [f"{file}, row {row.row_no}, {row.column}: {row.problem}" for row in rows[:SHOWN]]
        return lines + [f"... and {len(rows) - SHOWN} more"] * (len(rows) > SHOWN)

    if report.bad:
        return "\n".join([f"{len(report.bad)} rows cannot be used; nothing was done", *named(report.bad)])
    if report.repeated:
        return f"{file} was taken over before; nothing changed"
    lines = [
        (
            f"{report.rows} rows: {report.opt_outs} numbers stopped, {report.opt_ins} opt-ins wait to be attested,"
            f" {report.overruled} overruled by an opt-out of the same number"
        ),
        f"attest with: harborline consent attest {report.name[:12]} --program ... --statement '...'",
    ]
    if report.unmatched:
        lines += [f"{len(report.unmatched)} opt-ins were left out", *named(report.unmatched)]
    return "\n".join(lines)
