"""The log of the tests' own installation, which ends with the tables it was signed over."""

from __future__ import annotations

import shutil

from harborline.ledger.services import forget_origin
from harborline.project.home import keys_directory, log_directory


def forget_log() -> None:
    """Remove what was published and what was signed last, so that the emptied tables begin a log of their own."""
    shutil.rmtree(log_directory(), ignore_errors=True)
    for signed in keys_directory().glob("ledger*.signed"):
        signed.unlink(missing_ok=True)
    forget_origin()
