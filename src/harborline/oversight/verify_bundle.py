"""Check an export: `python3 verify.py [FOLDER or FILE.zip] [--vkey LINE or FILE] [--checkpoint FILE]`.

Needs Python 3.9 or later and the package `cryptography`, nothing else: no network, no database, nothing of the
product that made the export. It checks, in this order:
 1. Every file is the one the manifest names (SHA-256), and the agency's log recorded this manifest for this export.
 2. Every checkpoint is signed (Ed25519, C2SP signed-note) by the log's key. Use --vkey with a key line you got from the
    agency by another way; the one in the export only shows that the export agrees with itself.
 3. Every entry stands in the log under its checkpoint (RFC 6962 inclusion, C2SP tlog-proof).
 4. Every opened field is the one the entry committed to when it was recorded.
 5. Every step of every text, every view, every consent and every word that the export calls proven is what was opened.
    What has no proof of its own is counted: it is what the agency packed, and rests on the manifest alone.
Exit codes: 0 everything holds; 1 something does not, named; 2 the export or the key cannot be used.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # pragma: no cover - told to whoever runs it
    sys.exit("verify.py needs the package cryptography: python3 -m pip install cryptography")

FORMAT = "harborline/export/v2"
MANIFEST = "manifest.json"
_EXPORT, _EXPORT_PROOF = "evidence/export.json", "evidence/export.tlog-proof"
_PROOF = "c2sp.org/tlog-proof@v1"
_DASH = "\N{EM DASH} "
_HASH_BYTES, _KEY_BYTES, _CHECKPOINT_LINES = 32, 33, 4
_SHOWN_AS = {
    "notice.planned": "planned",
    "message.set-aside": "set-aside",
    "message.attempted": "attempted",
    "message.settled": "settled",
    "inbound.taken": "received",
}
_CONSENT_AS = {
    "kind": "kind", "platform": "platform", "given": "given_at", "until": "expires_at", "statement": "statement_sha256",
}  # fmt: skip
_AGAIN = "message.again-queued"
_HEADER = re.compile(rb'\{"content":"([0-9a-f]{64})","id":"([0-9a-f-]{36})","subject":"([0-9a-f]{64})","v":1\}')


Event = tuple[dict[str, Any], dict[str, Any]]


class Differs(Exception):  # noqa: N818 - named for what it says
    """Something is not what it claims."""


class Unusable(Exception):  # noqa: N818 - as above
    """Something cannot be read at all."""


class Files:
    """The files of an export, from a folder or a zip file."""

    def __init__(self, place: Path) -> None:
        """Open the folder or zip file."""
        self.root = place if place.is_dir() else None
        try:
            self.zip = None if self.root else zipfile.ZipFile(place)
        except (OSError, ValueError, zipfile.BadZipFile):
            raise Unusable(f"{place} is neither a folder nor a zip file") from None
        if self.zip is not None:
            check_nothing_else(self.zip, place)

    def names(self) -> list[str]:
        """Every file."""
        if self.zip is not None:
            return sorted(self.zip.namelist())
        assert self.root is not None
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file())

    def read(self, name: str) -> bytes:
        """One file's bytes."""
        try:
            if self.zip is not None:
                return self.zip.read(name)
            assert self.root is not None
            return (self.root / name).read_bytes()
        except (KeyError, FileNotFoundError):
            raise Unusable(f"{name} is missing") from None
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
            raise Unusable(f"{name} is damaged: ask for the export again") from None

    def lines(self, name: str) -> list[dict[str, Any]]:
        """A file of JSON lines."""
        return [json.loads(line) for line in self.read(name).split(b"\n") if line]


def check_nothing_else(packed: zipfile.ZipFile, place: Path) -> None:
    """Every byte of the zip file belongs to one of its files: other programs would find no other ones in it."""
    files = sorted(packed.infolist(), key=lambda one: one.header_offset)
    listed = sum(46 + len(name_of(one)) + len(one.extra) + len(one.comment) for one in files)
    with place.open("rb") as raw:
        at = 0
        for one in files:
            raw.seek(one.header_offset)
            head = raw.read(30)
            length = int.from_bytes(head[26:28], "little")
            again = {0, 12, 16, 20, 24} if one.flag_bits & 8 else {0}
            if one.header_offset - at not in again or raw.read(length) != name_of(one):
                raise Differs("the zip file holds more than the files it lists")
            at = one.header_offset + 30 + length + int.from_bytes(head[28:30], "little") + one.compress_size
        end = raw.seek(0, 2)
    if not 0 <= packed.start_dir - at <= 24 or end - packed.start_dir - listed not in {22, 98}:  # noqa: PLR2004 - ZIP's
        raise Differs("the zip file holds more than the files it lists")


def name_of(one: zipfile.ZipInfo) -> bytes:
    """The name of a file in the zip, as it stands there."""
    return one.orig_filename.encode("utf-8" if one.flag_bits & 0x800 else "cp437")


def canonical(value: object) -> bytes:
    """RFC 8785 for strings, whole numbers, booleans, arrays and objects."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.new(key, message, hashlib.sha256).digest()


def node(left: bytes, right: bytes) -> bytes:
    """RFC 6962 inner hash."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """The root that a path leads to (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or any(len(one) != _HASH_BYTES for one in [leaf, *path]):
        raise Differs("an inclusion proof of a wrong shape")
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Differs("an inclusion proof that is too long")
        if place & 1 or place == last:
            found = node(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise Differs("an inclusion proof that is too short")
    return found


class Keys:
    """Verifier keys by name and id."""

    def __init__(self, lines: list[str]) -> None:
        """Read key lines."""
        self.known: dict[tuple[str, bytes], Ed25519PublicKey] = {}
        for line in lines:
            name, _, rest = line.strip().partition("+")
            digits, _, value = rest.partition("+")
            try:
                raw = base64.b64decode(value, validate=True)
                claimed = bytes.fromhex(digits)
            except ValueError:
                raise Unusable("a verifier key line looks like name+eight digits+base64") from None
            own = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
            if len(raw) != _KEY_BYTES or raw[:1] != b"\x01" or own != claimed:
                raise Unusable("not an Ed25519 verifier key line")
            self.known[name, claimed] = Ed25519PublicKey.from_public_bytes(raw[1:])

    def checkpoint(self, note: str) -> tuple[str, int, bytes]:
        """Origin, size and root of a signed checkpoint."""
        text, blank, lines = note.rpartition("\n\n")
        body = text + "\n"
        parts = body.split("\n")
        if not blank or len(parts) < _CHECKPOINT_LINES:
            raise Differs("not a signed checkpoint")
        for line in lines.rstrip("\n").split("\n"):
            name, _, value = line[len(_DASH) :].partition(" ")
            raw = base64.b64decode(value)
            key = self.known.get((name, raw[:4]))
            if key is None or name != parts[0] or not line.startswith(_DASH):
                continue
            try:
                key.verify(raw[4:], body.encode())
            except InvalidSignature:
                raise Differs("a checkpoint whose signature is wrong") from None
            return parts[0], int(parts[1]), base64.b64decode(parts[2])
        raise Differs("a checkpoint that the given key did not sign")


class Verification:
    """One run over one export."""

    def __init__(self, files: Files, keys: Keys, known: bytes | None) -> None:
        """Remember what to check, and the checkpoint from elsewhere if there is one."""
        self.files, self.keys = files, keys
        self.known = keys.checkpoint(known.decode()) if known is not None else None
        self.opened: dict[str, dict[str, Any]] = {}
        self.roots: dict[str, tuple[str, int, bytes]] = {}
        self.proven = self.unproven = 0

    def run(self) -> str:
        """Check everything; answers what was found true in words."""
        manifest = json.loads(self.files.read("manifest.json"))
        if manifest.get("format") != FORMAT:
            raise Unusable(f"not an export of the format {FORMAT}")
        self.check_files(manifest)
        self.check_manifest(manifest)
        for row in self.files.lines("evidence/entries.jsonl"):
            self.check_entry(row, self.files.read(f"evidence/proofs/{row['entry']}.tlog-proof"))
        items = self.files.lines("evidence/items.jsonl")
        by_number = {item["n"]: item for item in items}
        texts = self.files.lines("texts.jsonl")
        keys = {text["text"]: bytes.fromhex(text["key"]) for text in texts}
        rows = self.files.lines("not-sent.jsonl")
        keys.update({row["row"]: bytes.fromhex(row["key"]) for row in rows})
        for item in items:
            self.check_item(item, keys.get(item["about"], b""))
        for text in texts:
            self.check_text(text, by_number)
        for row in rows:
            self.check_row(row, by_number)
        for consent in self.files.lines("consents.jsonl"):
            self.check_consent(consent, by_number)
        self.check_events(self.files.lines("views.jsonl"), by_number, "")
        sizes = sorted({size for _, size, _ in self.roots.values()})
        words = sum(bool(text["words_proven"]) for text in texts)
        gone = sum(not text["words_proven"] and (text["words"] is None or bool(text["withheld"])) for text in texts)
        bare = len(texts) - words - gone
        return (
            f"{len(texts)} texts (the words of {words} proven, of {gone} withheld or destroyed),"
            f" {len(rows)} rows not sent, {self.proven} steps proven,"
            f" {len(self.opened)} entries under checkpoints of {', '.join(map(str, sizes)) or 'no'} entries;"
            f" {self.unproven} steps and the words of {bare} texts are shown without proof of their own"
        )

    def check_files(self, manifest: dict[str, Any]) -> None:
        """1. Every file is the one the manifest names."""
        listed, names = manifest["files"], self.files.names()
        there = set(names)
        if len(there) != len(names):
            raise Differs("two files have the same name")
        # In a folder other files may lie about; what is not in the manifest is not looked at.
        beside = {MANIFEST, _EXPORT, _EXPORT_PROOF}
        odd = set(listed) - there if self.files.root else (there - beside) ^ set(listed)
        if odd:
            raise Differs(f"{min(odd)} is missing, or is not in the manifest")
        for name, digest in listed.items():
            if hashlib.sha256(self.files.read(name)).hexdigest() != digest:
                raise Differs(f"{name} is not the file the manifest names")

    def check_manifest(self, manifest: dict[str, Any]) -> None:
        """1. The log recorded this manifest when the export was packed: nothing was left out or added since."""
        row = json.loads(self.files.read(_EXPORT))
        self.check_entry(row, self.files.read(_EXPORT_PROOF), packed=True)
        said = self.opened[row["entry"]]
        if said["event"]["kind"] != "oversight.export-packed" or said["content/export"] != manifest["export"]:
            raise Differs("the entry beside the manifest is not the record of this export")
        if said["content/manifest"] != hashlib.sha256(self.files.read(MANIFEST)).hexdigest():
            raise Differs("the manifest is not the one the agency recorded")

    def check_entry(self, row: dict[str, Any], proof: bytes, *, packed: bool = False) -> None:
        """2. to 4. One entry: its proof, its checkpoint, its opened fields."""
        entry, raw = row["entry"], base64.b64decode(row["bytes"])
        head, _, note = proof.decode().partition("\n\n")
        lines = head.split("\n")
        if lines[0] != _PROOF or not lines[1].startswith("index "):
            raise Differs(f"the proof of {entry} is not of the form {_PROOF}")
        if note not in self.roots:
            self.roots[note] = self.keys.checkpoint(note)
        # The export itself was recorded after everything in it, so that it may stand under a later checkpoint.
        if self.known not in {None, self.roots[note]} and not (packed and self.known[1] < self.roots[note][1]):
            raise Differs(
                f"a proof stands under the checkpoint of {self.roots[note][1]} entries, not under the one given, of"
                f" {self.known[1]}; `verify log --old-checkpoint` shows whether one continues the other"
            )
        origin, size, root = self.roots[note]
        path = [base64.b64decode(line) for line in lines[2:]]
        leaf = hashlib.sha256(b"\x00" + raw).digest()
        if included(int(lines[1][6:]), size, leaf, path) != root:
            raise Differs(f"entry {entry} is not in the log")
        beginning = f"{origin}/entry/v1\n".encode()
        header = _HEADER.fullmatch(raw[len(beginning) :]) if raw.startswith(beginning) else None
        if header is None or header.group(2).decode() != entry:
            raise Differs(f"entry {entry} is not an entry of {origin}")
        self.opened[entry] = self.fields(row["opening"], bytes.fromhex(header.group(1).decode()), entry)

    @staticmethod
    def fields(opening: dict[str, Any], commitment: bytes, entry: str) -> dict[str, Any]:
        """The opened fields of an entry."""
        parts, shown = b"", {}
        for place in opening["fields"]:
            if "commitment" in place:
                parts += bytes.fromhex(place["commitment"])
            else:
                parts += mac(bytes.fromhex(place["key"]), canonical([place["name"], place["value"]]))
                shown[place["name"]] = place["value"]
        if mac(bytes.fromhex(opening["key"]), parts) != commitment:
            raise Differs(f"the opened fields of entry {entry} are not those that were recorded")
        return shown

    def check_item(self, item: dict[str, Any], key: bytes) -> None:
        """5. One item is among those its entry stands for, or the whole entry is about what it is said to be about."""
        fields = self.opened.get(item["entry"])
        if fields is None:
            raise Differs(f"item {item['n']} names an entry that is not there")
        if item["item"] is None:
            return
        said = fields.get("content/items")
        if not isinstance(said, dict):
            raise Differs(f"the entry of item {item['n']} stands for no items")
        leaf = hashlib.sha256(b"\x00" + mac(key, canonical(item["item"]))).digest()
        path = [bytes.fromhex(one) for one in item["path"]]
        if included(item["place"], said["count"], leaf, path).hex() != said["root"]:
            raise Differs(f"item {item['n']} is not among those its entry stands for")

    def step(self, shown: dict[str, Any], by_number: dict[int, dict[str, Any]], where: str) -> dict[str, Any]:
        """The proven content behind a shown step: its item, else the opened fields of its entry."""
        item = by_number.get(shown["proof"])
        if item is None:
            raise Differs(f"{where}: a step says it is proven and names no proof")
        self.proven += 1
        opened = self.opened[item["entry"]]
        if opened["event"]["at"] != shown["recorded_at"]:
            raise Differs(f"{where}: a step was recorded at another moment")
        if item["item"] is not None:
            found: dict[str, Any] = item["item"]
            return found
        found = {name[8:]: value for name, value in opened.items() if name.startswith("content/")}
        found["event"] = opened["event"]["kind"]
        return found

    def check_text(self, text: dict[str, Any], by_number: dict[int, dict[str, Any]]) -> None:
        """Every proven step of a text agrees with what was recorded, and so do its words."""
        where, words_proven = f"text {text['text']}", False
        for shown in text["steps"]:
            if shown["proof"] is None:
                self.unproven += 1
                continue
            found = self.step(shown, by_number, where)
            if text["text"] not in (found.get("message"), found.get("inbound"), found.get("again")):
                raise Differs(f"{where}: a step is about another text")
            self.check_step(shown, found, where, text["text"])
            if found.get("kind") == "notice.planned":
                self.check_decision(text["why"], found, where)
            if "text" in found and text["words_proven"]:
                words_proven = found["text"] == text["words"]
            if "words" in found and text["words_proven"]:
                item = {"inbound": text["text"], "words": text["words"]}
                words_proven = mac(bytes.fromhex(text["key"]), canonical(item)).hex() == found["words"]
        if text["words_proven"] and not words_proven:
            raise Differs(f"{where}: the words are not those that were recorded")
        self.check_events(text["seen"], by_number, text["text"])

    @staticmethod
    def check_step(shown: dict[str, Any], found: dict[str, Any], where: str, about: str) -> None:
        """A shown step is called what it was recorded as, and says what was recorded."""
        kind = (
            found.get("answer") or found.get("receipt") or _SHOWN_AS.get(found.get("kind") or found["event"], "queued")
        )
        if found.get("event") == _AGAIN and found["again"] == about:
            kind = "sent-again"
        if shown["kind"] != kind or shown["recorded_as"] not in (found.get("kind"), found.get("event"), kind):
            raise Differs(f"{where}: a step was recorded as something else")
        # What staff read as a reason was recorded as the effect of a text, or as the verdict of a person.
        reason = found.get("effect", found.get("verdict", found.get("reason")))
        expected = found if reason is None else {**found, "reason": reason}
        for name in ("at", "code", "carrier", "reason", "clauses"):
            if name in expected and expected[name] != shown[name]:
                raise Differs(f"{where}: {name} of a step is not what was recorded")

    @staticmethod
    def check_decision(why: dict[str, Any], found: dict[str, Any], where: str) -> None:
        """Why a text was written is what was recorded."""
        said = {**(why["decision"] or {}), "run": why["run"], "row": why["row"], "profile": why["profile_sha256"]}
        for name in ("outcome", "reason", "rule", "clauses", "run", "row", "profile"):
            if said.get(name) != found[name]:
                raise Differs(f"{where}: {name} of its decision is not what was recorded")

    def check_row(self, row: dict[str, Any], by_number: dict[int, dict[str, Any]]) -> None:
        """The decision about a row that led to no text."""
        if row["proof"] is None:
            self.unproven += 1
            return
        found = self.step(row, by_number, f"row {row['row']}")
        for name in ("outcome", "reason", "clauses"):
            if found[name] != row["decision"][name]:
                raise Differs(f"row {row['row']}: the {name} is not what was recorded")

    def check_consent(self, consent: dict[str, Any], by_number: dict[int, dict[str, Any]]) -> None:
        """A consent is what was recorded when it was given, and ended when and as that was recorded."""
        where = f"consent {consent['consent'] or 'stops'}"
        for shown, found in self.check_events(consent["events"], by_number, consent["consent"]):
            given, ended = found["event"] == "consent.given", found["event"] == "consent.ended"
            said = {_CONSENT_AS[name]: value for name, value in found.items() if given and name in _CONSENT_AS}
            said.update({"ended_at": found["at"], "ended_as": found["reason"]} if ended and "at" in found else {})
            for name, value in said.items():
                if consent[name] != value:
                    raise Differs(f"{where}: {name} is not what was recorded")
            kind = found["event"].rpartition("consent.")[2].replace("number-", "")
            for name, value in {"kind": kind, "at": found.get("at"), "reason": found.get("reason")}.items():
                if value is not None and shown[name] != value:
                    raise Differs(f"{where}: {name} of an event is not what was recorded")

    def check_events(
        self, events: list[dict[str, Any]], by_number: dict[int, dict[str, Any]], about: str
    ) -> list[Event]:
        """Views of words and events of consents; answers those with a proof, each with what was recorded."""
        proven = []
        for shown in events:
            if shown["proof"] is None:
                self.unproven += 1
                continue
            found = self.step(shown, by_number, f"event at {shown['at']}")
            if found["event"] != shown["recorded_as"]:
                raise Differs(f"an event at {shown['at']} was recorded as something else")
            if about and about not in (found.get("message"), found.get("inbound"), found.get("consent")):
                raise Differs(f"an event at {shown['at']} is about something else")
            proven.append((shown, found))
        return proven


def asked(arguments: list[str]) -> tuple[Path, str, bytes | None]:
    """The place of the export, the key line or its file, the checkpoint from elsewhere."""
    place, vkey, known = Path(__file__).resolve().parent, "", None
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if word in {"--vkey", "--checkpoint"} and not waiting:
            raise Unusable(f"{word} needs a value")
        if word == "--vkey":
            vkey = waiting.pop(0)
        elif word == "--checkpoint":
            known = Path(waiting.pop(0)).read_bytes()
        else:
            place = Path(word)
    return place, vkey, known


def main(arguments: list[str]) -> int:
    """Run from the command line."""
    if {"-h", "--help"} & set(arguments):
        return said(__doc__ or "")
    try:
        place, vkey, known = asked(arguments)
        files = Files(place)
        given = Path(vkey).read_text(encoding="utf-8") if vkey and Path(vkey).is_file() else vkey
        keys = Keys((given or files.read("evidence/vkey").decode()).strip().splitlines())
        told = Verification(files, keys, known).run()
    except Differs as wrong:
        sys.stderr.write(f"does not hold: {wrong}\n")
        return 1
    except Unusable as wrong:
        sys.stderr.write(f"cannot be checked: {wrong}\n")
        return 2
    except (OSError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError) as wrong:
        # What a file that is no export of ours says is not repeated.
        sys.stderr.write(
            f"cannot be checked: {wrong.strerror if isinstance(wrong, OSError) else type(wrong).__name__}\n"
        )
        return 2
    trust = "" if vkey else " The key came with the export: compare it with the agency's (--vkey)."
    return said(f"Everything holds: {told}.{trust}\n")


def said(words: str) -> int:
    """Tell it; what nobody can read was not checked for them."""
    try:
        sys.stdout.write(words)
        sys.stdout.flush()
    except OSError as wrong:
        sys.stderr.write(f"cannot be told: {wrong.strerror}\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
