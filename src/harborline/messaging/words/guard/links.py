"""Detector of shortened links, also when they are spaced or broken up to pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from harborline.messaging.words.grammar import words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.reader import Mark, Reader

_DOT = r"(?: ?\. ?| ?[\[({<] ?(?:\.|dot|punto) ?[\])}>] ?| dot | punto )"


@cache
def _shorteners() -> re.Pattern[str]:
    hosts = sorted(words_of("guard/shorteners"), key=len, reverse=True)
    spelt = "|".join(_DOT.join(re.escape(part) for part in host.split(".")) for host in hosts)
    return re.compile(rf"(?<![\w.-])(?:h..ps? ?: ?// ?)?(?:www{_DOT})?(?:{spelt})(?![\w-])(?: ?/ ?[\w-]*)?")


def shortened_links(reader: Reader) -> Iterator[Mark]:
    """Every link behind a public shortener: nobody can see where it leads (texting rules of the carriers)."""
    text = reader.free
    if "." not in text and " dot " not in text and " punto " not in text and "[" not in text:
        return
    for found in _shorteners().finditer(text):
        host = found.group()
        # A host without a path must not be a word at the end of a sentence ("... to t. Co ...").
        if "/" in host or host.count(".") == 1 or "dot" in host or "punto" in host:
            if " " in host and "/" not in host and "dot" not in host and "punto" not in host:
                continue
            yield Mark(Kind.SHORTENED_URL, found.start(), found.end(), "shortener")
