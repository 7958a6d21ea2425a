"""Looking after the keys: every key and every record's secret is opened once, and what is left over is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ParamSpec

from harborline.kernel import Fault
from harborline.vault.keyring import SLOTS, Keyring
from harborline.vault.ports import KeyProvider, KeyStore

P = ParamSpec("P")


def findings(provider: KeyProvider, store: KeyStore) -> list[str]:
    """What is wrong with the keys, in sentences; none when all is well."""
    ring = Keyring(provider, store)
    return [*_of_root(provider), *_of_offices(ring), *_of_classes(ring), *_of_records(ring, store)]


def _of_root(provider: KeyProvider) -> Iterator[str]:
    held = provider.numbers()
    if len(held) > 1:
        listed = ", ".join(str(number) for number in held)
        yield f"root keys {listed} are held: a rotation was not finished; run `harborline keys rotate root` again"


def _of_offices(ring: Keyring) -> Iterator[str]:
    for office in ring.offices():
        held = ring.office_numbers(office)
        yield from (said for number in held if (said := _wrong(ring.office, office, number)))
        if len(held) > 1:
            listed = ", ".join(str(number) for number in held)
            yield f"keys {listed} of the office {office} are held: run `harborline keys rotate office {office}` again"


def _of_classes(ring: Keyring) -> Iterator[str]:
    for group in ring.groups():
        held = ring.numbers(group)
        yield from (said for number in held if (said := _wrong(ring.key, group, number)))
        if group.endswith(SLOTS) and len(held) > 1:
            yield f"slots of {group.removesuffix(SLOTS)} hang on {len(held)} keys: rotate their office again"


def _of_records(ring: Keyring, store: KeyStore) -> Iterator[str]:
    for group in store.shelves():
        keys: dict[int, bytes] = {}
        broken = sum(
            bool(_wrong(ring.open_slot, group, record, slot, keys)) for record, slot in ring.shelf(group).items()
        )
        if broken:
            yield f"{broken} records of {group} have a slot that does not open: restore the keys from their backup"


def _wrong(open_key: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> str:
    try:
        open_key(*args, **kwargs)
    except Fault as fault:
        return str(fault)
    return ""
