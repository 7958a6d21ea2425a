"""Wiring of documents: the intake, the reader of papers, the malware scanner."""

from __future__ import annotations

import os
from typing import IO

from django.conf import settings

from harborline.adapters.sandbox.bubblewrap import ThisMachine
from harborline.adapters.scanner.clamd import Clamd
from harborline.documents.intake import DatabaseIntake
from harborline.documents.ports import Intake, Sandbox, Scanner
from harborline.documents.services import Papers
from harborline.kernel import ports
from harborline.project.carrying import clamd_largest
from harborline.retention.ports import Disposable


class NothingScanned:
    """Finds nothing, since nothing is looked through: for a demonstration with invented papers, and nothing else."""

    blind = True

    def scan(self, source: IO[bytes]) -> str:
        """Nothing."""
        del source
        return ""


def serve_documents() -> None:
    """Serve the ports of documents; without a scanner papers wait, but in a demonstration."""
    ports.serve(Intake, DatabaseIntake())
    ports.serve(Sandbox, ThisMachine())
    ports.serve(Disposable, Papers(), "papers")
    address = os.environ.get("HARBORLINE_CLAMD", "")
    if address:
        ports.serve(Scanner, Clamd(address, largest=clamd_largest()))
    elif settings.DEMO:
        ports.serve(Scanner, NothingScanned())
