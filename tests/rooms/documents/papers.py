"""Papers made in code: good ones, and the hostile corpus. Nothing of it is kept in a file."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
import pillow_heif
from PIL import Image

# The test string of the antivirus industry, in pieces, so that no scanner takes this file away.
MALWARE = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-" + b"FILE!$H+H*"
GPS = b"GPS-PLACE-OF-THE-TEST"


def shown(width: int = 640, height: int = 480, colour: str = "navy") -> Image.Image:
    """A picture with one corner of another colour."""
    made = Image.new("RGB", (width, height), colour)
    made.paste("white", (0, 0, width // 4, height // 4))
    return made


def photo(width: int = 640, height: int = 480, *, gps: bool = True, orientation: int = 1) -> bytes:
    """A JPEG as a telephone makes it: camera, place, orientation."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Phonemaker", "Model Q", orientation
    if gps:
        place = exif.get_ifd(0x8825)
        place[1], place[2], place[3], place[4] = "N", (35.0, 46.0, 30.0), "W", (78.0, 38.0, 20.0)
        place[0x1B] = GPS
    sink = io.BytesIO()
    shown(width, height).save(sink, "JPEG", exif=exif, comment=GPS)
    return sink.getvalue()


def png(width: int = 64, height: int = 64, mode: str = "RGBA") -> bytes:
    """A PNG with a transparent part."""
    sink = io.BytesIO()
    shown(width, height).convert(mode).save(sink, "PNG")
    return sink.getvalue()


def moving_png() -> bytes:
    """A PNG of two pictures."""
    sink = io.BytesIO()
    shown().save(sink, "PNG", save_all=True, append_images=[shown(colour="red")])
    return sink.getvalue()


def heic() -> bytes:
    """A photo as iPhones make it."""
    sink = io.BytesIO()
    pillow_heif.from_pillow(shown()).save(sink, format="HEIF")
    return sink.getvalue()


def pdf(pages: int = 1) -> bytes:
    """A scanned paper."""
    sink = io.BytesIO()
    every = [shown(425, 550, "gray") for _ in range(pages)]
    every[0].save(sink, "PDF", save_all=True, append_images=every[1:])
    return sink.getvalue()


def changed_pdf(change: Callable[[pikepdf.Pdf], None], **options: object) -> bytes:
    """A paper with something in it."""
    sink = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as opened:
        change(opened)
        opened.save(sink, **options)  # type: ignore[arg-type]  # options of pikepdf
    return sink.getvalue()


def locked_pdf(password: str = "") -> bytes:
    """A PDF that is encrypted, with a password or with an empty one."""
    return changed_pdf(lambda _: None, encryption=pikepdf.Encryption(owner="owner", user=password))


def pdf_with_file(content: bytes = b"hello", name: str = "inside.txt") -> bytes:
    """A PDF with a file in it."""

    def change(opened: pikepdf.Pdf) -> None:
        opened.attachments[name] = pikepdf.AttachedFileSpec(
            opened, content, filename=name, description="", mime_type="", creation_date="", mod_date=""
        )

    return changed_pdf(change)


def pdf_with_action(kind: str, **more: object) -> bytes:
    """A PDF that does something when it is opened."""

    def change(opened: pikepdf.Pdf) -> None:
        made: dict[str, object] = {"/Type": pikepdf.Name.Action, "/S": pikepdf.Name(kind)}
        made.update({f"/{key}": value for key, value in more.items()})
        action = pikepdf.Dictionary(made)
        opened.Root.OpenAction = opened.make_indirect(action)

    return changed_pdf(change)


def pdf_with_hidden_script() -> bytes:
    """A script deep inside an annotation, nowhere near the root."""

    def change(opened: pikepdf.Pdf) -> None:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        nested = pikepdf.Dictionary(A=pikepdf.Array([pikepdf.Dictionary(Next=script)]))
        opened.pages[0].Annots = pikepdf.Array([opened.make_indirect(nested)])

    return changed_pdf(change)


def pdf_with_xfa() -> bytes:
    """A form that programs draw."""

    def change(opened: pikepdf.Pdf) -> None:
        opened.Root.AcroForm = pikepdf.Dictionary(XFA=opened.make_stream(b"<xdp/>"), Fields=pikepdf.Array([]))

    return changed_pdf(change)


def pdf_of_many_pages(pages: int = 300) -> bytes:
    """More pages than anybody reads."""
    sink = io.BytesIO()
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(100, 100))
    made.save(sink)
    return sink.getvalue()


def pdf_of_a_huge_page() -> bytes:
    """A page of a million points."""

    def change(opened: pikepdf.Pdf) -> None:
        opened.pages[0].MediaBox = pikepdf.Array([0, 0, 1_000_000, 1_000_000])

    return changed_pdf(change)


def nested_form_bomb(depth: int = 40, fan: int = 10) -> bytes:
    """A few kilobytes that draw themselves again and again, ten times at each of many levels."""
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(600, 600))
    form = made.make_stream(b"0 0 10 10 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form,
                            BBox=pikepdf.Array([0, 0, 600, 600]))  # fmt: skip
    for _ in range(depth):
        form = made.make_stream(b"/F Do " * fan, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form,
                                BBox=pikepdf.Array([0, 0, 600, 600]),
                                Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form)))  # fmt: skip
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
    page.Contents = made.make_stream(b"/F Do")
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()


def png_bomb(side: int = 30_000) -> bytes:
    """A PNG of a few hundred kilobytes that says it is 900 million pixels."""

    def part(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    row = b"\0" * (side // 8 + 1)
    press = zlib.compressobj(9)
    lines = b"".join(press.compress(row) for _ in range(side)) + press.flush()
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", lines) + part(b"IEND", b"")


def zipped(content: bytes = b"hello", name: str = "paper.txt") -> bytes:
    """An archive."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return sink.getvalue()


def office() -> bytes:
    """A document of an office program."""
    return zipped(b"<Types/>", "[Content_Types].xml")
