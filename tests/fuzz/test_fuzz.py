"""Anything at all, for some seconds; `make fuzz` goes on for minutes, led by what the code has not done yet."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fuzz.files import read_as_layout, read_as_paper
from tests.fuzz.sftp import attack, bytes_on_the_wire, is_whole

_CONTENT = st.binary(max_size=200) | st.binary(min_size=200, max_size=4_000)


def _tried(target: Callable[[bytes], object], times: int) -> Callable[[], None]:
    @settings(max_examples=times, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_CONTENT)
    def tries(content: bytes) -> None:
        target(content)

    return tries


class TestAnything:
    """Whatever a partner sends."""

    def test_no_session_breaks_the_engine(self) -> None:
        """Any packets in any order: every reply is whole, nothing fails inside, what landed stays as it was."""
        _tried(attack, 1_500)()

    def test_packets_do_not_depend_on_how_bytes_arrive(self) -> None:
        """The same stream in any pieces holds the same packets."""
        _tried(bytes_on_the_wire, 500)()

    def test_no_file_breaks_the_reader_of_layouts(self) -> None:
        """Any bytes under any layout, code page and framing: a verdict, the bytes back, and no value told."""
        _tried(read_as_layout, 600)()

    def test_no_paper_breaks_its_reader(self) -> None:
        """Manifests, checksums, receipts, names and patterns are understood or refused with words."""
        _tried(read_as_paper, 1_500)()


class TestTheTargets:
    """They would notice."""

    def test_files_land_in_many_of_them(self) -> None:
        """A good part of the clients tried get a file landed, so that the promises about landed files are tried."""
        source = Random(7)
        sessions = [attack(source.randbytes(600)) for _ in range(200)]
        assert sum(map(bool, sessions)) > 50

    @pytest.mark.parametrize("broken", [b"\0\0\0\5\x65\0\0\0\1", b"\0\0\0\1\x65"])
    def test_a_broken_reply_is_seen(self, broken: bytes) -> None:
        """A reply to another request, or one cut short, is told."""
        with pytest.raises(AssertionError):
            is_whole(broken, 7, greeting=False)
