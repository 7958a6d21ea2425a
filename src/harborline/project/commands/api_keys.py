"""`harborline api-keys`: the keys with which other systems use the API."""

from __future__ import annotations

import enum
import json
import sys
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from harborline.kernel import Invalid, clock
from harborline.project import embedded
from harborline.project.start import ready

if TYPE_CHECKING:
    from harborline.workforce.facts import MachineFacts

app = typer.Typer(help="The keys with which other systems use the API.", no_args_is_help=True)

Program = Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")]
As = Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker): security officer, state operator.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")]
PURPOSE = "machine-keys"
Named = TypeVar("Named", bound=enum.StrEnum)


@app.callback()
def api_keys() -> None:
    """Give keys to other systems, list them, take them back (docs/api.md)."""


@app.command()
def issue(
    program: Program,
    name: Annotated[str, typer.Option(help="The system the key is for, such as 'Appointment system'; no person.")],
    role: Annotated[str, typer.Option(help="The role it acts in, such as state-operator or clinic-staff.")],
    scopes: Annotated[str, typer.Option(help="What it may do, such as messages:write,messages:read.")],
    acting_as: As = "",
    county: Annotated[str, typer.Option(help="Five-digit FIPS code of its one county, or * for all.")] = "*",
    days: Annotated[int, typer.Option(help="Days until it ends, at most 366.", min=1)] = 90,
    per_second: Annotated[int, typer.Option(help="Requests and texts it may ask for in a second.")] = 100,
    *,
    as_json: AsJson = False,
) -> None:
    """Issue a key; it is shown this once, on standard output."""
    with embedded.running():
        ready()
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - needs Django set up
        from harborline.workforce.facts import Scope, StaffRole  # noqa: PLC0415 - as above
        from harborline.workforce.services import issue_key  # noqa: PLC0415 - as above

        asked, acts_in = _each(Scope, scopes.split(","), "--scopes"), _each(StaffRole, [role], "--role")[0]
        who = acting_worker(acting_as, program)
        with who.acting(PURPOSE):
            check_county(county, program)
            issued = issue_key(
                name=name,
                role=acts_in,
                scopes=asked,
                county=county,
                expires_at=clock.now() + timedelta(days=days),
                per_second=per_second,
                roles=who.roles,
            )
    if as_json:
        typer.echo(json.dumps({**_told(issued.key), "key": issued.text}))
        return
    sys.stderr.write(
        f"Key {issued.key.id} until {issued.key.expires_at:%Y-%m-%d}. Keep it now, it is not shown again:\n"
    )
    typer.echo(issued.text)


@app.command("list")
def list_keys(program: Program, acting_as: As = "", *, as_json: AsJson = False) -> None:
    """Every key of the program with what it may do and until when."""
    with embedded.running():
        ready()
        from harborline.kernel import Refused  # noqa: PLC0415 - as the others here
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - needs Django set up
        from harborline.workforce.rules import may_keep_keys  # noqa: PLC0415 - as above
        from harborline.workforce.selectors import machine_keys  # noqa: PLC0415 - as above

        who = acting_worker(acting_as, program)
        decision = may_keep_keys(roles=who.roles)
        if not decision.allowed:
            raise Refused(decision)
        with who.acting(PURPOSE):
            keys = machine_keys(program)
    if as_json:
        typer.echo(json.dumps([_told(key) for key in keys]))
        return
    for key in keys:
        told = _told(key)
        typer.echo(
            f"{key.id}  {told['state']:<8} until {key.expires_at:%Y-%m-%d}  {key.role} in {key.county}  {key.name}"
        )
        typer.echo(f"    {', '.join(sorted(key.scopes))}; {key.per_second} a second; issued by {key.issued_by}")


@app.command()
def revoke(
    program: Program,
    key: Annotated[str, typer.Argument(help="The id of the key, as `list` shows it.")],
    because: Annotated[str, typer.Option(help="Why, for the record.")],
    acting_as: As = "",
) -> None:
    """Take a key back; the next request with it is refused."""
    try:
        key_id = uuid.UUID(key)
    except ValueError:
        raise Invalid("is not the id of a key; `harborline api-keys list` shows them", "KEY") from None
    with embedded.running():
        ready()
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - needs Django set up
        from harborline.workforce.services import revoke_key  # noqa: PLC0415 - as above

        who = acting_worker(acting_as, program)
        with who.acting(PURPOSE):
            revoke_key(key_id, because=because, roles=who.roles)
    typer.echo(f"key {key_id} opens nothing any more")


def _told(key: MachineFacts) -> dict[str, object]:
    return {
        "id": str(key.id),
        "name": key.name,
        "program": key.program,
        "county": key.county,
        "role": key.role,
        "scopes": sorted(key.scopes),
        "per_second": key.per_second,
        "issued_by": key.issued_by,
        "issued_at": clock.iso(key.issued_at),
        "expires_at": clock.iso(key.expires_at),
        "revoked_at": clock.iso(key.revoked_at) if key.revoked_at else None,
        "state": _state(key),
    }


def _state(key: MachineFacts) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "live" if clock.now() < key.expires_at else "over"


def check_county(county: str, program: str) -> None:
    """Raise `Invalid` (`--county`) for a county in which the program, whose context stands, has no office."""
    from harborline.people.selectors import county_codes  # noqa: PLC0415 - needs Django set up

    if county != "*" and county not in county_codes(program):
        raise Invalid(f"is no county in which {program} has an office; write its FIPS code, or * for all", "--county")


def _each(kind: type[Named], names: list[str], where: str) -> list[Named]:
    known = {member.value: member for member in kind}
    wrong = [name for name in names if name.strip() not in known]
    if wrong:
        raise Invalid(f"knows {', '.join(sorted(known))}", where)
    return [known[name.strip()] for name in names]
