"""Lists of codes that several layouts name."""

from __future__ import annotations

from harborline.kernel import Invalid

STATES = (
    *("AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA"),
    *("ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR"),
    *("PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "AS", "GU", "MP", "PR", "VI"),
)
"""The states, the District of Columbia and the territories that run child support programs or may answer for one."""

LISTS = {"states": STATES}


def named_list(name: str, where: str) -> tuple[str, ...]:
    """The list called `name`; raises `Invalid` naming those there are."""
    try:
        return LISTS[name]
    except KeyError:
        raise Invalid(f"there is no list '{name}'; known: {', '.join(sorted(LISTS))}", where) from None
