"""Commitments spelled with a form equal those of the whole item, whatever the words hold."""

from __future__ import annotations

import hashlib
import hmac
import json

from hypothesis import given
from hypothesis import strategies as st

from harborline.messaging.commitments import Form, canonical, commit, spelled_value

Item = dict[str, str | int | list[str] | None]
WORDS = st.text(max_size=60)


class TestForm:
    """What varies is put into a form that was spelled once."""

    @given(key=st.binary(min_size=32, max_size=32), words=WORDS, clauses=st.lists(WORDS), name=WORDS)
    def test_commits_like_the_whole_item(self, key: bytes, words: str, clauses: list[str], name: str) -> None:
        """Per cent signs, quotes and any other characters included."""
        item: Item = {"kind": "x", "text": words, "clauses": clauses, "row": 7, "reason": name}
        form = Form({**item, "text": "", "row": 0}, "text", "row")
        assert form.commit(key, "7", spelled_value(words)) == commit(key, item)

    @given(key=st.binary(min_size=32, max_size=32), words=WORDS)
    def test_is_the_keyed_hash_of_canonical_json(self, key: bytes, words: str) -> None:
        """Anybody with the key can work it out with ordinary tools."""
        item: Item = {"b": words, "a": 1}
        plain = json.dumps({"a": 1, "b": words}, separators=(",", ":"), ensure_ascii=False).encode()
        assert canonical(item) == plain
        assert commit(key, item) == hmac.digest(key, plain, hashlib.sha256)
