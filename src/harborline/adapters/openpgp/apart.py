"""The process apart that touches messages: run by path, with nothing of the product imported.

Arguments: numbers of open descriptors: the job (JSON in memory), what comes in, what goes out. One line of JSON on
standard output is the verdict: `{"signer": fingerprint or null}` or `{"why": code}`. No other text leaves.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pysequoia

if TYPE_CHECKING:
    from harborline.adapters.openpgp.unwrapping import Wrong, unwrapped
else:  # by path, apart from the product
    sys.path.insert(0, os.path.dirname(__file__))  # noqa: PTH120 - what is imported before a message is few
    from unwrapping import Wrong, unwrapped

_MEMORY = 1 << 30
_LOOKED_AT = 1 << 24
_MUCH_LEFT = 2


def _confine(cpu_s: int) -> None:
    # Pipes are all it may write: no file, no core dump, no memory or time without end.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))


def _certificates(listed: list[str]) -> list[Any]:
    return [pysequoia.Cert.from_bytes(bytes.fromhex(one)) for one in listed]


def _open(job: dict[str, Any], source: int, sink: int) -> dict[str, Any]:
    certificates = _certificates(job["certificates"])
    asked: list[str] = []

    def known(key_ids: list[str]) -> list[Any]:
        asked.extend(key_ids)
        return certificates

    secret = bytes.fromhex(job["own"])
    own = pysequoia.Tsk.from_bytes(secret)
    filtered, unwrapper = _unwrapping(source, sink, secret)
    failed = ""
    try:
        opened = pysequoia.decrypt_file(
            input=f"/dev/fd/{filtered}", output=f"/dev/fd/{sink}", decryptor=own.decryptor(), store=known
        )
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a message, one word of ours says it
        failed = _why(str(error), signed=bool(asked))
    os.close(filtered)
    ended = os.waitstatus_to_exitcode(os.waitpid(unwrapper, 0)[1])
    if failed and ended in (0, _MUCH_LEFT):
        return {"why": failed}
    if ended != 0:
        return {"why": "message-changed"}
    known_ones = {str(one.fingerprint): one for one in certificates}
    signers = [str(one.certificate) for one in opened.valid_sigs if str(one.certificate) in known_ones]
    if not signers:
        return {"why": "unknown-signer" if asked else "unsigned"}
    # The library asks whether a key was good when it signed; it must be good when the message comes, too.
    at = datetime.fromtimestamp(job["at_s"], UTC)
    good = [one for one in signers if not _over(known_ones[one], at)]
    return {"signer": good[0]} if good else {"why": "signer-expired"}


def _over(certificate: Any, at: datetime) -> bool:  # noqa: ANN401 - the library's
    return certificate.is_revoked or (certificate.expiration is not None and certificate.expiration <= at)


def _unwrapping(source: int, sink: int, secret: bytes) -> tuple[int, int]:
    # In a process of its own: the library holds the interpreter while it reads, so no thread could feed it. Either
    # process keeps only its ends, so that each notices when the other is gone.
    out, into = os.pipe()
    child = os.fork()
    if child:
        os.close(into)
        os.close(source)
        return out, child
    for one in (out, sink, sys.stdout.fileno()):
        os.close(one)
    status = 1
    try:
        with os.fdopen(source, "rb") as message:
            status = _passed_on(unwrapped(message, secret), into)
    except Wrong:
        pass
    finally:
        os._exit(status)


def _passed_on(pieces: Iterator[bytes], into: int) -> int:
    # When the library has seen enough, what follows is still looked at: it takes one message and is silent about more.
    left, open_ = _LOOKED_AT, True
    for piece in pieces:
        rest = memoryview(piece)
        try:
            while open_ and rest:
                rest = rest[os.write(into, rest) :]
        except BrokenPipeError:
            open_ = False
        left -= 0 if open_ else len(piece)
        if left < 0:
            return _MUCH_LEFT
    os.close(into)
    return 0


def _why(text: str, *, signed: bool) -> str:
    # The library tells its failures apart by words only; what is not known is taken for a changed message.
    if text.startswith("No key to decrypt"):
        return "not-for-us"
    if text.startswith("Unexpected message structure"):
        return "compressed"
    if text.startswith("Signature verification failed"):
        return "unknown-signer" if signed else "unsigned"
    return "message-changed"


def _close(job: dict[str, Any], source: int, sink: int) -> dict[str, Any]:
    own = pysequoia.Tsk.from_bytes(bytes.fromhex(job["own"]))
    try:
        recipients = _certificates(job["certificates"])
        pysequoia.encrypt_file(
            input=f"/dev/fd/{source}", output=f"/dev/fd/{sink}", recipients=recipients, signer=own.signer(), armor=False
        )
    except Exception:  # noqa: BLE001 - as above
        return {"why": "partner-key-unusable"}
    return {"signer": None}


def _main() -> None:
    job_at, source, sink = (int(one) for one in sys.argv[1:4])
    with os.fdopen(job_at, "rb") as file:
        job = json.load(file)
    _confine(int(job["cpu_s"]))
    act = _open if job["way"] == "open" else _close
    sys.stdout.write(json.dumps(act(job, source, sink)) + "\n")


if __name__ == "__main__":
    _main()
