"""Which version of each list is in force: the newest of what came with Harborline and what somebody brought in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache

from harborline.kernel import Invalid, clock
from harborline.ledger.services import record
from harborline.vendors.models import ListVersion
from harborline.vendors.screening.facts import Entry, ScreeningList
from harborline.vendors.screening.listfile import newer, read_list_file
from harborline.vendors.screening.lists import shipped
from harborline.vendors.screening.matching import UNREADABLE, Screener
from harborline.walls import current


def in_force() -> dict[str, ScreeningList]:
    """Every list in force, by id; a required one that nobody brought in is not among them."""
    found = dict(shipped())
    for row in _newest():
        brought = _parsed(row["sha256"], row["id"])
        ours = found.get(brought.id)
        # A newer list that came with an upgrade outdates what was brought in before.
        if ours is None or brought.version >= ours.version:
            found[brought.id] = brought
    return found


def screener(lists: Mapping[str, ScreeningList]) -> Screener:
    """Compares with exactly these lists; kept while they stay the same."""
    return _screener(tuple(sorted((one.id, one.sha256) for one in lists.values())), _Box(dict(lists)))


def bring_in(content: bytes, file_name: str) -> ListVersion | None:
    """Put a list file in force; None when this very version already is.

    Raises `Invalid` for a file that cannot be used or is older than what is in force, which then stays.
    """
    offered = read_list_file(content, name=file_name[:120], today=clock.now().date())
    held = in_force().get(offered.id)
    newer(offered, held)
    if held is not None and held.sha256 == offered.sha256:
        return None
    if ListVersion.objects.filter(list_id=offered.id, version_date=offered.version).exists():
        raise Invalid("this version was brought in before; a changed list has a new version", offered.id)
    told = {"list": offered.id, "version": offered.version.isoformat(), "sha256": offered.sha256}
    entry_id = record(
        "vendors.list-brought-in", subject=f"list:{offered.id}", content={**told, "rows": len(offered.entries)}
    )
    actor = current().actor
    return ListVersion.objects.create(
        list_id=offered.id,
        version_date=offered.version,
        sha256=offered.sha256,
        file_name=file_name[:120],
        content=content,
        row_count=len(offered.entries),
        brought_by=f"{actor.kind}:{actor.id}"[:80],
        brought_at=clock.now(),
        entry_id=entry_id,
    )


def entry_digest(entry_id: str, lists: Mapping[str, ScreeningList]) -> str:
    """SHA-256 (hex) of what a row says; another digest once the row says something else or is gone."""
    if entry_id == UNREADABLE:
        return hashlib.sha256(UNREADABLE.encode()).hexdigest()
    list_id, _, row = entry_id.partition(":")
    found = next((one for one in lists[list_id].entries if one.row == row), None) if list_id in lists else None
    return "" if found is None else _digest(found)


def _digest(entry: Entry) -> str:
    said = {**asdict(entry), "identifiers": sorted(map(list, entry.identifiers))}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _newest() -> list[dict[str, str]]:
    rows = ListVersion.objects.order_by("list_id", "-version_date").distinct("list_id").values("id", "sha256")
    return [{"id": str(row["id"]), "sha256": row["sha256"]} for row in rows]


@lru_cache(maxsize=32)
def _parsed(sha256: str, version_id: str) -> ScreeningList:
    row = ListVersion.objects.get(id=version_id)
    today = row.brought_at.date()
    parsed = read_list_file(bytes(row.content), name=row.file_name, today=today)
    if parsed.sha256 != sha256:
        raise Invalid("what is kept of this list was changed", row.list_id)
    return parsed


class _Box:
    """Carries the lists past the cache's key: equal for all, since the digests already tell them apart."""

    __slots__ = ("lists",)

    def __init__(self, lists: dict[str, ScreeningList]) -> None:
        self.lists = lists

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Box)


@lru_cache(maxsize=8)
def _screener(key: tuple[tuple[str, str], ...], box: _Box) -> Screener:
    del key
    return Screener(box.lists.values())
