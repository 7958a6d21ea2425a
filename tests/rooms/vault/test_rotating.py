"""Rotation of a whole installation's keys: recorded before and after, everything opens as before."""

from __future__ import annotations

import uuid

import pytest

from harborline.kernel import Invalid, NotFound
from harborline.ledger.selectors import entries_of
from harborline.project.rotating import rotate
from harborline.vault import services
from harborline.walls import ALL_COUNTIES, Actor, acting


def entries(program: str, subject: str) -> list[tuple[str, object]]:
    """Kinds and numbers of what was recorded about a key, oldest first."""
    with acting(Actor("worker", "eli"), program=program, counties=ALL_COUNTIES, purpose="review"):
        return [(one.kind, one.content.get("number")) for one in reversed(entries_of(subject))]


@pytest.mark.usefixtures("committed")
class TestRotating:
    """`harborline keys rotate`."""

    def test_an_office_is_recorded_in_its_program_only(self) -> None:
        """Before and after, with the number."""
        office = services.keyring().office_numbers("nc-css")
        record = uuid.uuid4()
        value = services.seal(b"value", group="nc-css/people", context="c")
        words = services.seal_record(b"words", record=record, group="nc-css/rotating", context="c")
        number = rotate("office", "nc-css", lambda _line: None)
        assert number == max([0, *office]) + 1
        assert services.unseal(value, group="nc-css/people", context="c") == b"value"
        assert services.unseal_record(words, record=record, group="nc-css/rotating", context="c") == b"words"
        subject = "keys:office/nc-css"
        assert entries("nc-css", subject) == [("vault.rotation-begun", None), ("vault.keys-rotated", number)]
        assert entries("mn-wic", subject) == []

    def test_the_root_is_recorded_in_every_program(self) -> None:
        """It concerns them all; what was recorded before can still be read."""
        before = rotate("root", "", lambda _line: None)
        assert rotate("root", "", lambda _line: None) == before + 1
        for program in ("nc-css", "mn-wic"):
            assert entries(program, "keys:root/")[-1] == ("vault.keys-rotated", before + 1)

    def test_a_class_seals_under_the_new_number_at_once(self) -> None:
        """In this process too, which had the old one in memory."""
        old = services.key_number(services.seal(b"value", group="nc-css/rotated", context="c"))
        number = rotate("class", "nc-css/rotated", lambda _line: None)
        assert services.key_number(services.seal(b"value", group="nc-css/rotated", context="c")) == number == old + 1

    @pytest.mark.parametrize(
        ("level", "name", "error"),
        [
            ("root", "nc-css", Invalid),
            ("office", "", Invalid),
            ("office", "none", NotFound),
            ("class", "index", Invalid),
        ],
    )
    def test_of_nothing_is_told(self, level: str, name: str, error: type[Exception]) -> None:
        """A name too many, a name too few, a name that is none."""
        with pytest.raises(error):
            rotate(level, name, lambda _line: None)
