"""Which passwords may be chosen: length, kinds of signs, nothing common, nothing breached, none of the last ones.

Everything is decided here, offline. The list of breached passwords is a file of the agency's own: SHA-1 digests in
capitals, one a line, in order, each perhaps followed by a colon and a count (the form in which such lists are given
away). It is searched by halves, so that a list of forty gigabytes costs forty reads.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from harborline.kernel import Invalid, Unavailable, clock
from harborline.vault.services import blind_index
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.models import Worker
from harborline.workforce.places import PastPassword

_KINDS: Final = (r"[a-zà-ÿ]", r"[A-ZÀ-Þ]", r"[0-9]", r"[^a-zà-ÿA-ZÀ-Þ0-9]")
_LOOKALIKES: Final = str.maketrans("@40315$7!", "aaoeissti")
_SHORTEST_HEART: Final = 4
_LONGEST_LINE: Final = 64
_RUNS: Final = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm")


class ProfileValidator:
    """Length, kinds of signs, and none of the last passwords, as the sign-in profile says."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise `ValidationError` in words for the person who chooses."""
        limits = sign_in_profile()
        if len(password) < limits.password_characters:
            raise ValidationError(_("Use at least %(count)d signs.") % {"count": limits.password_characters})
        if sum(bool(re.search(kind, password)) for kind in _KINDS) < limits.password_kinds:
            raise ValidationError(
                ngettext(
                    "Mix at least %(count)d kind: small letters, capital letters, digits, other signs.",
                    "Mix at least %(count)d kinds: small letters, capital letters, digits, other signs.",
                    limits.password_kinds,
                )
                % {"count": limits.password_kinds}
            )
        if isinstance(user, Worker) and was_used(user, password):
            raise ValidationError(_("You had this password before. Choose a new one."))

    def get_help_text(self) -> str:
        """What the form says beforehand."""
        return _("Use at least %(count)d signs.") % {"count": sign_in_profile().password_characters}


class PlainPasswordValidator:
    """Nothing that is a common password at heart, one thing repeated, or a run of keys."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise `ValidationError` for `Password123456!`, `abcabcabcabcabc` and their like."""
        del user
        low = password.lower()
        if _repeats(low) or _mostly_run(low) or any(heart in common_passwords() for heart in _hearts(low)):
            raise ValidationError(_("This is too easy to guess. Use words that do not belong together."))

    def get_help_text(self) -> str:
        """What the form says beforehand."""
        return _("Use words that do not belong together.")


class BreachedPasswordValidator:
    """Nothing from the agency's list of breached passwords (`HARBORLINE_BREACHED_PASSWORDS`), if it has one."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise `ValidationError` for a password on the list, `Unavailable` when the list cannot be read."""
        del user
        listed = getattr(settings, "BREACHED_PASSWORDS", "")
        if listed and breached(password, Path(listed)):
            raise ValidationError(_("This password was stolen somewhere before. Choose another one."))

    def get_help_text(self) -> str:
        """What the form says beforehand."""
        return ""


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """The list of common passwords that ships with Django."""
    return frozenset(CommonPasswordValidator().passwords)


def _hearts(password: str) -> set[str]:
    plain = password.translate(_LOOKALIKES)
    stripped = (re.sub(r"^[^a-z]+|[^a-z]+$", "", each) for each in (password, plain))
    return {each for each in (password, plain, *stripped) if len(each) >= _SHORTEST_HEART}


def _repeats(password: str) -> bool:
    return any(
        password == (password[:size] * len(password))[: len(password)] for size in range(1, len(password) // 2 + 1)
    )


def _mostly_run(password: str) -> bool:
    # More than half of the steps from sign to sign follow the alphabet, the digits or a row of keys.
    pairs = {pair for run in _RUNS for both in (run, run[::-1]) for pair in pairwise(both)}
    steps = list(pairwise(password))
    return bool(steps) and sum(step in pairs for step in steps) * 2 > len(steps)


def breached(password: str, listed: Path) -> bool:
    """Whether the SHA-1 digest of the password is a line of the ordered file; raises `Unavailable`."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    try:
        with listed.open("rb") as file:
            low, high = 0, file.seek(0, 2)
            while low < high:
                middle = (low + high) // 2
                begins, line = _line_at(file, middle)
                digest = line[:40].upper()
                if digest == wanted:
                    return True
                low, high = (begins + len(line), high) if digest < wanted else (low, min(begins, middle))
    except OSError:
        raise Unavailable("the list of breached passwords (HARBORLINE_BREACHED_PASSWORDS) cannot be read") from None
    return False


def _line_at(file: BinaryIO, place: int) -> tuple[int, bytes]:
    # The line in which the byte at `place` stands, and where it begins.
    back = max(0, place - _LONGEST_LINE)
    file.seek(back)
    before = file.read(place - back)
    begins = back + before.rfind(b"\n") + 1 if b"\n" in before else back
    file.seek(begins)
    return begins, file.readline()


def take_password(worker: Worker, password: str) -> None:
    """Put a password on the account, unsaved; raises `Invalid` saying what is wrong with it."""
    try:
        validate_password(password, worker)
    except ValidationError as weak:
        raise Invalid(" ".join(weak.messages), "password") from None
    worker.set_password(password)
    worker.password_changed_at = clock.now()


def was_used(worker: Worker, password: str) -> bool:
    """Whether it is the worker's password, or one of the last ones the profile remembers."""
    generations = sign_in_profile().password_generations
    rows = PastPassword.objects.filter(worker=worker).order_by("-set_at")[:generations]
    past = [bytes(digest) for digest in rows.values_list("digest", flat=True)]
    return bool(past) and _digest(worker, password) in past


def remember_password(worker: Worker, password: str) -> None:
    """Keep the digest of a password just set, and forget those that are older than the profile remembers."""
    PastPassword.objects.create(worker=worker, digest=_digest(worker, password), set_at=clock.now())
    kept = PastPassword.objects.filter(worker=worker).order_by("-set_at").values_list("id", flat=True)
    old = list(kept[sign_in_profile().password_generations :])
    PastPassword.objects.filter(id__in=old).delete()


def _digest(worker: Worker, password: str) -> bytes:
    # One salt for all passwords of one worker, so that one slow computation answers for the whole history.
    return blind_index("past-password", make_password(password, salt=worker.id.hex))
