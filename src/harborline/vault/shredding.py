"""Destroy secrets: an order in the caller's transaction, carried out after its commit, remembered outside.

1. The order and its ledger entry stand or fall with the caller's deletion of the ciphertext. 2. After the commit the
journal of erasures gets a line, outside the database. 3. Then the secrets are destroyed. 4. The order is marked. Killed
between two steps, the next start or the five-minute upkeep goes on with the first step that is missing: every step may
be repeated.
"""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial

from django.db import transaction

from harborline.kernel import Broken, Fault, Invalid, NotFound, clock, ports
from harborline.law import profiles
from harborline.ledger.facts import Json
from harborline.ledger.services import record_batch
from harborline.vault.facts import Grounds
from harborline.vault.keyring import INDEX, SLOTS, Keyring
from harborline.vault.models import ShredOrder
from harborline.vault.ports import ErasureJournal
from harborline.vault.services import forget_keys, keyring
from harborline.walls import ALL_COUNTIES, Actor, Context, acting, current

ORDER_RECORDS = 10_000
_log = logging.getLogger(__name__)


def order_records(records: Sequence[uuid.UUID], *, group: str, grounds: Grounds) -> uuid.UUID:
    """Order the destruction of records' secrets; answers the ledger entry's public id."""
    wanted = list(dict.fromkeys(records))
    if not wanted:
        raise Invalid("name at least one record to destroy", "records")
    entry_id = _record(group, grounds, [commitment(group, record) for record in wanted], {"count": len(wanted)})
    for start in range(0, len(wanted), ORDER_RECORDS):
        _order(group, grounds, entry_id, records=wanted[start : start + ORDER_RECORDS])
    return entry_id


def order_key(number: int, *, group: str, grounds: Grounds) -> uuid.UUID:
    """Order the destruction of a class key; answers the ledger entry's public id."""
    if group == INDEX or group.endswith(SLOTS):
        raise Broken("the index key and the keys of slots serve what stays: they are never destroyed by an order")
    if number not in keyring().numbers(group):
        raise NotFound(f"key {number} of {group} is not held")
    entry_id = _record(group, grounds, [key_commitment(group, number)], {"key": number})
    _order(group, grounds, entry_id, key_number=number)
    return entry_id


def commitment(group: str, record: uuid.UUID) -> bytes:
    """How the ledger entry names one destroyed record: 32 bytes; record ids are random, so they need no key."""
    return hashlib.sha256(b"harborline/shredded/" + group.encode() + b"\x00" + record.bytes).digest()


def key_commitment(group: str, number: int) -> bytes:
    """How the ledger entry names a destroyed class key."""
    return hashlib.sha256(f"harborline/shredded-key/{group}/{number}".encode()).digest()


def carry_out_orders() -> int:
    """Carry out, in every program, the orders nobody has carried out yet; answers how many."""
    return sum(_carry_out_open(program) for program in profiles())


def apply_journal(lines: Iterable[str]) -> int:
    """Destroy again what a journal of erasures names: after a restore of keys; answers how many secrets there were."""
    found = destroy_named(keyring(), lines)
    forget_keys()
    return found


def destroy_named(ring: Keyring, lines: Iterable[str]) -> int:
    """The same in other keys than those that serve."""
    found = 0
    for line in lines:
        try:
            said = json.loads(line)
            group, records = str(said["group"]), [uuid.UUID(each) for each in said["records"]]
        except (ValueError, KeyError, TypeError):
            continue  # a line that was cut off was never acted on
        found += _destroy(ring, group, records, said.get("key"))
    return found


def apply_orders() -> int:
    """Destroy again everything the database ever ordered destroyed: after a restore; answers how many there were."""
    found = 0
    for program in profiles():
        with _upkeep(program):
            orders = list(ShredOrder.objects.filter(program=program).order_by("ordered_at"))
        found += sum(_destroy(keyring(), order.group, order.records, order.key_number) for order in orders)
    forget_keys()
    return found


def _record(group: str, grounds: Grounds, items: Sequence[bytes], content: dict[str, int]) -> uuid.UUID:
    if not (grounds.schedule and grounds.authority):
        raise Invalid("name the schedule and the authority it rests on", "grounds")
    said: dict[str, Json] = {
        "group": group,
        "schedule": grounds.schedule,
        "authority": grounds.authority,
        "clauses": list(grounds.clauses),
        "approved_by": grounds.approved_by,
        **content,
    }
    return record_batch("vault.shredded", subject=f"keys:{group}", items=items, content=said)


def _order(
    group: str,
    grounds: Grounds,
    entry_id: uuid.UUID,
    *,
    records: Sequence[uuid.UUID] = (),
    key_number: int | None = None,
) -> None:
    program = current().program
    order = ShredOrder.objects.create(
        program=program,
        group=group,
        records=list(records),
        key_number=key_number,
        schedule=grounds.schedule,
        ordered_at=clock.now(),
        entry_id=entry_id,
    )
    transaction.on_commit(partial(_at_once, program, order.id))


def _at_once(program: str, order_id: uuid.UUID) -> None:
    # The caller's work is committed and must not fail now; what does not succeed here is done by the upkeep.
    try:
        with _upkeep(program):
            found = ShredOrder.objects.filter(id=order_id, carried_out_at__isnull=True).first()
        if found is not None:
            _carry_out(found)
    except (Fault, OSError) as wrong:
        _log.warning("a destruction waits for the upkeep: %s", type(wrong).__name__)


def _carry_out_open(program: str) -> int:
    with _upkeep(program):
        waiting = ShredOrder.objects.filter(program=program, carried_out_at__isnull=True).order_by("ordered_at")
        found = list(waiting)
    for order in found:
        _carry_out(order)
    return len(found)


def _carry_out(order: ShredOrder) -> None:
    ports.serving(ErasureJournal).append([_line(order)])
    _destroy(keyring(), order.group, order.records, order.key_number)
    forget_keys()
    with _upkeep(order.program):
        ShredOrder.objects.filter(id=order.id).update(carried_out_at=clock.now())


def _destroy(ring: Keyring, group: str, records: Sequence[uuid.UUID], key_number: int | None) -> int:
    if key_number is None:
        return ring.shelf(group).erase(records)
    held = key_number in ring.numbers(group)
    ring.remove_class_key(group, key_number)
    return int(held)


def _line(order: ShredOrder) -> str:
    said = {
        "at": clock.iso(order.ordered_at),
        "entry": str(order.entry_id),
        "group": order.group,
        "key": order.key_number,
        "order": str(order.id),
        "records": [each.hex for each in order.records],
        "schedule": order.schedule,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def _upkeep(program: str) -> AbstractContextManager[Context]:
    return acting(Actor("system", "vault"), program=program, counties=ALL_COUNTIES, purpose="erasure")
