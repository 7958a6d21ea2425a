"""A program we did not write, in another language, verifies what our sequencer wrote."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from harborline.ledger.note import SigningKey
from harborline.ledger.tiles import bundle, unbundled

from .conftest import ORIGIN, Installation

Record = Callable[[int], list[uuid.UUID]]
GO, LIBRARY = "/usr/bin/go", "/usr/share/gocode/src/golang.org/x/mod/sumdb"
SOURCE = Path(__file__).parents[2] / "peers" / "ledger_go" / "main.go"

pytestmark = [pytest.mark.peer(GO), pytest.mark.peer(LIBRARY)]


@pytest.fixture(scope="session")
def verifylog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built from Debian's packages alone, without the network."""
    folder = tmp_path_factory.mktemp("go")
    env = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
        "GOPROXY": "off",
        "CGO_ENABLED": "0",
    }
    subprocess.run([GO, "build", "-o", folder / "verifylog", SOURCE], check=True, env=env, cwd=folder)
    return folder / "verifylog"


Verify = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def verify(verifylog: Path, installation: Installation, tmp_path: Path) -> Verify:
    """Let it verify this test's log with its published key, or another one."""

    def done(older: bytes | None = None, key: str = "") -> subprocess.CompletedProcess[str]:
        arguments = [str(installation.log_dir), key or installation.directory.read("vkey").decode().strip()]
        if older is not None:
            (tmp_path / "older").write_bytes(older)
            arguments.append(str(tmp_path / "older"))
        return subprocess.run([verifylog, *arguments], check=False, capture_output=True, text=True, env=os.environ)

    return done


@pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
class TestALogOfOurs:
    """Signature, every entry, inclusion of each, consistency with what was promised."""

    def test_is_found_whole_at_every_growth(
        self, installation: Installation, record_some: Record, verify: Verify
    ) -> None:
        """From one entry over the edges of tiles to several levels."""
        older: bytes | None = None
        recorded = 0
        for count in (1, 254, 1, 1, 300, 143):
            recorded += len(record_some(count))
            installation.sequence()
            done = verify(older)
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith(f"{recorded} entries, each in the tree")
            older = installation.directory.read("checkpoint")

    def test_is_found_bent_wherever_it_is_bent(
        self, installation: Installation, record_some: Record, verify: Verify
    ) -> None:
        """One bit in an entry, in a tile, in the checkpoint; two entries changed places; the last one doubled."""
        record_some(300)
        installation.sequence()
        assert verify().returncode == 0
        for path in ("tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/1/000.p/1", "checkpoint"):
            file = installation.log_dir / path
            whole = file.read_bytes()
            file.write_bytes(whole[:25] + bytes([whole[25] ^ 1]) + whole[26:])
            assert verify().returncode == 1, path
            file.write_bytes(whole)
        file = installation.log_dir / "tile" / "entries" / "001.p" / "44"
        found = unbundled(file.read_bytes())
        for bent in ([found[1], found[0], *found[2:]], [*found[:-1], found[-2]], found[:-1], [*found, found[-1]]):
            file.write_bytes(bundle(bent))
            assert verify().returncode == 1
        file.write_bytes(bundle(found))
        assert verify().returncode == 0

    def test_is_not_believed_under_another_key_of_its_name(
        self, installation: Installation, record_some: Record, verify: Verify
    ) -> None:
        """A namesake did not sign it."""
        record_some(3)
        installation.sequence()
        assert verify(key=str(SigningKey.generate(ORIGIN).verifier)).returncode == 1

    def test_is_found_rewritten_beside_a_checkpoint_that_was_kept(
        self,
        installation: Installation,
        record_some: Record,
        as_owner: Callable[[str], None],
        verify: Verify,
    ) -> None:
        """The database's administrator, with the real key, changes entry 17 and rebuilds everything."""
        record_some(300)
        installation.sequence()
        older = installation.directory.read("checkpoint")
        rewrite(installation, as_owner)
        record_some(20)
        assert installation.sequence() is not None
        assert verify().returncode == 0
        assert installation.verify().entries == 320
        done = verify(older)
        assert (done.returncode, "older checkpoint" in done.stderr) == (1, True)


def rewrite(installation: Installation, as_owner: Callable[[str], None]) -> None:
    """Everything somebody with all rights on this machine can do to the past: rows, tree, files, our own memory."""
    as_owner(
        # Another hexadecimal digit, so that the entry keeps its form whatever its random id is.
        "UPDATE ledger_entry SET leaf = set_byte(leaf, 60, CASE get_byte(leaf, 60) WHEN 48 THEN 49 ELSE 48 END)"
        " WHERE number = (SELECT number FROM ledger_leaf WHERE seq = 17)"
    )
    as_owner(
        "INSERT INTO ledger_pending (number, leaf_hash) SELECT e.number, sha256('\\x00'::bytea || e.leaf)"
        " FROM ledger_entry e JOIN ledger_leaf l ON l.number = e.number ORDER BY l.seq"
    )
    as_owner("TRUNCATE ledger_leaf, ledger_storedtile, ledger_head, ledger_signedcheckpoint")
    for path in sorted(installation.log_dir.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    installation.key_file.with_suffix(".signed").unlink()
