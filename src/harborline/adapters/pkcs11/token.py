"""A `KeyProvider` whose root keys are objects of a PKCS#11 token: sensitive, not extractable, AES-256.

Only office keys are wrapped by the token, a few for each process, so its speed does not matter. Wrapping is AES-GCM
(CKM_AES_GCM) with our nonce: a token that insists on a nonce of its own (FIPS 140 level of some makes) needs that mode
off for this key. Versions are told apart by the object's id, four bytes big endian.
Source: PKCS #11 v2.40, 2.12 (AES-GCM), 4.4 (sensitive and extractable attributes).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar, cast

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism

from harborline.kernel import Broken, Invalid, NotFound, Unavailable

T = TypeVar("T")

_NONCE, _ID_BYTES = 12, 4
_WRONG_PIN = (pkcs11.PinIncorrect, pkcs11.PinLocked, pkcs11.PinExpired, pkcs11.PinInvalid, pkcs11.PinLenRange)
_DOES_NOT_OPEN = (pkcs11.GeneralError, pkcs11.EncryptedDataInvalid, pkcs11.EncryptedDataLenRange, pkcs11.DataInvalid)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the token is: the maker's library, the token's label, the file with the PIN, the keys' label."""

    library: Path
    token: str
    pin_file: Path
    label: str = "harborline-root"

    def pin(self) -> str:
        """The PIN; raises `Invalid` when its file cannot be read or others may read it."""
        where = str(self.pin_file)
        try:
            if self.pin_file.stat().st_mode & 0o077:
                raise Invalid("others may read the token's PIN: chmod 600 it", where)
            pin = self.pin_file.read_text().strip()
        except OSError as wrong:
            raise Invalid(f"the token's PIN cannot be read: {wrong.strerror}", where) from None
        if not pin:
            raise Invalid("the token's PIN is empty", where)
        return pin


class _AesKey(Protocol):
    """What the library's key objects can do; it mixes these in at run time."""

    id: bytes

    def encrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams) -> bytes: ...

    def decrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams) -> bytes: ...

    def destroy(self) -> None: ...


class TokenRoot:
    """Root keys in a token. A session is opened when first needed, and once more when the token was away."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._session: pkcs11.Session | None = None
        # A PKCS#11 session does one thing at a time.
        self._one_at_a_time = threading.Lock()

    def numbers(self) -> list[int]:
        """The versions in the token."""
        return self._with(lambda session: sorted(int.from_bytes(key.id) for key in self._keys(session)))

    def make(self, above: int = 0) -> int:
        """A new version, made inside the token."""
        number = max([above, *self.numbers()]) + 1
        self._with(lambda session: self._generate(session, number))
        return number

    def wrap(self, number: int, key: bytes, bound: bytes) -> bytes:
        """Nonce, ciphertext and tag, encrypted inside the token."""
        nonce = os.urandom(_NONCE)

        def encrypt(session: pkcs11.Session) -> bytes:
            parameters = GCMParams(nonce, bound, 128)
            return bytes(
                self._key(session, number).encrypt(key, mechanism=Mechanism.AES_GCM, mechanism_param=parameters)
            )

        return nonce + self._with(encrypt)

    def unwrap(self, number: int, wrapped: bytes, bound: bytes) -> bytes:
        """Decrypt inside the token."""

        def decrypt(session: pkcs11.Session) -> bytes:
            parameters = GCMParams(wrapped[:_NONCE], bound, 128)
            body = wrapped[_NONCE:]
            try:
                return bytes(
                    self._key(session, number).decrypt(body, mechanism=Mechanism.AES_GCM, mechanism_param=parameters)
                )
            except _DOES_NOT_OPEN:
                raise Broken(
                    "a key does not open: it was not wrapped by this token's root key, or was changed"
                ) from None

        return self._with(decrypt)

    def retire(self, number: int) -> None:
        """Destroy the object."""

        def destroy(session: pkcs11.Session) -> None:
            for key in self._keys(session):
                if int.from_bytes(key.id) == number:
                    key.destroy()

        self._with(destroy)

    def _keys(self, session: pkcs11.Session) -> list[_AesKey]:
        wanted = {Attribute.LABEL: self._place.label, Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY}
        return [cast("_AesKey", key) for key in session.get_objects(wanted)]

    def _key(self, session: pkcs11.Session, number: int) -> _AesKey:
        for key in self._keys(session):
            if int.from_bytes(key.id) == number:
                return key
        raise NotFound(f"root key {number} is not in the token (retired, or another token)")

    def _generate(self, session: pkcs11.Session, number: int) -> None:
        session.generate_key(
            KeyType.AES,
            256,
            label=self._place.label,
            id=number.to_bytes(_ID_BYTES),
            store=True,
            template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True},
        )

    def _with(self, work: Callable[[pkcs11.Session], T]) -> T:
        with self._one_at_a_time:
            if self._session is not None:
                try:
                    return work(self._session)
                except pkcs11.PKCS11Error:
                    # The session was an old one: the token may have been away since.
                    self._close()
            try:
                return work(self._opened())
            except pkcs11.PKCS11Error as wrong:
                self._close()
                raise Unavailable(f"the token did not answer ({type(wrong).__name__})", retry_after_s=5) from None

    def _opened(self) -> pkcs11.Session:
        if self._session is None:
            pin = self._place.pin()
            try:
                self._session = self._open(pin)
            except _WRONG_PIN as wrong:
                # Never tried twice by itself: a token locks after a few wrong PINs.
                said = f"the token does not take its PIN ({type(wrong).__name__})"
                raise Invalid(said, str(self._place.pin_file)) from None
            except (pkcs11.NoSuchToken, pkcs11.MultipleTokensReturned):
                said = f"there is not exactly one token labelled {self._place.token!r}"
                raise Unavailable(said, permanent=True) from None
            except pkcs11.PKCS11Error as wrong:
                said = f"the token's library {self._place.library} does not answer ({type(wrong).__name__})"
                raise Unavailable(said, permanent=True) from None
        return self._session

    def _open(self, pin: str) -> pkcs11.Session:
        token = pkcs11.lib(str(self._place.library)).get_token(token_label=self._place.token)
        try:
            return token.open(rw=True, user_pin=pin)
        except pkcs11.UserAlreadyLoggedIn:
            # Signing in counts for the whole process, whichever part of it did so.
            return token.open(rw=True)

    def close(self) -> None:
        """End the session; the next question opens another."""
        with self._one_at_a_time:
            self._close()

    def _close(self) -> None:
        session, self._session = self._session, None
        try:
            if session is not None:
                session.close()
        except pkcs11.PKCS11Error:
            return
