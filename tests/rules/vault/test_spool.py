"""Files on their way in are never plaintext on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from harborline.vault.spool import IN_MEMORY_BYTES, SealedSpool

MARK = b"a secret that nobody finds on the disk "


class TestASpool:
    """Of any size."""

    @pytest.mark.parametrize("size", [0, 100, IN_MEMORY_BYTES, IN_MEMORY_BYTES + 1, 3 * IN_MEMORY_BYTES])
    def test_gives_back_what_was_written(self, tmp_path: Path, size: int) -> None:
        """From its start, as often as somebody begins anew."""
        content = (MARK * (size // len(MARK) + 1))[:size]
        spool = SealedSpool(tmp_path)
        for at in range(0, size, 65_536):
            spool.write(content[at : at + 65_536])
        opened = spool.opened()
        assert opened.read() == content
        opened.seek(0)
        assert opened.read() == content
        assert spool.size == size

    def test_leaves_neither_a_name_nor_plaintext(self, tmp_path: Path) -> None:
        """The file has no name, and its bytes are sealed."""
        spool = SealedSpool(tmp_path)
        spool.write(MARK * 200_000)
        assert list(tmp_path.iterdir()) == []
        file = spool._file
        assert file is not None
        file.flush()
        file.seek(0)
        written = file.read()
        assert len(written) > 1_000_000
        assert MARK not in written
