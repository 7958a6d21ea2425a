"""What is looked at before anything is served: a newer database, destructions left open, tables that were set back."""

from __future__ import annotations

import logging

from harborline.kernel import Fault
from harborline.kernel.ports import serving
from harborline.law import profiles
from harborline.ledger.selectors import epochs, standing
from harborline.project.backup.upgrading import must_not_be_newer
from harborline.recovery.facts import HoldKind
from harborline.recovery.ports import LogOutside
from harborline.recovery.selectors import open_hold
from harborline.recovery.services import hold_after_restore
from harborline.vault.shredding import carry_out_orders
from harborline.walls import ALL_COUNTIES, Actor, acting

log = logging.getLogger(__name__)


def look_at_start() -> None:
    """Refuse a newer database; end destructions a crash left open; hold sending from tables that were set back."""
    must_not_be_newer()
    try:
        carry_out_orders()
    except (Fault, OSError) as wrong:
        log.warning("destructions wait for the upkeep: %s", type(wrong).__name__)
    if set_back() and hold_everywhere():
        log.error("the tables are older than what was published: all sending is held; see docs/operate/backup.md")


def set_back() -> bool:
    """Whether the tables are older than, or another history than, what this installation published or signed."""
    newest = max((one.number for one in epochs()), default=1)
    facts = serving(LogOutside).facts(newest)
    return facts.published > facts.in_tables or not facts.one_history


def hold_everywhere() -> int:
    """Hold the sending of every program that is not held already; answers how many those are."""
    as_of_at, held = standing().signed_at, 0
    for program in profiles():
        with acting(Actor("system", "start"), program=program, counties=ALL_COUNTIES, purpose="start"):
            if open_hold(program) is None:
                hold_after_restore(HoldKind.SET_BACK, as_of_at=as_of_at)
                held += 1
    return held
