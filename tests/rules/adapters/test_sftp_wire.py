"""The bytes between asyncssh and a socket: the same as without us, in fewer pieces."""

from __future__ import annotations

import asyncio
import inspect

import asyncssh
from hypothesis import given
from hypothesis import strategies as st

from harborline.adapters.sftp_server.wire import Inbox, together, without_copies

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
        assert "self._send(" in inspect.getsource(asyncssh.SSHServerConnection.send_packet)


_KEY = asyncssh.generate_private_key("ssh-ed25519")
