"""The vendored design system is the one that was published, and is whole."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).parents[2] / "src/harborline/sites/static"
VENDORED = STATIC / "uswds/3.14.0"
LINK = re.compile(r"""url\(["']?(\.\./[^)"']+)""")


def listed() -> dict[str, str]:
    """The list of hashes, by file."""
    lines = (VENDORED / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


class TestTheVendoredFiles:
    """USWDS 3.14.0 as its npm package has it."""

    def test_are_those_of_the_list_and_no_others(self) -> None:
        """Nobody changed a file, took one away or slipped one in."""
        files = {path for path in VENDORED.rglob("*") if path.is_file() and path.name != "SHA256SUMS"}
        found = {path.relative_to(VENDORED).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
        assert found == listed()

    def test_hold_every_picture_and_letter_the_style_asks_for(self) -> None:
        """No page asks the server for a file that is not there."""
        css = (VENDORED / "css/uswds.min.css").read_text(encoding="utf-8")
        missing = {link for link in LINK.findall(css) if not (VENDORED / "css" / link).resolve().exists()}
        assert not missing

    def test_stay_small(self) -> None:
        """A checkout is not burdened with the parts no page uses."""
        assert sum(path.stat().st_size for path in VENDORED.rglob("*") if path.is_file()) < 1_500_000


class TestOurOwnStyle:
    """The layer of our own."""

    def test_brings_nothing_from_elsewhere(self) -> None:
        """No address of another server stands in it."""
        css = (STATIC / "harborline/app.css").read_text(encoding="utf-8")
        assert "url(" not in css
        assert "@import" not in css
