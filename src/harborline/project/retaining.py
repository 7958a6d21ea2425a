"""Which rooms offer records to retention, and what exports ask of the rooms below."""

from __future__ import annotations

from harborline.kernel import ports
from harborline.messaging.reports.disposal import ReceivedWords, SentWords
from harborline.oversight.ports import ConsentRecords, LogKeys, PartyBook, RecordProver
from harborline.project.disposables import Caseloads, ConsentEvidence, RunPapers, SignIns
from harborline.project.home import log_directory
from harborline.project.parties import PeopleParties
from harborline.project.partybook import KeptConsents, PeopleBook
from harborline.project.proving import LedgerProver, PublishedKeys
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
    serve_exports()


def serve_exports() -> None:
    """Serve what exports ask of the rooms below in bulk."""
    ports.serve(RecordProver, LedgerProver())
    ports.serve(LogKeys, PublishedKeys(log_directory()))
    ports.serve(PartyBook, PeopleBook())
    ports.serve(ConsentRecords, KeptConsents())
