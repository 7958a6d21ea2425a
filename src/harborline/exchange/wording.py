"""The words an agreement is written in: mailboxes, channels, directions, kinds of partner, proofs, receipts."""

from __future__ import annotations

import enum


class Box(enum.StrEnum):
    """A mailbox of an agreement, named as the partner sees it: `/<agreement>/in/…`."""

    IN = "in"
    OUT = "out"
    TEST = "test"
    RECEIPTS = "receipts"

    @property
    def takes(self) -> bool:
        """Whether the partner may put files here."""
        return self in (Box.IN, Box.TEST)


class PartnerKind(enum.StrEnum):
    """What kind of organisation a partner is; only a vendor needs the program's written permission."""

    COUNTY = "county"
    STATE_DEPARTMENT = "state-department"
    OTHER_STATE = "other-state"
    FEDERAL = "federal-partner"
    VENDOR = "vendor"


class Direction(enum.StrEnum):
    """Which way files go, seen from here."""

    IN = "in"
    OUT = "out"
    BOTH = "both"

    @property
    def takes(self) -> bool:
        """Whether files come in."""
        return self is not Direction.OUT

    @property
    def gives(self) -> bool:
        """Whether files go out."""
        return self is not Direction.IN


class Channel(enum.StrEnum):
    """The way files go. FTP, FTPS and E_MAIL exist only so that they can be refused with their reason."""

    SFTP = "sftp"
    SFTP_OUT = "sftp-out"
    DROP_FOLDER = "drop-folder"
    MEDIA = "media"
    FTP = "ftp"
    FTPS = "ftps"
    HTTP = "http"
    E_MAIL = "e-mail"


class Level(enum.StrEnum):
    """How sensitive the data is, federal tax information apart."""

    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"


class Encryption(enum.StrEnum):
    """How the payload is encrypted before it travels."""

    NONE = "none"
    OPENPGP = "openpgp"


class Proof(enum.StrEnum):
    """How a sender shows that a file is complete."""

    RENAME = "rename"
    MANIFEST = "manifest"
    DONE_FILE = "done-file"
    CHECKSUM = "checksum"


class ReceiptKind(enum.StrEnum):
    """Our three words about a delivery."""

    LANDED = "landed"
    VALIDATED = "validated"
    PROCESSED = "processed"


class Rhythm(enum.StrEnum):
    """How often a file is expected."""

    DAILY = "daily"
    BUSINESS_DAILY = "business-daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    BUSINESS_MONTHLY = "business-monthly"


class Shift(enum.StrEnum):
    """What becomes of a day that is no business day."""

    NEXT = "next"
    PREVIOUS = "previous"
    SKIP = "skip"
    KEEP = "keep"
