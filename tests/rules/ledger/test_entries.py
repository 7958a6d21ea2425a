"""Entries: what the public may read of a record, and what can be shown of it later."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Broken, Invalid
from harborline.ledger.canonical import canonical, parsed
from harborline.ledger.commitments import (
    Opening,
    commit_content,
    commit_subject,
    mac,
    open_fields,
    verify_opening,
)
from harborline.ledger.contents import (
    Circumstances,
    check_kind,
    common_fields,
    fields_of,
    items_field,
    make_entries,
    own_fields,
)
from harborline.ledger.entry import entry_bytes, is_entry, origin_of, prefix, read_entry
from harborline.ledger.facts import Differs, Json
from harborline.ledger.tree import inclusion_proof, leaf_hash, leaf_hashes, node_of, verify_inclusion

ORIGIN = "notices.nc.example/log"
KEY = bytes(range(32))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.text(st.characters(max_codepoint=126), max_size=8)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
CONTENTS = st.dictionaries(NAMES, VALUES, max_size=5)
AT = Circumstances(datetime(2026, 11, 21, 14, 5, tzinfo=UTC), "worker", "cora", "nc-css", "notice-run", "0" * 64)


class TestCanonicalJson:
    """One spelling for every content."""

    @given(VALUES)
    def test_is_what_an_independent_writer_makes(self, value: Json) -> None:
        """Ours and the reference of RFC 8785 agree to the byte (it stops one short of 2^53)."""
        spelled = canonical(value)
        assert parsed(spelled) == json.loads(spelled)
        if b"9007199254740992" not in spelled:
            assert spelled == rfc8785.dumps(value)

    @pytest.mark.parametrize(
        ("value", "place"),
        [
            (1.5, "$"),
            (float("nan"), "$"),
            ({"a": [1, 2.0]}, "$.a[1]"),
            (2**53 + 1, "$"),
            ({1: "one"}, "$"),
            ({"ñ": 1}, "$"),
            (b"bytes", "$"),
            ({"a": {"b": datetime(2026, 1, 1, tzinfo=UTC)}}, "$.a.b"),
            ("\ud800", "$"),
        ],
    )
    def test_is_not_written_for_what_has_several_spellings(self, value: Json, place: str) -> None:
        """The place is named."""
        with pytest.raises(Invalid) as caught:
            canonical(value)
        assert caught.value.where == place

    def test_is_not_written_without_end(self) -> None:
        """A content nested beyond reason is turned down."""
        deep: Json = "x"
        for _ in range(40):
            deep = [deep]
        with pytest.raises(Invalid):
            canonical(deep)

    @pytest.mark.parametrize(
        "text",
        [b"", b"{", b'{"b":1,"a":1}', b'{"a":1,"a":1}', b'{"a": 1}', b"1.0", b"1e3", b"NaN", b'"\\u0041"', b"\xff"],
    )
    def test_is_not_read_from_another_spelling(self, text: bytes) -> None:
        """Same meaning, other bytes: turned down."""
        with pytest.raises(Invalid):
            parsed(text)


class TestAnEntry:
    """The public bytes."""

    def test_hold_nothing_but_an_id_and_two_commitments(self) -> None:
        """Nobody who reads the log learns who, what, when or why."""
        common = common_fields("disclosure.refused", AT)
        [made] = make_entries(prefix(ORIGIN), common, [("participant:ana", {"protected": True})])
        first, header = made.leaf.split(b"\n")
        assert first == f"{ORIGIN}/entry/v1".encode()
        assert set(json.loads(header)) == {"v", "id", "subject", "content"}
        for secret in (b"ana", b"cora", b"disclosure", b"2026", b"protected", b"nc-css"):
            assert secret not in header
        assert uuid.UUID(json.loads(header)["id"]).version == 4

    def test_read_back_as_they_were_made(self) -> None:
        """Canonical, and only canonical."""
        entry_id = uuid.uuid4()
        raw = entry_bytes(prefix(ORIGIN), entry_id, bytes(32), KEY)
        entry = read_entry(raw, prefix(ORIGIN))
        assert (entry.id, entry.subject, entry.content) == (entry_id, bytes(32), KEY)
        header = raw.removeprefix(prefix(ORIGIN))
        assert canonical(json.loads(header)) == header

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"entry/v1", b"entry/v2"),
            (b"notices", b"another"),
            (b'"v":1', b'"v":2'),
            (b'"v":1', b'"v":1,"x":1'),
            (b'{"c', b'{ "c'),
            (b"-4", b"-1"),
            (b"}", b"}\n"),
        ],
    )
    def test_are_turned_down_in_any_other_form(self, old: bytes, new: bytes) -> None:
        """Another log's entry, another version, a blank more."""
        raw = entry_bytes(prefix(ORIGIN), uuid.UUID(int=0, version=4), bytes(32), bytes(32)).replace(old, new, 1)
        assert not is_entry(raw, prefix(ORIGIN))
        with pytest.raises(Invalid):
            read_entry(raw, prefix(ORIGIN))

    def test_are_named_after_the_public_address(self) -> None:
        """Without its scheme and closing slash."""
        assert origin_of("https://notices.nc.example/") == "notices.nc.example/log"
        assert origin_of("http://localhost:8000") == "localhost:8000/log"

    def test_of_one_content_never_look_alike(self) -> None:
        """Recording the same thing twice tells nobody that it was the same."""
        common = common_fields("consent.withdrawn", AT)
        one, two = make_entries(prefix(ORIGIN), common, [("participant:ana", {})] * 2)
        first, second = (read_entry(made.leaf, prefix(ORIGIN)) for made in (one, two))
        assert first.content != second.content
        assert first.subject != second.subject
        assert one.content == two.content

    def test_carry_their_circumstances_in_the_sealed_content(self) -> None:
        """Who, when, for what, under which profile."""
        [made] = make_entries(prefix(ORIGIN), common_fields("consent.withdrawn", AT), [("participant:ana", {"a": 1})])
        fields = fields_of(made.content)
        assert fields["actor"] == {"kind": "worker", "id": "cora", "purpose": "notice-run"}
        assert fields["event"] == {
            "at": "2026-11-21T14:05:00.000000Z",
            "kind": "consent.withdrawn",
            "program": "nc-css",
            "profile": "0" * 64,
        }
        assert own_fields(fields) == {"a": 1}

    @pytest.mark.parametrize("kind", ["", "withdrawn", "Consent.withdrawn", "a.b c", "a." + "b" * 64])
    def test_have_a_kind_that_names_room_and_event(self, kind: str) -> None:
        """`consent.withdrawn`, nothing looser."""
        with pytest.raises(Broken):
            check_kind(kind)

    @pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'[["a"]]', b"no"])
    def test_are_not_opened_from_a_broken_content(self, content: bytes) -> None:
        """What we sealed ourselves must be in our form."""
        with pytest.raises(Broken):
            fields_of(content)


class TestACommitment:
    """What binds a record without telling it."""

    @given(st.binary(max_size=64), st.binary(max_size=200))
    def test_is_an_hmac(self, key: bytes, message: bytes) -> None:
        """Ours is the library's, only quicker."""
        assert mac(key, message) == hmac.digest(key, message, hashlib.sha256)

    @given(CONTENTS, CONTENTS)
    def test_is_equal_for_equal_contents_only(self, one: dict[str, Json], other: dict[str, Json]) -> None:
        """The order of names does not matter, everything else does."""
        assert commit_content(KEY, one) == commit_content(KEY, dict(reversed(one.items())))
        assert (commit_content(KEY, one) == commit_content(KEY, other)) == (canonical(one) == canonical(other))

    def test_to_a_subject_cannot_be_guessed_without_its_salt(self) -> None:
        """The same person, other bytes each time."""
        assert commit_subject(os.urandom(32), "participant:ana") != commit_subject(os.urandom(32), "participant:ana")


class TestAnOpening:
    """Showing one field while the others stay closed."""

    @given(CONTENTS, st.data())
    def test_shows_the_chosen_fields_and_no_others(self, content: dict[str, Json], draw: st.DataObject) -> None:
        """Written to a file, read back, verified against the entry."""
        names = draw.draw(st.sets(st.sampled_from(sorted(content)))) if content else set()
        opening = Opening.from_json(json.loads(canonical(open_fields(KEY, content, names).as_json())))
        shown = verify_opening(opening, commit_content(KEY, content))
        assert canonical(shown) == canonical({name: content[name] for name in names})

    def test_does_not_show_what_was_not_recorded(self) -> None:
        """A changed value, a moved or missing field, another entry: turned down."""
        content: dict[str, Json] = {"a": 1, "b": True, "c": "x"}
        commitment = commit_content(KEY, content)
        opening = open_fields(KEY, content, ["a"])
        name, _value, key = opening.shown[0]
        bent = [
            replace(opening, shown={0: (name, 2, key)}),
            replace(opening, shown={0: ("z", 1, key)}),
            replace(opening, shown={1: opening.shown[0]}, closed={0: opening.closed[1], 2: opening.closed[2]}),
            replace(opening, closed={1: opening.closed[1]}),
            replace(opening, closed={2: opening.closed[2]}),
            replace(opening, closed={1: opening.closed[1] + opening.closed[2], 2: b""}),
            replace(opening, whole_key=bytes(32)),
        ]
        assert verify_opening(opening, commitment) == {"a": 1}
        for one in bent:
            with pytest.raises(Differs):
                verify_opening(one, commitment)
        with pytest.raises(Differs):
            verify_opening(opening, commit_content(bytes(32), content))

    def test_is_not_made_for_a_field_that_is_not_there(self) -> None:
        """Asking for an unknown field is an error."""
        with pytest.raises(Invalid):
            open_fields(KEY, {"a": 1}, ["b"])

    @pytest.mark.parametrize("form", [None, {}, [], {"key": "00", "fields": 3}, {"key": "x", "fields": []}])
    def test_is_turned_down_in_any_other_form(self, form: Json) -> None:
        """Broken files are named, not believed."""
        with pytest.raises(Invalid):
            Opening.from_json(form)


class TestABatch:
    """One entry for many items."""

    def test_shows_one_item_with_a_short_path(self) -> None:
        """The other items stay closed."""
        items = [os.urandom(32) for _ in range(20)]
        field = items_field(items)
        proof = inclusion_proof(7, 20, node_of(leaf_hashes(items)))
        root = bytes.fromhex(str(field["root"]))
        assert field["count"] == 20
        verify_inclusion(index=7, size=20, leaf=leaf_hash(items[7]), proof=proof, root=root)

    def test_takes_commitments_only(self) -> None:
        """A value that is not 32 bytes long is no commitment."""
        with pytest.raises(Broken):
            items_field([b"+19195550123"])
