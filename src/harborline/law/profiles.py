"""Profiles: what one program's letter and its agency allow, as typed settings that may only be stricter.

Every setting in a profile file holds `value`, `floor`, `clause` and `source`. A value looser than its floor stops
the load. An agency changes values (never floors) in its own file `<program>.toml` in the directory that the
environment variable `HARBORLINE_PROFILES` names; the same floors hold there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harborline.kernel import Invalid
from harborline.law.reading import Table, files_in, known, only, read_toml, text, words
from harborline.law.strictness import Strictness, Value, spoken

HERE = Path(__file__).parent / "profiles"
ENVIRONMENT = "HARBORLINE_PROFILES"


def _kept(how: str, *ladder: str) -> Any:  # noqa: ANN401 - the type of a dataclass default is that of its field
    return field(metadata={"strictness": Strictness(how, ladder)})


@dataclass(frozen=True, slots=True)
class Texting:
    """When, how often and by whom texts may be sent.

    `quiet_start` and `quiet_end` bound the half-open local window in which texts go out; caps count texts per phone
    number; `reply_wait_s` is the longest wait before a stop is confirmed; `approve_above` is the number of
    recipients from which a second person approves; `protected_texts` is `refuse` or `if-chosen`.
    """

    quiet_start: time = _kept("not-before")
    quiet_end: time = _kept("not-after")
    cap_per_day: int = _kept("at-most")
    cap_per_week: int = _kept("at-most")
    max_segments: int = _kept("at-most")
    reply_wait_s: int = _kept("at-most")
    possible_opt_out_hours: int = _kept("at-most")
    staff_may_text: bool = _kept("may-forbid")
    run_roles: tuple[str, ...] = _kept("only-from")
    second_carrier: bool = _kept("may-forbid")
    approve_above: int = _kept("at-most")
    protected_texts: str = _kept("ranked", "refuse", "if-chosen")
    protection_max_age_h: int = _kept("at-most")


@dataclass(frozen=True, slots=True)
class Consent:
    """Which consents count, and for how long.

    `kinds` are the accepted ones; `app_platforms` the platforms an opt-in in the app or portal covers;
    `verbal_cap_days` is 0 where a spoken permission is not accepted; `release_statement` names the block
    (`harborline.law.block`) a signed release must carry.
    """

    kinds: tuple[str, ...] = _kept("only-from")
    app_platforms: tuple[str, ...] = _kept("only-from")
    verbal_cap_days: int = _kept("at-most")
    release_statement: str = _kept("fixed")
    release_expiry_days: int = _kept("at-most")


@dataclass(frozen=True, slots=True)
class Retention:
    """How long texts and their evidence live; the schedules themselves belong to the retention room.

    `texts` is `keep` or `view-then-destroy`; `viewed_text_hours` and `unread_text_days` bound the working copy;
    years run from the last text to, or the withdrawal of, the number.
    """

    texts: str = _kept("fixed")
    viewed_text_hours: int = _kept("at-most")
    unread_text_days: int = _kept("at-most")
    consent_years: int = _kept("at-least")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting with what it rests on; `name` is dotted, `source` says where the floor comes from."""

    name: str
    value: Value
    floor: Value
    clause: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Everything a rule may know about a program.

    `kind` is `iv-d` or `wic`; `title` and `sender_name` are by language; `zones` are the IANA zones of the state;
    `settings` lists every setting with floor and clause; `sha256` is the hex digest of the whole content.
    """

    program: str
    agency: str
    state: str
    kind: str
    title: Mapping[str, str]
    sender_name: Mapping[str, str]
    callback: str
    own_domains: tuple[str, ...]
    languages: tuple[str, ...]
    zones: tuple[str, ...]
    texting: Texting
    consent: Consent
    retention: Retention
    settings: tuple[Setting, ...]
    sha256: str

    def setting(self, name: str) -> Setting:
        """The setting called `name` (`texting.quiet_end`) with floor and clause; raises `Invalid` for an unknown one."""
        for found in self.settings:
            if found.name == name:
                return found
        raise Invalid(f"there is no setting '{name}'", f"profile {self.program}")


SECTIONS: Mapping[str, type[Texting] | type[Consent] | type[Retention]] = {
    "texting": Texting,
    "consent": Consent,
    "retention": Retention,
}
_FIXED_FACTS = frozenset({"program", "agency", "state", "kind"})
_OWN_FACTS = frozenset({"title", "sender_name", "callback", "own_domains", "languages", "zones"})
_KINDS = frozenset({"iv-d", "wic"})
_PHONE = re.compile(r"\d{3}-\d{3}-\d{4}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_SETTING_KEYS = frozenset({"value", "floor", "clause", "source"})


def shipped(directory: Path = HERE) -> dict[str, Path]:
    """The programs that come with Harborline and their files."""
    return {path.stem: path for path in files_in(directory, "profile")}


def load_profile(
    program: str, *, clause_ids: frozenset[str], directory: Path = HERE, own: Path | None = None
) -> Profile:
    """The profile of `program`, with the agency's own values from `own/<program>.toml` if there is one.

    Raises `Invalid` for an unknown program, an unreadable or incomplete file, an unknown clause, or a value looser
    than its floor (naming profile, setting, value, floor and clause).
    """
    paths = shipped(directory)
    if program not in paths:
        raise Invalid(f"program '{program}' has no profile; known: {', '.join(paths)}")
    table = read_toml(paths[program])
    where = f"profile {program}"
    only(table, _FIXED_FACTS | _OWN_FACTS | frozenset(SECTIONS), where)
    if table.get("program") != program:
        raise Invalid("'program' must be the name of the file", where)
    return _assemble(table, _own_table(program, own), clause_ids, where)


def check_own(own: Path, programs: frozenset[str]) -> None:
    """Refuse an agency directory that is missing or holds a file for a program without a profile."""
    if not own.is_dir():
        raise Invalid(f"{ENVIRONMENT} names a directory that is not there", str(own.name))
    for path in sorted(own.glob("*.toml")):
        if path.stem not in programs:
            raise Invalid(f"program '{path.stem}' has no profile; known: {', '.join(sorted(programs))}", path.name)


def _own_table(program: str, own: Path | None) -> Table:
    path = own / f"{program}.toml" if own else None
    if path is None or not path.exists():
        return {}
    table = read_toml(path)
    only(table, _OWN_FACTS | frozenset(SECTIONS), f"your {path.name}")
    return table


def _assemble(table: Table, own: Table, clause_ids: frozenset[str], where: str) -> Profile:
    facts = {**{key: table.get(key) for key in _FIXED_FACTS | _OWN_FACTS}, **{k: own[k] for k in own if k in _OWN_FACTS}}
    languages = words(facts, "languages", where)
    settings: list[Setting] = []
    sections: dict[str, Any] = {}
    for name, section in SECTIONS.items():
        found = _section(name, section, table, own, clause_ids, where)
        settings.extend(found)
        sections[name] = section(**{each.name.partition(".")[2]: each.value for each in found})
    plain = {
        "program": text(facts, "program", where),
        "agency": text(facts, "agency", where),
        "state": text(facts, "state", where),
        "kind": known(text(facts, "kind", where), _KINDS, "kind", where),
        "title": _by_language(facts, "title", languages, where),
        "sender_name": _by_language(facts, "sender_name", languages, where),
        "callback": _matching(text(facts, "callback", where), _PHONE, "a telephone number such as 919-555-0100", where),
        "own_domains": _domains(words(facts, "own_domains", where), where),
        "languages": languages,
        "zones": _zones(words(facts, "zones", where), where),
    }
    return Profile(**plain, **sections, settings=tuple(settings), sha256=_digest(plain, settings))  # type: ignore[arg-type]  # checked above, key by key


def _section(
    name: str, section: type, table: Table, own: Table, clause_ids: frozenset[str], where: str
) -> list[Setting]:
    shipped_values = _table(table, name, where)
    own_values = _table(own, name, f"{where}, your file") if name in own else {}
    names = frozenset(each.name for each in fields(section))
    only(shipped_values, names, f"{where}, [{name}]")
    only(own_values, names, f"{where}, your file, [{name}]")
    return [
        _setting(f"{name}.{each.name}", each, _table(shipped_values, each.name, f"{where}, {name}"), own_values, clause_ids, where)
        for each in fields(section)
    ]


def _setting(
    name: str, spec: Field[Any], table: Table, own: Table, clause_ids: frozenset[str], where: str
) -> Setting:
    place = f"{where}, {name}"
    only(table, _SETTING_KEYS, place)
    strictness: Strictness = spec.metadata["strictness"]
    clause = known(text(table, "clause", place), clause_ids, "clause", place)
    floor = strictness.read(table.get("floor"), f"{place}, floor")
    for raw in [table.get("value"), *_own_value(own, spec.name, place)]:
        value = strictness.read(raw, place)
        if strictness.looser(value, floor):
            raise Invalid(
                f"{spoken(value)} is looser than its floor {spoken(floor)} ({clause}): {strictness.advice(floor)}", place
            )
    return Setting(name, value, floor, clause, text(table, "source", place))


def _own_value(own: Table, key: str, place: str) -> list[object]:
    if key not in own:
        return []
    raw = own[key]
    if isinstance(raw, Mapping):
        raise Invalid("your own file gives a value only; floors and clauses come with Harborline", place)
    return [raw]


def _table(table: Table, key: str, where: str) -> Table:
    value = table.get(key)
    if not isinstance(value, Mapping):
        raise Invalid(f"'{key}' is missing: it must be a table", where)
    return value


def _by_language(facts: Table, key: str, languages: tuple[str, ...], where: str) -> dict[str, str]:
    table = _table(facts, key, where)
    only(table, frozenset(languages), f"{where}, {key}")
    return {language: text(table, language, f"{where}, {key}") for language in languages}


def _matching(value: str, pattern: re.Pattern[str], expected: str, where: str) -> str:
    if not pattern.fullmatch(value):
        raise Invalid(f"'{value}' is not {expected}", where)
    return value


def _domains(names: tuple[str, ...], where: str) -> tuple[str, ...]:
    return tuple(_matching(name, _DOMAIN, "a domain in lower case such as notices.nc.example", where) for name in names)


def _zones(names: tuple[str, ...], where: str) -> tuple[str, ...]:
    for name in names:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise Invalid(f"'{name}' is not a time zone such as America/Chicago", where) from None
    return names


def _digest(plain: Mapping[str, object], settings: list[Setting]) -> str:
    content = {
        "facts": plain,
        "settings": {each.name: [spoken(each.value), spoken(each.floor), each.clause] for each in settings},
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
