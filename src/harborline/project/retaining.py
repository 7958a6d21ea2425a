"""Which rooms offer records to retention, under the names of their series."""

from __future__ import annotations

from harborline.kernel import ports
from harborline.messaging.reports.disposal import ReceivedWords, SentWords
from harborline.project.disposables import Caseloads, ConsentEvidence, RunPapers, SignIns
from harborline.project.parties import PeopleParties
from harborline.retention.ports import Disposable, Parties


def serve_retention() -> None:
    """Serve every series a room offers, and who belongs to whom."""
    ports.serve(Parties, PeopleParties())
    ports.serve(Disposable, SentWords(), "texts-out")
    ports.serve(Disposable, ReceivedWords(), "texts-in")
    ports.serve(Disposable, ConsentEvidence(), "consent-evidence")
    ports.serve(Disposable, Caseloads(), "caseloads")
    ports.serve(Disposable, RunPapers(), "run-papers")
    ports.serve(Disposable, SignIns(), "sign-ins")
