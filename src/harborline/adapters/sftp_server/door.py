"""Who comes in: a machine proves a key of a partner, or hears nothing that tells one refusal from another.

Every acceptable key is answered "sign with it", whether it is on file or not; only a signature that holds is looked
up. All refusals take the same time, so neither words nor time tell an unknown login from a wrong key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Final

import asyncssh

from harborline.adapters.sftp_server.algorithms import acceptable, signed_well
from harborline.adapters.sftp_server.doorstep import Doorstep, Places
from harborline.adapters.sftp_server.engine import Engine
from harborline.adapters.sftp_server.subsystem import Pace, SftpChannel
from harborline.adapters.sftp_server.wire import in_short_turns, without_copies, without_fillers
from harborline.exchange.facts import Guest
from harborline.exchange.ports import Mailboxes
from harborline.kernel import Fault
from harborline.kernel.decision import Decision

_LOG = logging.getLogger("harborline.sftp")
TRIES: Final = 6
REFUSAL_S: Final = 0.4
IDLE_S: Final = 900
SESSIONS_OF_A_KEY: Final = 4
CHANNELS: Final = 4
WINDOW_BYTES: Final = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class House:
    """What every connection of one gateway process shares."""

    mailboxes: Mailboxes
    executor: Executor
    doorstep: Doorstep
    places: Places
    say: Callable[[Decision], str] | None = None
    idle_s: float = IDLE_S
    refusal_s: float = REFUSAL_S
    packet_bytes: int = 32 * 1024
    doors: set[Door] = field(default_factory=set)

    async def farewell(self) -> None:
        """Disconnect everybody; returns when what they had open is put away for a resume."""
        for door in list(self.doors):
            door.bid_farewell()
        while self.doors:  # noqa: ASYNC110 - connections end one by one, each with work in threads
            await asyncio.sleep(0.05)


class Door(asyncssh.SSHServer):
    """One connection."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._loop = asyncio.get_running_loop()
        self._address = ""
        self._waiting = False
        self._failures = 0
        self._tried = False
        self._counted = 0
        self._channels = 0
        self._guest: Guest | None = None
        self._places: list[int] = []
        self._heard_at_s = self._loop.time()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Somebody stands at the door."""
        self._conn = conn
        self._address = str((conn.get_extra_info("peername") or ("",))[0])
        self._waiting = self._house.doorstep.enter(self._address, self._loop.time())
        if not self._waiting:
            conn.abort()
            return
        self._check = conn.validate_public_key
        self._send_failure = conn.send_userauth_failure
        conn.validate_public_key = self._prove  # type: ignore[method-assign]  # the only hook behind the signature
        conn.send_userauth_failure = self._count_failure  # type: ignore[method-assign]  # counts every method's failures
        without_copies(conn)
        without_fillers(conn)
        in_short_turns(conn)
        self._house.doors.add(self)
        self._idle = self._loop.call_later(self._house.idle_s, self._look_for_idleness)

    def connection_lost(self, exc: Exception | None) -> None:
        """They went."""
        del exc
        self._step_off()
        self._house.doors.discard(self)
        if hasattr(self, "_idle"):
            self._idle.cancel()
        for place in self._places:
            self._house.places.give_back(place)
        self._places.clear()

    def begin_auth(self, username: str) -> bool:
        """Everybody proves a key."""
        del username
        return True

    def public_key_auth_supported(self) -> bool:
        """The only way in."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Any key of a kind we talk to may be signed with."""
        del username
        return acceptable(key.public_data)

    async def _prove(self, username: str, key_data: bytes, msg: bytes, signature: bytes) -> bool:
        self._tried = True
        if not msg:
            return await self._check(username, key_data, b"", b"")
        until_s = self._loop.time() + self._house.refusal_s
        if signed_well(signature) and await self._check(username, key_data, msg, signature):
            self._guest = await self._loop.run_in_executor(self._house.executor, self._admit, username, key_data)
        if self._guest is None:
            await asyncio.sleep(until_s - self._loop.time())
        return self._guest is not None

    def _admit(self, login: str, key: bytes) -> Guest | None:
        try:
            return self._house.mailboxes.admit(login, key, self._address)
        except Fault:
            return None
        except Exception as error:  # noqa: BLE001 - a failure here is a refusal, and looks like one
            _LOG.error("an admission failed: %s", type(error).__name__)
            return None

    def _count_failure(self, partial_success: bool) -> None:  # noqa: FBT001 - asyncssh's signature
        self._failures += 1
        # The first refusal without a key answers a client that asked which ways in there are (RFC 4252, section 5.2).
        if self._tried or self._failures > 1:
            self._counted += 1
            self._house.doorstep.failed(self._address, self._loop.time())
        if self._failures > TRIES:
            self._conn.disconnect(asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, "too many attempts")
        else:
            self._send_failure(partial_success)

    def auth_completed(self) -> None:
        """They are in."""
        self._house.doorstep.forgive(self._address, self._counted, self._loop.time())
        self._step_off()
        self._heard()

    def session_requested(
        self,
    ) -> tuple[asyncssh.SSHServerChannel[bytes], SftpChannel]:
        """A channel, if there is a place for the session."""
        guest = self._guest
        if guest is None or not self._placed(guest) or self._channels >= CHANNELS:
            raise asyncssh.ChannelOpenError(
                asyncssh.OPEN_RESOURCE_SHORTAGE, "too many sessions of this partner are open; close one and try again"
            )
        self._channels += 1
        house = self._house
        engine = Engine(house.mailboxes, guest, house.say)
        channel = self._conn.create_server_channel(None, "strict", WINDOW_BYTES, house.packet_bytes)
        return channel, SftpChannel(engine, house.executor, Pace(guest.limits.bytes_per_s), self._heard)

    def _placed(self, guest: Guest) -> bool:
        if self._places:
            return True
        wanted = ((guest.credential_id, min(SESSIONS_OF_A_KEY, guest.limits.sessions)),
                  (guest.partner_id, guest.limits.sessions))  # fmt: skip
        for owner, places in wanted:
            place = self._house.places.take(owner, places)
            if place is None:
                return False
            self._places.append(place)
        return True

    def bid_farewell(self) -> None:
        """End the connection because the gateway stops."""
        self._conn.disconnect(asyncssh.DISC_BY_APPLICATION, "the gateway is being restarted; connect again")

    def _step_off(self) -> None:
        if self._waiting:
            self._waiting = False
            self._house.doorstep.leave(self._address)

    def _heard(self) -> None:
        self._heard_at_s = self._loop.time()

    def _look_for_idleness(self) -> None:
        left_s = self._heard_at_s + self._house.idle_s - self._loop.time()
        if left_s <= 0:
            self._conn.disconnect(asyncssh.DISC_BY_APPLICATION, "nothing was asked for too long")
        else:
            self._idle = self._loop.call_later(left_s, self._look_for_idleness)
