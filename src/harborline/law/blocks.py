"""Blocks: wording a letter or the agency fixed, versioned, never edited in place.

A block file `<id>.<version>.toml` holds, per language, the words, their SHA-256 and whose words they are. Words
that no longer match their hash stop the load: a change is a new version in a new file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harborline.kernel import Invalid
from harborline.law.reading import Table, files_in, known, only, read_toml, text

HERE = Path(__file__).parent / "blocks"

ORIGINS = frozenset({"letter", "ours"})


@dataclass(frozen=True, slots=True)
class Block:
    """Fixed words in one language.

    `version` counts from 1; `clause` is the one that asks for them; `origin` is `letter` (word for word) or `ours`
    (our wording or translation); `sha256` is the hex digest of `words` in UTF-8, to be kept with every signature.
    """

    id: str
    version: int
    language: str
    clause: str
    origin: str
    words: str
    sha256: str


def load_blocks(clause_ids: frozenset[str], directory: Path = HERE) -> dict[tuple[str, str], Block]:
    """The newest version of every block by (id, language); raises `Invalid` for a changed or broken one.

    A language that the newest version lacks is absent: old words do not stand in for a missing translation.
    """
    every = [block for path in files_in(directory, "block") for block in _versions(path, clause_ids)]
    newest = {block.id: block.version for block in sorted(every, key=lambda each: each.version)}
    return {(block.id, block.language): block for block in every if block.version == newest[block.id]}


def _versions(path: Path, clause_ids: frozenset[str]) -> list[Block]:
    table = read_toml(path)
    only(table, frozenset({"id", "version", "clause", "language"}), path.name)
    version = table.get("version")
    if not isinstance(version, int) or path.name != f"{table.get('id')}.{version}.toml":
        raise Invalid("the file must be called <id>.<version>.toml after its content", path.name)
    known(text(table, "clause", path.name), clause_ids, "clause", path.name)
    languages = table.get("language")
    if not isinstance(languages, Mapping) or not languages:
        raise Invalid("a block needs words in at least one language", path.name)
    return [_block(table, language, languages[language], version, path.name) for language in languages]


def _block(table: Table, language: str, entry: object, version: int, name: str) -> Block:
    where = f"{name}, {language}"
    if not isinstance(entry, Mapping):
        raise Invalid("a language must be a table with words, origin and sha256", where)
    only(entry, frozenset({"words", "origin", "sha256"}), where)
    words = text(entry, "words", where)
    digest = hashlib.sha256(words.encode()).hexdigest()
    if entry.get("sha256") != digest:
        raise Invalid("the words are not the ones that were hashed: a change needs a new version in a new file", where)
    return Block(
        id=text(table, "id", name),
        version=version,
        language=language,
        clause=text(table, "clause", name),
        origin=known(text(entry, "origin", where), ORIGINS, "origin", where),
        words=words,
        sha256=digest,
    )
