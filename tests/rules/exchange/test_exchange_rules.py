"""Rules of the exchange that need no database: which layout judges a file."""

from __future__ import annotations

import pytest

from harborline.exchange import layouts
from harborline.exchange.rules import layout_agrees
from harborline.kernel import Invalid

AGREED = "fop-case-submission-245"


class TestTheLayoutOfAFile:
    """What the sender names beside what was agreed."""

    @pytest.mark.clause("CA-CSS-03-11:safeguards", shows="keeps")
    @pytest.mark.parametrize(
        ("agreed", "said"),
        [(AGREED, ""), (AGREED, AGREED), (AGREED, f"{AGREED}@1"), (f"{AGREED}@1", AGREED), ("", AGREED), ("", "")],
    )
    def test_is_the_agreed_one(self, agreed: str, said: str) -> None:
        """Or the sender's, where nothing was agreed; a version may be named where the agreement names none."""
        assert layout_agrees(agreed=agreed, said=said, known=True).allowed

    @pytest.mark.clause("CA-CSS-03-11:safeguards", shows="keeps")
    @pytest.mark.parametrize(
        ("agreed", "said", "reason"),
        [
            (AGREED, "fop-collection", "layout-differs"),
            (f"{AGREED}@1", f"{AGREED}@2", "layout-differs"),
            (AGREED, "/etc/passwd.toml", "layout-differs"),
            ("", "no-such-layout", "layout-unknown"),
        ],
    )
    def test_is_never_a_weaker_one_of_the_senders_choice(self, agreed: str, said: str, reason: str) -> None:
        """Otherwise whoever sends a bad file would choose the check it passes."""
        assert layout_agrees(agreed=agreed, said=said, known=False).reason == reason

    def test_is_never_a_path_of_this_machine(self) -> None:
        """A partner's manifest opens no file of ours."""
        with pytest.raises(Invalid, match="there is no layout"):
            layouts.published("../own.toml")
