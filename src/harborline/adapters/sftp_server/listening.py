"""Listens for partners: the SSH transport with our lists of algorithms and nothing of it but sessions."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from functools import partial

import asyncssh

from harborline.adapters.sftp_server import algorithms
from harborline.adapters.sftp_server.door import Door, House

LOGIN_S = 30
SERVER_VERSION = "Harborline"


def host_keys(pems: Sequence[bytes]) -> list[asyncssh.SSHKeyPair]:
    """Our host keys, each offered with the algorithms of ours only."""
    allowed = [name.encode() for name in algorithms.HOST_KEYS]
    pairs = asyncssh.load_keypairs([asyncssh.import_private_key(pem) for pem in pems])
    for pair in pairs:
        pair.host_key_algorithms = [name for name in allowed if name in pair.host_key_algorithms]
    return [pair for pair in pairs if pair.host_key_algorithms]


def shared_socket(host: str, port: int) -> socket.socket:
    """A socket several processes may listen on together; the system deals connections out among them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind((host, port))
    return bound


async def listen(house: House, bound: socket.socket) -> asyncssh.SSHAcceptor:
    """Take connections on a bound socket until closed."""
    return await asyncssh.listen(
        sock=bound,
        server_factory=partial(Door, house),
        server_host_keys=host_keys(house.mailboxes.host_keys()),
        server_version=SERVER_VERSION,
        config=None,
        kex_algs=list(algorithms.KEY_EXCHANGES),
        encryption_algs=list(algorithms.CIPHERS),
        mac_algs=list(algorithms.MACS),
        signature_algs=list(algorithms.SIGNATURES),
        compression_algs=list(algorithms.COMPRESSIONS),
        password_auth=False,
        kbdint_auth=False,
        host_based_auth=False,
        gss_host=None,
        gss_kex=False,
        gss_auth=False,
        allow_pty=False,
        line_editor=False,
        x11_forwarding=False,
        agent_forwarding=False,
        allow_scp=False,
        rdns_lookup=False,
        login_timeout=LOGIN_S,
        keepalive_interval=15,
        keepalive_count_max=3,
        rekey_bytes="1G",
        rekey_seconds="1h",
    )
