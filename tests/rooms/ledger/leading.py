"""A sequencer that runs until it is stopped or killed: run as a program by the fault tests.

Usage: leading.py LOG_DIR KEY_FILE ORIGIN, the database's address in HARBORLINE_TEST_DSN.
Exit code 4: it stopped itself.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from harborline.kernel import Broken
from harborline.ledger.sequencer import run_sequencer

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
try:
    run_sequencer(
        stop,
        Path(sys.argv[1]),
        dsn=os.environ["HARBORLINE_TEST_DSN"],
        key_file=Path(sys.argv[2]),
        origin=sys.argv[3],
        interval_s=0.02,
    )
except Broken:
    sys.exit(4)
