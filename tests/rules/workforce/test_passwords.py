"""Which passwords may be chosen."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Unavailable
from harborline.workforce.passwords import (
    BreachedPasswordValidator,
    PlainPasswordValidator,
    ProfileValidator,
    breached,
)
from harborline.workforce.requirements import LANGUAGES, statement, statements


def digest(password: str) -> str:
    """As lists of stolen passwords give it."""
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def stolen(folder: Path, *passwords: str, counts: bool = True) -> Path:
    """A list of stolen passwords, in order."""
    path = folder / "stolen.txt"
    lines = sorted(digest(each) + (f":{len(each)}" if counts else "") for each in passwords)
    path.write_text("\n".join(lines) + "\n")
    return path


class TestAPassword:
    """What the form takes."""

    @pytest.mark.parametrize("password", ["four-quiet-Herons", "harbor-light-demo-2026", "Vier ruhige Reiher"])
    def test_of_three_kinds_and_fourteen_signs_is_taken(self, password: str) -> None:
        """Words that do not belong together."""
        ProfileValidator().validate(password)
        PlainPasswordValidator().validate(password)

    @pytest.mark.parametrize("password", ["Quiet-Heron-7", "fourquietheronsnest", "four quiet herons nest"])
    def test_too_short_or_of_too_few_kinds_is_not(self, password: str) -> None:
        """Thirteen signs; one kind; two kinds."""
        with pytest.raises(ValidationError):
            ProfileValidator().validate(password)

    @pytest.mark.parametrize(
        "password",
        [
            *("Password123456!", "P@ssw0rd2026!!!", "Sunshine-----2026", "iloveyou!2026!!"),
            *("abcabcabcabcabc", "Aa1!Aa1!Aa1!Aa1!"),
            *("abcdefghijklmn1!", "1234567890-Qwerty", "Qwertyuiop12345!"),
        ],
    )
    def test_that_is_a_common_one_in_disguise_is_not(self, password: str) -> None:
        """A common word with digits around it, one thing repeated, a run of keys."""
        with pytest.raises(ValidationError):
            PlainPasswordValidator().validate(password)


class TestTheListOfStolenPasswords:
    """Searched by halves, offline."""

    @pytest.mark.parametrize("counts", [True, False])
    def test_finds_each_one_and_no_other(self, tmp_path: Path, counts: bool) -> None:
        """First, last and between; with counts or without."""
        words = [f"stolen {number}" for number in range(257)]
        path = stolen(tmp_path, *words, counts=counts)
        assert all(breached(word, path) for word in words)
        assert not any(breached(f"kept {number}", path) for number in range(257))

    @given(st.sets(st.text(max_size=6), max_size=12), st.text(max_size=6))
    def test_agrees_with_looking_at_every_line(self, words: set[str], asked: str) -> None:
        """Whatever stands on it."""
        import tempfile  # noqa: PLC0415 - a folder for each example

        with tempfile.TemporaryDirectory() as folder:
            assert breached(asked, stolen(Path(folder), *words)) == (asked in words)

    def test_refuses_what_stands_on_it(self, tmp_path: Path) -> None:
        """In the words of the form."""
        with override_settings(BREACHED_PASSWORDS=str(stolen(tmp_path, "four-quiet-Herons"))):
            BreachedPasswordValidator().validate("five-quiet-Herons")
            with pytest.raises(ValidationError, match="stolen"):
                BreachedPasswordValidator().validate("four-quiet-Herons")

    def test_that_is_gone_stops_the_change(self, tmp_path: Path) -> None:
        """Nobody chooses a password unchecked."""
        with (
            override_settings(BREACHED_PASSWORDS=str(tmp_path / "gone.txt")),
            pytest.raises(Unavailable, match="HARBORLINE_BREACHED_PASSWORDS"),
        ):
            BreachedPasswordValidator().validate("four-quiet-Herons")


class TestTheRequirements:
    """The words that workers sign."""

    def test_name_the_tax_law_the_sanctions_and_the_day_to_report(self) -> None:
        """In every language, in every version."""
        for shown in statements():
            whole = " ".join(shown.points)
            assert all(word in whole for word in ("7213", "7213A", "7431", "TIGTA", "24", "1,000"))

    def test_say_the_same_number_of_things_in_each_language(self) -> None:
        """Nothing is left out of the Spanish; each has a digest of its own."""
        shown = [statement(language) for language in LANGUAGES]
        assert len({len(each.points) for each in shown}) == 1
        assert len({each.sha256 for each in shown}) == len(LANGUAGES)
        assert statement("so").language == "en"
