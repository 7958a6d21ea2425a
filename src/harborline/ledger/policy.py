"""C2SP tlog-policy: which logs and witnesses are believed, and how many witnesses must have cosigned."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from harborline.kernel import Invalid
from harborline.ledger.cosignature import WitnessKey, cosigned_by
from harborline.ledger.note import Note, VerifierKey

NONE = "none"
MAX_LINES = 1_000
_COUNT = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """One witness: the name the policy calls it by, its key, its submission address (may be empty)."""

    name: str
    key: WitnessKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """So many (`needed`) of the members must have witnessed; a member is a witness or another group."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A trust policy: keys of logs with their addresses, witnesses and groups by name, and the quorum's name."""

    logs: tuple[tuple[VerifierKey, str], ...]
    witnesses: Mapping[str, PolicyWitness]
    groups: Mapping[str, Group]
    quorum: str

    def satisfied(self, witnessed: Collection[str]) -> bool:
        """Whether cosignatures of the witnesses with these names are enough."""
        return self.quorum == NONE or self._witnessed(self.quorum, witnessed)

    def witnessed(self, note: Note) -> dict[str, int]:
        """Which witnesses cosigned a note, by their names here, each with its moment.

        Raises `Differs` for a cosignature that is not over this text.
        """
        found = {name: cosigned_by(note, [one.key]) for name, one in self.witnesses.items()}
        return {name: max(moments.values()) for name, moments in found.items() if moments}

    def log_keys(self, origin: str) -> list[VerifierKey]:
        """The keys that are believed for a log."""
        return [key for key, _ in self.logs if key.name == origin]

    def _witnessed(self, name: str, by: Collection[str]) -> bool:
        if name in self.witnesses:
            return name in by
        group = self.groups[name]
        return sum(self._witnessed(member, by) for member in group.members) >= group.needed


def parse_policy(text: str) -> Policy:
    """Read a policy file; raises `Invalid` naming the line that cannot be used."""
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise Invalid(f"more than {MAX_LINES} lines", "policy")
    reading = _Reading()
    for number, line in enumerate(lines, 1):
        try:
            reading.take(line)
        except Invalid as wrong:
            raise Invalid(wrong.problem, f"policy, line {number}") from None
    if reading.quorum is None:
        raise Invalid("has no quorum line (`quorum none` asks for no witness)", "policy")
    return Policy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


@dataclass(slots=True)
class _Reading:
    logs: list[tuple[VerifierKey, str]] = field(default_factory=list)
    witnesses: dict[str, PolicyWitness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str | None = None
    _members: set[str] = field(default_factory=set)

    def take(self, line: str) -> None:
        if _CONTROL.search(line):
            raise Invalid("holds a control character")
        words = [word for word in re.split(r"[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            return
        kind, *rest = words
        known = {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum}
        if kind not in known:
            raise Invalid(f"begins with none of {', '.join(known)}")
        known[kind](rest)

    def _log(self, words: Sequence[str]) -> None:
        key, url = self._parts(words, 1, "log <key line> [<address>]")
        made = VerifierKey.parse(key[0])
        if made.public in {one.public for one, _ in self.logs}:
            raise Invalid("the key of a log stands here twice")
        self.logs.append((made, url))

    def _witness(self, words: Sequence[str]) -> None:
        (name, line), url = self._parts(words, 2, "witness <name> <key line> [<address>]")
        key = WitnessKey.parse(line)
        if key.public in {one.key.public for one in self.witnesses.values()}:
            raise Invalid("the key of a witness stands here twice")
        self.witnesses[self._new(name)] = PolicyWitness(name, key, url)

    def _group(self, words: Sequence[str]) -> None:
        if len(words) < 3:  # noqa: PLR2004 - name, count, one member
            raise Invalid("must look like: group <name> all|any|<number> <name> ...")
        name, count, *members = words
        for member in members:
            if member not in self.witnesses and member not in self.groups:
                raise Invalid("names a member that no line before it defined")
            if member in self._members:
                raise Invalid("a name may be a member once only")
            self._members.add(member)
        self.groups[self._new(name)] = Group(self._needed(count, len(members)), tuple(members))

    def _quorum(self, words: Sequence[str]) -> None:
        if self.quorum is not None or len(words) != 1:
            raise Invalid("there must be exactly one quorum line with one name")
        if words[0] != NONE and words[0] not in self.witnesses and words[0] not in self.groups:
            raise Invalid("the quorum's name is not defined before it")
        self.quorum = words[0]

    def _new(self, name: str) -> str:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Invalid("the name is taken")
        return name

    @staticmethod
    def _needed(count: str, members: int) -> int:
        if count in {"all", "any"}:
            return members if count == "all" else 1
        if not _COUNT.fullmatch(count) or int(count) > members:
            raise Invalid("the number must lie between 1 and the number of members")
        return int(count)

    @staticmethod
    def _parts(words: Sequence[str], needed: int, form: str) -> tuple[list[str], str]:
        if len(words) not in {needed, needed + 1}:
            raise Invalid(f"must look like: {form}")
        return list(words[:needed]), words[needed] if len(words) > needed else ""
