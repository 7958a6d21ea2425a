"""The bytes between asyncssh and a socket: the same as without us, in fewer pieces."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import asyncssh
import pytest
from asyncssh.constants import MSG_CHANNEL_DATA, MSG_IGNORE
from asyncssh.encryption import GCMEncryption, get_encryption
from hypothesis import given
from hypothesis import strategies as st

from harborline.adapters.sftp_server.algorithms import CIPHERS
from harborline.adapters.sftp_server.gcm import KeptGcm, keep_ciphers
from harborline.adapters.sftp_server.wire import TURN_BYTES, Inbox, together, without_copies, without_fillers

_STEPS = st.lists(st.one_of(st.binary(max_size=40), st.integers(0, 50)), max_size=30)


class TestAnInbox:
    """What asyncssh cuts its packets off."""

    @given(_STEPS)
    def test_reads_as_a_string_does(self, steps: list[bytes | int]) -> None:
        """Whatever comes in and is cut off, in any order."""
        plain, inbox = b"", Inbox()
        for step in steps:
            if isinstance(step, bytes):
                plain += step
                inbox += step
            else:
                assert inbox[:step] == plain[:step]
                assert inbox[step : step + 7] == plain[step : step + 7]
                assert inbox.find(b"\n", 0, step) == plain.find(b"\n", 0, step)
                plain = plain[step:]
                cut = inbox[step:]
                assert cut is inbox
            assert len(inbox) == len(plain)
            assert bool(inbox) == bool(plain)


class _Wire:
    """A connection that remembers what it handed to its socket."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def _send(self, content: bytes) -> None:
        self.sent.append(content)

    def say(self, *packets: bytes) -> None:
        """Send packets, each by itself."""
        for one in packets:
            self._send(one)


class TestPacketsTogether:
    """What a reply is made of."""

    def test_go_out_at_once_and_in_their_order(self) -> None:
        """And what is sent later goes by itself again."""
        wire = _Wire()
        together(wire, lambda: wire.say(b"ignored", b"reply"))
        wire.say(b"later")
        assert wire.sent == [b"ignoredreply", b"later"]


class TestACipherThatIsKept:
    """AES-GCM for all packets of a connection."""

    @pytest.mark.parametrize("name", ["aes128-gcm", "aes256-gcm"])
    def test_says_what_the_transport_itself_says(self, name: str) -> None:
        """Packet after packet, over the border of the counter, and a changed one is no packet."""
        key, iv = bytes(range(16 if "128" in name else 32)), b"\x01\x02\x03\x04" + b"\xff" * 8
        ours, theirs = KeptGcm.new(name, key, iv), GCMEncryption.new(name, key, iv)
        back = KeptGcm.new(name, key, iv)
        for size in (16, 32, 40_000):
            packet, header = bytes(size), size.to_bytes(4, "big")
            sealed = b"".join(theirs.encrypt_packet(0, header, packet))
            assert b"".join(ours.encrypt_packet(0, header, packet)) == sealed
            assert back.decrypt_packet(0, sealed[:16], sealed[16:-16], 4, sealed[-16:]) == packet
        assert back.decrypt_packet(0, bytes(16), bytes(16), 4, bytes(16)) is None

    def test_takes_the_place_of_the_transports_own(self) -> None:
        """By the door that it has for algorithms."""
        keep_ciphers()
        assert isinstance(get_encryption(b"aes256-gcm@openssh.com", bytes(32), bytes(12)), KeptGcm)


class TestEmptyPackets:
    """What the transport sends before each reply against an attack on ciphers nobody is offered."""

    def test_are_not_sent(self) -> None:
        """Everything else is."""
        sent: list[int] = []

        class _Said:
            def send_packet(self, kind: int, *parts: bytes, handler: object = None) -> None:
                del parts, handler
                sent.append(kind)

        said: Any = _Said()
        without_fillers(said)
        said.send_packet(MSG_IGNORE, b"")
        said.send_packet(MSG_CHANNEL_DATA, b"reply")
        assert sent == [MSG_CHANNEL_DATA]
        assert not any("cbc" in name for name in CIPHERS)


class TestWhatWeReachFor:
    """The attributes of asyncssh that it does not promise."""

    def test_is_still_there(self) -> None:
        """A version without them would be slower, and nobody would hear of it."""

        async def made() -> object:
            connection = asyncssh.SSHServerConnection(
                asyncio.get_running_loop(), asyncssh.SSHServerConnectionOptions(server_host_keys=[_KEY])
            )
            without_copies(connection)
            return connection._inpbuf

        assert isinstance(asyncio.run(made()), Inbox)
        assert "self.send_packet(MSG_IGNORE" in inspect.getsource(asyncssh.SSHServerConnection.send_packet)
        assert vars(asyncio.selector_events)["_SelectorTransport"].max_size > TURN_BYTES
        assert "self._send(" in inspect.getsource(asyncssh.SSHServerConnection.send_packet)


_KEY = asyncssh.generate_private_key("ssh-ed25519")
