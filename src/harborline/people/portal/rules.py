"""Who may come in, by what, how often they may try and how long a visit lasts; pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from harborline.kernel import Decision, allow, hold, refuse, rule

IDLE: Final = timedelta(minutes=15)
"""A visit nobody touched this long is over: phones are shared and left lying about (our reading)."""
LONGEST: Final = timedelta(hours=2)
"""A visit lasts at most this long, whatever happens in it (our reading)."""
CODE_LIVES: Final = timedelta(minutes=10)
CODE_TRIES: Final = 3
WINDOW: Final = timedelta(hours=1)
"""Over this time attempts are counted; whoever reached a limit waits until the window moved on."""
LIMITS: Final = {"number": 5, "place": 30, "all": 2000}
"""How often within the window codes may be asked for: to one number, from one place, in the whole program."""
WRONG: Final = {"holder": 5, "start": 5, "place": 30}
"""How many wrong codes or passphrases within the window: for the holder of a number, for one code that was handed over,
from one place."""
START_LIVES: Final = {
    "in-person": timedelta(days=2),
    "safe-contact": timedelta(days=14),
    "letter": timedelta(days=30),
    "link": timedelta(days=7),
}
SHORTEST_PASSPHRASE: Final = 12


@rule("OFFSET-8.2:systems-controls")
def visit_stands(*, begun_at: datetime, seen_at: datetime, ended_at: datetime | None, now: datetime) -> Decision:
    """A visit ends when its person leaves, when nobody touched it for a while, and at the latest after two hours."""
    if ended_at is not None:
        return refuse("visit-ended")
    if now - begun_at >= LONGEST:
        return refuse("visit-too-long")
    if now - seen_at >= IDLE:
        return refuse("visit-idle")
    return allow()


@rule("OFFSET-8.1:harm", "OFFSET-8.2:systems-controls", "MN-WIC-9.6:safeguards-private-data")
def may_get_code(
    *, holders: int, adult: bool, protected: bool, conflict: bool, passphrase: bool, doubtful: bool, stopped: bool
) -> Decision:
    """Whether a code goes to a number by text: it must be one grown person's, theirs for certain, and not watched.

    `holders` are the persons whose current number it is. `conflict`: the other parent uses or used it. `doubtful`: it
    may have been given to somebody else. Without a passphrase a code opens nothing. Another way (hold) is found for a
    protected person, for a number in doubt and for one that was stopped: staff cannot tell which of them it is.
    """
    if holders != 1:
        return refuse("no-single-holder")
    if not adult:
        return refuse("no-adult")
    if conflict:
        return refuse("not-by-text")
    if not passphrase:
        return refuse("no-passphrase-yet")
    return hold("code-by-other-way") if protected or doubtful or stopped else allow()


@rule("OFFSET-8.2:systems-controls")
def code_opens(
    *, matches: bool, second: bool, sent_at: datetime | None, tries: int, used_at: datetime | None, now: datetime
) -> Decision:
    """A code opens once, within ten minutes, at one of three tries, and only together with the second item."""
    alive = sent_at is not None and now - sent_at < CODE_LIVES and tries <= CODE_TRIES and used_at is None
    return allow() if alive and matches and second else refuse("does-not-open")


@rule("OFFSET-8.2:systems-controls")
def start_opens(
    *, expires_at: datetime, used_at: datetime | None, way: str, passphrase: bool, protected: bool, now: datetime
) -> Decision:
    """A code to begin with opens once, in its time. A link alone is no first entry: whoever holds the phone has it.

    For a person who is protected by now no link opens at all, also one that was made before.
    """
    alive = now < expires_at and used_at is None
    return allow() if alive and (way != "link" or (passphrase and not protected)) else refuse("does-not-open")


@rule("OFFSET-8.2:routine-monitoring")
def may_review_renewal(*, reviewer: str, made_by: str) -> Decision:
    """A code that lets somebody choose a new passphrase is looked at by a second person, never by who made it."""
    return refuse("made-the-code") if reviewer == made_by else allow()


@rule("OFFSET-8.2:systems-controls")
def passphrase_fits(*, words: str) -> Decision:
    """At least twelve signs, not digits alone, not one sign again and again."""
    plain = "".join(words.split())
    if len(words) < SHORTEST_PASSPHRASE or len(set(plain)) < SHORTEST_PASSPHRASE // 2 or plain.isdigit():
        return refuse("passphrase-too-easy")
    return allow()
