"""What a transcript is made of: the whole life of texts, and rows that led to none.

Inside `walls.acting`; the opening is recorded by the caller before anything is read.
"""

from harborline.messaging.commitments import commit
from harborline.messaging.reports.disposal import last_texts
from harborline.messaging.reports.life_facts import Asked, Life, LifeStep, NotSent, Seen
from harborline.messaging.reports.lives import lives, not_sent, runs_named

__all__ = ["Asked", "Life", "LifeStep", "NotSent", "Seen", "commit", "last_texts", "lives", "not_sent", "runs_named"]
