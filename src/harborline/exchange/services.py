"""What others may ask the exchange to do; inside `walls.acting` of the program."""

from __future__ import annotations

from harborline.exchange.agreements import activate, draft_agreement, end_agreement, redraft, resume, suspend
from harborline.exchange.alarming import settle
from harborline.exchange.deciding import UNREADABLE, reject, release
from harborline.exchange.media import (
    Reading,
    Unpacked,
    acquire,
    announce_shipment,
    dispose,
    hand_over,
    receive_shipment,
)
from harborline.exchange.outgoing import acknowledge, send_again, send_file
from harborline.exchange.partners import add_credential, confirm_credential, register_partner, revoke_credential
from harborline.exchange.policy import issue_policy
from harborline.exchange.preparing import approve_prepared, prepare_file, send_prepared, withdraw_prepared
from harborline.exchange.reading import open_content
from harborline.exchange.upkeep import watch
from harborline.exchange.working import replay, take_over, work_off

__all__ = [
    "UNREADABLE",
    "Reading",
    "Unpacked",
    "acknowledge",
    "acquire",
    "activate",
    "add_credential",
    "announce_shipment",
    "approve_prepared",
    "confirm_credential",
    "dispose",
    "draft_agreement",
    "end_agreement",
    "hand_over",
    "issue_policy",
    "open_content",
    "prepare_file",
    "receive_shipment",
    "redraft",
    "register_partner",
    "reject",
    "release",
    "replay",
    "resume",
    "revoke_credential",
    "send_again",
    "send_file",
    "send_prepared",
    "settle",
    "suspend",
    "take_over",
    "watch",
    "withdraw_prepared",
    "work_off",
]
