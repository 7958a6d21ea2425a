"""`harborline law`: the clauses, the profiles and the matrix on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from harborline import law
from harborline.kernel import Invalid
from harborline.law.evidence import marks_of, rules_of
from harborline.law.planned import planned_counts, planned_findings
from harborline.law.strictness import spoken
from harborline.law.traceability import Trace, findings, matrix, ready

PACKAGE = Path(__file__).parents[1]
CHECKOUT = Path(__file__).parents[3]
MATRIX = Path("docs") / "traceability.md"

app = typer.Typer(help="What the letters ask, and how far it is kept.", no_args_is_help=True)


@app.callback()
def letters() -> None:
    """Show clauses, profiles and the traceability matrix."""


def trace_of(checkout: Path = CHECKOUT) -> Trace:
    """The trace of a checkout: letters and profiles as loaded, rules as registered, marks of its tests.

    Raises `Invalid` where there are no tests, as in an installed package.
    """
    tests = checkout / "tests"
    if not tests.is_dir():
        raise Invalid("there are no tests here: the matrix is made in a checkout of Harborline", checkout.name)
    rules, unread = rules_of(PACKAGE)
    return Trace(law.documents(), rules, marks_of(tests), law.profiles(), PACKAGE, unread)


@app.command("matrix")
def write_matrix(
    *, check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if it is stale.")] = False
) -> None:
    """Write docs/traceability.md from the letters, rules, controls and tests."""
    trace = trace_of()
    path = CHECKOUT / MATRIX
    made = matrix(trace)
    problems = findings(trace) + planned_findings(planned_counts(), trace.planned)
    stale = not path.exists() or path.read_text(encoding="utf-8") != made
    if stale and check:
        problems.append(f"{MATRIX} is stale: run harborline law matrix")
    if not check:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    _tell(trace, problems)


@app.command("clauses")
def list_clauses(
    *,
    document: Annotated[str, typer.Option(help="Only this letter.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """List the clauses with their status."""
    for clause in law.clauses():
        if document and clause.document != document:
            continue
        row = {
            "id": clause.id,
            "force": clause.force,
            "kept": clause.kept,
            "status": clause.status,
            "says": clause.says,
        }
        typer.echo(json.dumps(row, ensure_ascii=False) if as_json else f"{clause.status:8} {clause.id}: {clause.says}")


@app.command("profile")
def show_profile(
    program: str, *, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False
) -> None:
    """Show a program's settings, each with its floor and clause."""
    found = law.profile(program)
    if as_json:
        rows = {each.name: [spoken(each.value), spoken(each.floor), each.clause] for each in found.settings}
        typer.echo(json.dumps({"program": program, "sha256": found.sha256, "settings": rows}, ensure_ascii=False))
        return
    typer.echo(f"{program}: {found.title['en']} (SHA-256 {found.sha256})")
    for each in found.settings:
        typer.echo(f"  {each.name}: {spoken(each.value)} (floor {spoken(each.floor)}, {each.clause})")


def _tell(trace: Trace, problems: list[str]) -> None:
    total = len(trace.clauses)
    typer.echo(f"{total} clauses: {total - trace.planned} built, {trace.planned} planned; {len(trace.rules)} rules.")
    for clause in ready(trace):
        typer.echo(f"could be called built: {clause}")
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise Invalid(f"{len(problems)} things do not hold between letters, rules, controls and tests: see above")
