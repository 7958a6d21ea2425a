"""Send a code somebody asked for in the portal: a one-off answer; the record has the words without the code."""

from __future__ import annotations

import uuid

from harborline.consent.selectors import held_numbers, numbers_in_doubt, suppressed_numbers
from harborline.kernel import NotFound
from harborline.kernel.clock import now
from harborline.law import profile
from harborline.messaging.answering.queueing import About, queue_text
from harborline.messaging.answering.wording import answer_in
from harborline.messaging.facts import MessageKind
from harborline.messaging.notices.runs import sender_of
from harborline.people.facts import CodeText, NumberStanding
from harborline.people.services import digits_of
from harborline.walls import current

KEY = "portal-code"
PLACE = "******"
"""Stands for the code in what is kept; the code takes its place on the way to the carrier, and nowhere else."""


def with_code(message_id: uuid.UUID, words: str) -> str:
    """The words as they go out."""
    return words.replace(PLACE, digits_of(message_id))


class CodesByText:
    """Texts as the way of codes."""

    def standing(self, phone_idx: bytes) -> NumberStanding:
        """Stopped, in doubt (a question about it waits for staff), or neither."""
        program = current().program
        if numbers_in_doubt(program, [phone_idx]) or held_numbers(program, [phone_idx]):
            return NumberStanding.DOUBTFUL
        return NumberStanding.STOPPED if suppressed_numbers(program, [phone_idx]) else NumberStanding.FREE

    def send(self, text: CodeText) -> uuid.UUID | None:
        """Queue it, to go at once or not at all: outside consent, caps and quiet hours, because it was asked for."""
        program = current().program
        law = profile(program)
        template, words = answer_in(law, KEY, text.language, discreet=text.discreet)
        if not words:
            template, words = answer_in(law, KEY, "en", discreet=text.discreet)
        try:
            sender = sender_of(program)
        except NotFound:
            return None
        return queue_text(
            sender, law, kind=MessageKind.CODE, to=text.number, phone_idx=text.phone_idx, words=words,
            template=template, language=text.language, at=now(), until=text.until_at,
            about=About(text.county, text.participant_id),
        )  # fmt: skip
