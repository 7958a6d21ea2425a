"""A partner's own SFTP server: OpenSSH's, started for one test, with a folder that files are pushed into."""

from __future__ import annotations

import getpass
import hashlib
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import asyncssh

from harborline.exchange.facts import OutboundFile

HOST = "127.0.0.1"
SSHD = "/usr/sbin/sshd"


@dataclass
class PartnerServer:
    """Where it listens, its host key, the folder, and the key that is let in."""

    port: int
    folder: Path
    host_key: str
    key: bytes

    def file(
        self, name: str, content: bytes, *, port: int | None = None, host_keys: Sequence[str] | None = None
    ) -> OutboundFile:
        """A file for this partner."""
        address = {
            "host": HOST, "port": port or self.port, "login": getpass.getuser(), "folder": str(self.folder),
            "host_keys": tuple(host_keys or [self.host_key]),
        }  # fmt: skip
        return OutboundFile(
            uuid.uuid5(uuid.NAMESPACE_OID, name), "nc-css", "arrears", "wake", name, len(content),
            hashlib.sha256(content).hexdigest(), address, date(2099, 1, 1),
        )  # fmt: skip

    def names(self) -> list[str]:
        """What lies in the folder."""
        return sorted(one.name for one in self.folder.iterdir())


def key_pair(path: Path) -> str:
    """A fresh key in a file; its public line."""
    made = asyncssh.generate_private_key("ssh-ed25519")
    made.write_private_key(path)
    path.chmod(0o600)
    return made.export_public_key().decode().strip()


@contextmanager
def partner_server(folder: Path) -> Iterator[PartnerServer]:
    """OpenSSH's server inside the block."""
    Path("/run/sshd").mkdir(exist_ok=True)
    (folder / "inbox").mkdir()
    host_line, our_line = key_pair(folder / "host"), key_pair(folder / "ours")
    (folder / "authorized").write_text(our_line + "\n")
    with socket.create_server((HOST, 0)) as free:
        port = int(free.getsockname()[1])
    (folder / "sshd_config").write_text(
        f"ListenAddress {HOST}\nPort {port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        "StrictModes no\nUsePAM no\nPidFile none\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
        "Subsystem sftp internal-sftp\nLogLevel QUIET\n"
    )
    running = subprocess.Popen([SSHD, "-D", "-f", str(folder / "sshd_config")], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield PartnerServer(port, folder / "inbox", host_line, (folder / "ours").read_bytes())
    finally:
        running.terminate()
        running.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            with socket.create_connection((HOST, port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError
