"""After the tables are back and before anything is served: erasures again, this version's migrations, the hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import psycopg

from harborline.kernel import Broken
from harborline.law import profiles
from harborline.project import databases
from harborline.project.backup.figures import Connection
from harborline.project.backup.looking import (
    key_findings,
    ledger_findings,
    log_findings,
    published_ahead,
    rows_findings,
)
from harborline.project.backup.manifest import BASE
from harborline.project.backup.opening import OpenedSet
from harborline.project.backup.restoring import Restored, journal_lines
from harborline.project.home import log_directory
from harborline.project.migrations import migrate
from harborline.recovery.facts import HoldKind
from harborline.recovery.services import hold_after_restore
from harborline.vault.services import forget_keys, keyring
from harborline.vault.shredding import apply_journal, apply_orders
from harborline.walls import ALL_COUNTIES, Actor, acting

Tell = Callable[[str], None]


def finish(opened: OpenedSet, tell: Tell) -> Restored:
    """Make restored tables fit to be served, and hold all sending. Raises `Broken` when they are not what the set says.

    1. Rows, log and published log are what the set says. 2. What was shredded is destroyed again: by the journals, then
    by the orders in the tables. 3. Keys open what is left. 4. This version's migrations and walls. 5. The hold.
    """
    forget_keys()
    with psycopg.connect(databases.login(databases.ADMIN).dsn(), autocommit=True) as connection:
        ahead = _check(connection, opened)
        tell("rows and log: as the set says")
        again = apply_journal(journal_lines())
        migrate()
        again += apply_orders()
        tell(f"erasures: {again} secrets destroyed again")
        wrong = key_findings(connection, keyring())
    if wrong:
        raise Broken(f"the keys do not open the tables: {'; '.join(wrong)}")
    at, held = datetime.fromisoformat(opened.manifest.taken_at), tuple(sorted(profiles()))
    for program in held:
        with acting(Actor("system", "restore"), program=program, counties=ALL_COUNTIES, purpose="restore"):
            hold_after_restore(HoldKind.RESTORED, as_of_at=at, set_id=opened.manifest.id)
    tell("sending: held in every program until it is reconciled and released")
    return Restored(opened.manifest.id, at, again, ahead, held)


def _check(connection: Connection, opened: OpenedSet) -> int:
    facts = opened.facts()
    wrong = [] if opened.manifest.kind == BASE else rows_findings(connection, facts)
    wrong += ledger_findings(connection, facts)
    wrong += log_findings(connection, log_directory())
    if wrong:
        raise Broken(f"the restored tables are not what the set says: {'; '.join(wrong)}")
    return published_ahead(connection, log_directory())
