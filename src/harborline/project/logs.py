"""What processes write about their work: one line an event, to standard error, never to standard output.

Standard output belongs to the answers of commands (`--json`). A line holds codes, counts and random ids; personal data
has no place in it (docs/threats.md).
"""

from __future__ import annotations

import sys

import structlog


def to_standard_error() -> None:
    """JSON lines for machines; plain lines where a person watches."""
    person = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer() if person else structlog.processors.JSONRenderer(sort_keys=True),
        ],
        # Looked up at each line: a service may replace its standard error.
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
