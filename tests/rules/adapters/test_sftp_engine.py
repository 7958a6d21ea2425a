"""The SFTP engine over mailboxes in memory: every packet has its answer, whatever comes in whatever order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.rules.adapters.sftp_client import APPEND, GO_ON, PUT, Client, s, u32, u64

from harborline.adapters.sftp_server import codec
from harborline.adapters.sftp_server.answers import answer_to, reason_code
from harborline.adapters.sftp_server.codec import Flag, Kind, Status
from harborline.adapters.sftp_server.memory import MemoryMailboxes
from harborline.exchange.facts import Guest, Limits
from harborline.exchange.manifest import read_manifest
from harborline.kernel import Invalid
from harborline.kernel.clock import monotonic_s


@pytest.fixture
def mailboxes() -> MemoryMailboxes:
    """Mailboxes in memory."""
    return MemoryMailboxes()


@pytest.fixture
def guest(mailboxes: MemoryMailboxes) -> Guest:
    """A county's machine."""
    return mailboxes.let_in("county", b"key", {"arrears"})


@pytest.fixture
def client(mailboxes: MemoryMailboxes, guest: Guest) -> Iterator[Client]:
    """A session of it."""
    found = Client(mailboxes, guest)
    yield found
    found.engine.end()


def put(client: Client, path: bytes, blocks: list[int]) -> None:
    """An upload in writes of these lengths, closed well."""
    handle, at = client.open(path, PUT), 0
    for length in blocks:
        assert client.write(handle, at, bytes(length)) is Status.OK
        at += length
    assert client.status(Kind.CLOSE, s(handle)) is Status.OK


class TestAnUpload:
    """From the first byte to the name that says it is whole."""

    def test_lands_when_it_is_renamed(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """Writing and closing is not enough; the final name is the word that it is complete."""
        handle = client.open(b"/arrears/in/a.part", PUT)
        assert client.write(handle, 0, b"abc") is Status.OK
        assert client.write(handle, 3, b"de") is Status.OK
        assert client.status(Kind.CLOSE, s(handle)) is Status.OK
        assert mailboxes.landed == []
        assert client.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is Status.OK
        assert [(name, size) for name, _, size in mailboxes.landed] == [("/arrears/in/a", 5)]

    def test_that_ends_with_the_session_is_never_complete(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """A killed client leaves an unfinished upload, and nobody may call it finished."""
        handle = client.open(b"/arrears/in/a.part", PUT)
        client.write(handle, 0, b"abc")
        client.engine.end()
        again = Client(mailboxes, mailboxes.admit("county", b"key", ""))
        assert again.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is Status.PERMISSION_DENIED
        assert mailboxes.landed == []

    def test_goes_on_where_it_stopped(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """The size shown is what is held; the rest is written behind it."""
        client.write(client.open(b"/arrears/in/a.part", PUT), 0, b"abc")
        client.engine.end()
        again = Client(mailboxes, mailboxes.admit("county", b"key", ""))
        assert again.size(Kind.STAT, b"/arrears/in/a.part") == 3
        handle = again.open(b"/arrears/in/a.part", GO_ON)
        assert again.size(Kind.FSTAT, handle) == 3
        assert again.write(handle, 3, b"def") is Status.OK
        assert again.status(Kind.CLOSE, s(handle)) is Status.OK
        assert again.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is Status.OK

    def test_takes_writes_that_overtook_each_other(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """Clients that write in parallel send parts a little out of order."""
        handle = client.open(b"/arrears/in/a.part", PUT)
        for offset, content in ((3, b"def"), (6, b"gh"), (0, b"abc")):
            assert client.write(handle, offset, content) is Status.OK
        assert client.status(Kind.CLOSE, s(handle)) is Status.OK
        client.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a"))
        assert mailboxes.landed[0][2] == 8

    def test_with_a_hole_does_not_close_well(self, client: Client) -> None:
        """A part that never came is told at the latest when the file is closed."""
        handle = client.open(b"/arrears/in/a.part", PUT)
        client.write(handle, 3, b"def")
        assert client.status(Kind.EXTENDED, s(b"fsync@openssh.com"), s(handle)) is Status.FAILURE
        assert client.status(Kind.CLOSE, s(handle)) is Status.FAILURE
        assert client.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is Status.PERMISSION_DENIED

    @pytest.mark.parametrize("offset", [3, 5 * 1024 * 1024])
    def test_with_a_hole_hears_of_it_at_the_close_and_at_the_rename(self, client: Client, offset: int) -> None:
        """Not that it is still open; sent again under the same name it lands."""
        path, final = b"/arrears/in/a.part", b"/arrears/in/a"
        handle = client.open(path, PUT)
        client.write(handle, 0, b"ab")
        client.write(handle, offset, b"def")
        assert b"gap-in-the-bytes" in client.words(Kind.CLOSE, s(handle))
        assert b"gap-in-the-bytes" in client.words(Kind.RENAME, s(path), s(final))
        handle = client.open(path, PUT)
        client.write(handle, 0, b"abcdef")
        assert client.status(Kind.CLOSE, s(handle)) is Status.OK
        assert client.status(Kind.RENAME, s(path), s(final)) is Status.OK

    def test_takes_nothing_after_a_part_that_was_not_taken(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """A full disk in the middle must not leave a file that looks whole."""
        mailboxes.space_bytes = 4
        handle = client.open(b"/arrears/in/a.part", PUT)
        assert client.write(handle, 0, b"abc") is Status.OK
        assert client.write(handle, 3, b"def") is Status.FAILURE
        mailboxes.space_bytes = None
        assert client.write(handle, 3, b"def") is Status.FAILURE
        assert client.status(Kind.CLOSE, s(handle)) is Status.FAILURE
        assert client.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is Status.PERMISSION_DENIED

    def test_is_not_renamed_while_it_is_written(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """The proof of completeness comes after the last byte."""
        handle = client.open(b"/arrears/in/a.part", PUT)
        client.write(handle, 0, b"abc")
        assert client.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is Status.FAILURE
        assert client.status(Kind.REMOVE, s(b"/arrears/in/a.part")) is Status.FAILURE
        assert mailboxes.landed == []

    def test_whose_size_and_times_are_set_at_its_end_is_complete(self, client: Client) -> None:
        """Lftp ends every upload so; the size is the one that is held."""
        handle = client.open(b"/arrears/in/a.part", PUT)
        client.write(handle, 0, b"abcdef")
        ended = (s(handle), u32(codec.Has.SIZE | codec.Has.TIMES), u64(6), u64(0))
        assert client.status(Kind.FSETSTAT, *ended) is Status.OK
        assert client.status(Kind.CLOSE, s(handle)) is Status.OK
        assert client.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is Status.OK

    @pytest.mark.parametrize(
        ("flags", "size", "answered"), [(PUT, 3, Status.FAILURE), (GO_ON, 3, Status.FAILURE), (APPEND, 6, Status.OK)]
    )
    def test_that_is_cut_was_broken_off(
        self, client: Client, mailboxes: MemoryMailboxes, flags: Flag, size: int, answered: Status
    ) -> None:
        """OpenSSH's client cuts what it appended when somebody presses Ctrl-C, and closes as if all were well."""
        handle = client.open(b"/arrears/in/a.part", flags)
        client.write(handle, 0, b"abcdef")
        cut = (s(handle), u32(codec.Has.SIZE), u64(size))
        assert client.status(Kind.FSETSTAT, *cut) is answered
        assert client.status(Kind.CLOSE, s(handle)) is Status.OK
        again = Client(mailboxes, mailboxes.admit("county", b"key", ""))
        for one in (client, again):
            assert one.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is Status.PERMISSION_DENIED
        assert mailboxes.landed == []

    @pytest.mark.parametrize(("flags", "answered"), [(GO_ON, Status.OK), (PUT, Status.FAILURE)])
    def test_whose_size_is_set_to_what_was_written_was_closed_well(
        self, client: Client, mailboxes: MemoryMailboxes, flags: Flag, answered: Status
    ) -> None:
        """So scp ends, which opens without cutting; of another client it is no proof in one breath."""
        handle = client.open(b"/arrears/in/a.part", flags)
        client.write(handle, 0, b"abcdef")
        assert client.status(Kind.FSETSTAT, s(handle), u32(codec.Has.SIZE), u64(6)) is Status.OK
        assert client.status(Kind.CLOSE, s(handle)) is Status.OK
        renamed = (s(b"/arrears/in/a.part"), s(b"/arrears/in/a"))
        assert client.status(Kind.RENAME, *renamed) is answered
        again = Client(mailboxes, mailboxes.admit("county", b"key", ""))
        assert answered is Status.OK or again.status(Kind.RENAME, *renamed) is Status.OK
        assert [size for _, _, size in mailboxes.landed] == [6]

    @pytest.mark.parametrize("content", [b"", b"other", b"other bytes"])
    def test_written_from_its_beginning_takes_the_place_of_what_was_held(
        self, client: Client, mailboxes: MemoryMailboxes, content: bytes
    ) -> None:
        """Scp does not say that it begins anew: its first byte, or a size of none, does."""
        for sent in (b"abcdef", content):
            handle = client.open(b"/arrears/in/a.part", GO_ON)
            if sent:
                assert client.write(handle, 0, sent) is Status.OK
            assert client.status(Kind.FSETSTAT, s(handle), u32(codec.Has.SIZE), u64(len(sent))) is Status.OK
            assert client.status(Kind.CLOSE, s(handle)) is Status.OK
        again = Client(mailboxes, mailboxes.admit("county", b"key", ""))
        assert again.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is Status.OK
        assert [size for _, _, size in mailboxes.landed] == [len(content)]

    @pytest.mark.parametrize(
        "blocks", [[], [32_768], [32_768] * 3, [255 * 1024] * 2, [10_000] * 49, [19_999] * 2, [1000] * 3]
    )
    def test_that_ends_like_one_that_was_broken_off_is_not_proved_in_one_breath(
        self, client: Client, mailboxes: MemoryMailboxes, blocks: list[int]
    ) -> None:
        """Interrupted, OpenSSH's client closes well and goes on with the rename of its batch."""
        put(client, b"/arrears/in/a.part", blocks)
        renamed = (s(b"/arrears/in/a.part"), s(b"/arrears/in/a"))
        assert client.status(Kind.RENAME, *renamed) is Status.FAILURE
        assert client.status(Kind.RENAME, s(b"/arrears/in/A.PART"), s(b"/arrears/in/a")) is Status.FAILURE
        assert client.status(Kind.EXTENDED, s(b"posix-rename@openssh.com"), *renamed) is Status.FAILURE
        assert mailboxes.landed == []
        again = Client(mailboxes, mailboxes.admit("county", b"key", ""))
        assert again.status(Kind.RENAME, *renamed) is Status.OK

    @pytest.mark.parametrize(
        ("said", "answered"), [(b"", Status.FAILURE), (b"ok\n", Status.FAILURE), (b"10000\n", Status.OK),
                               (b"a" * 64, Status.OK)]
    )  # fmt: skip
    def test_in_doubt_is_proved_by_a_done_file_that_names_it(
        self, client: Client, said: bytes, answered: Status
    ) -> None:
        """With a size or a digest, which the mailbox compares; one that only says "done" is taken back."""
        put(client, b"/arrears/in/a", [5000, 5000])
        handle = client.open(b"/arrears/in/a.done", PUT)
        client.write(handle, 0, said)
        assert client.status(Kind.CLOSE, s(handle)) is answered
        gone = client.ask(Kind.LSTAT, s(b"/arrears/in/a.done")).u8() == Kind.STATUS
        assert gone is (answered is Status.FAILURE)

    def test_in_doubt_is_not_proved_by_a_done_file_under_another_name(self, client: Client) -> None:
        """Renamed to where a done-file counts, it says as little."""
        put(client, b"/arrears/in/a", [5000, 5000])
        put(client, b"/arrears/in/d.part", [3])
        renamed = (s(b"/arrears/in/d.part"), s(b"/arrears/in/a.done"))
        assert client.status(Kind.RENAME, *renamed) is Status.FAILURE

    @pytest.mark.parametrize(
        ("before", "length", "answered"),
        [
            ([], 10_240, Status.OK),
            ([], 19_999, Status.OK),
            ([10_240], 10_240, Status.OK),
            ([19_999, 19_999, 5], 19_999, Status.FAILURE),
            ([19_999, 19_999, 5], 4096, Status.OK),
            ([65_536], 4096, Status.OK),
            ([], 4096, Status.FAILURE),
        ],
    )
    def test_of_one_write_is_compared_with_what_its_session_wrote(
        self, client: Client, before: list[int], length: int, answered: Status
    ) -> None:
        """The block of a client is one length as long as it lives; what is shorter is an end."""
        if before:
            put(client, b"/arrears/in/before.part", before)
        put(client, b"/arrears/in/a.part", [length])
        assert client.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is answered

    def test_of_one_write_is_compared_with_what_its_session_asked_for(
        self, client: Client, mailboxes: MemoryMailboxes
    ) -> None:
        """Reads and writes have one length."""
        mailboxes.put_out("/arrears/out/a", b"abc")
        client.ask(Kind.READ, s(client.open(b"/arrears/out/a", Flag.READ)), u64(0), u32(19_999))
        for name, length, answered in ((b"a", 19_999, Status.FAILURE), (b"b", 8192, Status.OK)):
            put(client, b"/arrears/in/" + name + b".part", [length])
            renamed = (s(b"/arrears/in/" + name + b".part"), s(b"/arrears/in/" + name))
            assert client.status(Kind.RENAME, *renamed) is answered

    @pytest.mark.parametrize(("longer", "answered"), [(False, Status.FAILURE), (True, Status.OK)])
    def test_of_one_write_that_is_closed_late_is_not_proved_in_one_breath(
        self, client: Client, longer: bool, answered: Status
    ) -> None:
        """A client that holds itself back (`-l`) is stopped between its first block and its second."""
        if longer:
            put(client, b"/arrears/in/b.part", [20_000])
        handle = client.open(b"/arrears/in/a.part", PUT)
        client.write(handle, 0, bytes(19_999))
        client.engine.heard_s = monotonic_s() + 2
        assert client.status(Kind.CLOSE, s(handle)) is Status.OK
        assert client.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is answered

    def test_that_was_compared_by_its_sender_is_proved(self, client: Client) -> None:
        """A program that looks at the size after its last byte knows what it sent."""
        handle = client.open(b"/arrears/in/a.part", PUT)
        client.write(handle, 0, bytes(32_768))
        client.status(Kind.CLOSE, s(handle))
        assert client.size(Kind.STAT, b"/arrears/in/a.part") == 32_768
        assert client.status(Kind.RENAME, s(b"/arrears/in/a.part"), s(b"/arrears/in/a")) is Status.OK

    @pytest.mark.parametrize("path", [b"/arrears/out/a", b"/arrears/receipts/a", b"/arrears/in", b"/arrears", b"/"])
    def test_goes_only_into_a_box_that_takes_files(self, client: Client, path: bytes) -> None:
        """What we send and what we sign is not written by a partner."""
        assert client.status(Kind.OPEN, s(path), u32(PUT), u32(0)) is not Status.OK

    def test_never_replaces_what_landed(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """Mailboxes are written once."""
        mailboxes.put_out("/arrears/in/a", b"landed")
        assert client.status(Kind.OPEN, s(b"/arrears/in/a"), u32(PUT), u32(0)) is Status.PERMISSION_DENIED
        assert client.status(Kind.REMOVE, s(b"/arrears/in/a")) is Status.PERMISSION_DENIED

    def test_with_exclusive_needs_a_free_name(self, client: Client) -> None:
        """A client that asks for a new file gets a new one or none."""
        flags = Flag.WRITE | Flag.CREATE | Flag.EXCLUSIVE
        client.status(Kind.CLOSE, s(client.open(b"/arrears/in/a.part", flags)))
        assert client.status(Kind.OPEN, s(b"/arrears/in/a.part"), u32(flags), u32(0)) is Status.FAILURE


class TestADownload:
    """What lies ready for a partner."""

    def test_is_picked_up_when_every_byte_was_read(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """In whatever order its parts were asked for."""
        mailboxes.put_out("/arrears/out/a", b"x" * 10)
        handle = client.open(b"/arrears/out/a", Flag.READ)
        for offset in (5, 0):
            reply = client.ask(Kind.READ, s(handle), u64(offset), u32(5))
            assert (reply.u8(), reply.u32(), reply.text()) == (Kind.CONTENT, 7, b"xxxxx")
        assert client.status(Kind.READ, s(handle), u64(10), u32(5)) is Status.EOF
        client.status(Kind.CLOSE, s(handle))
        assert mailboxes.picked_up == ["/arrears/out/a"]

    def test_that_stops_early_is_not_picked_up(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """A reader that closes after the first half has half a file."""
        mailboxes.put_out("/arrears/out/a", b"x" * 10)
        handle = client.open(b"/arrears/out/a", Flag.READ)
        client.ask(Kind.READ, s(handle), u64(0), u32(9))
        client.status(Kind.CLOSE, s(handle))
        assert mailboxes.picked_up == []

    def test_never_gives_more_than_a_reply_holds(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """Somebody asks for 512 MiB at once and gets 255 KiB."""
        mailboxes.put_out("/arrears/out/a", bytes(1 << 20))
        reply = client.ask(Kind.READ, s(client.open(b"/arrears/out/a", Flag.READ)), u64(0), u32(512 << 20))
        assert (reply.u8(), reply.u32(), len(reply.text())) == (Kind.CONTENT, 7, codec.READ_BYTES)

    def test_shows_finished_files_and_own_uploads(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """In pages, however many there are."""
        for number in range(300):
            mailboxes.put_out(f"/arrears/out/{number:03}", b"")
        assert client.names(b"/") == [b"arrears"]
        assert len(client.names(b"/arrears/out")) == 300


class TestWhatIsSaid:
    """The words of a status."""

    def test_name_the_field_the_problem_and_the_code(self) -> None:
        """And no value."""
        said = answer_to(Invalid("is a whole number, not negative", "manifest.files[0].size"), reason_code)
        assert said == (Status.FAILURE, "manifest, files[0], size: is a whole number, not negative (not-usable)")

    def test_name_a_manifests_field(self) -> None:
        """As its reader says it."""
        with pytest.raises(Invalid) as raised:
            read_manifest(b'{"v": 1, "id": "seven"}')
        assert answer_to(raised.value, reason_code)[1] == "manifest, id: is a UUID or a ULID (not-usable)"


class TestWhatNobodyGets:
    """Links, folders, attributes, and what other systems might do with them."""

    @pytest.mark.parametrize("kind", [Kind.MKDIR, Kind.RMDIR])
    def test_folders_are_not_made(self, client: Client, kind: Kind) -> None:
        """They come and go with the agreement."""
        assert client.status(kind, s(b"/arrears/in/x"), u32(0)) is Status.PERMISSION_DENIED

    @pytest.mark.parametrize(
        "request_", [(Kind.SYMLINK, b"/arrears/in/a", b"/etc/passwd"), (Kind.READLINK, b"/arrears/in/a", b"")]
    )
    def test_links_do_not_exist(self, client: Client, request_: tuple[Kind, bytes, bytes]) -> None:
        """Nothing here points anywhere."""
        assert client.status(request_[0], s(request_[1]), s(request_[2])) is Status.OP_UNSUPPORTED

    @pytest.mark.parametrize(
        "name",
        [b"hardlink@openssh.com", b"lsetstat@openssh.com", b"copy-data", b"expand-path@openssh.com",
         b"home-directory", b"users-groups-by-id@openssh.com", b"fstatvfs@openssh.com", b"md5-hash", b"\xff"],
    )  # fmt: skip
    def test_other_extensions_are_refused(self, client: Client, mailboxes: MemoryMailboxes, name: bytes) -> None:
        """What was not announced is not done, and is noted."""
        extended = (s(name), s(b"/arrears/in/a"), s(b"/arrears/in/b"))
        assert client.status(Kind.EXTENDED, *extended) is Status.OP_UNSUPPORTED
        assert mailboxes.notes

    @pytest.mark.parametrize("kind", [0, 2, 21, 22, 101, 105, 199, 201, 255])
    def test_unknown_packets_are_refused(self, client: Client, kind: int) -> None:
        """Those of later versions of the protocol too."""
        assert client.status(kind, s(b"/arrears/in/a")) is Status.OP_UNSUPPORTED

    def test_attributes_change_nothing(self, client: Client, mailboxes: MemoryMailboxes) -> None:
        """Times, mode and owner are answered well and have no effect; a size is refused."""
        mailboxes.put_out("/arrears/out/a", b"abc")
        assert client.status(Kind.SETSTAT, s(b"/arrears/out/a"), u32(4), u32(0o777)) is Status.OK
        size = (s(b"/arrears/out/a"), u32(1), u64(0))
        assert client.status(Kind.SETSTAT, *size) is Status.PERMISSION_DENIED
        assert client.size(Kind.LSTAT, b"/arrears/out/a") == 3

    def test_another_partners_files_are_not_there(self, mailboxes: MemoryMailboxes, guest: Guest) -> None:
        """Whatever is asked of them, the answer is that of a name that does not exist."""
        mailboxes.put_out("/arrears/out/a", b"abc")
        stranger = Client(mailboxes, mailboxes.let_in("other", b"other", {"wages"}))
        for kind, fields in (
            (Kind.OPEN, (u32(Flag.READ), u32(0))), (Kind.STAT, ()), (Kind.LSTAT, ()), (Kind.REMOVE, ()),
            (Kind.OPENDIR, ()), (Kind.SETSTAT, (u32(0),)), (Kind.RENAME, (s(b"/wages/in/x"),)),
        ):  # fmt: skip
            assert stranger.status(kind, s(b"/arrears/out/a"), *fields) is Status.NO_SUCH_FILE

    def test_handles_are_counted(self, mailboxes: MemoryMailboxes) -> None:
        """Five thousand opened at once are answered politely, and the first closed makes room for one."""
        limits = Limits(sessions=1, open_files=64, file_bytes=10, day_bytes=10)
        client = Client(mailboxes, mailboxes.let_in("county", b"key", {"arrears"}, limits))
        given_out = [client.ask(Kind.OPENDIR, s(b"/")) for _ in range(5000)]
        handles = [reply for reply in given_out if reply.u8() == Kind.HANDLE]
        assert len(handles) == 64
        handles[0].u32()
        assert client.status(Kind.CLOSE, s(handles[0].text())) is Status.OK
        assert client.ask(Kind.OPENDIR, s(b"/")).u8() == Kind.HANDLE

    def test_limits_are_told(self, client: Client) -> None:
        """Clients that ask keep within them."""
        reply = client.ask(Kind.EXTENDED, s(b"limits@openssh.com"))
        assert (reply.u8(), reply.u32()) == (Kind.EXTENDED_REPLY, 7)
        assert [reply.u64() for _ in range(4)] == [263 * 1024, 255 * 1024, 255 * 1024, 64]

    def test_a_handle_closes_once(self, client: Client) -> None:
        """A second time it is nobody's."""
        handle = client.open(b"/arrears/in/a.part", PUT)
        assert client.status(Kind.CLOSE, s(handle)) is Status.OK
        assert client.status(Kind.CLOSE, s(handle)) is Status.FAILURE
        assert client.write(handle, 0, b"x") is Status.FAILURE
