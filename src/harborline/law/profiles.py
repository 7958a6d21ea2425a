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
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harborline.kernel import Invalid
from harborline.law.reading import Table, files_in, known, only, read_toml, text, words
from harborline.law.strictness import (
    AT_LEAST,
    AT_MOST,
    FIXED,
    MAY_FORBID,
    NOT_AFTER,
    NOT_BEFORE,
    ONLY_FROM,
    Strictness,
    Value,
    spoken,
)

HERE = Path(__file__).parent / "profiles"
ENVIRONMENT = "HARBORLINE_PROFILES"


@dataclass(frozen=True, slots=True)
class Texting:
    """When, how often and by whom texts may be sent.

    `quiet_start` and `quiet_end` bound the half-open local window in which texts go out; caps count texts per phone
    number; `reply_wait_s` is the longest wait before a stop is confirmed; `approve_above` is the number of
    recipients from which a second person approves; `protected_texts` is `refuse`: none unless the person chose texts;
    `template_roles` approve words.
    """

    quiet_start: Annotated[time, NOT_BEFORE]
    quiet_end: Annotated[time, NOT_AFTER]
    cap_per_day: Annotated[int, AT_MOST]
    cap_per_week: Annotated[int, AT_MOST]
    max_segments: Annotated[int, AT_MOST]
    reply_wait_s: Annotated[int, AT_MOST]
    possible_opt_out_hours: Annotated[int, AT_MOST]
    staff_may_text: Annotated[bool, MAY_FORBID]
    run_roles: Annotated[tuple[str, ...], ONLY_FROM]
    template_roles: Annotated[tuple[str, ...], ONLY_FROM]
    second_carrier: Annotated[bool, MAY_FORBID]
    approve_above: Annotated[int, AT_MOST]
    protected_texts: Annotated[str, FIXED]
    protection_max_age_h: Annotated[int, AT_MOST]


@dataclass(frozen=True, slots=True)
class Consent:
    """Which consents count, and for how long.

    `kinds` are the accepted ones; `app_platforms` the platforms an opt-in in the app or portal covers;
    `verbal_cap_days` is 0 where a spoken permission is not accepted; `release_statement` names the block
    (`harborline.law.block`) a signed release must carry.
    """

    kinds: Annotated[tuple[str, ...], ONLY_FROM]
    app_platforms: Annotated[tuple[str, ...], ONLY_FROM]
    verbal_cap_days: Annotated[int, AT_MOST]
    release_statement: Annotated[str, FIXED]
    release_expiry_days: Annotated[int, AT_MOST]


@dataclass(frozen=True, slots=True)
class Retention:
    """How long texts and their evidence live; the schedules themselves belong to the retention room.

    `texts` is `keep` or `view-then-destroy`; `viewed_text_hours` and `unread_text_days` bound the working copy;
    years run from the last text to, or the withdrawal of, the number.
    """

    texts: Annotated[str, FIXED]
    viewed_text_hours: Annotated[int, AT_MOST]
    unread_text_days: Annotated[int, AT_MOST]
    consent_years: Annotated[int, AT_LEAST]


@dataclass(frozen=True, slots=True)
class Protection:
    """What opens of a protected field, to whom, for how long.

    `enforce_flagged`: a protected obligor stays in automatic enforcement. `open_other_parties`: whereabouts of somebody
    who is not protected, on a case with somebody who is, open to the worker of that case and their supervisor.
    `registry_days` are business days until the federal case registry knows; `recent_contact_days` tie a worker to whom
    they spoke with; a glass broken in an emergency closes after `break_glass_hours` and is reviewed in `review_days`.
    """

    enforce_flagged: Annotated[bool, MAY_FORBID]
    open_other_parties: Annotated[bool, MAY_FORBID]
    registry_days: Annotated[int, AT_MOST]
    recent_contact_days: Annotated[int, AT_MOST]
    break_glass_hours: Annotated[int, AT_MOST]
    review_days: Annotated[int, AT_MOST]


@dataclass(frozen=True, slots=True)
class Contact:
    """How questions from the portal are answered.

    `answer_days` are business days until a question is answered; a closed one opens again within `reopen_days`;
    `asks_per_day` bounds the new questions of one person; `without_opt_in`: a person may ask who did not opt in to
    texts of the portal.
    """

    answer_days: Annotated[int, AT_MOST]
    reopen_days: Annotated[int, AT_MOST]
    asks_per_day: Annotated[int, AT_MOST]
    without_opt_in: Annotated[bool, MAY_FORBID]


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
    protection: Protection
    contact: Contact
    settings: tuple[Setting, ...]
    sha256: str

    def setting(self, name: str) -> Setting:
        """The setting called `name` (`texting.quiet_end`) with its floor; raises `Invalid` for an unknown one."""
        for found in self.settings:
            if found.name == name:
                return found
        raise Invalid(f"there is no setting '{name}'", f"profile {self.program}")


SECTIONS: Mapping[str, type[Texting | Consent | Retention | Protection | Contact]] = {
    "texting": Texting,
    "consent": Consent,
    "retention": Retention,
    "protection": Protection,
    "contact": Contact,
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
    settings: list[Setting] = []
    sections: dict[str, Any] = {}
    for name, section in SECTIONS.items():
        found = _section(name, section, table=table, own=own, clause_ids=clause_ids, where=where)
        settings.extend(found)
        values: dict[str, Any] = {each.name.partition(".")[2]: each.value for each in found}
        sections[name] = section(**values)
    facts = _facts({**table, **{key: own[key] for key in own if key in _OWN_FACTS}}, where)
    return Profile(**facts, **sections, settings=tuple(settings), sha256=_digest(facts, settings))


def _facts(table: Table, where: str) -> dict[str, Any]:
    languages = words(table, "languages", where)
    callback = text(table, "callback", where)
    return {
        "program": text(table, "program", where),
        "agency": text(table, "agency", where),
        "state": text(table, "state", where),
        "kind": known(text(table, "kind", where), _KINDS, "kind", where),
        "title": _by_language(table, "title", languages, where),
        "sender_name": _by_language(table, "sender_name", languages, where),
        "callback": _matching(callback, _PHONE, "a telephone number such as 919-555-0100", where),
        "own_domains": _domains(words(table, "own_domains", where), where),
        "languages": languages,
        "zones": _zones(words(table, "zones", where), where),
    }


def _section(
    name: str, section: type, *, table: Table, own: Table, clause_ids: frozenset[str], where: str
) -> list[Setting]:
    kept = strictness_of(section)
    given = _table(table, name, where)
    changed = _table(own, name, f"{where}, your file") if name in own else {}
    only(given, frozenset(kept), f"{where}, section {name}")
    only(changed, frozenset(kept), f"{where}, your file, section {name}")
    return [
        _setting(
            f"{name}.{key}",
            strictness,
            table=_table(given, key, f"{where}, {name}"),
            changed=_own_value(changed, key, f"{where}, your file, {name}.{key}"),
            clause_ids=clause_ids,
            place=f"{where}, {name}.{key}",
        )
        for key, strictness in kept.items()
    ]


def strictness_of(section: type) -> dict[str, Strictness]:
    """How each setting of a section class is compared, in the order of its fields."""
    hints = get_type_hints(section, include_extras=True)
    return {key: hint.__metadata__[0] for key, hint in hints.items()}


def _setting(
    name: str, strictness: Strictness, *, table: Table, changed: list[object], clause_ids: frozenset[str], place: str
) -> Setting:
    only(table, _SETTING_KEYS, place)
    clause = known(text(table, "clause", place), clause_ids, "clause", place)
    floor = strictness.read(table.get("floor"), f"{place}, floor")
    values = [strictness.read(raw, place) for raw in [table.get("value"), *changed]]
    for value in values:
        if strictness.looser(value, floor):
            problem = f"{spoken(value)} is looser than its floor {spoken(floor)} ({clause})"
            raise Invalid(f"{problem}: {strictness.advice(floor)}", place)
    return Setting(name, values[-1], floor, clause, text(table, "source", place))


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
