"""What a file is by its own first and last bytes, whatever its name or the browser says."""

from __future__ import annotations

import re
from typing import Final

from harborline.documents.facts import Kind, Problem

HEAD_BYTES: Final = 4096
TAIL_BYTES: Final = 66_000
_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_ARCHIVES: Final = (
    b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh",
    b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"MSCF", b"\x60\xea",
)  # fmt: skip
_OFFICE: Final = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
_OFFICE_PARTS: Final = (b"[Content_Types].xml", b"_rels/", b"mimetypeapplication/vnd.oasis", b"word/", b"xl/", b"ppt/")
_FILM_BRANDS: Final = (b"ftypqt", b"ftypisom", b"ftypmp4", b"ftypM4V", b"ftyp3gp", b"ftypavc")
_WEB: Final = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|svg|\?xml|script|head|body|!--)", re.IGNORECASE)
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_END_BYTES: Final = 22
_NAME_MAX: Final = 120
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def kind_of(head: bytes) -> Kind | Problem:
    """The kind by the first bytes; a PDF's header must be the very first, which the standard does not ask but we do."""
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith(b"%PDF-"):
        return Kind.PDF
    if head[4:8] == b"ftyp" and _brands(head) & _HEIC:
        return Kind.HEIC
    return _refused(head)


def _brands(head: bytes) -> set[bytes]:
    size = min(int.from_bytes(head[:4], "big"), len(head), 256)
    return {head[8:12]} | {head[at : at + 4] for at in range(16, size, 4)}


def _refused(head: bytes) -> Problem:
    tests = (
        (Problem.EMPTY, not head),
        (Problem.OFFICE, head.startswith(b"PK\x03\x04") and any(part in head for part in _OFFICE_PARTS)),
        (Problem.ARCHIVE, head.startswith(_ARCHIVES)),
        (Problem.OFFICE, head.startswith(_OFFICE)),
        (Problem.WEB_PAGE, bool(_WEB.match(head))),
        (Problem.FILM, any(brand in head[:16] for brand in _FILM_BRANDS)),
    )
    return next((problem for problem, holds in tests if holds), Problem.NOT_A_PICTURE)


def archive_at_end(tail: bytes) -> bool:
    """Whether the last bytes are the directory of a zip archive: a picture or paper that is an archive as well."""
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        if len(tail) - at >= _ZIP_END_BYTES:
            comment = int.from_bytes(tail[at + 20 : at + 22], "little")
            if at + _ZIP_END_BYTES + comment == len(tail):
                return True
        at = tail.rfind(_ZIP_END, 0, at)
    return False


def harmless_name(name: str) -> str:
    """The name without folders, control and direction characters; empty names get none. Shown only, never a path."""
    last = re.split(r"[/\\]", _UNSAFE.sub("", name))[-1].strip(" .")
    return " ".join(last.split())[:_NAME_MAX]
