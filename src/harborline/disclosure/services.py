"""What others may ask disclosure to do; inside `walls.acting` of the program."""

from __future__ import annotations

from harborline.disclosure.emergencies import break_glass, clear_kin, declare_kin, record_kin, review_glass
from harborline.disclosure.enforcing import check_enforcement
from harborline.disclosure.exported import Exported, account_export
from harborline.disclosure.looking import answer_look, look, look_once, settle_look
from harborline.disclosure.many import approve_many, ask_many, open_many
from harborline.disclosure.overriding import approve_override, ask_override
from harborline.disclosure.policing import approve_policy, propose_policy
from harborline.disclosure.registry.tasks_of import RegistryTasks, close_task, open_expired
from harborline.disclosure.releasing import Wanted, approve_release, ask_release, turn_down_release
from harborline.disclosure.revealing import reveal
from harborline.disclosure.searching import search
from harborline.disclosure.shielding import protect_person
from harborline.disclosure.transmitting import Opened, may_tell_partner, reveal_for_transmission
from harborline.disclosure.writing import write_value

__all__ = [
    "Exported",
    "Opened",
    "RegistryTasks",
    "Wanted",
    "account_export",
    "answer_look",
    "approve_many",
    "approve_override",
    "approve_policy",
    "approve_release",
    "ask_many",
    "ask_override",
    "ask_release",
    "break_glass",
    "check_enforcement",
    "clear_kin",
    "close_task",
    "declare_kin",
    "look",
    "look_once",
    "may_tell_partner",
    "open_expired",
    "open_many",
    "propose_policy",
    "protect_person",
    "record_kin",
    "reveal",
    "reveal_for_transmission",
    "review_glass",
    "search",
    "settle_look",
    "turn_down_release",
    "write_value",
]
