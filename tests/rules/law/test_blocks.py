"""Blocks: wording nobody edits in place."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from harborline import law
from harborline.kernel import Invalid
from harborline.law.blocks import HERE, load_blocks

CLAUSES = frozenset(clause.id for clause in law.clauses())
STATEMENT = (
    "I understand that sending information electronically may not be secure. I assume the risk that persons other than "
    "the intended recipient may observe information sent by these media. Depending on my phone plan, there may be "
    "charges I will be responsible for, and I can ask to stop receiving these types of communication at any time."
)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """A copy of the shipped blocks in which the Minnesota one was edited."""
    copy = tmp_path / "blocks"
    shutil.copytree(HERE, copy)
    path = copy / "mn-text-release.1.toml"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    return copy


class TestTheMinnesotaStatement:
    """What every release for texts has to say."""

    def test_is_the_letters_word_for_word(self) -> None:
        """Not one word of our own."""
        block = law.block("mn-text-release", "en")
        assert block.words == STATEMENT
        assert (block.origin, block.clause) == ("letter", "MN-WIC-9.6:release-statement")

    def test_in_spanish_says_that_the_translation_is_ours(self) -> None:
        """The letter has no Spanish words."""
        assert law.block("mn-text-release", "es").origin == "ours"

    def test_carries_its_hash_for_the_evidence(self) -> None:
        """The signature can name the exact words."""
        block = law.block("mn-text-release", "en")
        assert block.sha256 == hashlib.sha256(STATEMENT.encode()).hexdigest()


class TestABlock:
    """How fixed words are read."""

    def test_exists_for_every_statement_a_profile_names(self) -> None:
        """In every language of the program."""
        for profile in law.profiles().values():
            for language in profile.languages:
                assert law.block(profile.consent.release_statement, language).words

    def test_does_not_exist_in_a_language_without_words(self) -> None:
        """A missing translation is refused, never replaced."""
        with pytest.raises(Invalid, match="block 'mn-text-release' has no words in 'so'"):
            law.block("mn-text-release", "so")

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ("may not be secure", "is secure", "a change needs a new version"),
            ("version = 1", "version = 2", "must be called"),
            ("MN-WIC-9.6:release-statement", "MN-WIC-9.6:no-such", "clause 'MN-WIC-9.6:no-such' is unknown"),
            ('origin = "letter"', 'origin = "friend"', "origin 'friend' is unknown"),
        ],
    )
    def test_that_was_edited_in_place_stops_the_load(self, tmp_path: Path, old: str, new: str, expected: str) -> None:
        """The hash, the file name, the clause and the origin all have to fit."""
        with pytest.raises(Invalid, match=expected):
            load_blocks(CLAUSES, changed(tmp_path, old, new))

    def test_in_a_newer_version_takes_over(self, tmp_path: Path) -> None:
        """The old file stays for what was signed on it; a translation it lacks is missing, not old."""
        copy = tmp_path / "blocks"
        shutil.copytree(HERE, copy)
        words = "New words."
        digest = hashlib.sha256(words.encode()).hexdigest()
        (copy / "nc-text-agreement.2.toml").write_text(
            'id = "nc-text-agreement"\nversion = 2\nclause = "NC-CSS-22-18:opt-in"\n'
            f'[language.en]\norigin = "ours"\nwords = "{words}"\nsha256 = "{digest}"\n',
            encoding="utf-8",
        )
        found = load_blocks(CLAUSES, copy)
        assert found["nc-text-agreement", "en"].version == 2
        assert ("nc-text-agreement", "es") not in found
