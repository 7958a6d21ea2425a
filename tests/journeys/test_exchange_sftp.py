"""A county and the office: real SFTP through `harborline gateway`, and the operator's command line beside it."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.rules.exchange.offset import case, whole

from harborline.exchange.receipts import Receipt, read_receipt
from harborline.ledger.note import Note

pytestmark = [pytest.mark.peer("sftp"), pytest.mark.peer("ssh-keygen"), pytest.mark.timeout(600)]
HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
COMMAND = (sys.executable, "-m", "harborline.project.command")
TERMS = """
holds = "Cases with arrears"
purpose = "The state submits them for the county"
direction = "both"
naming = "ARR{seq:4}.DAT"
layout = "fop-case-submission-245"
expires_date = 2027-06-30
size_bytes = 1000000

[expects]
rhythm = "weekly"
day = 4
due = 18:00:00
"""


class Answer(NamedTuple):
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


class MailRoom:
    """One installation: its command line, its gateway, and a county's machine that knows it."""

    def __init__(self, home: Path, county: Path) -> None:
        self.home, self.county, self.port = home, county, 0
        self.first = self.second = self.password = ""

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the test session's own home."""
        return {
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": f"{CHECKOUT / 'src'}:{CHECKOUT}",
            "HARBORLINE_HOME": str(self.home), "HARBORLINE_PASSWORD": self.password,
        }  # fmt: skip

    def start(self, stack: ExitStack) -> None:
        """The database with somebody who works in it, and the gateway."""
        self._worker = subprocess.Popen(
            [sys.executable, str(HERE / "mailroom.py")], env=self.environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        stack.callback(self._close)
        self.first, self.second, self.password = self.ask("settle")

    def open_gateway(self, stack: ExitStack) -> None:
        """`harborline gateway` on a free port; the county keeps our host keys, as `exchange keys` tells them."""
        gateway = subprocess.Popen(
            [*COMMAND, "gateway", "--port", "0", "--workers", "1"], env=self.environment, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        stack.callback(_ended, gateway)
        assert gateway.stdout is not None
        line = gateway.stdout.readline()
        self.port = int("".join(sign for sign in line.rsplit(":", 1)[-1].split()[0] if sign.isdigit()))
        self._reached()
        keys = json.loads(self.run("exchange", "keys", "--json").stdout)
        known = "".join(f"[127.0.0.1]:{self.port} {one['key']}\n" for one in keys["host_keys"])
        (self.county / "known_hosts").write_text(known)
        self.receipts_key = keys["receipts"]

    def _reached(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                    assert connection.recv(4) == b"SSH-"
                    return
            except OSError:
                assert time.monotonic() < until, "the gateway does not answer"
                time.sleep(0.2)

    def ask(self, *act: object) -> Any:  # noqa: ANN401 - JSON
        """Let the worker in the mail room do something."""
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        self._worker.stdin.write(json.dumps(act) + "\n")
        self._worker.stdin.flush()
        return json.loads(self._worker.stdout.readline())

    def _close(self) -> None:
        self._worker.communicate(timeout=60)
        place = self.home / "keys" / "database.json"
        if place.exists():
            shutil.rmtree(Path(json.loads(place.read_text())["socket"]).with_name("data"), ignore_errors=True)

    def run(self, *arguments: str) -> Answer:
        """A command, whatever becomes of it."""
        done = Answer(*self.ask("command", str(self.county), *arguments))
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def exchange(self, *arguments: str, second: bool = False, code: int = 0) -> str:
        """`harborline exchange …` as one of the two operators; answers what it printed."""
        who = self.second if second else self.first
        done = self.run("exchange", *arguments, "--program", "nc-css", "--as", who)
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def shown(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON
        """What a command tells a machine."""
        return json.loads(self.exchange(*arguments, "--json"))

    def sftp(self, *lines: str) -> subprocess.CompletedProcess[str]:
        """The county's own sftp, a batch of lines."""
        command = [
            "sftp", "-F", "none", "-P", str(self.port), "-i", str(self.county / "key"), "-o", "IdentitiesOnly=yes",
            "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "LogLevel=ERROR",
            "-o", f"UserKnownHostsFile={self.county}/known_hosts", "-b", "-", "wake@127.0.0.1",
        ]  # fmt: skip
        batch = "\n".join(lines) + "\n"
        return subprocess.run(
            command, input=batch, capture_output=True, text=True, timeout=120, cwd=self.county, check=False
        )

    def deliver(self, name: str, content: bytes) -> subprocess.CompletedProcess[str]:
        """As a careful sender does it: a temporary name, then the final one."""
        (self.county / name).write_bytes(content)
        return self.sftp(f"put {name} /arrears/in/{name}.part", f"rename /arrears/in/{name}.part /arrears/in/{name}")

    def receipts(self) -> list[Receipt]:
        """Every receipt the county can fetch, each checked with `exchange verify`; oldest first."""
        folder = self.county / "receipts"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        done = self.sftp(f"lcd {folder}", "get /arrears/receipts/*")
        assert done.returncode == 0, done.stderr
        notes = [path.read_bytes() for path in folder.iterdir()]
        return sorted((read_receipt(Note.parse(note).text) for note in notes), key=lambda one: one.at)


def _ended(gateway: subprocess.Popen[str]) -> None:
    gateway.terminate()
    gateway.communicate(timeout=60)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailRoom]:
    """An agreement that two people put in force at the command line, and a gateway."""
    made = MailRoom(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("county"))
    with ExitStack() as stack:
        made.start(stack)
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(made.county / "key")], check=True, timeout=60
        )
        (made.county / "terms.toml").write_text(TERMS)
        agree(made)
        made.ask("sign")
        made.open_gateway(stack)
        (made.county / "out").mkdir()
        (made.county / "out" / "ARR0101.DAT").write_bytes(cases(700))
        made.exchange("send", "arrears", "out/ARR0101.DAT")
        yield made


def agree(room: MailRoom) -> None:
    """Partner, agreement and key: written down by one operator, put in force by the other."""
    room.exchange("add-partner", "wake", "--name", "Wake County", "--kind", "county", "--contact", "919-555-0100")
    room.exchange("draft", "wake", "arrears", "terms.toml", "--title", "Arrears every week")
    assert "needs-a-second-person" in room.exchange("activate", "arrears", code=1)
    room.exchange("activate", "arrears", second=True)
    room.exchange("add-key", "wake", "wake", "key.pub")
    listed = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(room.county / "key.pub")], check=True, capture_output=True, text=True, timeout=60
    )
    digest = listed.stdout.split()[1]
    wrong = ("--read-back", "SHA256:another", "--how", "by telephone")
    room.exchange("confirm-key", "wake", digest, *wrong, second=True, code=1)
    room.exchange("confirm-key", "wake", "wake", "--read-back", digest, "--how", "by telephone", second=True)


def cases(first: int, how_many: int = 3) -> bytes:
    """A whole file of so many cases."""
    return whole([case(case_id=f"IV{first + place:010d}") for place in range(how_many)])


class TestACountysWeek:
    """Seven steps of one story, in their order."""

    def test_ends_with_every_file_where_it_belongs(self, room: MailRoom) -> None:
        """Each step asserts what both ends see."""
        self.lands_once(room)
        self.answers_a_duplicate(room)
        self.sets_a_conflict_aside(room)
        self.holds_what_is_early(room)
        self.takes_the_resend(room)
        self.waits_for_proof(room)
        self.goes_out(room)

    def lands_once(self, room: MailRoom) -> None:
        """Landed on the rename, checked with its counts, posted; each word is a signed receipt the county verifies."""
        content = cases(1)
        assert room.deliver("ARR0001.DAT", content).returncode == 0
        room.ask("work")
        told = room.shown("delivery", "ARR0001.DAT")
        assert (told["state"], told["counts"]["records"]) == ("validated", 4)
        room.exchange("take-over", "ARR0001.DAT", "--because", "posted in the case system")
        found = room.receipts()
        assert [one.kind.value for one in found] == ["landed", "validated", "processed"]
        assert {one.files[0][2] for one in found} == {hashlib.sha256(content).hexdigest()}
        paths = sorted((room.county / "receipts").iterdir())
        for path in paths:
            said = room.run("exchange", "verify", str(path), "--key", room.receipts_key, "--file", "ARR0001.DAT")
            assert (said.returncode, "the signature holds" in said.stdout) == (0, True), said.stderr
        paths[0].write_bytes(paths[0].read_bytes().replace(b"positive", b"negative"))
        said = room.run("exchange", "verify", str(paths[0]), "--key", room.receipts_key)
        assert (said.returncode, "does not hold" in said.stderr) == (1, True)

    def answers_a_duplicate(self, room: MailRoom) -> None:
        """The sender's script does not fail, nothing happens twice."""
        before = room.receipts()
        assert room.deliver("ARR0001.DAT", cases(1)).returncode == 0
        room.ask("work")
        assert room.receipts() == before
        assert len(room.shown("deliveries")["deliveries"]) == 2

    def sets_a_conflict_aside(self, room: MailRoom) -> None:
        """The sender is told; it cannot take the place of one that is posted; rejected, its sender hears so."""
        assert room.deliver("ARR0001.DAT", cases(900)).returncode != 0
        [aside] = room.shown("deliveries", "--state", "quarantined")["deliveries"]
        assert "conflict" in {one["kind"] for one in room.shown("status")["alarms"]}
        room.exchange("release", "ARR0001.DAT", "--because", "which one?", code=2)
        room.exchange("release", aside["delivery"], "--because", "looked at it", code=1)
        room.exchange("reject", aside["delivery"], "--because", "sent by mistake")
        assert room.receipts()[-1].verdict == "negative"

    def holds_what_is_early(self, room: MailRoom) -> None:
        """Number three waits for number two; with it both go on, in their order."""
        assert room.deliver("ARR0003.DAT", cases(300)).returncode == 0
        room.ask("work")
        assert room.shown("delivery", "ARR0003.DAT")["state"] == "held"
        assert "sequence-gap" in {one["kind"] for one in room.shown("status")["alarms"]}
        assert room.exchange("status", "--check", code=1)
        assert room.deliver("ARR0002.DAT", cases(200)).returncode == 0
        room.ask("work")
        states = {one["file"]: one["state"] for one in room.shown("deliveries", "--state", "validated")["deliveries"]}
        assert states == {"ARR0002.DAT": "validated", "ARR0003.DAT": "validated"}
        assert "sequence-gap" not in {one["kind"] for one in room.shown("status")["alarms"]}

    def takes_the_resend(self, room: MailRoom) -> None:
        """Nothing of the first is posted; the second supersedes it under the same name and number."""
        good = cases(400, how_many=5)
        assert room.deliver("ARR0004.DAT", good[: 2 * 246] + good[3 * 246 :]).returncode == 0
        room.ask("work")
        told = room.shown("delivery", "ARR0004.DAT")
        assert told["state"] == "rejected"
        refused = room.receipts()[-1]
        assert (refused.verdict, refused.resend) == ("negative", True)
        assert room.deliver("ARR0004.DAT", good).returncode == 0
        room.ask("work")
        states = [one["state"] for one in room.shown("deliveries", "--agreement", "arrears")["deliveries"]
                  if one["file"] == "ARR0004.DAT"]  # fmt: skip
        assert states == ["validated", "superseded"]

    def waits_for_proof(self, room: MailRoom) -> None:
        """It never lands by itself; after fifteen minutes it alarms with the remedy; a checksum file proves it."""
        (room.county / "ARR0005.DAT").write_bytes(cases(500))
        assert room.sftp("put ARR0005.DAT /arrears/in/ARR0005.DAT").returncode == 0
        room.ask("work")
        assert [one["file"] for one in room.shown("status")["waiting_for_proof"]] == ["ARR0005.DAT"]
        assert room.ask("work", 16)[1] == 1
        assert "checksum file" in room.exchange("status")
        digest = hashlib.sha256(cases(500)).hexdigest()
        (room.county / "ARR0005.DAT.sha256").write_text(f"{digest}  ARR0005.DAT\n")
        assert room.sftp("put ARR0005.DAT.sha256 /arrears/in/ARR0005.DAT.sha256").returncode == 0
        room.ask("work")
        assert room.shown("delivery", "ARR0005.DAT")["state"] == "validated"

    def goes_out(self, room: MailRoom) -> None:
        """Made ready at the command line, fetched by the county, on record as picked up."""
        assert room.sftp("get /arrears/out/ARR0101.DAT fetched").returncode == 0
        assert (room.county / "fetched").read_bytes() == cases(700)
        until = time.monotonic() + 20
        while room.shown("delivery", "ARR0101.DAT")["state"] != "sent" and time.monotonic() < until:
            time.sleep(0.5)
        assert room.shown("delivery", "ARR0101.DAT")["state"] == "sent"


class TestTheOperatorsCommands:
    """What is asked wrongly is answered with the place and the remedy, never with a traceback."""

    def test_print_the_policy(self, room: MailRoom) -> None:
        """As text, and as a tagged PDF."""
        text = room.exchange("policy", "--out", "-")
        assert "Wake County: Arrears every week" in text
        assert "Plain FTP is not used" in text
        room.exchange("policy", "--out", "policy.pdf")
        assert (room.county / "policy.pdf").read_bytes().startswith(b"%PDF-")

    def test_show_what_is_expected_and_what_went(self, room: MailRoom) -> None:
        """Every Friday; and the flows by partner."""
        days = room.shown("expected", "--ahead", "21")["expected"]
        assert len(days) >= 2
        assert room.shown("statistics", "--days", "7")["flows"]

    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (("delivery", "NOTHING.DAT"), 1, "there is no delivery 'NOTHING.DAT'"),
            (("agreements", "arears"), 1, "there are: arrears"),
            (("partners", "wak"), 1, "there are: wake"),
            (("deliveries", "--state", "lost"), 2, "is no state; there are: acknowledged"),
            (("release", "ARR0101.DAT", "--because", "x"), 1, "nothing-set-aside"),
            (("replay",), 2, "--all"),
            (("replay", "ARR0101.DAT"), 1, "no step of this delivery failed"),
            (("settle", "7", "--because", "x"), 2, "is the id of an alarm"),
            (("send", "arrears", "missing.dat"), 2, "missing.dat"),
            (("draft", "wake", "arrears", "key"), 2, "is no TOML"),
            (("add-partner", "x", "--name", "X", "--kind", "city", "--contact", "1"), 2, "is one of county"),
            (("policy", "--out", "policy.doc"), 2, "ends with .pdf or .txt"),
            (("receipts", "ARR0101.DAT"), 1, "no receipt yet"),
        ],
    )
    def test_name_the_mistake(self, room: MailRoom, arguments: tuple[str, ...], code: int, said: str) -> None:
        """Not found and refused are 1, unusable input is 2."""
        assert said in " ".join(room.exchange(*arguments, code=code).replace("│", " ").split())

    def test_are_closed_to_those_whose_work_it_is_not(self, room: MailRoom) -> None:
        """A case manager sees no flows."""
        done = room.run("exchange", "status", "--program", "nc-css", "--as", "cora@nc-css.example")
        assert (done.returncode, done.stdout) == (1, "")
