"""What runs inside the sandbox: reads one paper from stdin, writes its pages as raw pixels to stdout.

Needs Python, Pillow, pillow-heif, pypdfium2 and pikepdf, and nothing of the product: it is handed in as one file.
Answer: `HLP1` at once; then one byte of status (0, or the place of a problem in `PROBLEMS`, from 1), the number of
pages (2 bytes), for each page width and height (2 bytes each, big endian) and its pixels (3 bytes each, RGB), and then
`DONE`.
"""

from __future__ import annotations

import importlib
import io
import resource
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

HEAD: Final = b"HLP1"
DONE: Final = b"DONE"
PROBLEMS: Final = (
    "unreadable", "locked", "files-inside", "programs-inside", "form-inside", "film-inside", "too-many-pages",
    "picture-too-large", "moving-picture", "no-pages", "too-heavy",
)  # fmt: skip
PIXELS: Final = 60_000_000
"""Pixels of a picture at most: more than the cameras of telephones make, less than fills the memory allowed."""
PHOTO_SIDE: Final = 2600
STRIP_WIDTH: Final = 1300
"""Pixels of width a picture keeps that is more than `TALL` times as high as wide: a screenshot of a long page, cut."""
TALL: Final = 3
PAGE_SIDE: Final = 2200
DPI: Final = 150
POINTS: Final = 72
MEMORY: Final = 1 << 30
CPU_S: Final = 40
FILES: Final = 64
THREADS: Final = 64
"""Processes and threads at most: the decoder of HEIC starts some, a paper that took over its reader few."""
DEPTH: Final = 60
PARTS: Final = 300_000
SEES: Final = ("no-network", "own-processes", "no-files", "no-rights", "limits")
_FORBIDDEN_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/GoToE", "/Rendition"}
_FILM = {"/Movie", "/Sound", "/Screen", "/RichMedia", "/3D"}
_NEEDED = {"pdf": ("pikepdf", "pypdfium2"), "HEIF": ("PIL.Image", "pillow_heif"), "JPEG": ("PIL.Image",),
           "PNG": ("PIL.Image",)}  # fmt: skip
_DEEP = 8
Pixels = tuple[int, int, "bytes | memoryview"]
"""Width and height of one page, and 3 bytes for each of its pixels."""


class Unusable(Exception):  # noqa: N818 - said to the parent as a number, never shown
    """The paper cannot be shown; `problem` is one of `PROBLEMS`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def limit() -> None:
    """Take from this process what it does not need: memory, time, writing, starting others."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, FILES), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(what, (most, most))
    _limit_threads()


def _limit_threads() -> None:
    # Older kernels count what the same account runs elsewhere: where that leaves no room for a thread, no limit holds.
    before = resource.getrlimit(resource.RLIMIT_NPROC)
    most = THREADS if before[1] == resource.RLIM_INFINITY else min(THREADS, before[1])
    resource.setrlimit(resource.RLIMIT_NPROC, (most, before[1]))
    try:
        trial = threading.Thread(target=int)
        trial.start()
        trial.join()
    except RuntimeError:
        resource.setrlimit(resource.RLIMIT_NPROC, before)
    else:
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def seen() -> int:
    """What holds around this process, one bit for each of `SEES`."""
    names = {name for _, name in socket.if_nameindex()}
    status = Path("/proc/self/status").read_text(encoding="ascii") if Path("/proc/self/status").exists() else ""
    rights = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff")), "?")
    own = next((line.split() for line in status.splitlines() if line.startswith("NSpid")), ["", "99999"])
    found = (
        names <= {"lo"},
        int(own[-1]) < _DEEP,
        _bare(Path("/"), _ours()),
        bool(rights.strip("?")) and int(rights, 16) == 0,
        resource.getrlimit(resource.RLIMIT_FSIZE)[0] == 0,
    )
    return sum(1 << place for place, holds in enumerate(found) if holds)


def _ours() -> frozenset[Path]:
    # What the walls leave: the system's programs, Python with its libraries wherever they are installed, and this file.
    system = ("/usr", "/bin", "/lib", "/lib64", "/proc", "/dev", "/child.py")
    return frozenset(Path(place) for place in (*system, sys.prefix, sys.base_prefix))


def _bare(folder: Path, ours: frozenset[Path]) -> bool:
    # Nothing but ours is there, and the folders on the way to it. A folder that may not be listed is not ours.
    try:
        there = list(folder.iterdir())
    except OSError:
        return False
    return all(
        one in ours or (any(one in each.parents for each in ours) and one.is_dir() and _bare(one, ours))
        for one in there
    )


def picture(content: bytes, form: str) -> list[Any]:
    """A photo as Pillow's pictures, turned as it was held, a very long one in parts; `form` is JPEG, PNG or HEIF."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - loaded inside the limits

    if form == "HEIF":
        import pillow_heif  # noqa: PLC0415 - as above

        pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # the size is looked at below, before a pixel is read
    with Image.open(io.BytesIO(content), formats=[form]) as opened:
        if opened.width * opened.height > PIXELS:
            raise Unusable("picture-too-large")
        if form == "PNG" and getattr(opened, "n_frames", 1) > 1:
            raise Unusable("moving-picture")
        opened.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
        opened.load()
        turned = ImageOps.exif_transpose(opened) or opened
        if turned.height > TALL * turned.width and turned.height > PHOTO_SIDE:
            return _strips(turned)
        turned.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        return [plain(turned)]


def _strips(tall: Any) -> list[Any]:  # noqa: ANN401 - a Pillow image
    # Made to fit one page, the words of a long screenshot could not be read: it keeps its width and becomes pages.
    shown = plain(tall)
    if shown.width > STRIP_WIDTH:
        shown = shown.resize((STRIP_WIDTH, max(1, shown.height * STRIP_WIDTH // shown.width)))
    cuts = range(0, shown.height, PHOTO_SIDE)
    return [shown.crop((0, top, shown.width, min(top + PHOTO_SIDE, shown.height))) for top in cuts]


def plain(shown: Any) -> Any:  # noqa: ANN401 - a Pillow image
    """Red, green and blue on white paper."""
    from PIL import Image  # noqa: PLC0415 - as above

    if shown.mode.startswith("I"):
        shown = shown.point(lambda value: value / 256).convert("L")
    if "A" in shown.mode or "transparency" in shown.info:
        clear = shown.convert("RGBA")
        white = Image.new("RGB", clear.size, "white")
        white.paste(clear, mask=clear.getchannel("A"))
        return white
    return shown.convert("RGB")


def _pictures(content: bytes, form: str, most: int) -> tuple[int, Iterator[Pixels]]:
    made = picture(content, form)
    if len(made) > most:
        raise Unusable("picture-too-large")
    return len(made), ((one.width, one.height, one.tobytes()) for one in made)


def papers(content: bytes, most: int) -> tuple[int, Iterator[Pixels]]:
    """How many pages a PDF has whose structure was found harmless, and the pages."""
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415 - it has no types; as above

    inspect(content, most)
    opened = pypdfium2.PdfDocument(content)
    opened.init_forms()
    if not len(opened):
        raise Unusable("no-pages")
    return len(opened), (_sheet(opened[place]) for place in range(len(opened)))


def _sheet(page: Any) -> Pixels:  # noqa: ANN401 - a page of pypdfium2
    longest = max(page.get_size()) or 1.0
    drawn = page.render(scale=min(DPI / POINTS, PAGE_SIDE / longest), rev_byteorder=True)
    page.close()
    if drawn.mode == "RGB":
        pixels, row = memoryview(drawn.buffer), 3 * drawn.width
        if drawn.stride != row:  # each row is filled up to a whole word
            ends = range(row, drawn.height * drawn.stride + 1, drawn.stride)
            return drawn.width, drawn.height, b"".join(pixels[end - row : end] for end in ends)
        return drawn.width, drawn.height, pixels
    shown = drawn.to_pil().convert("RGB")
    return shown.width, shown.height, shown.tobytes()


def inspect(content: bytes, most: int) -> None:
    """Refuse a PDF that is locked, that carries files or programs, or that has too many pages."""
    import pikepdf  # noqa: PLC0415 - as above

    try:
        opened = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError:
        raise Unusable("locked") from None
    with opened as pdf:
        if pdf.is_encrypted:
            raise Unusable("locked")
        if len(pdf.pages) > most:
            raise Unusable("too-many-pages")
        if len(pdf.attachments) or "/Collection" in pdf.Root:
            raise Unusable("files-inside")
        _walk(pdf)


def _walk(pdf: Any) -> None:  # noqa: ANN401 - a pikepdf document
    # Every object once, with what lies directly in it; what it points to is an object of its own.
    waiting = [(each, 0) for each in pdf.objects]
    looked = 0
    while waiting:
        each, depth = waiting.pop()
        looked += 1
        if looked > PARTS or depth > DEPTH:
            raise Unusable("too-heavy")
        waiting += [(inner, depth + 1) for inner in _inside(each)]


def _inside(each: Any) -> Iterator[Any]:  # noqa: ANN401 - any object of pikepdf
    import pikepdf  # noqa: PLC0415 - as above

    if isinstance(each, pikepdf.Array):
        items = list(each)
    elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
        _judge(each)
        items = [each[key] for key in each.keys()]  # noqa: SIM118 - a stream is no mapping
    else:
        return
    yield from (one for one in items if isinstance(one, pikepdf.Object) and not one.is_indirect)


def _judge(each: Any) -> None:  # noqa: ANN401 - a pikepdf dictionary
    keys = set(each.keys())
    said = {str(each[key]) for key in ("/S", "/Subtype", "/Type") if key in keys and _is_name(each[key])}
    if said & _FORBIDDEN_ACTIONS or "/JS" in keys or "/JavaScript" in keys:
        raise Unusable("programs-inside")
    if "/XFA" in keys:
        raise Unusable("form-inside")
    if said & {"/EmbeddedFile", "/FileAttachment"} or "/EF" in keys or "/EmbeddedFiles" in keys:
        raise Unusable("files-inside")
    if said & _FILM and "/Type" in keys and str(each.get("/Type")) == "/Annot":
        raise Unusable("film-inside")


def _is_name(value: Any) -> bool:  # noqa: ANN401 - any object of pikepdf
    import pikepdf  # noqa: PLC0415 - as above

    return isinstance(value, pikepdf.Name)


def _load(kind: str) -> None:
    # Before the paper is read: libraries take as long to load as a paper takes to come.
    for name in _NEEDED[kind]:
        importlib.import_module(name)


def answer(sink: Any, kind: str, most: int) -> None:  # noqa: ANN401 - stdout's buffer
    """Read the paper, write what is told above."""
    _load(kind)
    content = sys.stdin.buffer.read()
    try:
        count, pages = papers(content, most) if kind == "pdf" else _pictures(content, kind, most)
        sink.write(struct.pack(">BH", 0, count))
        for width, height, pixels in pages:
            sink.write(struct.pack(">HH", width, height))
            sink.write(pixels)
    except Unusable as found:
        sink.write(struct.pack(">BH", 1 + PROBLEMS.index(found.problem), 0))
    sink.write(DONE)


def main(arguments: list[str]) -> int:
    """`look` says what holds around this process; `pages <kind> <most>` answers the pages."""
    limit()
    sink = sys.stdout.buffer
    sink.write(HEAD)
    sink.flush()
    if arguments[0] == "look":
        sink.write(bytes((seen(),)))
        return 0
    try:
        answer(sink, arguments[1], int(arguments[2]))
    except MemoryError:
        return 3
    except Exception:  # noqa: BLE001 - whatever a broken paper does to a library
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
