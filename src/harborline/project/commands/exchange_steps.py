"""The commands of the exchange that do something; a second person is a second sign-in, as at the console."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harborline.project.commands.exchange_door import As, Because, Program, doing

Named = Annotated[str, typer.Argument(help="The delivery's id, or its file's name.")]
Prepared = Annotated[str, typer.Argument(help="The prepared file's id, or its name while it waits.")]
PartnerKey = Annotated[str, typer.Argument(help="The partner's short name.")]
AgreementKey = Annotated[str, typer.Argument(help="The agreement's short name, the folder the partner sees.")]
KeyNamed = Annotated[str, typer.Argument(help="The key's fingerprint, or its login where only one is alive.")]


def add_partner(
    key: PartnerKey,
    program: Program,
    name: Annotated[str, typer.Option(help="Its name.")],
    kind: Annotated[str, typer.Option(help="county, state-department, other-state, federal-partner or vendor.")],
    contact: Annotated[str, typer.Option(help="Telephone number of its office, from a source you trust.")],
    vendor: Annotated[str, typer.Option(help="For a company: its key under `harborline vendors`.")] = "",
    acting_as: As = "",
) -> None:
    """Write down an organisation; nothing goes there before an agreement is in force."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.add_partner(who, key, name=name, kind=kind, vendor=vendor, contact=contact))


def add_key(
    partner: PartnerKey,
    login: Annotated[str, typer.Argument(help="The machine's login.")],
    path: Annotated[Path, typer.Argument(help="The public key's file: OpenSSH, or an OpenPGP certificate.")],
    program: Program,
    days: Annotated[int, typer.Option(min=1, max=731, help="Valid for so many days from now.")] = 365,
    network: Annotated[list[str] | None, typer.Option(help="Address it comes from; may be repeated.")] = None,
    digest: Annotated[str, typer.Option(help="For OpenPGP: the whole fingerprint.")] = "",
    acting_as: As = "",
) -> None:
    """Take a partner's key down; it works once another person confirmed its fingerprint by voice."""
    with doing(acting_as, program) as (steps, who):
        said = steps.add_key(who, partner, login, path, days=days, networks=network or [], digest=digest)
    typer.echo(said)


def confirm_key(
    partner: PartnerKey,
    key: KeyNamed,
    program: Program,
    read_back: Annotated[str, typer.Option("--read-back", help="The fingerprint as the partner read it to you.")],
    how: Annotated[str, typer.Option(help="How you spoke with them.")],
    acting_as: As = "",
) -> None:
    """Put a key in force, as a second person who heard the fingerprint from the partner."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.confirm_key(who, partner, key, read_back=read_back, how=how))


def end_key(partner: PartnerKey, key: KeyNamed, program: Program, because: Because, acting_as: As = "") -> None:
    """End a key now: nobody comes in with it any more."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.end_key(who, partner, key, because=because))


def draft(
    partner: PartnerKey,
    key: AgreementKey,
    path: Annotated[Path, typer.Argument(help="The terms, TOML or JSON; docs/operate/exchange.md shows them.")],
    program: Program,
    title: Annotated[str, typer.Option(help="Its name, for a new agreement.")] = "",
    acting_as: As = "",
) -> None:
    """Draft an agreement, or other terms for one; another person puts them in force."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.draft(who, partner, key, title=title, path=path))


def activate(key: AgreementKey, program: Program, acting_as: As = "") -> None:
    """Put the newest draft of an agreement in force, as a second person."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.steer(who, "activate", key, because=""))


def suspend(key: AgreementKey, program: Program, because: Because, acting_as: As = "") -> None:
    """Stop an agreement at once; another person lets it go on."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.steer(who, "suspend", key, because=because))


def resume(key: AgreementKey, program: Program, because: Because, acting_as: As = "") -> None:
    """Let a stopped agreement go on, as another person than the one who stopped it."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.steer(who, "resume", key, because=because))


def end(key: AgreementKey, program: Program, because: Because, acting_as: As = "") -> None:
    """End an agreement for good."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.steer(who, "end", key, because=because))


def release(name: Named, program: Program, because: Because, acting_as: As = "") -> None:
    """Let a held delivery go on; from quarantine the same command by two persons, one after the other."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.release(who, name, because=because))


def reject(
    name: Named,
    program: Program,
    because: Because,
    resend: Annotated[bool, typer.Option("--resend", help="Ask the partner for another one in its place.")] = False,
    acting_as: As = "",
) -> None:
    """Refuse a delivery; the partner gets a negative receipt."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.reject(who, name, because=because, resend=resend))


def replay(
    program: Program,
    name: Annotated[str, typer.Argument(help="The delivery's id, or its file's name; empty with --all.")] = "",
    step: Annotated[str, typer.Option(help="validate or process; else every step that failed.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every step that failed, once the cause is gone.")] = False,
    acting_as: As = "",
) -> None:
    """Have a step that failed taken again now."""
    if bool(name) == every:
        raise typer.BadParameter("name one delivery, or say --all")
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.replay_all(who) if every else steps.replay(who, name, step))


def take_over(name: Named, program: Program, because: Because, acting_as: As = "") -> None:
    """Say that a checked delivery was posted in another system; the partner gets the last receipt."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.take_over(who, name, because=because))


def send(
    agreement: AgreementKey,
    path: Annotated[Path, typer.Argument(help="The file; it goes under the name it has.")],
    program: Program,
    acting_as: As = "",
) -> None:
    """Make a file ready for a partner: in its folder, or for the way the agreement names."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.send(who, agreement, path))


def send_again(name: Named, program: Program, because: Because, acting_as: As = "") -> None:
    """Offer a delivery of ours once more, where it failed or the partner lost it."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.send_again(who, name, because=because))


def acknowledge(
    name: Named,
    program: Program,
    how: Annotated[str, typer.Option(help="How you know that it arrived.")],
    receipt: Annotated[Path | None, typer.Option(help="The partner's receipt, if there is one.")] = None,
    acting_as: As = "",
) -> None:
    """Keep the partner's word that a file of ours arrived."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.acknowledge(who, name, receipt=receipt, how=how))


def settle(
    alarm: Annotated[str, typer.Argument(help="The alarm's id, as `status` shows it.")],
    program: Program,
    because: Because,
    acting_as: As = "",
) -> None:
    """Say what was found about an alarm; it is over then."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.settle(who, alarm, because=because))


def prepare(
    agreement: AgreementKey,
    table: Annotated[Path, typer.Argument(help="CSV: a column participant and columns of the layout.")],
    program: Program,
    name: Annotated[str, typer.Option(help="The name of the file that is to be made.")],
    field: Annotated[list[str] | None, typer.Option(help="A protected field of the agreement; else all.")] = None,
    acting_as: As = "",
) -> None:
    """Prepare a file with protected values; nothing opens before another person approved it and it is sent."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.prepare(who, agreement, table, name=name, fields=field or []))


def approve_prepared(name: Prepared, program: Program, acting_as: As = "") -> None:
    """Approve a prepared file as it is now, as a second person."""
    with doing(acting_as, program, "releases:approve") as (steps, who):
        typer.echo(steps.approve_prepared(who, name))


def send_prepared(name: Prepared, program: Program, acting_as: As = "") -> None:
    """Open the values of an approved file, once, and make the file ready for the partner."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.send_prepared(who, name))


def withdraw_prepared(name: Prepared, program: Program, because: Because, acting_as: As = "") -> None:
    """Take a prepared file back before it is sent."""
    with doing(acting_as, program) as (steps, who):
        typer.echo(steps.withdraw_prepared(who, name, because=because))


_COMMANDS = (
    add_partner, add_key, confirm_key, end_key, draft, activate, suspend, resume, end, release, reject, replay,
    take_over, send, send_again, acknowledge, settle, prepare, approve_prepared, send_prepared, withdraw_prepared,
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add these commands to the group."""
    for one in _COMMANDS:
        app.command(one.__name__.replace("_", "-"))(one)
