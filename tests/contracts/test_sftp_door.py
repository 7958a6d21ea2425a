"""The gateway's door: which algorithms, which keys, how many, and what a stranger can learn."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncssh
import paramiko
import pytest
from tests.contracts.sftp_site import AGREEMENT, HOST, LOGIN, InMemory, Site, make_key, serving

from harborline.adapters.sftp_server import algorithms, doorstep
from harborline.adapters.sftp_server.doorstep import Doorstep, Places
from harborline.exchange.facts import Limits

NEVER = {
    "KexAlgorithms": ["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1", "diffie-hellman-group-exchange-sha1",
                      "diffie-hellman-group14-sha256", "diffie-hellman-group-exchange-sha256"],
    "Ciphers": ["aes128-cbc", "3des-cbc", "aes256-cbc", "chacha20-poly1305@openssh.com", "aes128-ctr"],
    "MACs": ["hmac-sha1", "hmac-md5", "umac-64-etm@openssh.com", "hmac-sha2-256", "hmac-sha1-etm@openssh.com"],
    "HostKeyAlgorithms": ["ssh-rsa", "ecdsa-sha2-nistp521"],
}  # fmt: skip
REFUSED = [(option, name) for option, names in NEVER.items() for name in names]


@pytest.fixture
def backing() -> InMemory:
    """Mailboxes in memory that take two sessions of a partner."""
    return InMemory(Limits(sessions=2, open_files=64, file_bytes=1 << 30, day_bytes=1 << 30))


@pytest.fixture
def site(backing: InMemory, tmp_path: Path) -> Iterator[Site]:
    """A gateway with them."""
    with serving(backing, tmp_path) as found:
        yield found


def offered(site: Site) -> list[list[str]]:
    """The ten lists of the server's first message (RFC 4253, section 7.1)."""
    with socket.create_connection((HOST, site.port), timeout=20) as wire:
        wire.sendall(b"SSH-2.0-test\r\n")
        stream = wire.makefile("rb")
        assert stream.readline() == b"SSH-2.0-Harborline\r\n"
        length, padding = struct.unpack(">IB", stream.read(5))
        packet = stream.read(length - 1)[: length - 1 - padding]
    lists, at = [], 17
    for _ in range(10):
        size = int.from_bytes(packet[at : at + 4], "big")
        lists.append([name for name in packet[at + 4 : at + 4 + size].decode().split(",") if name])
        at += 4 + size
    return lists


class TestTheHandshake:
    """Nothing weak is offered, and nothing weak is taken."""

    def test_offers_exactly_our_lists(self, site: Site) -> None:
        """And the strict key exchange that closes the prefix attack."""
        lists = offered(site)
        marks = {"kex-strict-s-v00@openssh.com", "ext-info-s"}
        assert [name for name in lists[0] if name not in marks] == list(algorithms.KEY_EXCHANGES)
        assert "kex-strict-s-v00@openssh.com" in lists[0]
        assert set(lists[1]) == {"ssh-ed25519", "ecdsa-sha2-nistp256"}
        assert lists[2:8] == [
            *[list(algorithms.CIPHERS)] * 2, *[list(algorithms.MACS)] * 2, *[list(algorithms.COMPRESSIONS)] * 2
        ]  # fmt: skip

    @pytest.mark.peer("sftp")
    @pytest.mark.parametrize(("option", "name"), REFUSED)
    def test_refuses_each_weak_algorithm_offered_alone(self, site: Site, option: str, name: str) -> None:
        """With the client most partners have."""
        cipher = ["-o", "Ciphers=aes256-ctr"] if option == "MACs" else []
        command = ["sftp", "-P", str(site.port), "-o", f"{option}={name}", "-o", "LogLevel=INFO", *cipher]
        command += site.options()
        done = site.run([*command, "-b", "-", f"{LOGIN}@{HOST}"], "pwd\n")
        assert done.returncode == 255
        # What this client itself no longer knows it refuses by name.
        assert "no matching" in done.stderr or "Bad" in done.stderr, done.stderr

    def test_ends_with_anything_unexpected_before_the_keys(self, site: Site) -> None:
        """An ignored message in the plain part of the handshake is how prefixes were cut off."""
        with socket.create_connection((HOST, site.port), timeout=20) as wire:
            wire.sendall(b"SSH-2.0-test\r\n")
            lists = [["curve25519-sha256", "kex-strict-c-v00@openssh.com"], ["ssh-ed25519"],
                     *[["aes256-gcm@openssh.com"]] * 2, *[["hmac-sha2-256-etm@openssh.com"]] * 2,
                     *[["none"]] * 2, [], []]  # fmt: skip
            names = b"".join(struct.pack(">I", len(text := ",".join(each).encode())) + text for each in lists)
            wire.sendall(_plain(b"\x14" + bytes(16) + names + bytes(5)) + _plain(b"\x02" + struct.pack(">I", 0)))
            received = b""
            while more := wire.recv(4096):
                received += more
        assert b"trict key exchange violation" in received


def _plain(payload: bytes) -> bytes:
    padding = 8 - (len(payload) + 5) % 8 + 8
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


@pytest.mark.peer("sftp")
class TestWhoComesIn:
    """A key on file, proved by a signature; nothing else."""

    def test_a_wrong_key_and_an_unknown_login_hear_the_same(self, site: Site, backing: InMemory) -> None:
        """And every attempt is known to us."""
        other = make_key(site.folder / "other")
        wrong = site.sftp("pwd", key=other)
        unknown = site.sftp("pwd", key=other, login="nobody-here")
        assert wrong.returncode == unknown.returncode == 255
        assert "Permission denied (publickey)" in wrong.stderr
        assert wrong.stderr.replace(LOGIN, "") == unknown.stderr.replace("nobody-here", "")
        assert [entered for _, entered in backing.kept.attempts] == [False, False]

    def test_a_refusal_takes_its_time_whatever_was_wrong(self, site: Site) -> None:
        """Neither is answered before the time that all refusals take."""
        other = asyncssh.generate_private_key("ssh-ed25519")
        for login in (LOGIN, "nobody-here"):
            began_s = time.perf_counter()
            with pytest.raises(asyncssh.PermissionDenied):
                asyncio.run(_connect(site, login, other))
            assert site.house is not None
            assert time.perf_counter() - began_s >= site.house.refusal_s

    def test_a_stranger_cannot_ask_whether_a_key_is_on_file(self, site: Site, backing: InMemory) -> None:
        """Public keys are public: asking with one of them, without signing, tells nothing and looks nothing up."""
        for key in (site.key, make_key(site.folder / "other")):
            with socket.create_connection((HOST, site.port), timeout=20) as wire:
                transport = paramiko.Transport(wire)
                transport.start_client(timeout=20)
                handler = _Probe(transport, Path(f"{key}.pub"))
                assert handler.answer() == "sign with it"
                transport.close()
        assert backing.kept.attempts == []

    def test_nobody_comes_in_with_a_password_or_with_nothing(self, site: Site) -> None:
        """Keys only."""
        transport = paramiko.Transport((HOST, site.port))
        transport.start_client(timeout=20)
        with pytest.raises(paramiko.BadAuthenticationType) as caught:
            transport.auth_password(LOGIN, "guess")
        assert caught.value.allowed_types == ["publickey"]
        transport.close()
        transport = paramiko.Transport((HOST, site.port))
        transport.start_client(timeout=20)
        with pytest.raises(paramiko.BadAuthenticationType):
            transport.auth_none(LOGIN)
        transport.close()

    def test_a_signature_with_sha1_is_no_signature(self, site: Site, backing: InMemory) -> None:
        """An RSA key on file, and a client that signs the way of 2005."""
        rsa = make_key(site.folder / "rsa", "rsa")
        backing.let_in(rsa)
        assert site.sftp("pwd", key=rsa).returncode == 0
        old = ["-o", "PubkeyAcceptedAlgorithms=ssh-rsa", "-o", "HostKeyAlgorithms=ssh-ed25519"]
        done = site.run(["sftp", "-P", str(site.port), *old, *site.options(rsa), "-b", "-", f"{LOGIN}@{HOST}"])
        assert done.returncode == 255

    def test_tries_are_counted(self, site: Site) -> None:
        """After a handful the line is cut."""
        transport = paramiko.Transport((HOST, site.port))
        transport.start_client(timeout=20)
        ended: list[Exception] = []
        for _ in range(20):
            try:
                transport.auth_password(LOGIN, "guess")
            except paramiko.BadAuthenticationType:
                continue
            except (paramiko.SSHException, EOFError) as error:
                ended.append(error)
                break
        transport.close()
        assert ended


class _Probe:
    # Asks about a public key without signing, as RFC 4252, section 7, allows.
    def __init__(self, transport: paramiko.Transport, public: Path) -> None:
        self._transport = transport
        self._key = asyncssh.read_public_key(public).public_data
        self._said = ""
        self._table = {60: self._ok, 51: self._refused, 6: self._accepted}

    def _ok(self, *_: object) -> None:
        self._said = "sign with it"

    def _refused(self, *_: object) -> None:
        self._said = "refused"

    def _accepted(self, *_: object) -> None:
        message = paramiko.Message()
        message.add_byte(bytes([50]))
        for field in (LOGIN, "ssh-connection", "publickey"):
            message.add_string(field)
        message.add_boolean(False)  # noqa: FBT003 - paramiko's signature
        message.add_string("ssh-ed25519")
        message.add_string(self._key)
        self._transport._send_message(message)

    def answer(self) -> str:
        """What the server says."""
        handlers = {kind: lambda _, *rest, act=act: act(*rest) for kind, act in self._table.items()}
        self._transport._handler_table = {**self._transport._handler_table, **handlers}
        ask = paramiko.Message()
        ask.add_byte(bytes([5]))
        ask.add_string("ssh-userauth")
        self._transport._send_message(ask)
        until = time.monotonic() + 20
        while not self._said and time.monotonic() < until:
            time.sleep(0.02)
        return self._said


async def _connect(site: Site, login: str, key: asyncssh.SSHKey) -> asyncssh.SSHClientConnection:
    return await asyncssh.connect(
        HOST, site.port, username=login, client_keys=[key], known_hosts=str(site.folder / "known_hosts"), config=None,
        agent_path=None,
    )  # fmt: skip


async def _asked(site: Site, kind: str) -> str:
    async with await _connect(site, LOGIN, asyncssh.read_private_key(site.key)) as connection:
        try:
            match kind:
                case "shell":
                    await connection.create_process()
                case "exec":
                    await connection.create_process("id")
                case "subsystem":
                    await connection.create_process(subsystem="netconf")
                case "terminal":
                    await connection.create_process(subsystem="sftp", term_type="xterm", request_pty="force")
                case "forward":
                    await connection.open_connection("127.0.0.1", 1)
                case "socket":
                    await connection.open_unix_connection("/tmp/any")  # noqa: S108 - never opened
                case _:
                    await connection.forward_remote_port("", 0, "127.0.0.1", 1)
        except (asyncssh.ChannelOpenError, asyncssh.ChannelListenError) as error:
            return type(error).__name__
    return "given"


class TestWhatNobodyGets:
    """SFTP is all there is."""

    @pytest.mark.parametrize("kind", ["shell", "exec", "subsystem", "terminal", "forward", "socket", "listen"])
    def test_it_is_refused(self, site: Site, kind: str) -> None:
        """No shell, no command, no forwarding in either direction."""
        assert asyncio.run(_asked(site, kind)) in {"ChannelOpenError", "ChannelListenError"}


class TestHowMany:
    """A partner, a stranger, an idler."""

    def test_sessions_of_a_partner_are_counted(self, site: Site) -> None:
        """The third of two hears why; when one ends, the next comes in."""

        async def act() -> str:
            key = asyncssh.read_private_key(site.key)
            connections = [await _connect(site, LOGIN, key) for _ in range(3)]
            for connection in connections[:2]:
                await connection.start_sftp_client()
            with pytest.raises(asyncssh.ChannelOpenError) as caught:
                await connections[2].start_sftp_client()
            connections[0].close()
            await connections[0].wait_closed()
            for _ in range(100):
                try:
                    await connections[2].start_sftp_client()
                except asyncssh.ChannelOpenError:
                    await asyncio.sleep(0.05)
                else:
                    break
            else:
                pytest.fail("the place was not given back")
            for connection in connections:
                connection.close()
            return str(caught.value)

        assert "too many sessions" in asyncio.run(act())

    def test_silent_connections_are_capped(self, site: Site) -> None:
        """A flood of them leaves the server standing, and those who prove a key come in again afterwards."""
        silent = [socket.create_connection((HOST, site.port), timeout=20) for _ in range(60)]
        closed = sum(_is_closed(each) for each in silent)
        assert closed >= 40
        for each in silent:
            each.close()
        time.sleep(0.5)
        assert site.sftp("pwd").returncode == 0

    def test_an_idle_session_ends(self, tmp_path: Path) -> None:
        """And what it had open stays unfinished."""

        async def act(site: Site) -> None:
            connection = await _connect(site, LOGIN, asyncssh.read_private_key(site.key))
            client = await connection.start_sftp_client()
            file = await client.open(f"/{AGREEMENT}/in/a.part", "wb")
            await file.write(b"abc")
            await asyncio.wait_for(connection.wait_closed(), 20)

        backing = InMemory()
        with serving(backing, tmp_path, idle_s=1.0) as site:
            asyncio.run(act(site))
        assert not backing.kept._names[f"/{AGREEMENT}/in/a.part"].closed

    def test_places_are_shared_between_processes_and_freed_by_the_system(self, tmp_path: Path) -> None:
        """Two gateways of one machine count together."""
        one, two, owner = Places(tmp_path), Places(tmp_path), uuid4()
        first, second = one.take(owner, 2), two.take(owner, 2)
        assert first is not None
        assert second is not None
        assert one.take(owner, 2) is None
        two.give_back(second)
        third = one.take(owner, 2)
        assert third is not None
        one.give_back(first)
        one.give_back(third)

    def test_a_partner_who_connects_for_every_file_is_never_kept_waiting(
        self, site: Site, backing: InMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Asking which ways in there are is no failure, and what a proved key followed is forgiven."""
        monkeypatch.setattr(doorstep, "_PENALTY", 2.5)
        other = make_key(tmp_path / "other")
        for _ in range(4):
            assert site.sftp("pwd").returncode == 0
            assert site.run(["sftp", "-P", str(site.port), "-i", str(other), *site.options(), "-b", "-",
                             f"{LOGIN}@{HOST}"], "pwd\n").returncode == 0  # fmt: skip
        assert site.sftp("pwd", key=other).returncode != 0
        assert site.sftp("pwd", key=other).returncode != 0
        assert site.sftp("pwd", key=other).returncode != 0
        assert site.sftp("pwd").returncode != 0  # the address waits now, whoever comes from it

    def test_an_address_that_fails_too_often_waits(self) -> None:
        """And is forgiven with time; its neighbours never notice."""
        step = Doorstep()
        for _ in range(60):
            step.failed("192.0.2.1", 0.0)
        assert not step.enter("192.0.2.1", 1.0)
        assert step.enter("192.0.2.2", 1.0)
        assert step.enter("192.0.2.1", 400.0)


def _is_closed(wire: socket.socket) -> bool:
    wire.settimeout(2)
    try:
        while more := wire.recv(4096):
            if b"SSH-2.0" in more:
                return False
    except ConnectionError:
        return True
    return True
