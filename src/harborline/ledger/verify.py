"""Verify a transparency log, or one piece of evidence from it, with nothing but this file.

Needs Python 3.9 or later and the package `cryptography`; no other part of the product, no network, no database.

    python3 verify.py log DIRECTORY --vkey KEY [--old-checkpoint FILE]
    python3 verify.py proof FILE.tlog-proof --entry FILE --vkey KEY [--opening FILE.json] [--checkpoint FILE]
    python3 verify.py message FILE.json --vkey KEY [--checkpoint FILE]

KEY is the log's verifier key line, or a file that holds it. Take it from somebody you trust, not from the log itself.
`log` checks every file of a log in the C2SP tlog-tiles form; `proof` a C2SP tlog-proof for one entry, and with
`--opening` what the entry says; `message` the proof of one text. With a checkpoint that you kept from earlier, `log`
shows that nothing before it was changed; `proof` and `message` are held to the checkpoint that you give.
Exit codes: 0 it holds; 1 it does not (the first difference is named); 2 the files or the key cannot be used.
Sources: RFC 6962, RFC 8032, FIPS 198-1; c2sp.org/signed-note, tlog-checkpoint, tlog-tiles, tlog-proof.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH, HASH, LENGTH, GROUP = 256, 32, 2, 1000
MOST_LINES, CHECKPOINT_LINES = 65, 3
EMPTY_ROOT = hashlib.sha256(b"").digest()
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
FORMAT = "harborline/message-proof/v1"
DASH = "\N{EM DASH} "
# Name, four-byte id, 32-byte public key; origin, size, root.
Key = tuple[str, bytes, bytes]
Checkpoint = tuple[str, int, bytes]


class Wrong(Exception):  # noqa: N818 - the name says what happened
    """Something is not what it claims to be."""


class Unusable(Exception):  # noqa: N818 - as above
    """A file or a key that cannot be read at all."""


def unbase64(text: str) -> bytes:
    """Bytes of strict base64."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong("not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Wrong("base64 with stray bits")
    return raw


def read_key(line: str) -> Key:
    """Name, id and public key of a verifier key line."""
    try:
        name, digits, value = line.strip().split("+", 2)
        raw, claimed = unbase64(value), bytes.fromhex(digits)
    except (ValueError, Wrong):
        raise Unusable("the key is not a verifier key line (name+digits+base64)") from None
    if len(raw) != 1 + HASH or raw[:1] != b"\x01":
        raise Unusable("the key is not an Ed25519 key")
    if hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4] != claimed:
        raise Unusable("the digits in the middle of the key do not belong to it")
    return name, claimed, raw[1:]


def opened(note: bytes, keys: Sequence[Key]) -> tuple[str, list[Key]]:
    """The text of a signed note and those of `keys` that signed it."""
    try:
        text, lines = note.decode().rsplit("\n\n", 1)
    except (UnicodeDecodeError, ValueError):
        raise Wrong("not a signed note") from None
    text += "\n"
    if not lines.endswith("\n") or any(letter < " " and letter != "\n" for letter in text + lines):
        raise Wrong("not a signed note")
    believed = []
    for line in lines[:-1].split("\n"):
        name, _, value = line[len(DASH) :].partition(" ")
        if not line.startswith(DASH) or not name or not value:
            raise Wrong("not a signature line")
        raw = unbase64(value)
        for key in keys:
            if (key[0], key[1]) == (name, raw[:4]):
                verify_signature(key, text.encode(), raw[4:])
                believed.append(key)
    return text, believed


def verify_signature(key: Key, text: bytes, signature: bytes) -> None:
    """Pass when the signature is the key's over the text."""
    try:
        Ed25519PublicKey.from_public_bytes(key[2]).verify(signature, text)
    except InvalidSignature:
        raise Wrong(f"the signature of {key[0]} is not over this text") from None


def read_checkpoint(note: bytes, keys: Sequence[Key]) -> Checkpoint:
    """Origin, size and root of a checkpoint that one of the keys signed for its own name."""
    text, believed = opened(note, keys)
    if not believed:
        raise Wrong("not signed by the key that was given")
    lines = text.split("\n")
    if len(lines) <= CHECKPOINT_LINES or not NUMBER.fullmatch(lines[1]):
        raise Wrong("not a checkpoint")
    root = unbase64(lines[2])
    if len(root) != HASH or lines[0] not in {key[0] for key in believed}:
        raise Wrong("a checkpoint of another log, or without a root")
    return lines[0], int(lines[1]), root


def follow(key: Key, statements: Iterable[bytes]) -> tuple[list[Key], str]:
    """From a known key along the published hand-overs: the keys in order, the last one signs now.

    Answers also the checkpoint text of the log before, when the last key's log began as its continuation.
    """
    keys, cited = [key], ""
    for note in statements:
        fields = dict(line.split(" ", 1) for line in note.decode().split("\n\n")[0].split("\n")[1:] if " " in line)
        if set(fields) != {"from", "to", "size", "root"} or read_key(fields["from"]) != keys[-1]:
            continue
        old, new = keys[-1], read_key(fields["to"])
        text, believed = opened(note, [old, new])
        if text.split("\n")[0] != old[0] + "/keys/v1" or old not in believed or new not in believed:
            raise Wrong("a hand-over of keys that was not signed by both keys")
        if old[0] != new[0]:
            cited = f"{old[0]}\n{fields['size']}\n{fields['root']}\n"
        keys.append(new)
    return keys, cited


# The tree (RFC 6962)
def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Grows from leaf hashes, keeps the roots of its perfect subtrees, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """One leaf more."""
        self.size += 1
        level = self.size
        while level % 2 == 0:
            leaf = node_hash(self.peaks.pop(), leaf)
            level //= 2
        self.peaks.append(leaf)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Pass when the leaf stands at that place of the tree with that root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or any(len(one) != HASH for one in [leaf, root, *path]):
        raise Wrong("a place or a hash that this tree cannot have")
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Wrong("more hashes than the tree is deep")
        if place % 2 or place == last:
            found = node_hash(sibling, found)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            found = node_hash(found, sibling)
        place, last = place // 2, last // 2
    if last != 0 or found != root:
        raise Wrong("the path does not lead to the root")


# The published log (c2sp.org/tlog-tiles)
def index_path(index: int) -> str:
    """1234067 is written x001/x234/067."""
    parts = [f"{index % GROUP:03d}"]
    while index >= GROUP:
        index //= GROUP
        parts.insert(0, f"x{index % GROUP:03d}")
    return "/".join(parts)


def read_file(log: Path, path: str, width: int, unit: int) -> bytes:
    """A tile or bundle of at least `width`: the partial file, or the full one that took its place."""
    names = [path] if width == WIDTH else [f"{path}.p/{width}", path]
    for name, held in zip(names, [width, WIDTH]):  # noqa: B905 - Python 3.9 has no strict
        if (log / name).is_file():
            content = (log / name).read_bytes()
            if unit and len(content) != held * unit:
                raise Wrong(f"{name} has not the length of {held} hashes")
            return content
    raise Wrong(f"{names[0]} is missing")


def entries_of(log: Path, index: int, width: int) -> list[bytes]:
    """The entries of one bundle."""
    found: list[bytes] = []
    content, place = read_file(log, f"tile/entries/{index_path(index)}", width, 0), 0
    while place < len(content):
        length = int.from_bytes(content[place : place + LENGTH], "big")
        found.append(content[place + LENGTH : place + LENGTH + length])
        place += LENGTH + length
    if place != len(content) or len(found) not in {width, WIDTH}:
        raise Wrong(f"tile/entries/{index_path(index)} is cut off, or holds another number of entries")
    return found[:width]


def verify_log(log: Path, key: Key, older: bytes | None) -> str:
    """Check a whole log; answers what to say about it."""
    keys, cited = follow(key, statements_of(log))
    if not (log / "checkpoint").is_file():
        raise Wrong("checkpoint is missing")
    origin, size, root = read_checkpoint((log / "checkpoint").read_bytes(), keys[-1:])
    kept = read_checkpoint(older, keys) if older is not None else None
    if kept and kept[0] != origin:
        raise Wrong(f"the older checkpoint is of the log {kept[0]}; verify that log with it")
    if kept and kept[1] > size:
        raise Wrong(f"the older checkpoint has {kept[1]} entries, this log {size}: entries were taken away")
    if cited:
        check_citation(log, entries_of(log, 0, min(WIDTH, size))[0], origin, cited)
    tree, tiles = Tree(), Tiles(log)
    check_promise(tree, kept)
    for first in range(0, size, WIDTH):
        for entry in entries_of(log, first // WIDTH, min(WIDTH, size - first)):
            leaf = leaf_hash(entry)
            tree.add(leaf)
            check_promise(tree, kept)
            tiles.add(0, leaf)
    tiles.finish()
    if tree.root() != root:
        raise Wrong("the entries do not lead to the signed root")
    return said(origin, size, kept, len(keys))


class Tiles:
    """Compares the published tiles with the hashes that belong there, tile by tile as they fill."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.rows: list[list[bytes]] = []
        self.counts: list[int] = []

    def add(self, level: int, found: bytes) -> None:
        """The next hash of a level."""
        if level == len(self.rows):
            self.rows.append([])
            self.counts.append(0)
        self.rows[level].append(found)
        if len(self.rows[level]) == WIDTH:
            self.compare(level)
            above = Tree()
            for each in self.rows[level]:
                above.add(each)
            self.rows[level] = []
            self.counts[level] += 1
            self.add(level + 1, above.root())

    def finish(self) -> None:
        """Compare the unfinished tiles as well."""
        for level, row in enumerate(self.rows):
            if row:
                self.compare(level)

    def compare(self, level: int) -> None:
        """One tile against its file."""
        row, path = self.rows[level], f"tile/{level}/{index_path(self.counts[level])}"
        stored = read_file(self.log, path, len(row), HASH)
        for number, found in enumerate(row):
            if stored[number * HASH : (number + 1) * HASH] != found:
                raise Wrong(f"{path}: hash {number} is not that of the entries")


def statements_of(log: Path) -> list[bytes]:
    """The published hand-overs of keys, oldest first."""
    found: list[bytes] = []
    while (log / "keys" / str(len(found) + 1)).is_file():
        found.append((log / "keys" / str(len(found) + 1)).read_bytes())
    return found


def check_citation(log: Path, entry: bytes, origin: str, cited: str) -> None:
    """The first entry of a log that continues another one cites that one's last checkpoint."""
    opening = json.loads((log / "citation").read_bytes())
    if verify_opening(opening, commitment_of(entry, origin)).get("content/cites") != cited:
        raise Wrong("the first entry does not cite the log before, as the hand-over of keys does")


def check_promise(tree: Tree, kept: Checkpoint | None) -> None:
    """At the size of the older checkpoint the root must be the older one's."""
    if kept and kept[1] == tree.size and kept[2] != tree.root():
        raise Wrong(f"the first {kept[1]} entries are not those the older checkpoint was signed for")


def said(origin: str, size: int, kept: Checkpoint | None, keys: int) -> str:
    """The verdict in words."""
    lines = [f"The log {origin} is whole: {size} entries, every hash and the signature agree."]
    if keys > 1:
        lines.append(f"It went through {keys} keys; each was handed on by the one before.")
    if kept:
        lines.append(f"Nothing before the older checkpoint ({kept[1]} entries) was changed or taken away.")
    return "\n".join(lines)


# One entry (c2sp.org/tlog-proof), and what it says
def verify_proof(text: str, entry: bytes, key: Key, held: bytes | None) -> tuple[int, str, int]:
    """Check that an entry is in the log; answers its place, and the log's name and size."""
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines[0] != "c2sp.org/tlog-proof@v1":
        raise Wrong("not a tlog-proof")
    if len(lines) > 1 and lines[1].startswith("extra "):
        del lines[1]
    told = "".join(lines[1:2])
    if not told.startswith("index ") or not NUMBER.fullmatch(told[6:]) or len(lines) > MOST_LINES:
        raise Wrong("a tlog-proof without its index")
    origin, size, root = read_checkpoint(note.encode(), [key])
    if held is not None and read_checkpoint(held, [key]) != (origin, size, root):
        raise Wrong("stands under another checkpoint than the one given")
    index = int(told[6:])
    verify_inclusion(index, size, leaf_hash(entry), [unbase64(line) for line in lines[2:]], root)
    return index, origin, size


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.new(key, message, hashlib.sha256).digest()


def canonical(value: dict[str, Any] | list[Any]) -> bytes:
    """Canonical JSON: names in order, no blanks, no fractions (RFC 8785, restricted)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def commitment_of(entry: bytes, origin: str) -> bytes:
    """What an entry of this product commits to: 32 bytes for its content."""
    beginning = f"{origin}/entry/v1\n".encode()
    found = re.fullmatch(rb'\{"content":"([0-9a-f]{64})","id":"[0-9a-f-]{36}","subject":"[0-9a-f]{64}","v":1\}',
                         entry[len(beginning) :])  # fmt: skip
    if not entry.startswith(beginning) or found is None:
        raise Wrong("not an entry of this log")
    return bytes.fromhex(found[1].decode())


def verify_opening(opening: dict[str, Any], commitment: bytes) -> dict[str, Any]:
    """The fields that an opening shows, when they are those the entry commits to."""
    parts, shown = [], {}
    for field in opening["fields"]:
        if "commitment" in field:
            parts.append(bytes.fromhex(field["commitment"]))
        else:
            shown[field["name"]] = field["value"]
            parts.append(mac(bytes.fromhex(field["key"]), canonical([field["name"], field["value"]])))
    if any(len(part) != HASH for part in parts) or mac(bytes.fromhex(opening["key"]), b"".join(parts)) != commitment:
        raise Wrong("the shown fields are not those that were recorded")
    return shown


def verify_message(bundle: dict[str, Any], key: Key, held: bytes | None) -> str:
    """Check every step of the proof of one text; answers what to say about it."""
    if len({(step["entry"], step["place"]) for step in bundle["steps"]}) < len(bundle["steps"]):
        raise Wrong("one of its steps stands twice")
    lines, sizes = [], set()
    for number, step in enumerate(bundle["steps"], 1):
        entry = base64.b64decode(step["entry"], validate=True)
        try:
            _, origin, size = verify_proof(step["proof"], entry, key, held)
            shown = verify_opening(step["opening"], commitment_of(entry, origin))
            item = check_item(step, bundle, shown)
        except Wrong as wrong:
            raise Wrong(f"step {number}: {wrong}") from None
        sizes.add((origin, size))
        event = shown.get("event", {})
        told = item.get("answer") or item.get("receipt") or item.get("reason") or ""
        lines.append(f"{item.get('at') or event.get('at')}  {event.get('kind')}  {told}")
        if "text" in item:
            lines.insert(0, f"text     {item['text']}")
    if len(sizes) != 1:
        raise Wrong("its steps stand under different checkpoints")
    origin, size = sizes.pop()
    return "\n".join([f"log      {origin}, {size} entries", f"message  {bundle['message']}", *lines])


def check_item(step: dict[str, Any], bundle: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """One step is about this text: by its own entry, or as one item among those of its entry."""
    item: dict[str, Any] | None = step["item"]
    if item is None:
        if shown.get("content/message") != bundle["message"]:
            raise Wrong("is about another text")
        return {}
    among = shown.get("content/items") or {}
    commitment = mac(bytes.fromhex(bundle["key"]), canonical(item))
    path = [bytes.fromhex(one) for one in step["path"]]
    verify_inclusion(step["place"], among["count"], leaf_hash(commitment), path, bytes.fromhex(among["root"]))
    kinds = {item.get("kind"), "message.receipts" if item.get("kind") == "message.receipt" else ""}
    if item.get("message") != bundle["message"] or shown.get("event", {}).get("kind") not in kinds:
        raise Wrong("its item and its entry tell of different things")
    return item


def read(path: str) -> bytes:
    """The bytes of a file that was named on the command line."""
    try:
        return Path(path).read_bytes()
    except OSError as wrong:
        raise Unusable(f"{path} cannot be read: {wrong.strerror}") from None


def read_message(path: str) -> dict[str, Any]:
    """The proof of a text, believed in nothing but its form."""
    try:
        found: dict[str, Any] = json.loads(read(path), object_pairs_hook=once)
        json.dumps(found, ensure_ascii=False).encode()
        words = [found[name] for name in ("format", "message", "key")]
        facts = [(*words, step["entry"], step["proof"], step["place"]) for step in found["steps"]]
        good = words[0] == FORMAT and {tuple(map(type, each)) for each in facts} == {(*[str] * 5, int)}
    except (LookupError, TypeError, ValueError, RecursionError):
        good = False
    if not good:
        raise Unusable(f"{path} is not the proof of a text")
    return found


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a name that stands twice one program would read the first value and another the last."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


def checked(chosen: argparse.Namespace) -> str:
    """Do what was asked; answers the verdict in words."""
    key = read_key(read(chosen.vkey).decode(errors="replace") if Path(chosen.vkey).is_file() else chosen.vkey)
    held = read(chosen.checkpoint) if chosen.checkpoint is not None else None
    if chosen.what == "log":
        if not Path(chosen.file).is_dir():
            raise Unusable(f"there is no directory {chosen.file}")
        return verify_log(Path(chosen.file), key, held)
    if chosen.what == "message":
        return verify_message(read_message(chosen.file), key, held)
    entry = read(chosen.entry)
    index, origin, size = verify_proof(read(chosen.file).decode(), entry, key, held)
    verdict = f"Entry {index} is in the log {origin} of {size} entries."
    if chosen.opening is not None:
        shown = verify_opening(json.loads(read(chosen.opening)), commitment_of(entry, origin))
        verdict += f"\nIt says: {json.dumps(shown, ensure_ascii=False)}"
    return verdict


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, check, print the verdict; answers the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["log", "proof", "message"])
    parser.add_argument("file", help="directory of the log, or the file of the proof")
    parser.add_argument("--vkey", required=True, help="verifier key line, or a file that holds it")
    parser.add_argument("--checkpoint", "--old-checkpoint", help="a checkpoint that you kept")
    parser.add_argument("--entry", help="proof: the entry's public bytes")
    parser.add_argument("--opening", help="proof: a JSON file that opens fields of the entry")
    chosen = parser.parse_args(arguments)
    if (chosen.what == "proof") != bool(chosen.entry):
        parser.error("--entry belongs to `proof`, and `proof` needs it")
    try:
        sys.stdout.write(f"{checked(chosen)}\n")
        sys.stdout.flush()
    except (Unusable, OSError) as wrong:
        sys.stderr.write(f"cannot be checked: {wrong}\n")
        sys.stdout = None if isinstance(wrong, OSError) else sys.stdout  # or Python tries to write it again
        return 2
    except (Wrong, KeyError, TypeError, ValueError, AttributeError, RecursionError) as wrong:
        what = wrong if isinstance(wrong, Wrong) else f"not of the form it should be ({type(wrong).__name__})"
        sys.stderr.write(f"does not hold: {what}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
