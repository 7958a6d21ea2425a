"""A connection to a partner's server: to the pinned key or not at all, with no settings of this machine read."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import asyncssh

from harborline.adapters.sftp_server import algorithms
from harborline.kernel import Invalid

CONNECT_S: Final = 15
LOGIN_S: Final = 30


class HostKeyChanged(Exception):  # noqa: N818 - it is what happened
    """The server showed a key that is not pinned: nothing was sent, and a person must look."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pins:
    """The host keys of a partner, as public key lines or as fingerprints (`SHA256:…`); two during a change."""

    keys: frozenset[bytes]
    fingerprints: frozenset[str]
    kinds: tuple[str, ...]

    @classmethod
    def read(cls, lines: Sequence[str]) -> Pins:
        """From an agreement; raises `Invalid` for a line that is neither, and for none at all."""
        keys, fingerprints, kinds = set[bytes](), set[str](), set[str]()
        for line in map(str.strip, lines):
            if line.startswith("SHA256:"):
                fingerprints.add(line.rstrip("="))
                continue
            try:
                key = asyncssh.import_public_key(line)
            except (asyncssh.KeyImportError, ValueError):
                raise Invalid("is no public key line and no SHA256: fingerprint", "host_keys") from None
            keys.add(key.public_data)
            kinds |= {name.decode() for name in key.sig_algorithms}
        if not keys and not fingerprints:
            raise Invalid("names at least one key of the partner's server", "host_keys")
        spoken = tuple(name for name in algorithms.HOST_KEYS if fingerprints or name in kinds)
        return cls(frozenset(keys), frozenset(fingerprints), spoken)

    def holds(self, key: asyncssh.SSHKey) -> bool:
        """Whether a server's key is one of them."""
        printed = "SHA256:" + b64encode(hashlib.sha256(key.public_data).digest()).decode().rstrip("=")
        return key.public_data in self.keys or printed in self.fingerprints


class _Watch(asyncssh.SSHClient):
    def __init__(self, pins: Pins) -> None:
        self._pins = pins
        self.changed = False

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        del host, addr, port
        self.changed = not self._pins.holds(key)
        return not self.changed


class Patience:
    """Ends a line on which no answer comes for `stall_s` seconds, or that is not done after `turn_s`.

    Keepalives are no answers: a server may send them for ever. The line is aborted, so that whatever waits on it, and
    the closing of what was open, ends too.
    """

    def __init__(self, stall_s: float, turn_s: float) -> None:
        self._stall_s, self._turn_s = stall_s, turn_s
        self._connection: asyncssh.SSHClientConnection | None = None
        self._waiting: asyncio.TimerHandle | None = None
        self.ended = False

    def begin(self, connection: asyncssh.SSHClientConnection) -> None:
        """From now on."""
        self._connection = connection
        asyncio.get_running_loop().call_later(self._turn_s, self._end)
        self._wait()

    async def answer(self, asked: Awaitable[T]) -> T:
        """What the server answers; with it the wait begins anew. A lost line is no answer: raises `OSError`."""
        try:
            found = await asked
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
            raise ConnectionResetError from None
        self._wait()
        return found

    def _wait(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = asyncio.get_running_loop().call_later(self._stall_s, self._end)

    def _end(self) -> None:
        self.ended = True
        assert self._connection is not None
        self._connection.abort()


@asynccontextmanager
async def connected(address: Mapping[str, Any], key: bytes, patience: Patience) -> AsyncIterator[asyncssh.SFTPClient]:
    """An SFTP session at a partner's address with our private key (OpenSSH PEM), for as long as `patience` lasts.

    Raises `HostKeyChanged`, or what asyncssh and the network raise.
    """
    pins = Pins.read(address["host_keys"])
    watch = _Watch(pins)
    try:
        connection = await asyncio.wait_for(_connection(address, key, pins, watch), CONNECT_S + LOGIN_S)
    except asyncssh.HostKeyNotVerifiable:
        raise HostKeyChanged from None
    patience.begin(connection)
    try:
        # Nothing is waited for at the end: a server that stands still would keep everybody waiting.
        yield await asyncio.wait_for(connection.start_sftp_client(), LOGIN_S)
    finally:
        connection.abort()


async def _connection(
    address: Mapping[str, Any], key: bytes, pins: Pins, watch: _Watch
) -> asyncssh.SSHClientConnection:
    return await asyncssh.connect(
        address["host"],
        int(address["port"]),
        username=address["login"],
        client_factory=lambda: watch,
        client_keys=[asyncssh.import_private_key(key)],
        known_hosts=([], [], []),
        server_host_key_algs=list(pins.kinds),
        config=None,
        agent_path=None,
        kex_algs=list(algorithms.KEY_EXCHANGES),
        encryption_algs=list(algorithms.CIPHERS),
        mac_algs=list(algorithms.MACS),
        signature_algs=list(algorithms.SIGNATURES),
        compression_algs=list(algorithms.COMPRESSIONS),
        preferred_auth=["publickey"],
        password_auth=False,
        kbdint_auth=False,
        host_based_auth=False,
        gss_host=None,
        connect_timeout=CONNECT_S,
        login_timeout=LOGIN_S,
        keepalive_interval=30,
        keepalive_count_max=4,
        x509_trusted_certs=None,
    )
