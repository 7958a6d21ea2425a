"""Gather the words of the pages, and compile their translations: no gettext programs needed.

    python scripts/translations.py gather    bring locale/*/LC_MESSAGES/django.po up to date with sources and templates
    python scripts/translations.py compile   write django.mo beside each django.po

Gathered words keep their translations; new ones stand empty, which the tests refuse. Source language: English.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SITES = Path(__file__).resolve().parents[1] / "src/harborline/sites"
LOCALE = SITES / "locale"
# What people read when they choose a password is said where it is decided.
BESIDE = tuple(SITES.parent / "workforce" / name for name in ("passwords.py", "signin.py"))
# What rooms say of wrong input is theirs, in English; pages that show it say it in the language of the reader.
ROOMS = tuple(
    SITES.parent / name
    for name in ("consent", "contact", "disclosure", "documents", "oversight", "people", "retention", "vendors",
                 "workforce", "messaging/words/templates.py", "messaging/notices/caseload.py",
                 "messaging/notices/moments.py", "messaging/conversations/alerts.py")
)  # fmt: skip
# Read at the start or by a command only: whoever runs the machine reads them.
FOR_COMMANDS = frozenset(
    SITES.parent / name
    for name in (
        "consent/listfile.py", "consent/lists.py", "oversight/incident_facts.py", "people/feeds/changes.py",
        "people/feeds/reading.py", "retention/certified.py", "vendors/screening/lines.py", "vendors/screening/lists.py",
        "vendors/screening/parties.py", "workforce/agency_settings.py", "workforce/profiles.py",
    )
)  # fmt: skip
HEADER = (
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Language: {language}\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\n"
)
_ONE = frozenset({"_", "gettext", "gettext_lazy"})
_MANY = frozenset({"ngettext", "ngettext_lazy"})


@dataclass(slots=True)
class Entry:
    """One message: English, its plural where it has one, its translations, the files it stands in."""

    msgid: str
    plural: str = ""
    said: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)

    @property
    def complete(self) -> bool:
        """Whether every form is translated."""
        return len(self.said) == (2 if self.plural else 1) and all(self.said)


def gathered() -> dict[str, Entry]:
    """Every message of the sites, by its English words."""
    found: dict[str, Entry] = {}
    for path in sorted((*SITES.rglob("*.py"), *BESIDE)):
        for entry in in_source(path):
            _merge(found, entry, path)
    for path in sorted(path for room in ROOMS for path in files_of(room) if path not in FOR_COMMANDS):
        for entry in in_faults(path):
            _merge(found, entry, path)
    for path in sorted((SITES / "templates").rglob("*.html")):
        for entry in in_template(path):
            _merge(found, entry, path)
    for entry, path in in_data():
        _merge(found, entry, path)
    return found


def files_of(room: Path) -> Iterable[Path]:
    """A file, or every Python file of a folder."""
    return room.rglob("*.py") if room.is_dir() else [room]


def _merge(found: dict[str, Entry], entry: Entry, path: Path) -> None:
    known = found.setdefault(entry.msgid, entry)
    known.plural = known.plural or entry.plural
    known.places.add(path.relative_to(SITES if path.is_relative_to(SITES) else SITES.parent).as_posix())


def in_source(path: Path) -> Iterator[Entry]:
    """The messages of one Python file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if node.func.id in _ONE and texts:
            yield Entry(texts[0])
        elif node.func.id in _MANY:
            yield Entry(texts[0], texts[1])


def in_faults(path: Path) -> Iterator[Entry]:
    """The problems of one Python file of a room: the first words of each `Invalid`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "Invalid":
            continue
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            yield Entry(node.args[0].value)


def in_data() -> Iterator[tuple[Entry, Path]]:
    """What the letters ask, clause by clause, and why the rows of the policies that ship are there."""
    for path in sorted((SITES.parent / "law/sources").glob("*.toml")):
        for clause in tomllib.loads(path.read_text(encoding="utf-8"))["clause"]:
            yield Entry(clause["says"]), path
    for path in sorted((SITES.parent / "disclosure/policies").glob("*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["row"]:
            yield Entry(row["because"]), path


def in_template(path: Path) -> Iterator[Entry]:
    """The messages of one template; Django must be set up."""
    from django.template import engines  # noqa: PLC0415 - Django is set up by then
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode  # noqa: PLC0415 - as above

    nodes = engines["django"].from_string(path.read_text(encoding="utf-8")).template.nodelist  # type: ignore[attr-defined]
    for node in nodes.get_nodes_by_type(TranslateNode):
        yield Entry(str(node.filter_expression.var.literal))
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        singular, _names = node.render_token_list(node.singular)
        plural, _names = node.render_token_list(node.plural) if node.plural else ("", ())
        yield Entry(singular, plural)


_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_UNESCAPED = {"n": "\n", '"': '"', "\\": "\\"}


def read_po(path: Path) -> dict[str, Entry]:
    """The entries of a .po file; the header stands under the empty message."""
    found: dict[str, Entry] = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            name, quoted = line.split(" ", 1) if not line.startswith('"') else (key, line)
            key = name
            fields[key] = fields.get(key, "") + _unquoted(quoted)
        if "msgid" in fields:
            said = [fields[name] for name in ("msgstr", "msgstr[0]", "msgstr[1]") if name in fields]
            found[fields["msgid"]] = Entry(fields["msgid"], fields.get("msgid_plural", ""), said)
    return found


def _unquoted(line: str) -> str:
    match = _QUOTED.search(line)
    return re.sub(r"\\(.)", lambda sign: _UNESCAPED[sign[1]], match[1]) if match else ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def write_po(path: Path, language: str, entries: dict[str, Entry]) -> None:
    """Write the entries sorted by their English words."""
    blocks = [f'msgid ""\nmsgstr {_quoted(HEADER.format(language=language))}']
    for msgid in sorted(entries):
        entry = entries[msgid]
        lines = [f"#: {' '.join(sorted(entry.places))}", f"msgid {_quoted(msgid)}"]
        if entry.plural:
            said = [*entry.said, "", ""][:2]
            lines += [f"msgid_plural {_quoted(entry.plural)}"]
            lines += [f"msgstr[{form}] {_quoted(words)}" for form, words in enumerate(said)]
        else:
            lines += [f"msgstr {_quoted(entry.said[0] if entry.said else '')}"]
        blocks.append("\n".join(lines))
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def gather() -> None:
    """Bring every .po file up to date; words nobody says any more go."""
    found = gathered()
    for path in LOCALE.glob("*/LC_MESSAGES/django.po"):
        known = read_po(path)
        for msgid, entry in found.items():
            entry.said = known[msgid].said if msgid in known else []
        write_po(path, path.parents[1].name, found)
        missing = sum(not entry.complete for entry in found.values())
        print(f"{path.relative_to(SITES)}: {len(found)} messages, {missing} without translation")


def compiled(path: Path) -> bytes:
    """The .mo file of a .po file (GNU gettext, section "The Format of GNU MO Files")."""
    entries = {msgid: entry for msgid, entry in read_po(path).items() if not msgid or entry.complete}
    pairs = sorted(
        (
            (msgid + ("\0" + entry.plural if entry.plural else "")).encode(),
            "\0".join(entry.said).encode(),
        )
        for msgid, entry in entries.items()
    )
    count = len(pairs)
    at = 28 + 16 * count
    tables: list[list[tuple[int, int]]] = [[], []]
    body = b""
    for side in (0, 1):
        for pair in pairs:
            tables[side].append((len(pair[side]), at + len(body)))
            body += pair[side] + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0)
    return header + b"".join(struct.pack("<2I", *row) for table in tables for row in table) + body


def compile_all() -> None:
    """Write every .mo file."""
    for path in LOCALE.glob("*/LC_MESSAGES/django.po"):
        path.with_suffix(".mo").write_bytes(compiled(path))


if __name__ == "__main__":
    if sys.argv[1:] == ["gather"]:
        from harborline.project.start import prepare

        prepare()
        gather()
        compile_all()
    elif sys.argv[1:] == ["compile"]:
        compile_all()
    else:
        sys.exit(__doc__)
