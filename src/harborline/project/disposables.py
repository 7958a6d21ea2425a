"""Records offered to retention for rooms on its floor, and for files on disk: evidence, run files, sign-ins."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from harborline.consent.models import Consent, Suppression
from harborline.kernel import clock
from harborline.law import profiles
from harborline.law.schedules import Trigger
from harborline.messaging.facts import RunState
from harborline.messaging.models import NoticeRun
from harborline.messaging.reports.disposal import last_texts
from harborline.project.home import home
from harborline.retention.facts import Candidate, Concerns
from harborline.retention.selectors import destroyed
from harborline.vault.blobs import BlobDirectory
from harborline.vault.facts import Grounds
from harborline.walls import current
from harborline.workforce.models import Assignment, SignInAttempt

_OVER = (RunState.FINISHED.value, RunState.CANCELLED.value)


def _page(found: Iterable[Candidate], before: datetime, after: uuid.UUID | None, limit: int) -> list[Candidate]:
    wanted = (one for one in found if one.at < before and (after is None or one.id > after))
    return sorted(wanted, key=lambda one: one.id)[:limit]


class ConsentEvidence:
    """The series `consent-evidence`: the sealed evidence goes, the consent with its events and its proof stays."""

    lasting = False

    def candidates(self, *, before: datetime, after: uuid.UUID | None, limit: int) -> Sequence[Candidate]:
        """Consents that have evidence and were given before `before`, in the order of their ids."""
        rows = Consent.objects.filter(program=current().program, given_at__lt=before).exclude(evidence=b"")
        if after is not None:
            rows = rows.filter(id__gt=after)
        return self._candidates(rows.order_by("id")[:limit])

    def look(self, ids: Sequence[uuid.UUID]) -> Sequence[Candidate]:
        """Those of the consents that still have evidence."""
        rows = Consent.objects.filter(program=current().program, id__in=list(ids)).exclude(evidence=b"")
        return self._candidates(rows)

    def dispose(self, ids: Sequence[uuid.UUID], grounds: Grounds) -> int:
        """Take the sealed evidence away."""
        del grounds  # the run's own record names them
        rows = Consent.objects.filter(program=current().program, id__in=list(ids)).exclude(evidence=b"")
        return rows.update(evidence=b"")

    def finish(self, grounds: Grounds) -> int:
        """Their class keys also seal requests to stop, which stay for good."""
        del grounds
        return 0

    def _candidates(self, rows: Iterable[Consent]) -> list[Candidate]:
        listed = list(rows)
        numbers = {bytes(row.phone_idx) for row in listed}
        last = last_texts(numbers)
        for idx, at in Suppression.objects.filter(program=current().program, phone_idx__in=numbers).values_list(
            "phone_idx", "at"
        ):
            last[bytes(idx)] = max(at, last.get(bytes(idx), at))
        now = clock.now()
        return [self._candidate(row, last.get(bytes(row.phone_idx)), now) for row in listed]

    @staticmethod
    def _candidate(row: Consent, last_at: datetime | None, now: datetime) -> Candidate:
        over_at = row.ended_at or (row.expires_at if row.expires_at and row.expires_at <= now else None)
        events = {Trigger.CREATED: row.given_at}
        if over_at is not None:
            # While a consent stands its evidence is needed: only then does the clock of the number count.
            events[Trigger.LAST_TEXT] = max(row.given_at, over_at, last_at or over_at)
        concerns = Concerns(participants=frozenset({row.participant_id}), numbers=frozenset({bytes(row.phone_idx)}))
        return Candidate(row.id, row.given_at, events, concerns)


class Caseloads:
    """The series `caseloads`: the sealed source files of runs that are over."""

    lasting = False

    def candidates(self, *, before: datetime, after: uuid.UUID | None, limit: int) -> Sequence[Candidate]:
        """Runs whose files are still there, in the order of their ids."""
        rows = NoticeRun.objects.filter(program=current().program, state__in=_OVER, created_at__lt=before)
        return _page(self._there(rows), before, after, limit)

    def look(self, ids: Sequence[uuid.UUID]) -> Sequence[Candidate]:
        """Those of the runs whose files are still there."""
        return self._there(NoticeRun.objects.filter(program=current().program, id__in=list(ids), state__in=_OVER))

    def dispose(self, ids: Sequence[uuid.UUID], grounds: Grounds) -> int:
        """Delete the files with the commit; their keys are in them."""
        del grounds
        rows = list(NoticeRun.objects.filter(program=current().program, id__in=list(ids)))
        for row in rows:
            transaction.on_commit(partial(_remove_blobs, (row.source_blob, row.bad_rows_blob)))
        return len(rows)

    def finish(self, grounds: Grounds) -> int:
        """Delete what a crash after a commit left."""
        del grounds
        rows = NoticeRun.objects.filter(program=current().program, state__in=_OVER)
        there = [row for row in rows if _sealed_file(row.source_blob).exists()]
        gone = destroyed([row.id for row in there])
        for row in there:
            if row.id in gone:
                transaction.on_commit(partial(_remove_blobs, (row.source_blob, row.bad_rows_blob)))
        return 0

    @staticmethod
    def _there(rows: Iterable[NoticeRun]) -> list[Candidate]:
        found = [row for row in rows if _sealed_file(row.source_blob).exists()]
        gone = destroyed([row.id for row in found])
        return [
            Candidate(row.id, row.created_at, {Trigger.CREATED: row.created_at}) for row in found if row.id not in gone
        ]


def _sealed_file(name: str) -> Path:
    return Path(settings.BLOB_DIRECTORY) / f"{name}.sealed"


def _remove_blobs(names: Iterable[str]) -> None:
    blobs = BlobDirectory(Path(settings.BLOB_DIRECTORY))
    for name in names:
        if name:
            blobs.remove(name)


class RunPapers:
    """The series `run-papers`: folders with bad rows, call lists and letters of runs sent from the command line."""

    lasting = False

    def candidates(self, *, before: datetime, after: uuid.UUID | None, limit: int) -> Sequence[Candidate]:
        """Folders whose newest file was made before `before`, in the order of the runs' ids."""
        return _page(self._there(_folders()), before, after, limit)

    def look(self, ids: Sequence[uuid.UUID]) -> Sequence[Candidate]:
        """Those of the folders that are still there."""
        wanted = set(ids)
        return self._there({run: folder for run, folder in _folders().items() if run in wanted})

    def dispose(self, ids: Sequence[uuid.UUID], grounds: Grounds) -> int:
        """Delete the folders with the commit."""
        del grounds
        folders = _folders()
        there = [folders[run] for run in ids if run in folders]
        for folder in there:
            transaction.on_commit(partial(shutil.rmtree, folder, ignore_errors=True))
        return len(there)

    def finish(self, grounds: Grounds) -> int:
        """Delete what a crash after a commit left."""
        del grounds
        folders = _folders()
        for run in destroyed(list(folders)):
            transaction.on_commit(partial(shutil.rmtree, folders[run], ignore_errors=True))
        return 0

    @staticmethod
    def _there(folders: dict[uuid.UUID, Path]) -> list[Candidate]:
        ours = NoticeRun.objects.filter(program=current().program, id__in=list(folders)).values_list("id", flat=True)
        gone = destroyed(list(folders))
        found = [(run, _newest(folders[run])) for run in ours if run not in gone]
        return [Candidate(run, at, {Trigger.CREATED: at}) for run, at in found]


def _folders() -> dict[uuid.UUID, Path]:
    root = home() / "runs"
    found: dict[uuid.UUID, Path] = {}
    for folder in root.iterdir() if root.is_dir() else ():
        try:
            found[uuid.UUID(folder.name)] = folder
        except ValueError:
            continue
    return found


def _newest(folder: Path) -> datetime:
    moments = [path.stat().st_mtime for path in (folder, *folder.rglob("*"))]
    return datetime.fromtimestamp(max(moments), tz=UTC)


class SignIns:
    """The series `sign-ins`: listed and counted; the table only grows, so nothing of it is destroyed yet."""

    lasting = True

    def candidates(self, *, before: datetime, after: uuid.UUID | None, limit: int) -> Sequence[Candidate]:
        """Attempts of this program's workers; those of nobody are counted with the first program, as in the log."""
        program = current().program
        whose = Q(worker_id__in=Assignment.objects.filter(program=program).values("worker_id"))
        if program == min(profiles()):
            whose |= Q(worker_id__isnull=True)
        rows = SignInAttempt.objects.filter(whose, at__lt=before)
        if after is not None:
            rows = rows.filter(id__gt=after)
        return [Candidate(row.id, row.at, {Trigger.CREATED: row.at}, Concerns()) for row in rows.order_by("id")[:limit]]

    def look(self, ids: Sequence[uuid.UUID]) -> Sequence[Candidate]:
        """None: they are never in a run."""
        del ids
        return []

    def dispose(self, ids: Sequence[uuid.UUID], grounds: Grounds) -> int:
        """None goes."""
        del ids, grounds
        return 0

    def finish(self, grounds: Grounds) -> int:
        """Nothing to do."""
        del grounds
        return 0
