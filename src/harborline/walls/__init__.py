"""Walls: which rows an actor may touch, kept by the database itself.

Every table is classified once (`Wall`); row-level security, grants, append-only triggers and composite keys are
generated from that classification and applied after every migration. Work runs in a *context* (who, which
program, which counties, for what purpose) that lives exactly as long as its transaction.
Terms: *wall* (class of a table), *context*, *oracle* (a yes/no function that looks across counties and reveals
nothing else), *own* (the person whose session a unit of work is: then every table shows what is theirs, or nothing).
Clauses: OFFSET-8.2:systems-controls, OFFSET-8.2:only-as-necessary, CA-CSS-03-11:prevent-unauthorised.
Doors: `acting`, `current`, `Actor`, `Context`, `Wall`, `Own`, `Portal`, `Through`,
`ALL_COUNTIES`.
"""

from harborline.walls.context import acting, current, current_or_none
from harborline.walls.facts import ALL_COUNTIES, Actor, Context, Own, Portal, Through, Wall

__all__ = [
    "ALL_COUNTIES",
    "Actor",
    "Context",
    "Own",
    "Portal",
    "Through",
    "Wall",
    "acting",
    "current",
    "current_or_none",
]
