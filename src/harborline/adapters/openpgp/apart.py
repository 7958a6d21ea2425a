"""The process apart that touches messages: run by path, with nothing of the product imported.

Arguments: numbers of open descriptors: the job (JSON in memory), what comes in, what goes out. One line of JSON on
standard output is the verdict: `{"signer": fingerprint or null}`, of an opened message with `signed` (moments, seconds
since 1970) and `ends` (of the certificate, null: never; 0: revoked), or `{"why": code}`. No other text leaves.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import TYPE_CHECKING, Any

import pysequoia

if TYPE_CHECKING:
    from harborline.adapters.openpgp.unwrapping import Wrong, unwrapped
else:  # by path, apart from the product
    sys.path.insert(0, os.path.dirname(__file__))  # noqa: PTH120 - what is imported before a message is few
    from unwrapping import Wrong, unwrapped

_MEMORY = 1 << 30
_MOST_SIGNATURES = 100


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
    filtered, told, unwrapper = _unwrapping(source, sink, secret)
    failed = ""
    try:
        opened = pysequoia.decrypt_file(
            input=f"/dev/fd/{filtered}", output=f"/dev/fd/{sink}", decryptor=own.decryptor(), store=known
        )
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a message, one word of ours says it
        failed = _why(str(error), signed=bool(asked))
    os.close(filtered)
    with os.fdopen(told, "rb") as file:
        signed = [int(one) for one in file.read().split()]
    if os.waitstatus_to_exitcode(os.waitpid(unwrapper, 0)[1]) != 0:
        return {"why": "message-changed"}
    if failed:
        return {"why": failed}
    mine = {str(one.fingerprint): one for one in certificates}
    signers = [mine[str(one.certificate)] for one in opened.valid_sigs if str(one.certificate) in mine]
    if not signers:
        return {"why": "unknown-signer" if asked else "unsigned"}
    if not signed:
        # Sequoia could open it and we could not: nobody knows when it was signed.
        return {"why": "message-changed"}
    return {"signer": str(signers[0].fingerprint), "signed": signed, "ends": _ends(signers[0])}


def _ends(certificate: Any) -> float | None:  # noqa: ANN401 - the library has no types
    if certificate.is_revoked:
        return 0
    return None if certificate.expiration is None else certificate.expiration.timestamp()


def _unwrapping(source: int, sink: int, secret: bytes) -> tuple[int, int, int]:
    # In a process of its own: the library holds the interpreter while it reads, so no thread could feed it. Either
    # process keeps only its ends, so that each notices when the other is gone.
    (out, into), (told, telling) = os.pipe(), os.pipe()
    child = os.fork()
    if child:
        for one in (into, telling, source):
            os.close(one)
        return out, told, child
    for one in (out, told, sink, sys.stdout.fileno()):
        os.close(one)
    status, signed = 1, list[int]()
    try:
        with os.fdopen(source, "rb") as message, os.fdopen(into, "wb") as filtered:
            for piece in unwrapped(message, secret, signed):
                filtered.write(piece)
        os.write(telling, " ".join(map(str, signed[:_MOST_SIGNATURES])).encode())
        status = 0 if len(signed) <= _MOST_SIGNATURES else 1
    except Wrong:
        pass
    except BrokenPipeError:
        status = 0  # the library has seen enough, and says why
    finally:
        os._exit(status)


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
