"""Which clause each finding breaks, by kind of program."""

from __future__ import annotations

from harborline.messaging.words.guard.facts import PRIVATE, Kind

_WIC: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys(PRIVATE, ("MN-WIC-9.6:text-no-private",)),
    Kind.ABBREVIATION: ("MN-WIC-9.6:text-no-abbreviations",),
    Kind.HARD_TO_READ: ("MN-WIC-9.6:text-easy",),
    Kind.REQUESTS_PRIVATE_INFO: ("MN-WIC-9.6:text-no-asking",),
    Kind.RESERVED_REPLY_WORD: ("MN-WIC-9.6:local-it-legal",),
    Kind.SHORTENED_URL: ("MN-WIC-9.6:local-it-legal",),
}
_CHILD_SUPPORT: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys(PRIVATE, ("NC-CSS-22-18:pii-fti-in-texts",)),
    Kind.FTI: ("NC-CSS-22-18:pii-fti-in-texts", "OFFSET-8.4:tax-refund"),
    Kind.DV: ("NC-CSS-22-18:pii-fti-in-texts", "OFFSET-8.1:harm"),
    Kind.STREET_ADDRESS_OR_WHEREABOUTS: ("NC-CSS-22-18:pii-fti-in-texts", "OFFSET-8.1:harm"),
    Kind.REQUESTS_PRIVATE_INFO: ("NC-CSS-22-18:pii-fti-in-texts",),
    Kind.RESERVED_REPLY_WORD: ("NC-CSS-22-18:lawful-notifications",),
    Kind.SHORTENED_URL: ("NC-CSS-22-18:lawful-notifications",),
    # The letter says nothing of style: short forms and hard words go back to whoever wrote the template.
    Kind.ABBREVIATION: ("NC-CSS-22-18:county-needs",),
    Kind.HARD_TO_READ: ("NC-CSS-22-18:county-needs",),
}


def clauses_for(kind: Kind, program: str) -> tuple[str, ...]:
    """The clauses a finding of `kind` breaks in a text of `program`."""
    return (_WIC if program.endswith("wic") else _CHILD_SUPPORT)[kind]
