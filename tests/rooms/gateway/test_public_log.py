"""Anyone may read the proof log, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

CHECKPOINT = b"example.com/log\n1\nAAAA\n\n\xe2\x80\x94 example.com/log sig\n"


def publish(log: Path, path: str, content: bytes) -> None:
    """Put one file into the log."""
    (log / path).parent.mkdir(parents=True, exist_ok=True)
    (log / path).write_bytes(content)


@pytest.mark.usefixtures("db")
class TestThePublicLog:
    """Checkpoint, key and tiles."""

    @pytest.mark.parametrize(
        "name", ["checkpoint", "vkey", "keys/1", "keys/12", "2/checkpoint", "2/citation", "2/keys/1"]
    )
    def test_shows_what_changes_and_keeps_it_nowhere(self, log: Path, name: str) -> None:
        """Text, asked for anew each time."""
        publish(log, name, CHECKPOINT)
        answer = Client().get(f"/log/{name}")
        assert (answer.status_code, answer.content) == (200, CHECKPOINT)
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-cache"

    @pytest.mark.parametrize(
        "path",
        [
            "tile/0/000",
            "2/tile/0/000",
            "tile/0/x001/x234/067",
            "tile/63/000.p/255",
            "tile/entries/x001/067.p/1",
            "tile/1/001",
        ],
    )
    def test_shows_tiles_that_never_change(self, log: Path, path: str) -> None:
        """Bytes that every cache may keep."""
        publish(log, path, b"\x00" * 32)
        answer = Client().get(f"/log/{path}")
        assert (answer.status_code, answer.content) == (200, b"\x00" * 32)
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"

    @pytest.mark.parametrize(
        "path",
        [
            *("../keys/root.key", "tile/../../keys/root.key", "tile/0/../../../secret", "%2e%2e/secret"),
            *("tile/0/..%2f..%2fsecret", "tile/64/000", "tile/00/000", "tile/0/0", "tile/0/x001", "tile/0/000.p/0"),
            *("tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000/", "tile//000", "tile/0/000%00", "tile/0/000%0a"),
            *("0/checkpoint", "02/checkpoint", "2/2/checkpoint", "keys/0", "keys/", "2/.lock", "keys/1x"),
            *("tile/0/\u0660\u0660\u0660", ".lock", "", "tile/entries", "checkpoint/"),
            "tile/0/" + "x001/" * 6 + "001",
        ],
    )
    def test_shows_nothing_else(self, log: Path, path: str) -> None:
        """Whatever lies beside the log, and paths no log has."""
        publish(log, ".lock", b"")
        (log.parent / "secret").write_bytes(b"never published")
        answer = Client().get(f"/log/{path}")
        assert answer.status_code == 404
        assert b"never published" not in answer.content

    def test_says_plainly_what_is_not_there(self, log: Path) -> None:
        """A tile that is not published yet."""
        answer = Client().get("/log/tile/0/000")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-cache")

    @pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
    def test_cannot_be_written(self, log: Path, method: str) -> None:
        """Read only."""
        assert getattr(Client(), method)("/log/checkpoint").status_code == 405
