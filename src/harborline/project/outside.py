"""Who keeps checkpoints of the proof log outside: read from `outside.toml` in the home, made into sinks.

See docs/operate/ledger.md. Nothing is set up by default: a checkpoint leaves this machine only when somebody said
where to.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harborline.adapters.checkpoints import CheckpointDirectory, CheckpointMail, MailWay, TimestampingAuthority
from harborline.adapters.checkpoints.timestamping import root_certificates
from harborline.adapters.witness import HttpWitness
from harborline.kernel import Broken, Invalid
from harborline.ledger.outside import Outside
from harborline.ledger.policy import parse_policy
from harborline.ledger.ports import CheckpointSink
from harborline.ledger.witnessing import Witnesses

FILE = "outside.toml"
WITNESSES = "witnesses"
_KINDS = frozenset({"directory", "mail", "timestamp", WITNESSES})
_OTHERS = 0o077


def outside_of(home: Path, dsn: str) -> Outside:
    """The sinks that `outside.toml` names; raises `Invalid` naming the place in the file, `Broken` for an open file."""
    settings = _settings(home / FILE)
    unknown = set(settings) - _KINDS
    if unknown:
        raise Invalid(f"knows only {', '.join(sorted(_KINDS))}, not {', '.join(sorted(unknown))}", FILE)
    sinks: dict[str, CheckpointSink] = {}
    for kind in ("directory", "mail", "timestamp"):
        for name, table in _tables(settings, kind):
            sinks[f"{kind}:{name}"] = _made(kind, table, f"{FILE}, {kind}.{name}")
    first = False
    if WITNESSES in settings:
        witnesses, first = _witnesses(_table(settings[WITNESSES], f"{FILE}, {WITNESSES}"), home)
        sinks["witness"] = witnesses
    return Outside(dsn, sinks, cosigner="witness", quorum_first=first)


def _settings(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    if path.stat().st_mode & _OTHERS:
        raise Broken(f"{path} can be read by others: chmod 600 it; it may hold a password")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Invalid(f"is not TOML: {wrong}", FILE) from None


def _tables(settings: Mapping[str, Any], kind: str) -> list[tuple[str, Mapping[str, Any]]]:
    named = _table(settings.get(kind, {}), f"{FILE}, {kind}")
    return [(name, _table(table, f"{FILE}, {kind}.{name}")) for name, table in named.items()]


def _table(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Invalid("must be a table", where)
    return value


def _made(kind: str, table: Mapping[str, Any], where: str) -> CheckpointSink:
    read = _Table(table, where)
    made = {"directory": _directory, "mail": _mail, "timestamp": _authority}[kind](read)
    read.all_read()
    return made


def _directory(read: _Table) -> CheckpointSink:
    return CheckpointDirectory(Path(read.text("path")), every_s=read.number("every_s", 60))


def _mail(read: _Table) -> CheckpointSink:
    way = MailWay(
        host=read.text("host"),
        port=int(read.number("port", 465)),
        account=read.text("account", ""),
        password=read.text("password", ""),
        security=read.text("security", "tls"),
    )
    return CheckpointMail(way, read.text("from"), read.text("to"), every_s=read.number("every_s", 24 * 3600))


def _authority(read: _Table) -> CheckpointSink:
    roots = root_certificates(Path(read.text("roots")))
    return TimestampingAuthority(read.text("url"), roots, every_s=read.number("every_s", 3600))


def _witnesses(table: Mapping[str, Any], home: Path) -> tuple[Witnesses, bool]:
    read = _Table(table, f"{FILE}, {WITNESSES}")
    path = home / read.text("policy")
    try:
        policy = parse_policy(path.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError as wrong:
        raise Invalid(f"{path} cannot be read ({wrong.strerror})", f"{FILE}, {WITNESSES}.policy") from None
    lines = {name: HttpWitness(one.url) for name, one in policy.witnesses.items() if one.url}
    if not lines:
        raise Invalid("the policy names no witness with an address", f"{FILE}, {WITNESSES}.policy")
    first = read.flag("quorum_first")
    made = Witnesses(policy, lines, every_s=read.number("every_s", 60))
    read.all_read()
    return made, first


class _Table:
    """One table of the file, read with the place in the file at hand."""

    def __init__(self, table: Mapping[str, Any], where: str) -> None:
        self._table, self._where = table, where
        self._read: set[str] = set()

    def text(self, name: str, default: str | None = None) -> str:
        """A string; needed without a default."""
        self._read.add(name)
        value = self._table.get(name, default)
        if not isinstance(value, str):
            raise Invalid("must be a string" if name in self._table else "is needed", f"{self._where}.{name}")
        return value

    def number(self, name: str, default: float) -> float:
        """A positive number."""
        self._read.add(name)
        value = self._table.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise Invalid("must be a number above 0", f"{self._where}.{name}")
        return float(value)

    def flag(self, name: str) -> bool:
        """True or false; false by default."""
        self._read.add(name)
        value = self._table.get(name, False)
        if not isinstance(value, bool):
            raise Invalid("must be true or false", f"{self._where}.{name}")
        return value

    def all_read(self) -> None:
        """Raise `Invalid` for a name that means nothing here."""
        unknown = sorted(set(self._table) - self._read)
        if unknown:
            raise Invalid(f"means nothing here: {', '.join(unknown)}", self._where)
