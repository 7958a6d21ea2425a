"""Telephone numbers as people type them into these forms."""

from __future__ import annotations

from django.utils.translation import gettext as _

from harborline.kernel import Invalid
from harborline.messaging.words.numbers import InvalidNumberError, e164


def dialled(written: str, *, allow_fictional: bool) -> str:
    """The number as E.164; raises `Invalid` in words for the form."""
    try:
        return e164(written, allow_fictional=allow_fictional)
    except InvalidNumberError:
        raise Invalid(_("This is not a phone number. Write ten digits.")) from None
