"""Rotate keys of this installation, with a record before and after in every program they concern."""

from __future__ import annotations

from collections.abc import Callable

from harborline.adapters.keys import FileRoot
from harborline.kernel import Invalid, clock
from harborline.kernel.ports import serving
from harborline.law import profiles
from harborline.ledger.services import record
from harborline.project.home import keys_directory
from harborline.vault.keyring import office_of
from harborline.vault.ports import KeyProvider, KeyStore
from harborline.vault.rotation import Moving, Rotation
from harborline.vault.services import forget_keys
from harborline.walls import ALL_COUNTIES, Actor, acting

Tell = Callable[[str], None]


def rotate(level: str, name: str, tell: Tell) -> int:
    """Rotate the `root`, one `office` or one `class`; answers the new number. Raises as `vault.rotation.Rotation`.

    With a token configured and root keys still in files, rotating the root moves them into the token.
    """
    if (level == "root") == bool(name):
        raise Invalid("root takes no name; office and class need one", "name")
    programs = _concerned(level, name)
    _record("vault.rotation-begun", programs, {"level": level, "name": name})
    number = _renew(level, name, tell)
    forget_keys()
    _record("vault.keys-rotated", programs, {"level": level, "name": name, "number": number})
    return number


def _renew(level: str, name: str, tell: Tell) -> int:
    rotation = Rotation(_provider(), serving(KeyStore), tell)
    if level == "root":
        return rotation.root()
    if level == "office":
        return rotation.office(name)
    now = clock.now()
    return rotation.group(name, now.year * 100 + now.month)


def _provider() -> KeyProvider:
    serves, files = serving(KeyProvider), FileRoot(keys_directory())
    if isinstance(serves, FileRoot) or not files.numbers():
        return serves
    return Moving(serves, files)


def _concerned(level: str, name: str) -> list[str]:
    # An office that is no program (staff, index, backup) is everybody's.
    office = "" if level == "root" else office_of(name)
    return [office] if office in profiles() else sorted(profiles())


def _record(kind: str, programs: list[str], content: dict[str, str | int]) -> None:
    for program in programs:
        with acting(Actor("system", "keys"), program=program, counties=ALL_COUNTIES, purpose="key-rotation"):
            record(kind, subject=f"keys:{content['level']}/{content['name']}", content=content)
