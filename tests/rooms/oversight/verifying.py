"""The verifier of an export, run where nothing of ours is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cryptography
from tests.rooms.oversight.file_room import opened


def verified(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it in a Python that has the standard library and `cryptography`, and nothing else."""
    bare = (
        "import sys, runpy; sys.path.append(sys.argv[1]); sys.argv = sys.argv[2:];"
        " runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    only = _only_cryptography(place.parent / "only-cryptography")
    python = str(Path(sys.base_prefix) / "bin" / "python3")
    return subprocess.run(
        [python, "-I", "-S", "-c", bare, str(only), str(place / "verify.py"), *arguments],
        capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}, cwd=place,
    )  # fmt: skip


def _only_cryptography(folder: Path) -> Path:
    if not folder.exists():
        folder.mkdir()
        installed = Path(cryptography.__file__).parents[1]
        for name in ("cryptography", "cffi", "_cffi_backend*", "pycparser", "typing_extensions.py"):
            for found in installed.glob(name):
                (folder / found.name).symlink_to(found)
    return folder


def unpacked(content: bytes, place: Path) -> Path:
    """An export's files in a folder."""
    for name, made in opened(content).items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(made)
    return place
