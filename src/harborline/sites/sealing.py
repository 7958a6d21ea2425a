"""Files that come with a form: sealed from their first byte, bounded in size, never plaintext on the disk.

They are read before a door is asked, since the token against forged forms comes with them: so this looks for itself
whether anybody is inside, and takes no byte of a file from who is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from harborline.kernel import Invalid, Refused, hold
from harborline.sites.visiting import VISIT
from harborline.vault.blobs import IN_MEMORY_BYTES, SealedSpool, room_in

TOO_LARGE: Final = "harborline.upload_too_large"
NO_ROOM: Final = "harborline.upload_no_room"
"""Set on the request whose files were not taken; the page says so (`must_be_whole`)."""
FORM_BYTES: Final = 512 * 1024**2
STAFF_BYTES: Final = 64 * 1024**2
VISIT_BYTES: Final = 8 * 1024**2
LARGE: Final = frozenset({"portal:papers-send", "console:papers-bring", "console:start", "console:vendor-list-load"})
"""Forms that bring many files or long ones; all others stay below the other two."""
_PORTAL: Final = "/portal/"


def allowance(request: HttpRequest) -> int:
    """Bytes of files this request may bring: none from who is not inside, much only where much is asked for."""
    if hasattr(request, "machine"):
        return FORM_BYTES  # a key was shown, and the length looked at
    portal = request.path_info.startswith(_PORTAL)
    if portal:
        inside = VISIT in getattr(request, "session", {})
    else:
        inside = bool(getattr(getattr(request, "user", None), "is_authenticated", False))
    if not inside:
        return 0
    try:
        view = resolve(request.path_info).view_name
    except Resolver404:
        return 0
    if view in LARGE:
        return FORM_BYTES
    return VISIT_BYTES if portal else STAFF_BYTES


def form_number(said: str) -> UUID | None:
    """The number of a form under which it is taken once, as it came back; None for anything else."""
    try:
        return UUID(said)
    except ValueError:
        return None


def must_be_whole(request: HttpRequest) -> None:
    """Raise `Invalid` or `Refused` where the files of a form were not taken to their end."""
    if request.META.get(TOO_LARGE):
        raise Invalid(_("This is too much at once. Send fewer files."))
    if request.META.get(NO_ROOM):
        raise Refused(hold("no-room-for-papers").stamped("sites.sealing", ("NC-CSS-22-18:portal-upload",)))


class SealingUploadHandler(FileUploadHandler):
    """Keeps what comes in spools that are sealed with keys in memory; small files of one form share 2 MiB of memory."""

    chunk_size = 1 << 20

    def __init__(self, request: Any = None) -> None:  # noqa: ANN401 - Django's own
        super().__init__(request)
        self._spool: SealedSpool | None = None
        self._left = allowance(request) if request is not None else FORM_BYTES
        self._memory_left = IN_MEMORY_BYTES
        self._directory = Path(settings.BLOB_DIRECTORY)

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's own
        """A file begins."""
        super().new_file(*args, **kwargs)
        if not self._left:
            raise StopUpload(connection_reset=True)
        self._spool = SealedSpool(self._directory, in_memory=self._memory_left)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Bytes of it, a MiB at most."""
        del start
        assert self._spool is not None
        if len(raw_data) > self._left:
            self._stop(TOO_LARGE)
        if not room_in(self._directory, len(raw_data)):
            self._stop(NO_ROOM)
        self._left -= len(raw_data)
        self._spool.write(raw_data)

    def _stop(self, why: str) -> None:
        assert self._spool is not None
        self._spool.close()
        if self.request is not None:
            self.request.META[why] = True
        raise StopUpload(connection_reset=False)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """It is whole."""
        assert self._spool is not None
        if file_size <= self._memory_left:
            self._memory_left -= file_size
        return UploadedFile(
            file=self._spool.opened(),
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
