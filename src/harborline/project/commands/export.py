"""`harborline export`: records of texts with their proofs, for a court, an auditor or the person themselves."""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from harborline.kernel import Invalid, Refused
from harborline.project import embedded
from harborline.project.start import ready

app = typer.Typer(help="Export texts with their proofs.")


@app.callback(invoke_without_command=True)
def export(
    program: Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")],
    person: Annotated[str, typer.Option(help="A participant's number in the case system.")] = "",
    case: Annotated[str, typer.Option(help="A case's number in the case system.")] = "",
    number: Annotated[str, typer.Option(help="A telephone number.")] = "",
    since: Annotated[str, typer.Option("--from", help="From this day on, 2026-01-31.")] = "",
    until: Annotated[str, typer.Option("--to", help="Up to, not including, this day.")] = "",
    legal_basis: Annotated[
        str,
        typer.Option(
            help="litigation, breach, court-order, subpoena, search-warrant, public-records, subject-access,"
            " signed-release, audit, program-administration, child-abuse-report or designated-use."
        ),
    ] = "",
    reason: Annotated[str, typer.Option(help="Why; kept in the record.")] = "",
    reference: Annotated[str, typer.Option(help="Docket, release or agreement.")] = "",
    recipient: Annotated[str, typer.Option("--for", help="Who gets it.")] = "",
    step: Annotated[
        list[str] | None,
        typer.Option(help="What was done before: counsel-notified, quash-attempted, limited-to-necessary."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The zip file to write.")] = None,
    order: Annotated[
        uuid.UUID | None, typer.Option(help="Make an export that was asked for before and is approved.")
    ] = None,
    approve: Annotated[uuid.UUID | None, typer.Option(help="Approve an export somebody else asked for.")] = None,
    acting_as: Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker).")] = "",
    *,
    list_them: Annotated[bool, typer.Option("--list", help="List the latest exports.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output, for machines.")] = False,
) -> None:
    """Write FILE.zip: transcript (PDF), JSON lines, consent evidence, decisions, receipts, proofs and a verifier.

    Who exports what, why and on which legal basis is recorded before the file can be read. Third parties are taken
    out. `python3 verify.py` inside checks everything on any machine.
    """
    typed = (
        program, person, case, number, since, until, legal_basis, reason, reference, recipient, tuple(step or ()),
    )  # fmt: skip
    with embedded.running():
        ready()
        from harborline.project import exporting  # noqa: PLC0415 - needs Django set up

        if list_them:
            _list([exporting.plain(row) for row in exporting.listed(program, acting_as)], as_json=as_json)
        elif approve is not None:
            exporting.approve(approve, program, acting_as)
            typer.echo(f"Approved. Who asked for it now runs: harborline export --program {program} --order {approve}")
        else:
            _make(exporting.Order(*typed), order, out, acting_as, as_json=as_json)


def _make(typed: Any, order: uuid.UUID | None, out: Path | None, acting_as: str, *, as_json: bool) -> None:  # noqa: ANN401 - an exporting.Order, loaded on use
    from harborline.project import exporting  # noqa: PLC0415 - needs Django set up

    if out is None:
        raise Invalid("name the zip file to write", "--out")
    if order is None:
        exporting.check(typed, out)
        who, order = exporting.ask(typed, acting_as)
    else:
        who = exporting.owner(typed.program, acting_as)
    try:
        made = exporting.make(who, order, out)
    except Refused as refused:
        if refused.decision.reason == "second-person-needed":
            step = f"harborline export --program {typed.program} --approve {order}"
            typer.echo(f"Asked for. A second person approves it first: {step} --as THEIR-E-MAIL", err=True)
        raise
    if as_json:
        _say(exporting.plain(made) | {"file": str(out)})
    else:
        typer.echo(f"{out}: {made.texts} texts, SHA-256 {made.sha256}, export {made.id}")


def _list(rows: list[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        _say({"exports": rows})
        return
    for one in rows:
        typer.echo(f"{one['id']}  {one['state']}  {one['basis']}  {one['what']}: {one['reason']} ({one['asked_by']})")
    if not rows:
        typer.echo("There is no export.")


def _say(facts: object) -> None:
    json.dump(facts, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
