"""What a run or a text gives to take away: bad rows, call list, letters, the proof of one text.

Apart from the package's other names because the papers themselves are made with these selectors.
"""

from harborline.messaging.reports.bad_rows import bad_rows, bad_rows_csv
from harborline.messaging.reports.bundle import Proved, verify_message_proof
from harborline.messaging.reports.call_list import call_list_csv
from harborline.messaging.reports.letters import letters_pdf
from harborline.messaging.reports.proof import MessageProof, message_proof
from harborline.messaging.reports.reaching import people_to_reach
from harborline.messaging.reports.words import reason_words, step_words

__all__ = [
    "MessageProof",
    "Proved",
    "bad_rows",
    "bad_rows_csv",
    "call_list_csv",
    "letters_pdf",
    "message_proof",
    "people_to_reach",
    "reason_words",
    "step_words",
    "verify_message_proof",
]
