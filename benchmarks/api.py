"""The API measured: accept + deliver + receipt, one text a request, beside the goal and the best peer.

    python benchmarks/api.py [--texts 6000] [--clients 32] [--receipts one|plain] [--home DIR]

Everything runs on this machine: a load generator (one keep-alive connection for each client, the next request when the
answer is there), the web server as `harborline serve` has it, a dispatcher, a sequencer, PostgreSQL with fsync, and a
loopback carrier that posts its receipts back to the web server, signed. Consent, suppression, protections, quiet hours,
content guard, sealing and proof log are on. A text counts when its receipt is written into the record.

Prints texts per second from the first request to the last receipt in the record, the times of the answers, CPU
milliseconds per text and their share by process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import notices  # noqa: E402 - benchmarks are scripts, not a package
from town import PROGRAM, Town  # noqa: E402 - as above

GOAL = "goal: at least 600 texts/s on 2 cores, load generator included"
PEER = "peer (public notification service, API, two such cores): 90 to 108 texts/s, about 17 ms CPU a text"
TEMPLATE = "appointment-reminder"
TOKEN = "benchmark"  # noqa: S105 - of a loopback stub
LONGEST_WAIT_S = 120
ACCEPTED, MOST_SHOWN = 202, 3


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=6_000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--receipts", choices=("one", "plain"), default="one", help="delivered; or sent and delivered")
    parser.add_argument("--home", type=Path, help="keep the installation there")
    parser.add_argument("--threads", type=int, help="threads of the web server, in place of those `serve` gives it")
    parser.add_argument("--load", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.load:
        asyncio.run(load(json.loads(asked.load)))
        return
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="harborline-bench-") as scratch, notices.stub() as (carrier, stub_pid):
        home = asked.home or Path(scratch)
        home.mkdir(parents=True, exist_ok=True)
        os.environ |= {
            "HARBORLINE_HOME": str(home),
            "HARBORLINE_PASSWORD": "harbor-light-demo-2026",
            "HARBORLINE_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "HARBORLINE_TWILIO_BASE_URL": carrier,
            "HARBORLINE_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
            "HARBORLINE_TWILIO_AUTH_TOKEN": TOKEN,
        }
        behave(carrier, receipts=asked.receipts, token=TOKEN, receipt_s=0.05)
        measure(asked, port, carrier, stub_pid)


def measure(asked: argparse.Namespace, port: int, carrier: str, stub_pid: int) -> None:
    """Bring people in, serve, load, wait for the last receipt."""
    from harborline.project import democlock, embedded

    texts, clients = asked.texts, asked.clients
    democlock.set_working_hours()
    with embedded.running():
        from harborline.project.start import ready

        ready()
        town = Town(texts + texts % 2)
        notices.settle(town)
        notices.forget_runs()
        key = fresh_key()
        bodies = notices.bench_home() / "bodies.jsonl"
        bodies.write_text("\n".join(written(town, texts)) + "\n")
        with notices.service() as pids, web(port, asked.threads) as web_pid:
            report(run(bodies, key, clients, port, texts, {**pids, "web": web_pid, "stub": stub_pid}), texts)
        told = ask(carrier, "/stats")
        print(f"the carrier took {told['taken']:,.0f}, {told['doubled']:,.0f} of them doubled; "
              f"{told['receipts_refused']:,.0f} receipts refused")  # fmt: skip


def run(  # noqa: PLR0917 - the whole measure
    bodies: Path, key: str, clients: int, port: int, texts: int, pids: dict[str, int]
) -> dict[str, Any]:
    """Load until every text is accepted and its receipt is on record."""
    from harborline.kernel.clock import now

    asked = {"bodies": str(bodies), "key": key, "clients": clients, "port": port}
    began_at, before = now(), notices.cpu_seconds(pids)
    command = [sys.executable, str(Path(__file__).resolve()), "--load", json.dumps(asked)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    answered = json.loads(child.stdout.read())
    _, _, used = os.wait4(child.pid, 0)
    states = wait_for_receipts(texts)
    after = notices.cpu_seconds(pids)
    spent = {name: after[name] - before[name] for name in after}
    wall_s = (last_receipt() - began_at).total_seconds()
    return {**answered, "spent": {**spent, "generator": used.ru_utime + used.ru_stime}, "wall_s": wall_s,
            "states": states}  # fmt: skip


def report(found: dict[str, Any], texts: int) -> None:
    """Print."""
    delivered = found["states"].get("delivered", 0)
    print(f"answers {found['answers']}, texts {found['states']}, load {os.getloadavg()[0]:.2f}")
    print(f"{delivered / found['wall_s']:,.0f} texts/s accepted, delivered and with their receipts in "
          f"{found['wall_s']:.2f} s; {GOAL}")  # fmt: skip
    print(f"accepted alone: {texts / found['accept_s']:,.0f}/s; answers p50 {found['p50_ms']:.1f} ms, "
          f"p95 {found['p95_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms")  # fmt: skip
    parts = found["spent"]
    listed = ", ".join(f"{name} {1000 * spent / texts:.2f}" for name, spent in parts.items())
    print(f"{1000 * sum(parts.values()) / texts:.2f} ms CPU a text ({listed})")
    print(f"on 2 cores that allows {2 * texts / sum(parts.values()):,.0f} texts/s")
    print(PEER)


async def load(asked: dict[str, Any]) -> None:
    """Send every body, one a request, over `clients` connections; prints JSON."""
    head = (
        f"POST /api/v1/messages HTTP/1.1\r\nHost: 127.0.0.1:{asked['port']}\r\nAuthorization: Bearer {asked['key']}\r\n"
        "Content-Type: application/json\r\n"
    ).encode()
    lines = Path(asked["bodies"]).read_bytes().splitlines()  # noqa: ASYNC240 - before the load begins
    answers: dict[int, int] = {}
    waiting, times = iter(lines), []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", asked["port"])
        for body in waiting:
            once = b"Idempotency-Key: %s\r\nContent-Length: %d\r\n\r\n" % (uuid.uuid4().hex.encode(), len(body))
            began = time.perf_counter()
            writer.write(head + once + body)
            status, told = await answer(reader)
            times.append(time.perf_counter() - began)
            answers[status] = answers.get(status, 0) + 1
            if status != ACCEPTED and len(answers) < MOST_SHOWN:
                sys.stderr.write(f"{status} {told.decode()[:500]}\n")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(asked["clients"])))
    accept_s = time.perf_counter() - began
    times.sort()
    p50, p95, p99 = (1000 * times[int(len(times) * share)] for share in (0.5, 0.95, 0.99))
    print(json.dumps({"accept_s": accept_s, "answers": answers, "p50_ms": p50, "p95_ms": p95, "p99_ms": p99}))


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one answer whole; its status and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.lower().find(b"content-length:")
    body = await reader.readexactly(int(head[at + 15 : head.find(b"\r\n", at)]))
    return int(head[9:12]), body


def written(town: Town, texts: int) -> Iterator[str]:
    """One text for everybody, four days ahead."""
    from harborline.kernel.clock import now

    soon = (now() + timedelta(days=4)).strftime("%Y-%m-%d")
    for adult, _ in zip(town, range(texts), strict=False):
        hour, quarter = 9 + adult.place % 7, adult.place // 7 % 4 * 15
        item = {
            "participant": adult.reference, "case": adult.case, "phone": adult.number, "template": TEMPLATE,
            "language": adult.language, "appointment": f"{soon}T{hour:02}:{quarter:02}", "office": adult.office,
        }  # fmt: skip
        yield json.dumps({"messages": [item]})


def fresh_key() -> str:
    """A key of a state's system."""
    from harborline.kernel.clock import now
    from harborline.project import demonstration
    from harborline.walls import ALL_COUNTIES, acting
    from harborline.workforce.facts import Scope, StaffRole
    from harborline.workforce.services import issue_key

    with acting(demonstration.LOADER, program=PROGRAM, counties=ALL_COUNTIES, purpose="benchmark"):
        issued = issue_key(
            name="Load generator", role=StaffRole.STATE_OPERATOR, scopes=tuple(Scope), per_second=10_000,
            expires_at=now() + timedelta(days=1), roles=frozenset({"security-officer"}),
        )  # fmt: skip
    return issued.text


@contextmanager
def web(port: int, threads: int | None) -> Iterator[int]:
    """The web server as `harborline serve` starts it; answers its process number."""
    from harborline.project import serving

    serving.WEB_THREADS = threads or serving.WEB_THREADS
    child = serving.web("127.0.0.1", port)
    try:
        serving.wait_for_web(child, "127.0.0.1", port)
        yield worker_of(child.pid)
    finally:
        child.terminate()
        child.wait(30)


def worker_of(parent: int) -> int:
    """The process that granian lets work, which is its child."""
    children = [pid for pid in notices._pids() if notices._stat(pid)[1] == parent]
    return max(children, key=lambda pid: sum(notices._stat(pid)[11:13]), default=parent)


def wait_for_receipts(texts: int) -> dict[str, int]:  # noqa: ARG001 - the number is in the name of the wait
    """Wait until every text that was queued has its receipt on record; answers texts by state."""
    until = time.monotonic() + LONGEST_WAIT_S
    while True:
        states = texts_by_state()
        open_ones = {"queued", "attempted", "accepted", "sent"} & set(states)
        if (sum(states.values()) and not open_ones) or time.monotonic() > until:
            return states
        time.sleep(0.2)


def texts_by_state() -> dict[str, int]:
    """Texts by state."""
    from harborline.messaging.facts import DispatchState
    from harborline.project.embedded import admin_connection

    with admin_connection("harborline") as admin:
        rows = admin.execute("SELECT state, count(*) FROM messaging_dispatch GROUP BY state").fetchall()
    return {DispatchState(int(str(state))).word: int(str(count)) for state, count in rows}


def last_receipt() -> Any:  # noqa: ANN401 - a datetime
    """When the last receipt came into the record."""
    from harborline.project.embedded import admin_connection

    with admin_connection("harborline") as admin:
        row = admin.execute("SELECT max(changed_at) FROM messaging_dispatch").fetchone()
    assert row is not None
    return row[0]


def behave(address: str, **manners: object) -> None:
    """Tell the carrier how to behave."""
    ask(address, "/behave", json.dumps(manners).encode())


def ask(address: str, path: str, body: bytes | None = None) -> dict[str, float]:
    """One question to the carrier."""
    import urllib.request

    with urllib.request.urlopen(address + path, body, timeout=10) as heard:  # noqa: S310 - our own stub
        found: dict[str, float] = json.load(heard)
    return found


def free_port() -> int:
    """A port nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    main()
