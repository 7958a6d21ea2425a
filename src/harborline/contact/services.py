"""What others may ask contact to do; inside `walls.acting` unless the docstring says otherwise."""

from harborline.contact.answering import answer, compose_check, write_note
from harborline.contact.asking import ask, opt_in, read_by_person, write_more
from harborline.contact.danger import acknowledge, close_alert, escalate, tell_alerts
from harborline.contact.disposal import ContactWords
from harborline.contact.giving import QuestionsGiven
from harborline.contact.steering import assign, close, open_contact, pass_on, reopen
from harborline.contact.texting import ContactTexts

__all__ = [
    "ContactTexts",
    "ContactWords",
    "QuestionsGiven",
    "acknowledge",
    "answer",
    "ask",
    "assign",
    "close",
    "close_alert",
    "compose_check",
    "escalate",
    "open_contact",
    "opt_in",
    "pass_on",
    "read_by_person",
    "reopen",
    "tell_alerts",
    "write_more",
    "write_note",
]
