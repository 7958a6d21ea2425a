"""Words for the reason codes of the adapters that carry, open and close files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.saying import Words

OF_TRANSFER: Final[Mapping[str, Words]] = {
    "not-encrypted": Words(
        _("The file is not encrypted, but it must be."),
        _("Ask the partner to encrypt and sign it, then send it again."),
    ),
    "compressed": Words(
        _("The message is compressed inside, so its signature cannot be checked."),
        _("Ask the partner to send it without compression."),
    ),
    "partner-key-unusable": Words(
        _("The partner's key cannot be used for encryption."),
        _("Ask the partner for another key."),
    ),
}
