"""Where checkpoints of the proof log are kept outside: a directory, a mailbox, a time-stamping authority.

Each serves `ledger.ports.CheckpointSink`. What leaves is a signed checkpoint: a name, a number, a hash; nothing about
anybody. The way to witnesses is `adapters.witness`; partners get checkpoints with their receipts.
"""

from harborline.adapters.checkpoints.directory import CheckpointDirectory
from harborline.adapters.checkpoints.mail import CheckpointMail, MailWay
from harborline.adapters.checkpoints.memory import CheckpointMemory
from harborline.adapters.checkpoints.timestamping import TimestampingAuthority

__all__ = ["CheckpointDirectory", "CheckpointMail", "CheckpointMemory", "MailWay", "TimestampingAuthority"]
