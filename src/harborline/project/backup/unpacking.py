"""Tars out of a set: only plain files, only below the directory they are meant for."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from harborline.adapters.keys.files import write_over
from harborline.kernel import Broken
from harborline.project.cluster import Place, own


def files_of(source: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Relative path and content of every file of a tar; raises `Broken` for anything that is not such a file."""
    with tarfile.open(fileobj=source, mode="r|") as tar:
        for told in tar:
            path = PurePosixPath(told.name)
            content = tar.extractfile(told) if told.isreg() else None
            if content is None or path.is_absolute() or ".." in path.parts:
                raise Broken("the set holds something that is not a plain file")
            yield told.name, content.read()


def unpack(source: IO[bytes], directory: Path) -> int:
    """Write the files below a directory, mode 0600; answers how many."""
    count = 0
    for name, content in files_of(source):
        write_over(directory / name, content)
        count += 1
    return count


def unpack_cluster(source: IO[bytes], place: Place) -> None:
    """Fill a data directory from the tar of a base backup, for the account that will run it."""
    own(place, place.data)
    with tarfile.open(fileobj=source, mode="r|") as tar:
        tar.extractall(place.data, filter="data")
    if place.account is not None:
        for folder, folders, names in os.walk(place.data):
            for name in (*folders, *names):
                os.chown(Path(folder) / name, place.account.pw_uid, place.account.pw_gid, follow_symlinks=False)
    own(place, place.data)
