"""Queue entry points of documents."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from harborline.documents.checking import check_document, due, queue_checks, tidy
from harborline.law import profiles


@app.task(name="documents.check", queue="documents")
def check(document: str, program: str) -> None:
    """Check one document that was handed in."""
    check_document(uuid.UUID(document), program)


@app.periodic(cron="* * * * *")
@app.task(name="documents.again", queue="documents", queueing_lock="documents.again")
def again(timestamp: int) -> None:
    """Every minute: queue what is due again, each by itself; drop uploads that nobody went on with."""
    del timestamp
    for program in profiles():
        for document_id in due(program):
            queue_checks(document_id, program)
        tidy(program)
