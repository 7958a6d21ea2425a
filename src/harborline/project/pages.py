"""The process of the pages: granian, which ends when the process that started it does.

The kernel is asked to send it SIGTERM then (prctl(2), PR_SET_PDEATHSIG, kept over execve); where it cannot, only the
one who started it ends it. Arguments are granian's own.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become granian."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    os.execv(sys.executable, [sys.executable, "-m", "granian", *sys.argv[1:]])  # noqa: S606 - our own arguments


if __name__ == "__main__":
    main()
