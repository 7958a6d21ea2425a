"""Copy the part of the U.S. Web Design System that Harborline serves out of its npm package.

Run by a developer when the version changes, never at install or run time:

    python scripts/vendor_uswds.py

It needs `npm` on the path. Files are copied byte for byte; `SHA256SUMS` beside them is checked by the tests.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

VERSION = "3.14.0"
STATIC = Path(__file__).resolve().parents[1] / "src/harborline/sites/static/uswds"
ALWAYS = (
    "css/uswds.min.css",
    "js/uswds.min.js",
    "js/uswds-init.min.js",
    "img/sprite.svg",
    "img/loader.svg",
)
_URL = re.compile(r"""url\(\s*["']?(\.\./[^)"']+?)["']?\s*\)""")


def main() -> None:
    """Replace the vendored folder by a fresh copy and write its list of hashes."""
    target = STATIC / VERSION
    with tempfile.TemporaryDirectory() as folder:
        package = fetch(Path(folder))
        shutil.rmtree(target, ignore_errors=True)
        copy(package, target)
    (target / "SHA256SUMS").write_text(sums(target), encoding="utf-8")


def fetch(folder: Path) -> Path:
    """Download and unpack the npm package; its folder."""
    subprocess.run(["npm", "pack", "--silent", f"@uswds/uswds@{VERSION}"], cwd=folder, check=True)  # noqa: S603, S607
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def copy(package: Path, target: Path) -> None:
    """Copy the wanted files of `dist/` and the licence."""
    css = (package / "dist/css/uswds.min.css").read_text(encoding="utf-8")
    wanted = {*ALWAYS, *(link.removeprefix("../").split("?")[0].split("#")[0] for link in _URL.findall(css))}
    for name in sorted(wanted):
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package / "dist" / name, place)
    shutil.copyfile(package / "LICENSE.md", target / "LICENSE.md")


def sums(folder: Path) -> str:
    """One line per file in the form `sha256sum --check` reads."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files
    )


if __name__ == "__main__":
    main()
