"""The words of a text as staff read them: its own notice's, never those that tell nothing.

Words that tell nothing go to people who asked for them and to people who are protected. Which of both somebody is, and
so who got them, stands on no page: everybody's texts are shown in the usual words, and the page says that some people
get others. What the telephone got stands in the record, and in the proof of the text.
Source: OFFSET-8.1:harm; a protection never announces itself.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from harborline.law import profile
from harborline.messaging.answering.wording import in_the_programs_name
from harborline.messaging.conversations.waiting import ANY_TIME, WAITING
from harborline.messaging.models import Message, NoticeRun, Recipient
from harborline.messaging.notices.rendering import TextMaker, template_of, text_maker
from harborline.messaging.sending.records import SentAgain
from harborline.messaging.wording.selectors import DISCREET
from harborline.messaging.words.segments import segment


@dataclass(frozen=True, slots=True)
class Usual:
    """What staff read of a text: words (None: there are none any more), encoding, parts."""

    text: str | None
    encoding: str
    segments: int


NO_WORDS = Usual(None, "", 0)


def usual_of(row: Message, text: str | None) -> Usual:
    """The usual words of one text, of which the telephone got `text` (None once destroyed)."""
    if text is None:
        return NO_WORDS
    if row.template_key == DISCREET:
        return _of_its_notice(_first(row))
    said = in_the_programs_name(profile(row.program), text, row.language)
    counted = segment(said)
    return Usual(said, counted.encoding, len(counted.sizes))


def usual_key(message_id: uuid.UUID, key: str) -> str:
    """The key of the template a text was made for, where `key` is the one its words are from."""
    return key if key != DISCREET else usual_template(Message.objects.get(id=message_id))[0]


def usual_template(row: Message) -> tuple[str, str]:
    """Key and digest of the template a text was made for, whichever its words are from."""
    if row.template_key != DISCREET:
        return row.template_key, row.template_sha256
    first = _first(row)
    run = NoticeRun.objects.filter(id=first.run_id).first() if first.run_id else None
    if run is not None:
        return run.template_key, run.template_sha256
    return WAITING, template_of(row.program, WAITING).sha256


def in_slot(texts: TextMaker, language: str, at: datetime, office: str) -> Usual:
    """The words of a notice for one slot (`at` in UTC); none where its office is no longer there."""
    if office not in texts.offices or not texts.speaks(language):
        return NO_WORDS
    local = at.astimezone(ZoneInfo(texts.profile.zones[0])).replace(tzinfo=None)
    made = texts.render(language, local, office)
    return Usual(made.text, made.encoding, made.segments)


def texts_of(run: NoticeRun) -> TextMaker:
    """The words a run was opened with."""
    return text_maker(run.program, run.template_key, sha256=run.template_sha256)


def words_that_tell_nothing(run: NoticeRun) -> list[tuple[str, str]]:
    """What some people get instead of a notice, as (language, words), whoever they are."""
    texts = texts_of(run)
    spoken = sorted(texts.discreet.words) if texts.discreet else []
    return [(language, texts.render(language, ANY_TIME, "", discreet=True).text) for language in spoken]


def _of_its_notice(row: Message) -> Usual:
    if row.run_id is None or row.row_no is None:
        texts = text_maker(row.program, WAITING)
        made = texts.render(row.language, ANY_TIME, next(iter(texts.offices)))
        return Usual(made.text, made.encoding, made.segments)
    told = Recipient.objects.filter(run_id=row.run_id, row_no=row.row_no).first()
    run = NoticeRun.objects.filter(id=row.run_id).first()
    if told is None or run is None:
        return NO_WORDS
    return in_slot(texts_of(run), row.language, told.appointment_at, told.office)


def _first(row: Message) -> Message:
    # A text that went again has the words of the one before it.
    before = SentAgain.objects.filter(again_as=row.id).values_list("message_id", flat=True).first()
    return _first(Message.objects.get(id=before)) if before else row
