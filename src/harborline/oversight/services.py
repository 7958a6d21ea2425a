"""What others may ask oversight to do.

An export takes three steps: `ask_export`, (`approve_export` by somebody else where texts are kept sealed), each in a
unit of work of the caller, and `make_export` (`prepare_export`, `finish_export`), which opens its own. Its file is
handed out then, by `keep` or as a download.

An auditor's samples: `draw_sample`, then `open_sample` (each look is recorded), then `evidence_of`.

The watch: `watch` every night, `review_finding` by supervisors, `list_public`. Incidents: `report_incident` by anybody,
`amend_incident`, `step_done`, `close_incident`.
"""

from harborline.oversight.exporting import (
    Packed,
    Prepared,
    approve_export,
    ask_export,
    check_free,
    finish_export,
    keep,
    make_export,
    prepare_export,
)
from harborline.oversight.incidents import amend_incident, close_incident, report_incident, step_done
from harborline.oversight.sampling import Drawn, draw_sample, evidence_of, open_sample
from harborline.oversight.watching import list_public, review_finding, unlist_public, watch

__all__ = [
    "Drawn",
    "Packed",
    "Prepared",
    "amend_incident",
    "approve_export",
    "ask_export",
    "check_free",
    "close_incident",
    "draw_sample",
    "evidence_of",
    "finish_export",
    "keep",
    "list_public",
    "make_export",
    "open_sample",
    "prepare_export",
    "report_incident",
    "review_finding",
    "step_done",
    "unlist_public",
    "watch",
]
