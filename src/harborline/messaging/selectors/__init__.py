"""What others may ask about messages; inside `walls.acting`, so everyone sees what their counties are told."""

from harborline.messaging.selectors import inbox
from harborline.messaging.selectors.attention import (
    CarrierStatus,
    Waiting,
    carrier_status,
    recent_opt_outs,
    waiting,
)
from harborline.messaging.selectors.counts import run_counts
from harborline.messaging.selectors.estimates import Because, Estimate, EstimateReason, estimate
from harborline.messaging.selectors.faces import Face, shown_as
from harborline.messaging.selectors.life import LifeEvent, MessageLife, message
from harborline.messaging.selectors.lines import Filters, MessageRow, Page, messages
from harborline.messaging.selectors.previews import ExactText, exact_texts, quiet_words
from harborline.messaging.selectors.replies import ReplyRow, replies
from harborline.messaging.selectors.run_list import RunSummary, run, runs
from harborline.messaging.selectors.template_list import TemplateSummary, templates
from harborline.messaging.selectors.texts_to import TextTo, texts_to
from harborline.messaging.selectors.unclear import UnclearText, unclear_texts
from harborline.messaging.selectors.unreached import Missed, NotReached, not_reached
from harborline.messaging.steps import TEXTS_OFF, Step
from harborline.messaging.wording import selectors as wording

__all__ = [
    "TEXTS_OFF",
    "Because",
    "CarrierStatus",
    "Estimate",
    "EstimateReason",
    "ExactText",
    "Face",
    "Filters",
    "LifeEvent",
    "MessageLife",
    "MessageRow",
    "Missed",
    "NotReached",
    "Page",
    "ReplyRow",
    "RunSummary",
    "Step",
    "TemplateSummary",
    "TextTo",
    "UnclearText",
    "Waiting",
    "carrier_status",
    "estimate",
    "exact_texts",
    "inbox",
    "message",
    "messages",
    "not_reached",
    "quiet_words",
    "recent_opt_outs",
    "replies",
    "run",
    "run_counts",
    "runs",
    "shown_as",
    "templates",
    "texts_to",
    "unclear_texts",
    "waiting",
    "wording",
]
