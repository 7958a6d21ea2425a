"""The state of one SFTP session: what is open, and which answer each packet gets. No sockets, no files.

Source: draft-ietf-secsh-filexfer-02, sections 4 to 8; what it leaves open is told in docs/operate/gateway.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Final

from harborline.adapters.sftp_server import answers, codec
from harborline.adapters.sftp_server.codec import Fields, Flag, Kind, Malformed, Shown, Status
from harborline.adapters.sftp_server.handles import Blocks, Handle, Incoming, Listing, Outgoing
from harborline.adapters.sftp_server.paths import NAME_BYTES, last, plain
from harborline.exchange.facts import Entry, Guest
from harborline.exchange.manifest import read_done
from harborline.exchange.naming import folded, sidecar_of
from harborline.exchange.ports import Mailboxes, Waits, at_once
from harborline.kernel import NotFound, Refused, clock
from harborline.kernel.decision import Decision, refuse

LISTED_AT_ONCE: Final = 128
EXTENSIONS: Final = (
    (b"posix-rename@openssh.com", b"1"),
    (b"statvfs@openssh.com", b"2"),
    (b"fsync@openssh.com", b"1"),
    (b"limits@openssh.com", b"1"),
)
# Often answered from memory; the others always mean the database or the disk.
_PROMPT = frozenset({Kind.OPEN, Kind.WRITE, Kind.STAT, Kind.LSTAT, Kind.FSTAT, Kind.FSETSTAT, Kind.SETSTAT,
                     Kind.REALPATH})  # fmt: skip
_NEVER = {
    Kind.MKDIR: "folders are made with the agreement (folders-are-fixed)",
    Kind.RMDIR: "folders go with the agreement (folders-are-fixed)",
}
_NOT_HERE = {Kind.READLINK: "there are no links here (no-links)", Kind.SYMLINK: "there are no links here (no-links)"}


_DOUBT = (
    "this upload ended exactly where one that was broken off would end, so this does not prove it complete: compare"
    " its size and say so in a new session, or send a checksum (.sha256), a manifest, or a done-file with its size"
)


class Hangup(Exception):  # noqa: N818 - it is what follows
    """The other side does not speak the protocol: the connection ends."""


class Engine:
    """One session of a guest. Not for two threads at once: replies go out in the order of the requests."""

    def __init__(self, mailboxes: Mailboxes, guest: Guest, say: Callable[[Decision], str] | None = None) -> None:
        self._mailboxes = mailboxes
        self._guest = guest
        self._say = say or answers.reason_code
        self._open: dict[bytes, Handle] = {}
        self._numbers = itertools.count(1)
        self._blocks = Blocks()
        self._doubtful: set[str] = set()
        self._torn: set[str] = set()
        self._greeted = False
        self.heard_s = clock.monotonic_s()
        """When bytes of the client came in last: told by whoever reads them."""

    def answer(self, packet: bytes | memoryview) -> bytes:
        """The reply to one packet; raises `Hangup` where there is none to give."""
        fields = Fields(packet)
        kind = fields.u8()
        if not self._greeted:
            return self._greet(kind)
        try:
            request_id = fields.u32()
        except Malformed:
            raise Hangup from None
        if kind == Kind.INIT:
            raise Hangup
        return self._answered(kind, request_id, fields)

    def answer_at_once(self, packet: bytes | memoryview) -> bytes | None:
        """The reply to one packet where none has to be waited for; None otherwise, and then nothing was done.

        For the thread of an event loop: what only memory is asked for is not worth the way to another thread.
        """
        if packet[0] not in _PROMPT or not self._greeted:
            return None
        try:
            with at_once():
                return self.answer(packet)
        except (Waits, Hangup):
            return None

    def end(self) -> bool:
        """The session is over: what is open stays unfinished; whether all that was closed is durable now."""
        for handle in list(self._open.values()):
            answers.quietly(handle.drop)
        self._open.clear()
        return answers.quietly(lambda: self._mailboxes.settle(self._guest))

    def _greet(self, kind: int) -> bytes:
        if kind != Kind.INIT:
            raise Hangup
        self._greeted = True
        return codec.version_reply(EXTENSIONS)

    def _answered(self, kind: int, request_id: int, fields: Fields) -> bytes:
        try:
            verb = _VERBS.get(kind)
            if verb is None:
                return self._unsupported(kind, request_id)
            return verb(self, request_id, fields)
        except Waits:
            raise
        except Exception as error:  # noqa: BLE001 - every failure has an answer, and none of them is its text
            status, words = answers.answer_to(error, self._say)
            return codec.status_reply(request_id, status, words)

    def _unsupported(self, kind: int, request_id: int) -> bytes:
        if kind in _NEVER:
            return codec.status_reply(request_id, Status.PERMISSION_DENIED, _NEVER[Kind(kind)])
        words = _NOT_HERE.get(kind, "this request is not known here (not-known-here)")  # type: ignore[call-overload]  # an int finds its enum
        answers.quietly(lambda: self._mailboxes.note(self._guest, "unsupported request", "", f"type {kind}"))
        return codec.status_reply(request_id, Status.OP_UNSUPPORTED, words)

    def _open_file(self, request_id: int, fields: Fields) -> bytes:
        path, flags = plain(fields.text()), Flag(fields.u32() & 0x3F)
        fields.attributes()
        if flags & Flag.READ and flags & Flag.WRITE:
            raise answers.Denied("a file is opened for reading or for writing, not for both", "one-way-only")
        if flags & Flag.WRITE:
            return self._keep(request_id, lambda: self._begin(path, flags))
        if not flags & Flag.READ:
            raise Malformed("flags")
        return self._keep(request_id, lambda: Outgoing(path, self._mailboxes.fetch(self._guest, path)))

    def _begin(self, path: str, flags: Flag) -> Incoming:
        if flags & Flag.EXCLUSIVE and self._stands(path):
            raise answers.Failed("there is a file of this name", "name-is-taken")
        resume = not flags & (Flag.TRUNCATE | Flag.EXCLUSIVE)
        upload = self._mailboxes.begin(self._guest, path, resume=resume)
        self._doubtful.discard(folded(path))
        self._torn.discard(folded(path))
        return Incoming(
            path, upload, flags, self._blocks, lambda: self._mailboxes.begin(self._guest, path, resume=False)
        )

    def _in_doubt(self, done: str) -> bool:
        # Whether a path is that of a done-file whose file may have been broken off in this session.
        kind, of = sidecar_of(done)
        return kind == "done-file" and folded(of) in self._doubtful

    def _stands(self, path: str) -> bool:
        try:
            self._mailboxes.entry(self._guest, path)
        except NotFound:
            return False
        return True

    def _open_folder(self, request_id: int, fields: Fields) -> bytes:
        path = plain(fields.text())
        return self._keep(
            request_id, lambda: Listing(path, [_shown(each) for each in self._mailboxes.entries(self._guest, path)])
        )

    def _keep(self, request_id: int, make: Callable[[], Handle]) -> bytes:
        if len(self._open) >= min(codec.OPEN_HANDLES, self._guest.limits.open_files):
            raise answers.Failed("too many files are open; close one first", "too-many-open-files")
        name = b"%08x" % next(self._numbers)
        self._open[name] = make()
        return codec.handle_reply(request_id, name)

    def _close(self, request_id: int, fields: Fields) -> bytes:
        name = fields.text()
        handle = self._handle(name)
        # Whatever closing comes to, the handle is gone; a second CLOSE of it is refused.
        del self._open[name]
        if isinstance(handle, Incoming):
            self._take(handle)
        else:
            handle.close()
        return _ok(request_id)

    def _take(self, handle: Incoming) -> None:
        if self._in_doubt(handle.path) and not any(read_done(handle.begins_with)):
            handle.drop()
            answers.quietly(lambda: self._mailboxes.remove(self._guest, handle.path))
            raise answers.Failed(_DOUBT, "not-proved-complete")
        if handle.torn:
            self._torn.add(folded(handle.path))
        handle.close(self.heard_s)
        if handle.doubtful:
            self._doubtful.add(folded(handle.path))

    def _read(self, request_id: int, fields: Fields) -> bytes:
        handle, offset, length = self._handle(fields.text()), fields.u64(), fields.u32()
        if not isinstance(handle, Outgoing):
            raise answers.Denied("this handle is not open for reading", "not-open-for-reading")
        self._blocks.read(length)
        content = handle.read(offset, min(length, codec.READ_BYTES)) if length else b""
        if not content and (length or offset >= handle.size):
            return codec.status_reply(request_id, Status.EOF, "end of file")
        return codec.content_reply(request_id, content)

    def _write(self, request_id: int, fields: Fields) -> bytes:
        handle, offset, content = self._handle(fields.text()), fields.u64(), fields.content()
        if not isinstance(handle, Incoming):
            raise answers.Denied("this handle is not open for writing", "not-open-for-writing")
        if len(content) > codec.WRITE_BYTES:
            raise answers.Failed(f"a write has at most {codec.WRITE_BYTES} bytes", "write-too-long")
        handle.write(offset, content)
        return _ok(request_id)

    def _handle_stat(self, request_id: int, fields: Fields) -> bytes:
        handle = self._handle(fields.text())
        entry = self._mailboxes.entry(self._guest, handle.path) if handle.path != "/" else None
        shown = _ROOT if entry is None else _shown(entry)
        if isinstance(handle, Incoming | Outgoing):
            shown = Shown(shown.name, folder=False, size=handle.size, at_s=shown.at_s, writable=shown.writable)
        return codec.attributes_reply(request_id, shown)

    def _checking_stat(self, request_id: int, fields: Fields) -> bytes:
        path = plain(fields.text())
        # Clients that compare the size after an upload ask so, and go no further when it differs.
        self._doubtful.discard(folded(path))
        return self._attributes(request_id, path)

    def _path_stat(self, request_id: int, fields: Fields) -> bytes:
        return self._attributes(request_id, plain(fields.text()))

    def _attributes(self, request_id: int, path: str) -> bytes:
        shown = _ROOT if path == "/" else _shown(self._mailboxes.entry(self._guest, path))
        return codec.attributes_reply(request_id, shown)

    def _set_path(self, request_id: int, fields: Fields) -> bytes:
        path = plain(fields.text())
        size, _ = fields.attributes()
        if path != "/":
            self._mailboxes.entry(self._guest, path)
        if size is not None:
            raise answers.Denied("a size cannot be set: files grow by writing and are never cut", "size-cannot-be-set")
        return _ok(request_id)  # times, mode and owner are ours: taken note of and without effect

    def _set_handle(self, request_id: int, fields: Fields) -> bytes:
        handle = self._handle(fields.text())
        size, alone = fields.attributes()
        if size is None:
            return _ok(request_id)
        if not isinstance(handle, Incoming):
            raise answers.Denied("a size cannot be set: files grow by writing and are never cut", "size-cannot-be-set")
        handle.cut(size, alone=alone)
        return _ok(request_id)

    def _next_names(self, request_id: int, fields: Fields) -> bytes:
        handle = self._handle(fields.text())
        if not isinstance(handle, Listing):
            raise answers.Denied("this handle is not a folder", "not-a-folder")
        page = handle.page(LISTED_AT_ONCE)
        if not page:
            return codec.status_reply(request_id, Status.EOF, "no more names")
        return codec.names_reply(request_id, [_listed(shown) for shown in page])

    def _remove(self, request_id: int, fields: Fields) -> bytes:
        self._mailboxes.remove(self._guest, self._free(plain(fields.text())))
        return _ok(request_id)

    def _rename(self, request_id: int, fields: Fields) -> bytes:
        old, new = plain(fields.text()), plain(fields.text())
        if folded(old) in self._doubtful or self._in_doubt(new):
            raise answers.Failed(_DOUBT, "not-proved-complete")
        try:
            self._mailboxes.rename(self._guest, self._free(old), new)
        except Refused as error:
            if folded(old) in self._torn and error.decision.reason == "still-being-written":
                raise Refused(refuse("gap-in-the-bytes")) from None
            raise
        return _ok(request_id)

    def _free(self, path: str) -> str:
        # A name that is being written under is not finished: neither renamed nor removed.
        if any(isinstance(handle, Incoming) and handle.path == path for handle in self._open.values()):
            raise answers.Failed("the file is still open; close it first", "still-open")
        return path

    def _real_path(self, request_id: int, fields: Fields) -> bytes:
        path = plain(fields.text()).encode()
        # The attributes of this reply mean nothing (section 6.11).
        return codec.names_reply(request_id, [(path, path, b"\0\0\0\0")])

    def _extended(self, request_id: int, fields: Fields) -> bytes:
        name = fields.text()
        verb = _EXTENDED.get(name)
        if verb is None:
            answers.quietly(lambda: self._mailboxes.note(self._guest, "unsupported request", "", "extended"))
            return codec.status_reply(
                request_id, Status.OP_UNSUPPORTED, "this extension is not known here (not-known-here)"
            )
        return verb(self, request_id, fields)

    def _flush(self, request_id: int, fields: Fields) -> bytes:
        handle = self._handle(fields.text())
        if not isinstance(handle, Incoming):
            raise answers.Denied("this handle is not open for writing", "not-open-for-writing")
        handle.flush()
        return _ok(request_id)

    def _limits(self, request_id: int, fields: Fields) -> bytes:
        del fields
        return codec.limits_reply(request_id)

    def _space(self, request_id: int, fields: Fields) -> bytes:
        path = plain(fields.text())
        if path != "/":
            self._mailboxes.entry(self._guest, path)
        limits = self._guest.limits
        return codec.space_reply(request_id, limits.day_bytes, min(limits.day_bytes, limits.file_bytes), NAME_BYTES)

    def _handle(self, name: bytes) -> Handle:
        try:
            return self._open[name]
        except KeyError:
            raise answers.Failed("there is no such handle", "no-such-handle") from None


def _ok(request_id: int) -> bytes:
    return codec.status_reply(request_id, Status.OK, "")


_ROOT = Shown("/", folder=True, size=0, at_s=0, writable=False)


def _shown(entry: Entry) -> Shown:
    return Shown(entry.name, entry.folder, entry.size, int(entry.at.timestamp()), entry.writable)


def _listed(shown: Shown) -> tuple[bytes, bytes, bytes]:
    name = last("/" + shown.name).encode()
    return name, answers.long_line(shown).encode(), codec.attributes(shown)


_Verb = Callable[[Engine, int, Fields], bytes]
_VERBS: dict[int, _Verb] = {
    Kind.OPEN: Engine._open_file,  # noqa: SLF001 - the table of the class's own verbs
    Kind.CLOSE: Engine._close,  # noqa: SLF001 - as above
    Kind.READ: Engine._read,  # noqa: SLF001 - as above
    Kind.WRITE: Engine._write,  # noqa: SLF001 - as above
    Kind.LSTAT: Engine._path_stat,  # noqa: SLF001 - as above
    Kind.STAT: Engine._checking_stat,  # noqa: SLF001 - as above
    Kind.FSTAT: Engine._handle_stat,  # noqa: SLF001 - as above
    Kind.SETSTAT: Engine._set_path,  # noqa: SLF001 - as above
    Kind.FSETSTAT: Engine._set_handle,  # noqa: SLF001 - as above
    Kind.OPENDIR: Engine._open_folder,  # noqa: SLF001 - as above
    Kind.READDIR: Engine._next_names,  # noqa: SLF001 - as above
    Kind.REMOVE: Engine._remove,  # noqa: SLF001 - as above
    Kind.RENAME: Engine._rename,  # noqa: SLF001 - as above
    Kind.REALPATH: Engine._real_path,  # noqa: SLF001 - as above
    Kind.EXTENDED: Engine._extended,  # noqa: SLF001 - as above
}
_EXTENDED: dict[bytes, _Verb] = {
    b"posix-rename@openssh.com": Engine._rename,  # noqa: SLF001 - as above
    b"fsync@openssh.com": Engine._flush,  # noqa: SLF001 - as above
    b"limits@openssh.com": Engine._limits,  # noqa: SLF001 - as above
    b"statvfs@openssh.com": Engine._space,  # noqa: SLF001 - as above
}


def converse(engine: Engine, packets: Sequence[bytes | memoryview]) -> tuple[bytes, bool]:
    """The replies to packets in their order, and whether the session goes on."""
    replies: list[bytes] = []
    for packet in packets:
        try:
            replies.append(engine.answer(packet))
        except Hangup:
            return b"".join(replies), False
    return b"".join(replies), True
