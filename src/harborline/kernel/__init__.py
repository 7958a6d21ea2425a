"""Kernel: the words every room shares, and nothing that touches the outside.

Terms: a *decision* is allow, hold or refuse with the clauses it rests on; a *rule* is a pure function
that makes one; an *outcome* is what a decision says.
Doors: `Decision`, `Outcome`, `rule`, `Ports`, the errors, `clock`, `ids`.
"""

from harborline.kernel.decision import Decision, Outcome, allow, hold, refuse, strictest
from harborline.kernel.errors import (
    Broken,
    Fault,
    Invalid,
    NotFound,
    Refused,
    Unavailable,
)
from harborline.kernel.rules import RULES, Rule, rule

__all__ = [
    "RULES",
    "Broken",
    "Decision",
    "Fault",
    "Invalid",
    "NotFound",
    "Outcome",
    "Refused",
    "Rule",
    "Unavailable",
    "allow",
    "hold",
    "refuse",
    "rule",
    "strictest",
]
