"""The SFTP protocol itself: names, framing, and arbitrary packets in arbitrary order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.rules.adapters.sftp_client import PUT, Client, s, u32, u64

from harborline.adapters.sftp_server import codec
from harborline.adapters.sftp_server.codec import Fields, Kind, Status
from harborline.adapters.sftp_server.engine import EXTENSIONS, Engine, Hangup, converse
from harborline.adapters.sftp_server.framing import Framing, Overlong
from harborline.adapters.sftp_server.memory import MemoryMailboxes
from harborline.adapters.sftp_server.paths import BadName, plain
from harborline.exchange.facts import Guest


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


class TestPaths:
    """One place reads them, and behind it there are only names."""

    @pytest.mark.parametrize(
        ("raw", "path"),
        [(b"", "/"), (b".", "/"), (b"..", "/"), (b"/../../etc", "/etc"), (b"a//b/./c/..", "/a/b"), (b"a/", "/a"),
         ("e\u0301".encode(), "/\u00e9")],
    )  # fmt: skip
    def test_are_made_plain(self, raw: bytes, path: str) -> None:
        """Without asking any disk."""
        assert plain(raw) == path

    @pytest.mark.parametrize(
        "raw",
        [b"a\0b", b"a\nb", b"a\x1b[2J", b"\xff\xfe", b"a\\b", b"x" * 201, "a\u202eb".encode(), b"/a" * 17, b"y" * 2000],
    )
    def test_that_no_mailbox_holds_are_refused(self, client: Client, raw: bytes) -> None:
        """Without repeating them."""
        with pytest.raises(BadName):
            plain(raw)
        assert client.status(Kind.STAT, s(raw)) is Status.FAILURE

    @given(st.binary(max_size=64) | st.text("/.ab\u00e9", max_size=40).map(str.encode))
    def test_read_twice_are_the_same(self, raw: bytes) -> None:
        """Two readers can never take one name for two."""
        try:
            path = plain(raw)
        except BadName:
            return
        assert plain(path.encode()) == path
        assert path.startswith("/")
        assert ".." not in path.split("/")


class TestTheProtocolItself:
    """Who does not speak it."""

    def test_greets_with_its_extensions(self, mailboxes: MemoryMailboxes, guest: Guest) -> None:
        """Version 3, whatever the client hoped for."""
        reply = Fields(Engine(mailboxes, guest).answer(bytes([Kind.INIT]) + u32(6))[4:])
        assert (reply.u8(), reply.u32()) == (Kind.VERSION, 3)
        assert [(reply.text(), reply.text()) for _ in EXTENSIONS] == list(EXTENSIONS)

    def test_hangs_up_on_who_does_not_greet(self, mailboxes: MemoryMailboxes, guest: Guest) -> None:
        """The greeting comes first, and once."""
        with pytest.raises(Hangup):
            Engine(mailboxes, guest).answer(bytes([Kind.STAT]) + u32(1) + s(b"/"))
        with pytest.raises(Hangup):
            Client(mailboxes, guest).engine.answer(bytes([Kind.INIT]) + u32(3))

    @pytest.mark.parametrize("length", [0, codec.PACKET_BYTES + 1, 0xFFFFFFFF])
    def test_lengths_nobody_needs_end_it(self, length: int) -> None:
        """Before a byte of them is held."""
        with pytest.raises(Overlong):
            list(Framing().feed(u32(length) + b"x"))

    @given(st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.integers(min_value=1, max_value=50))
    def test_packets_are_cut_the_same_however_they_arrive(self, packets: list[bytes], step: int) -> None:
        """Byte by byte or all at once."""
        stream = b"".join(u32(len(each)) + each for each in packets)
        framing = Framing()
        found = [packet for at in range(0, len(stream), step) for packet in framing.feed(stream[at : at + step])]
        assert found == packets


NAMES = st.sampled_from(
    [b"/", b"/arrears", b"/arrears/in", b"/arrears/in/a.part", b"/arrears/in/a", b"/arrears/out/ready", b"/wages/in/x",
     b"../../etc/passwd", b"\xff", b"a\0b", b"x" * 300, b""]
)  # fmt: skip
HANDLES = st.sampled_from([b"%08x" % number for number in range(1, 6)] + [b"", b"nobody"])
SIZES = st.sampled_from([0, 1, 3, 7, 1 << 20, (1 << 32) - 1])
OFFSETS = st.sampled_from([0, 1, 3, 6, 1 << 22, (1 << 63) - 1, (1 << 64) - 1])
ATTRIBUTES = st.sampled_from([u32(0), u32(1) + u64(3), u32(4) + u32(0o777), u32(8) + u64(0), u32(0x80000000) + u32(9)])
KNOWN = st.one_of(
    st.tuples(st.just(bytes([Kind.OPEN])), NAMES.map(s), st.integers(0, 63).map(u32), ATTRIBUTES),
    st.tuples(st.just(bytes([Kind.WRITE])), HANDLES.map(s), OFFSETS.map(u64), st.binary(max_size=9).map(s)),
    st.tuples(st.just(bytes([Kind.READ])), HANDLES.map(s), OFFSETS.map(u64), SIZES.map(u32)),
    st.tuples(st.sampled_from([Kind.CLOSE, Kind.FSTAT, Kind.READDIR]).map(lambda kind: bytes([kind])), HANDLES.map(s)),
    st.tuples(
        st.sampled_from([Kind.STAT, Kind.LSTAT, Kind.OPENDIR, Kind.REMOVE, Kind.REALPATH, Kind.MKDIR]).map(
            lambda kind: bytes([kind])
        ),
        NAMES.map(s),
    ),
    st.tuples(st.just(bytes([Kind.RENAME])), NAMES.map(s), NAMES.map(s)),
    st.tuples(st.just(bytes([Kind.SETSTAT])), NAMES.map(s), ATTRIBUTES),
    st.tuples(st.just(bytes([Kind.FSETSTAT])), HANDLES.map(s), ATTRIBUTES),
    st.tuples(
        st.just(bytes([Kind.EXTENDED])),
        st.sampled_from([name for name, _ in EXTENSIONS] + [b"hardlink@openssh.com"]).map(s),
        NAMES.map(s) | HANDLES.map(s),
        NAMES.map(s),
    ),
)  # fmt: skip
CHOPPED = st.tuples(KNOWN, st.integers(0, 12)).map(lambda pair: (*pair[0][:-1], pair[0][-1][: pair[1]]))
WILD = st.tuples(st.integers(0, 255).map(lambda kind: bytes([kind])), st.binary(max_size=60))


def whole(parts: tuple[bytes, ...]) -> bytes:
    """A packet with a request id behind its type."""
    return parts[0] + u32(9) + b"".join(parts[1:])


def answered(requests: list[tuple[bytes, ...]]) -> None:
    """One well-formed reply to each, never an error of ours, never a file that landed without its rename."""
    mailboxes = MemoryMailboxes()
    client = Client(mailboxes, mailboxes.let_in("county", b"key", {"arrears"}))
    mailboxes.put_out("/arrears/out/ready", b"0123456789")
    for request in requests:
        packet = whole(request)
        try:
            reply = client.engine.answer(packet)
        except Hangup:
            assert packet[0] == Kind.INIT
            break
        assert len(reply) == 4 + int.from_bytes(reply[:4], "big")
        answer = Fields(reply[4:])
        assert answer.u8() in {Kind.STATUS, Kind.HANDLE, Kind.CONTENT, Kind.NAME, Kind.ATTRS, Kind.EXTENDED_REPLY}
        assert answer.u32() == 9
        if reply[4] == Kind.STATUS:
            answer.u32()
            assert b"Traceback" not in (words := answer.text())
            assert b"looked at" not in words, "an error of ours"
    client.engine.end()
    renamed = [whole(request) for request in requests if request[0][0] in {Kind.RENAME, Kind.EXTENDED}]
    assert len(mailboxes.landed) <= len(renamed)


def heard(stream: bytes, step: int) -> None:
    """An answer or the end, and nothing landed."""
    mailboxes = MemoryMailboxes()
    engine = Engine(mailboxes, mailboxes.let_in("county", b"key", {"arrears"}))
    framing = Framing()
    greeting = codec.packet(Kind.INIT, u32(3))
    for at in range(0, len(greeting + stream), step):
        try:
            packets = list(framing.feed((greeting + stream)[at : at + step]))
        except Overlong:
            break
        if not converse(engine, packets)[1]:
            break
    engine.end()
    assert mailboxes.landed == []


REQUESTS = st.lists(st.one_of(KNOWN, CHOPPED, WILD), max_size=40)
NOISE = st.binary(max_size=400)


class TestWhateverComes:
    """Arbitrary packets in arbitrary order."""

    @given(REQUESTS)
    @settings(max_examples=300, deadline=None)
    @example([(bytes([Kind.OPEN]), s(b"/arrears/in/a.part"), u32(PUT), u32(0)), (bytes([Kind.INIT]), b"")])
    def test_is_answered_or_ends_the_session(self, requests: list[tuple[bytes, ...]]) -> None:
        """Each request in its turn."""
        answered(requests)

    @given(NOISE, st.integers(min_value=1, max_value=64))
    @settings(max_examples=300, deadline=None)
    def test_raw_bytes_are_answered_or_end_the_session(self, stream: bytes, step: int) -> None:
        """Whoever sends noise hears an answer or is cut off."""
        heard(stream, step)

    @pytest.mark.soak
    @pytest.mark.timeout(1800)
    def test_is_answered_at_length(self, soak: bool) -> None:
        """About ten minutes of both."""
        if not soak:
            pytest.skip("runs with --soak")
        long = settings(max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck))
        long(given(REQUESTS)(answered))()
        long(given(NOISE, st.integers(min_value=1, max_value=64))(heard))()
