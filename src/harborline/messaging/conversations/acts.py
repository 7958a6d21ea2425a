"""What others may ask conversations to do; inside `walls.acting` unless the docstring says otherwise."""

from harborline.messaging.conversations.alerts import (
    Turn,
    acknowledge,
    close_alert,
    escalate,
    set_roster,
    tell_alerts,
)
from harborline.messaging.conversations.calling import Calling
from harborline.messaging.conversations.composing import answer, compose_check, may_answer_here
from harborline.messaging.conversations.facts import (
    AlertEvent,
    AlertOutcome,
    Composed,
    FoundInText,
    How,
    OpenedText,
    Topic,
    session_reference,
)
from harborline.messaging.conversations.giving import TextsGiven
from harborline.messaging.conversations.keeping import destroys
from harborline.messaging.conversations.reading import (
    close_text,
    end_of_session,
    expire_texts,
    hand_on,
    open_text,
    preview_text,
    say_what_was_asked,
)

__all__ = [
    "AlertEvent",
    "AlertOutcome",
    "Calling",
    "Composed",
    "FoundInText",
    "How",
    "OpenedText",
    "TextsGiven",
    "Topic",
    "Turn",
    "acknowledge",
    "answer",
    "close_alert",
    "close_text",
    "compose_check",
    "destroys",
    "end_of_session",
    "escalate",
    "expire_texts",
    "hand_on",
    "may_answer_here",
    "open_text",
    "preview_text",
    "say_what_was_asked",
    "session_reference",
    "set_roster",
    "tell_alerts",
]
