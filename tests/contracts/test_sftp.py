"""Partners' own programs at the gateway: OpenSSH's sftp and scp, PuTTY's psftp, lftp and paramiko."""

from __future__ import annotations

import base64
import hashlib
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import paramiko
import pytest
from django.test import override_settings
from tests.contracts.sftp_site import AGREEMENT, HOST, LOGIN, InDatabase, InMemory, Site, serving

from harborline.ledger.services import forget_origin

IN, OUT = f"/{AGREEMENT}/in", f"/{AGREEMENT}/out"
CONTENT = random.Random(8).randbytes(1_500_000)


@pytest.fixture(params=["memory", "database"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A gateway over either kind of mailboxes."""
    if request.param == "memory":
        with serving(InMemory(), tmp_path) as found:
            yield found
        return
    request.getfixturevalue("committed")
    (tmp_path / "blobs").mkdir()
    with override_settings(BLOB_DIRECTORY=tmp_path / "blobs"), serving(InDatabase(tmp_path), tmp_path) as found:
        yield found
    forget_origin()


def fingerprint(site: Site) -> str:
    """Our Ed25519 host key as PuTTY wants it named."""
    key = asyncssh.import_private_key(site.backing.mailboxes.host_keys()[0])
    digest = hashlib.sha256(key.public_data).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


@pytest.mark.peer("sftp")
class TestOpenSsh:
    """What most partners use."""

    def test_sftp_puts_and_renames(self, site: Site) -> None:
        """A file lands whole, under its final name only."""
        sent = site.file("ARR0001.DAT", CONTENT)
        done = site.sftp(f"cd {IN}", "put ARR0001.DAT ARR0001.DAT.part", "ls -l", "rename ARR0001.DAT.part ARR0001.DAT")
        assert done.returncode == 0, done.stderr
        assert site.backing.landed() == {"ARR0001.DAT": sent}

    def test_sftp_takes_up_an_upload_again(self, site: Site) -> None:
        """`reput` goes on where the line broke."""
        sent = site.file("ARR0002.DAT", CONTENT)
        site.file("half", CONTENT[:700_000])
        assert site.sftp(f"put half {IN}/ARR0002.DAT.part").returncode == 0
        done = site.sftp(f"reput ARR0002.DAT {IN}/ARR0002.DAT.part", f"rename {IN}/ARR0002.DAT.part {IN}/ARR0002.DAT")
        assert done.returncode == 0, done.stderr
        assert site.backing.landed() == {"ARR0002.DAT": sent}

    def test_sftp_fetches(self, site: Site) -> None:
        """And having it whole counts as picked up."""
        site.backing.put_out("ARR0003.DAT", CONTENT)
        done = site.sftp(f"ls -l {OUT}", f"get {OUT}/ARR0003.DAT got")
        assert done.returncode == 0, done.stderr
        assert (site.folder / "got").read_bytes() == CONTENT
        assert site.backing.picked_up() == ["ARR0003.DAT"]

    def test_scp_ends_with_success(self, site: Site) -> None:
        """A script that says `scp … && mv … sent/` must not send for ever."""
        site.file("ARR0004.DAT", CONTENT)
        target = f"{LOGIN}@{HOST}:{IN}/ARR0004.DAT.part"
        done = site.run(["scp", "-q", "-P", str(site.port), *site.options(), "ARR0004.DAT", target])
        assert done.returncode == 0, done.stderr
        site.backing.put_out("ARR0005.DAT", CONTENT)
        source = f"{LOGIN}@{HOST}:{OUT}/ARR0005.DAT"
        done = site.run(["scp", "-q", "-P", str(site.port), *site.options(), source, "got"])
        assert (done.returncode, (site.folder / "got").read_bytes()) == (0, CONTENT)

    def test_scp_counts_once_it_is_proved(self, site: Site) -> None:
        """It ends each upload with the size that it wrote; again with other bytes it begins anew."""
        target = f"{LOGIN}@{HOST}:{IN}/ARR0008.DAT.part"
        for content in (CONTENT, CONTENT[:1000]):
            sent = site.file("ARR0008.DAT", content)
            done = site.run(["scp", "-q", "-P", str(site.port), *site.options(), "ARR0008.DAT", target])
            assert done.returncode == 0, done.stderr
        assert site.sftp(f"rename {IN}/ARR0008.DAT.part {IN}/ARR0008.DAT").returncode == 0
        assert site.backing.landed() == {"ARR0008.DAT": sent}

    @pytest.mark.parametrize("blocks", [["-B", "10000"], ["-B", "1000", "-R", "1"], ["-B", "19999"]])
    def test_sftp_that_is_stopped_proves_nothing_whatever_its_blocks(self, site: Site, blocks: list[str]) -> None:
        """By Ctrl-C, while it holds itself back; it goes on with the rename."""
        site.file("ARR0009.DAT", CONTENT[:20_000])
        (site.folder / "batch").write_text(f"put ARR0009.DAT {IN}/x.part\nrename {IN}/x.part {IN}/ARR0009.DAT\n")
        client = subprocess.Popen(
            ["sftp", *blocks, "-l", "8", "-P", str(site.port), *site.options(), "-b", "batch", f"{LOGIN}@{HOST}"],
            cwd=site.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        time.sleep(3)
        client.send_signal(signal.SIGINT)
        assert client.wait(60) != 0
        assert site.backing.landed() == {}

    def test_the_old_scp_is_told_what_to_do(self, site: Site) -> None:
        """It is another protocol with a history of its own; the remedy is one word."""
        site.file("ARR0006.DAT", CONTENT)
        target = f"{LOGIN}@{HOST}:{IN}/ARR0006.DAT.part"
        done = site.run(["scp", "-O", "-q", "-P", str(site.port), *site.options(), "ARR0006.DAT", target])
        assert done.returncode == 1
        assert "without -O" in done.stderr
        assert site.backing.landed() == {}

    def test_what_landed_stays(self, site: Site) -> None:
        """The same name again with other bytes, removing it, reading it back: none of it."""
        sent = site.file("ARR0007.DAT", CONTENT)
        site.sftp(f"put ARR0007.DAT {IN}/x.part", f"rename {IN}/x.part {IN}/ARR0007.DAT")
        site.file("other", b"other bytes")
        for line in (f"rm {IN}/ARR0007.DAT", f"get {IN}/ARR0007.DAT got", f"symlink {IN}/ARR0007.DAT {IN}/b"):
            assert site.sftp(line).returncode == 1
        site.sftp(f"put other {IN}/y.part", f"rename {IN}/y.part {IN}/ARR0007.DAT")
        assert site.backing.landed()["ARR0007.DAT"] == sent


@pytest.mark.peer("psftp")
def test_psftp_puts_renames_and_fetches(site: Site) -> None:
    """PuTTY's client, in a batch as a mainframe's neighbour runs it."""
    sent = site.file("ARR0011.DAT", CONTENT)
    site.backing.put_out("ARR0012.DAT", CONTENT)
    (site.folder / "id.ppk").unlink(missing_ok=True)
    subprocess.run(["puttygen", str(site.key), "-o", "id.ppk"], check=True, cwd=site.folder)
    (site.folder / "batch").write_text(
        f"put ARR0011.DAT {IN}/ARR0011.DAT.part\nmv {IN}/ARR0011.DAT.part {IN}/ARR0011.DAT\n"
        f"ls {IN}\nget {OUT}/ARR0012.DAT got\n"
    )
    done = site.run(
        ["psftp", "-P", str(site.port), "-i", "id.ppk", "-hostkey", fingerprint(site), "-batch", "-b", "batch",
         f"{LOGIN}@{HOST}"]
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert site.backing.landed() == {"ARR0011.DAT": sent}
    assert (site.folder / "got").read_bytes() == CONTENT


@pytest.mark.peer("lftp")
def test_lftp_puts_renames_and_fetches(site: Site) -> None:
    """Lftp sends many requests before it waits for answers."""
    sent = site.file("ARR0021.DAT", CONTENT)
    site.backing.put_out("ARR0022.DAT", CONTENT)
    connect = " ".join(["ssh", "-a", "-x", *site.options()])
    script = (
        f"set sftp:connect-program '{connect}'; set net:max-retries 1; open -u {LOGIN}, sftp://{HOST}:{site.port};"
        f" put ARR0021.DAT -o {IN}/ARR0021.DAT.part; mv {IN}/ARR0021.DAT.part {IN}/ARR0021.DAT; ls {IN};"
        f" get {OUT}/ARR0022.DAT -o got"
    )
    done = site.run(["lftp", "--norc", "-c", script])
    assert done.returncode == 0, done.stderr
    assert site.backing.landed() == {"ARR0021.DAT": sent}
    assert (site.folder / "got").read_bytes() == CONTENT


@pytest.fixture
def paramiko_client(site: Site) -> Iterator[paramiko.SFTPClient]:
    """A session of a Python program."""
    transport = paramiko.Transport((HOST, site.port))
    transport.connect(username=LOGIN, pkey=paramiko.Ed25519Key.from_private_key_file(str(site.key)))
    client = paramiko.SFTPClient.from_transport(transport)
    assert client is not None
    yield client
    transport.close()


class TestParamiko:
    """What programs written by partners use."""

    def test_puts_renames_lists_and_fetches(self, site: Site, paramiko_client: paramiko.SFTPClient) -> None:
        """Its `put` asks for the size afterwards and compares."""
        sent = site.file("ARR0031.DAT", CONTENT)
        site.backing.put_out("ARR0032.DAT", CONTENT)
        paramiko_client.put(str(site.folder / "ARR0031.DAT"), f"{IN}/ARR0031.DAT.part")
        paramiko_client.posix_rename(f"{IN}/ARR0031.DAT.part", f"{IN}/ARR0031.DAT")
        assert paramiko_client.listdir(IN) == ["ARR0031.DAT"]
        paramiko_client.get(f"{OUT}/ARR0032.DAT", str(site.folder / "got"))
        assert (site.folder / "got").read_bytes() == CONTENT
        assert site.backing.landed() == {"ARR0031.DAT": sent}

    def test_appends_where_it_stopped(self, site: Site, paramiko_client: paramiko.SFTPClient) -> None:
        """Mode `a` goes on behind what is held."""
        with paramiko_client.open(f"{IN}/ARR0033.DAT.part", "w") as file:
            file.write(CONTENT[:100_000])
        with paramiko_client.open(f"{IN}/ARR0033.DAT.part", "a") as file:
            file.write(CONTENT[100_000:])
        paramiko_client.rename(f"{IN}/ARR0033.DAT.part", f"{IN}/ARR0033.DAT")
        assert site.backing.landed() == {"ARR0033.DAT": (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())}

    def test_hears_why_something_is_refused(self, paramiko_client: paramiko.SFTPClient) -> None:
        """A folder, a link, another agreement."""
        with pytest.raises(PermissionError):
            paramiko_client.mkdir(f"{IN}/folder")
        with pytest.raises(OSError, match="no links here"):
            paramiko_client.symlink("/etc/passwd", f"{IN}/x.part")
        with pytest.raises(FileNotFoundError):
            paramiko_client.listdir("/wages/in")
        with pytest.raises(PermissionError):
            paramiko_client.open(f"{OUT}/ARR0034.DAT", "w")
