"""Identifiers of companies in one normal form, so that equal ones are equal. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from harborline.kernel import Invalid

SCHEMES: Final = ("uei", "lei", "cage", "domain")
"""Unique Entity ID (SAM.gov), Legal Entity Identifier (ISO 17442), CAGE code, internet domain."""
_FORMS: Final = {
    "uei": re.compile(r"[A-HJ-NP-Z0-9]{12}"),
    "lei": re.compile(r"[A-Z0-9]{18}[0-9]{2}"),
    "cage": re.compile(r"[A-HJ-NP-Z0-9]{5}"),
    "domain": re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}"),
}
_OTHER: Final = re.compile(r"[a-z][a-z0-9_. -]{0,39}")
_VALUE_MAX = 300


def identifier(scheme: str, value: str, *, strict: bool = True) -> tuple[str, str]:
    """The pair in normal form; raises `Invalid` for a value that its scheme does not know.

    An unknown scheme is kept as given: it can never equal a listed one, and nothing is said about it. Unless `strict`
    a value of the wrong form is kept as well.
    """
    name = scheme.strip().lower()
    if not _OTHER.fullmatch(name):
        raise Invalid("the kind of an identifier is a word such as {known}", "identifiers", known=", ".join(SCHEMES))
    if not value.strip() or len(value) > _VALUE_MAX:
        raise Invalid("an identifier is empty or too long", f"identifiers.{name}")
    normal = _domain(value) if name in {"domain", "website", "url", "email"} else value.strip().upper().replace(" ", "")
    name = "domain" if name in {"website", "url", "email"} else name
    form = _FORMS.get(name)
    if strict and form is not None and not form.fullmatch(normal):
        raise Invalid("is not a {given}", f"identifiers.{name}", given=name.upper() if name != "domain" else "domain")
    return name, normal


def identifiers(given: object, *, strict: bool = False) -> frozenset[tuple[str, str]]:
    """Identifiers as a question brings them: a table of scheme to value or values, or a list of such pairs.

    Raises `Invalid` for anything else. An empty value is as if it were not there; a value that is none of its scheme
    equals no listed one, and the name is judged all the same, unless `strict`.
    """
    if given is None:
        return frozenset()
    return frozenset(identifier(scheme, value, strict=strict) for scheme, value in _pairs(given) if value.strip())


def same(ours: tuple[str, str], theirs: tuple[str, str]) -> bool:
    """Whether two identifiers name the same body: equal, or a domain inside the listed one."""
    if ours[0] != theirs[0]:
        return False
    return ours[1] == theirs[1] or (ours[0] == "domain" and theirs[1].endswith(f".{ours[1]}"))


def _pairs(given: object) -> Iterator[tuple[str, str]]:
    if isinstance(given, Mapping):
        for scheme, value in given.items():
            for one in value if isinstance(value, list | tuple) else [value]:
                yield _text(scheme), _text(one)
        return
    if not isinstance(given, list | tuple):
        raise Invalid('identifiers are a table such as {"uei": "…", "domain": "…"}', "identifiers")
    for item in given:
        if isinstance(item, Mapping):
            scheme = next((item[key] for key in ("scheme", "type", "kind", "name") if key in item), None)
            value = next((item[key] for key in ("value", "id", "identifier") if key in item), None)
            yield _text(scheme), _text(value)
        elif isinstance(item, list | tuple) and len(item) == 2:  # noqa: PLR2004 - a pair
            yield _text(item[0]), _text(item[1])
        else:
            raise Invalid("each identifier has a kind and a value", "identifiers")


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Invalid("the kind and the value of an identifier are texts", "identifiers")
    return str(value)


def _domain(value: str) -> str:
    # A web address or e-mail address names its domain; www is no part of it.
    bare = value.strip().lower().partition("://")[2] or value.strip().lower()
    host = bare.split("/", 1)[0].split("?", 1)[0].rpartition("@")[2].split(":", 1)[0].rstrip(".")
    bare_host = host.removeprefix("www.")
    try:
        return bare_host.encode("idna").decode("ascii")
    except UnicodeError:
        return bare_host
