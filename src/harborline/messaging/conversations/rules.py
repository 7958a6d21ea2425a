"""The rules of conversations: who may write, what an answer may say, when a text may be closed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from harborline.consent.facts import CONTACT_US, ConsentFacts, ConsentStanding
from harborline.consent.rules import may_text, may_text_in_contact_us
from harborline.kernel import Decision, allow, hold, refuse, rule, strictest
from harborline.law import Profile
from harborline.messaging.conversations.facts import (
    AUTOMATIC_PER_DAY,
    FRESH,
    NOTE_SIGNS,
    THREAD_LIVES,
    AnswerFacts,
    Topic,
)
from harborline.messaging.words.guard.facts import PRIVATE, Kind

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
EMERGENCY = "reply-emergency"
STOPPED = "reply-stopped"
NOT_READ = "reply-not-read"


@rule("NC-CSS-22-18:no-staff-texting")
def staff_may_text(*, profile: Profile) -> Decision:
    """Whether workers of the program write to people by text at all; in nc-css nobody does."""
    return allow() if profile.texting.staff_may_text else refuse("staff-do-not-text")


@rule("MN-WIC-9.6:contact-us-opt-in", "MN-WIC-9.6:permission-first")
def started_by_the_person(*, last_in_at: datetime | None, now: datetime) -> Decision:
    """A thread is started by the person and answered while it lives; staff never begin one."""
    if last_in_at is None:
        return refuse("thread-not-started-by-person")
    return allow() if now - last_in_at <= THREAD_LIVES else refuse("thread-too-old")


@rule("MN-WIC-9.6:permission-first", "NC-CSS-22-18:opt-in")
def number_known(*, number: bool) -> Decision:
    """An answer goes to the number the person has on file now, and to no other they once wrote from."""
    return allow() if number else refuse("no-number")


@rule("MN-WIC-9.6:contact-us-other-platform", "MN-WIC-9.6:permission-first")
def number_open(*, facts: AnswerFacts) -> Decision:
    """A stop, a possible stop, a safety choice or a shared number closes a number to answers as to notices."""
    if facts.suppressed:
        return refuse("asked-to-stop")
    if facts.texts_off:
        return refuse("no-texts-by-safety-choice")
    if facts.number_conflict:
        return hold("number-used-by-both-parties")
    return hold("possible-opt-out") if facts.held else allow()


def may_answer(*, facts: AnswerFacts, profile: Profile, now: datetime) -> Decision:
    """Whether a worker may answer in this thread now.

    1. Staff write at all. 2. The person started it and it lives. 3. The number is open. 4. Permission for the
    thread's own platform: the portal's opt-in for its thread, the documented permission for this service's.
    """
    permission = (
        may_text_in_contact_us(opt_in=facts.opt_in, now=now)
        if facts.platform == CONTACT_US
        else may_text(standing=facts.standing, profile=profile, now=now)
    )
    return strictest(
        (
            staff_may_text(profile=profile),
            started_by_the_person(last_in_at=facts.last_in_at, now=now),
            number_open(facts=facts),
            permission,
        )
    )


@rule("MN-WIC-9.6:text-app-opt-in", "MN-WIC-9.6:contact-us-opt-in", "NC-CSS-22-18:opt-in")
def may_tell_waiting(
    *, opt_in: ConsentFacts | None, standing: ConsentStanding, profile: Profile, now: datetime
) -> Decision:
    """A text that a message waits goes to who opted in to the portal's texts, or to this service's."""
    if may_text_in_contact_us(opt_in=opt_in, now=now).allowed:
        return allow()
    return may_text(standing=standing, profile=profile, now=now)


@rule("MN-WIC-9.6:text-easy", "NC-CSS-22-18:lawful-notifications")
def waiting_told_once(*, last_at: datetime | None, now: datetime) -> Decision:
    """One such text a day: the second would say nothing that the first did not."""
    return allow() if last_at is None or now - last_at >= _DAY else refuse("waiting-told-today")


@rule("MN-WIC-9.6:safeguards-private-data", "NC-CSS-22-18:pii-fti-in-texts")
def language_judged(*, language: str, judged: Collection[str]) -> Decision:
    """A free text goes only in a language whose words are judged; any other one is called with an interpreter."""
    return allow() if language in judged else refuse("language-not-judged")


@rule("MN-WIC-9.6:contact-us-no-documents", "MN-WIC-9.6:text-no-asking")
def asks_for_no_documents(*, kinds: Collection[Kind]) -> Decision:
    """No answer asks for pictures or papers by text; the person starts a new contact and submits documents there."""
    return refuse("documents-by-new-contact") if Kind.REQUESTS_PRIVATE_INFO in kinds else allow()


@rule("MN-WIC-9.6:contact-us-no-private-reply", "MN-WIC-9.6:text-no-private")
def answers_nothing_private(*, kinds: Collection[Kind]) -> Decision:
    """An answer by text holds nothing private, whatever the person wrote first."""
    return refuse("private-in-text") if PRIVATE & frozenset(kinds) else allow()


@rule("MN-WIC-9.6:text-easy")
def short_enough(*, segments: int, profile: Profile) -> Decision:
    """An answer fits in the parts the profile allows and says something."""
    if segments == 0:
        return refuse("nothing-to-send")
    return allow() if segments <= profile.texting.max_segments else refuse("text-too-long")


@rule("MN-WIC-9.6:local-it-legal", "NC-CSS-22-18:lawful-notifications")
def at_a_fit_hour(*, last_in_at: datetime | None, hour: Decision, now: datetime) -> Decision:
    """An answer to a fresh text goes at any hour; a later one keeps to the lawful hours like any text."""
    if last_in_at is not None and now - last_in_at <= FRESH:
        return allow("answer")
    return hour


@rule("MN-WIC-9.6:text-delete-after-viewing")
def may_close(*, asked: str, note: str) -> Decision:
    """A text is closed once the worker says what was asked: the words go, so what matters is written down first."""
    if asked not in {topic.value for topic in Topic}:
        return hold("what-was-asked-missing")
    if asked == Topic.OTHER.value and not note.strip():
        return hold("what-was-asked-missing")
    return allow() if len(note) <= NOTE_SIGNS else refuse("note-too-long")


@rule("MN-WIC-9.6:text-warn-and-redirect", "MN-WIC-9.6:safeguards-private-data")
def may_be_shown(*, private: Sequence[str], media_count: int) -> Decision:
    """A text with private things in it, or a picture, is masked in lists, and its sender warned and shown safe ways."""
    return refuse("private-inside") if private or media_count else allow()


@rule("NC-CSS-22-18:lawful-notifications", "MN-WIC-9.6:local-it-legal")
def may_answer_by_itself(*, key: str, sent: Sequence[tuple[str, datetime]], now: datetime) -> Decision:
    """Automatic answers to one number are few, so that two machines never talk to each other for long.

    `sent` are the automatic answers of the last day. At most five in 24 hours; that nobody reads here is said once a
    day, the emergency line once an hour. A stop is confirmed beyond that, once more than all the others.
    """
    recent = [(name, at) for name, at in sent if now - at < _DAY]
    if key == EMERGENCY and any(name == EMERGENCY and now - at < _HOUR for name, at in recent):
        return refuse("answered-already")
    if key == NOT_READ and any(name == NOT_READ for name, _ in recent):
        return refuse("answered-already")
    most = AUTOMATIC_PER_DAY + 1 if key == STOPPED else AUTOMATIC_PER_DAY
    return allow() if len(recent) < most else refuse("enough-automatic-answers")


@rule("MN-WIC-9.6:safeguards-private-data", "OFFSET-8.1:harm")
def says_only_to_call_911(*, words: str, approved: Collection[str]) -> Decision:
    """The automatic answer to words of danger says that nobody can answer now and to call 911, word for word."""
    return allow() if words in approved else refuse("not-the-emergency-words")
