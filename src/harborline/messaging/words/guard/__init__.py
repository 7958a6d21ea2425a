"""Guard: judges the final text and names everything in it that must not be said.

Terms: a *finding* is one place and its kind; a *detector* marks one family of kinds; a *grammar* is the data file a
detector of meaning reads (law/lists/guard/). Values from typed placeholders are exempt by place, never by looks.
Clauses: MN-WIC-9.6:text-no-private, text-no-abbreviations, text-easy, text-no-asking;
NC-CSS-22-18:pii-fti-in-texts, lawful-notifications.
Doors: `judge` and `find`; `names_in` with `text_tokens` for many recipients of one judged text.
"""

from harborline.messaging.words.guard.facts import Finding, Judgement, Kind
from harborline.messaging.words.guard.judge import find, judge
from harborline.messaging.words.guard.names import name_tokens, names_in, text_tokens

__all__ = ["Finding", "Judgement", "Kind", "find", "judge", "name_tokens", "names_in", "text_tokens"]
