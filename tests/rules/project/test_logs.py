"""What processes write about their work."""

from __future__ import annotations

import json

import pytest
import structlog

from harborline.project.logs import to_standard_error


class TestALineAboutWork:
    """For who watches the machines."""

    def test_goes_to_standard_error_as_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Standard output stays for the answers of commands."""
        to_standard_error()
        structlog.get_logger("x").warning("sending stopped", sender="main", reason="not-live")
        written = capsys.readouterr()
        assert written.out == ""
        line = json.loads(written.err)
        assert (line["event"], line["level"], line["sender"], line["reason"]) == (
            "sending stopped", "warning", "main", "not-live",
        )  # fmt: skip
        assert line["timestamp"].endswith("Z")
