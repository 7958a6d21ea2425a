"""Places that keep checkpoints: the one in memory and the real ones keep the same promises."""

from __future__ import annotations

import base64
import email
import email.policy
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harborline.adapters.checkpoints import (
    CheckpointDirectory,
    CheckpointMail,
    CheckpointMemory,
    MailWay,
    TimestampingAuthority,
)
from harborline.adapters.checkpoints.timestamping import root_certificates, stamped_at
from harborline.kernel import Invalid, NotFound, Unavailable, clock
from harborline.ledger.checkpoint import Checkpoint, verified
from harborline.ledger.facts import Differs, SignedHead
from harborline.ledger.note import SigningKey
from harborline.ledger.ports import CheckpointSink
from harborline.ledger.published import Directory

ORIGIN = "notices.nc.example/log"
KEY = SigningKey.generate(ORIGIN)
OPENSSL = "/usr/bin/openssl"


def head(size: int, fill: int = 0) -> SignedHead:
    """A signed checkpoint; `fill` makes another history of the same size."""
    checkpoint = Checkpoint(ORIGIN, size, bytes([fill]) * 32)
    return SignedHead(ORIGIN, size, checkpoint.root, bytes(checkpoint.signed(KEY)))


NOWHERE = Directory(Path("nowhere"))


@pytest.fixture(params=["memory", "directory"])
def sink(request: pytest.FixtureRequest, tmp_path: Path) -> CheckpointSink:
    """A place that can be read back."""
    if request.param == "memory":
        return CheckpointMemory()
    (tmp_path / "share").mkdir()
    return CheckpointDirectory(tmp_path / "share")


class TestAPlaceThatCanBeReadBack:
    """A directory elsewhere, and its likeness in memory."""

    def test_gives_back_the_newest(self, sink: CheckpointSink) -> None:
        """As it was signed."""
        assert sink.newest(ORIGIN) is None
        for size in (3, 40, 1_000_000):
            sink.hold(head(size), NOWHERE)
            assert sink.newest(ORIGIN) == head(size).note
        assert verified(sink.newest(ORIGIN) or b"", KEY.verifier).size == 1_000_000
        assert sink.newest("another.example/log") is None

    def test_takes_the_same_one_again(self, sink: CheckpointSink) -> None:
        """A delivery may be repeated."""
        for _ in range(2):
            sink.hold(head(3), NOWHERE)
        assert sink.newest(ORIGIN) == head(3).note

    def test_objects_to_another_history(self, sink: CheckpointSink) -> None:
        """A smaller one, or another root of the same size: what it is there for."""
        sink.hold(head(40), NOWHERE)
        for wrong in (head(39), head(40, fill=1)):
            with pytest.raises(Differs):
                sink.hold(wrong, NOWHERE)
        assert sink.newest(ORIGIN) == head(40).note


class TestADirectory:
    """A share of another machine."""

    def test_keeps_every_checkpoint(self, tmp_path: Path) -> None:
        """Each in a file of its own that is never written again."""
        sink = CheckpointDirectory(tmp_path)
        for size in (1, 2, 999_999, 1_000_000):
            sink.hold(head(size), NOWHERE)
        assert sink.at(ORIGIN, 2) == head(2).note
        with pytest.raises(NotFound):
            sink.at(ORIGIN, 3)
        assert len(list(tmp_path.rglob("*.checkpoint"))) == 4

    def test_is_missed_when_it_is_not_mounted(self, tmp_path: Path) -> None:
        """Nothing is written beside the mount point."""
        sink = CheckpointDirectory(tmp_path / "not-mounted")
        for work in (lambda: sink.hold(head(1), NOWHERE), lambda: sink.newest(ORIGIN)):
            with pytest.raises(Unavailable, match="mounted"):
                work()
        assert not (tmp_path / "not-mounted").exists()


class _MailHandler(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a mail server needs to take one message."""

    server: MailServer

    def handle(self) -> None:
        """One conversation."""
        self._say("220 mail.example ready")
        while line := self.rfile.readline().decode().strip():
            if line.upper().startswith("AUTH"):
                self.server.accounts.append(base64.b64decode(line.split()[-1]).decode())
            if not self._answered(line.upper()):
                return

    def _answered(self, line: str) -> bool:
        if self.server.refuse and line.startswith("RCPT"):
            self._say("550 no such mailbox")
            return True
        if line == "DATA":
            self._say("354 go on")
            self.server.messages.append(self._content())
        answers = {"EHLO": "250-mail.example\r\n250 AUTH PLAIN", "AUTH": "235 ok", "QUIT": "221 bye"}
        self._say(answers.get(line[:4], "250 ok"))
        return line != "QUIT"

    def _content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail on a port of this machine."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        self.messages: list[bytes] = []
        self.accounts: list[str] = []
        self.refuse = False


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A mail server."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()


class TestAMailbox:
    """The auditor's, once a day."""

    def sink(self, server: MailServer) -> CheckpointMail:
        """The way to it."""
        way = MailWay("127.0.0.1", server.server_address[1], security="none")
        return CheckpointMail(way, "log@notices.nc.example", "auditor@state.example")

    def test_gets_the_checkpoint_as_a_file_with_a_word_about_it(self, mail: MailServer) -> None:
        """The attachment is the signed note to the byte."""
        receipt = self.sink(mail).hold(head(1234), NOWHERE)
        message = email.message_from_bytes(mail.messages[0], policy=email.policy.default)
        (attachment,) = message.iter_attachments()
        assert attachment.get_payload(decode=True) == head(1234).note
        assert "1234 entries" in str(message["Subject"])
        assert message["To"] == "auditor@state.example"
        assert receipt.content.decode() == message["Message-ID"]

    def test_that_does_not_take_it_is_missed(self, mail: MailServer) -> None:
        """Refused, or nobody there."""
        mail.refuse = True
        with pytest.raises(Unavailable, match="did not take"):
            self.sink(mail).hold(head(1), NOWHERE)
        mail.server_close()
        gone = CheckpointMail(MailWay("127.0.0.1", 1, security="none"), "a@example.com", "b@example.com")
        with pytest.raises(Unavailable, match="cannot be reached"):
            gone.hold(head(1), NOWHERE)
        assert gone.newest(ORIGIN) is None

    def test_is_never_reached_in_the_clear(self) -> None:
        """No password and no other machine without encryption; the password is never shown."""
        for arguments in ({"host": "mail.example"}, {"host": "localhost", "account": "log"}):
            with pytest.raises(Invalid):
                MailWay(**arguments, security="none")  # type: ignore[arg-type]  # words only
        with pytest.raises(Invalid):
            MailWay("mail.example", security="maybe")
        assert "secret" not in repr(MailWay("mail.example", account="log", password="secret"))

    def test_is_reached_with_encryption_and_a_password(self, tmp_path: Path) -> None:
        """A server whose certificate is known; one whose is not gets nothing."""
        certificate = self_signed(tmp_path)
        server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server_side.load_cert_chain(tmp_path / "tls.pem", tmp_path / "tls.key")
        with MailServer() as server:
            server.socket = server_side.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            way = MailWay("localhost", server.server_address[1], account="log", password="a-password")
            trusting = CheckpointMail(
                way, "a@example.com", "b@example.com", context=ssl.create_default_context(cafile=str(certificate))
            )
            trusting.hold(head(7), NOWHERE)
            with pytest.raises(Unavailable):
                CheckpointMail(way, "a@example.com", "b@example.com").hold(head(8), NOWHERE)
            server.shutdown()
        assert len(server.messages) == 1
        assert server.accounts == ["\0log\0a-password"]


def self_signed(folder: Path) -> Path:
    """A certificate for localhost."""
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost", "-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.pem"),
    )  # fmt: skip
    return folder / "tls.pem"


def openssl(*arguments: str, **options: bytes) -> bytes:
    """Run openssl."""
    done = subprocess.run([OPENSSL, *arguments], check=True, capture_output=True, **options)  # type: ignore[call-overload]  # input only
    return bytes(done.stdout)


TSA = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamping]
basicConstraints = CA:FALSE
extendedKeyUsage = critical,timeStamping
"""


def authority(folder: Path, name: str) -> Path:
    """An authority's root and signing certificate; answers the root."""
    config = folder / "tsa.cnf"
    config.write_text(TSA.format(folder=folder))
    (folder / "serial").write_text("01\n")
    fresh = ["req", "-newkey", "rsa:2048", "-nodes", "-config", str(config)]
    openssl(
        *fresh, "-x509", "-days", "3", "-subj", f"/CN=Root of {name}", "-extensions", "root",
        "-keyout", str(folder / "root.key"), "-out", str(folder / "root.pem"),
    )  # fmt: skip
    openssl(*fresh, "-subj", f"/CN={name}", "-keyout", str(folder / "tsa.key"), "-out", str(folder / "tsa.csr"))
    openssl(
        "x509", "-req", "-in", str(folder / "tsa.csr"), "-CA", str(folder / "root.pem"),
        "-CAkey", str(folder / "root.key"), "-days", "2", "-set_serial", "7", "-extfile", str(config),
        "-extensions", "stamping", "-out", str(folder / "tsa.pem"),
    )  # fmt: skip
    return folder / "root.pem"


@pytest.fixture(scope="module")
def stamping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, list[Callable[[bytes], bytes]]]]:
    """A time-stamping authority over HTTP around `openssl ts`: its address, its root, and how to bend its answers."""
    folder = tmp_path_factory.mktemp("tsa")
    root = authority(folder, "Time of the State")
    bends: list[Callable[[bytes], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = folder / f"query-{threading.get_ident()}"
            query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            reply = openssl("ts", "-reply", "-config", str(folder / "tsa.cnf"), "-queryfile", str(query))
            for bend in bends:
                reply = bend(reply)
            self.send_response(200 if reply else 500)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", root, bends
        server.shutdown()


Stamping = tuple[str, Path, list[Callable[[bytes], bytes]]]


@pytest.mark.peer(OPENSSL)
class TestATimeStampingAuthority:
    """RFC 3161, against `openssl ts`."""

    @pytest.fixture(autouse=True)
    def straight(self, stamping: Stamping) -> Iterator[None]:
        """An authority that answers straight, unless the test bends it."""
        stamping[2].clear()
        yield
        stamping[2].clear()

    def test_shows_when_a_checkpoint_existed(self, stamping: Stamping, tmp_path: Path) -> None:
        """The token is checked by us, and by openssl."""
        url, root, _ = stamping
        token = TimestampingAuthority(url, root_certificates(root)).hold(head(5), NOWHERE).content
        assert abs((clock.now() - stamped_at(token, head(5).note, root_certificates(root))).total_seconds()) < 3600
        (tmp_path / "token").write_bytes(token)
        (tmp_path / "note").write_bytes(head(5).note)
        files = ["-data", str(tmp_path / "note"), "-in", str(tmp_path / "token"), "-CAfile", str(root)]
        assert b"OK" in openssl("ts", "-verify", *files)

    def test_does_not_hold_for_another_checkpoint(self, stamping: Stamping) -> None:
        """Nor for one letter more."""
        url, root, _ = stamping
        token = TimestampingAuthority(url, root_certificates(root)).hold(head(5), NOWHERE).content
        for note in (head(6).note, head(5).note + b" "):
            with pytest.raises(Differs):
                stamped_at(token, note, root_certificates(root))

    def test_of_a_stranger_is_not_believed(self, stamping: Stamping, tmp_path: Path) -> None:
        """A token must lead to the root we were given."""
        other = root_certificates(authority(tmp_path, "Somebody else"))
        with pytest.raises(Unavailable, match="does not hold"):
            TimestampingAuthority(stamping[0], other).hold(head(5), NOWHERE)

    @pytest.mark.parametrize(
        "bend",
        [
            lambda _reply: b"",
            lambda _reply: b"\x30\x03\x02\x01\x02",
            lambda reply: reply[:-20],
            lambda reply: reply[:-200] + bytes(200),
            lambda _reply: b"x" * 300_000,
        ],
    )
    def test_that_answers_something_else_is_missed(self, bend: Callable[[bytes], bytes], stamping: Stamping) -> None:
        """Nothing, a refusal, a cut or changed token, without end."""
        url, root, bends = stamping
        bends.append(bend)
        with pytest.raises(Unavailable):
            TimestampingAuthority(url, root_certificates(root)).hold(head(5), NOWHERE)

    def test_that_repeats_an_old_answer_is_missed(self, stamping: Stamping) -> None:
        """Each question carries a number of its own."""
        url, root, bends = stamping
        told: list[bytes] = []
        bends.append(lambda reply: told.append(reply) or told[0])  # type: ignore[func-returns-value]  # keeps the first
        sink = TimestampingAuthority(url, root_certificates(root))
        sink.hold(head(5), NOWHERE)
        with pytest.raises(Unavailable, match="does not hold"):
            sink.hold(head(5), NOWHERE)

    def test_needs_a_root_and_an_address(self, tmp_path: Path, stamping: Stamping) -> None:
        """Nothing is believed for lack of something to check it with."""
        with pytest.raises(Invalid):
            TimestampingAuthority("http://127.0.0.1:1/", ())
        with pytest.raises(Invalid):
            TimestampingAuthority("ftp://tsa.example/", root_certificates(stamping[1]))
        (tmp_path / "no.pem").write_text("nothing")
        for path in (tmp_path / "no.pem", tmp_path / "nowhere.pem"):
            with pytest.raises(Invalid):
                root_certificates(path)
        away = TimestampingAuthority("http://127.0.0.1:1/", root_certificates(stamping[1]), timeout_s=1)
        with pytest.raises(Unavailable):
            away.hold(head(1), NOWHERE)
        assert away.newest(ORIGIN) is None
