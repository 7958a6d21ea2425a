"""Signs the typesetter's fonts can show: others are written as their code, so that a PDF never fails on a text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import typst

# Printable ASCII, Latin-1, Latin Extended-A and common punctuation are in the fonts that come with the typesetter.
_ODD = re.compile("[^\n\x20-\x7e\xa0-\u017f\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u20ac]")
_MOST = 300


def shown(value: Any) -> Any:  # noqa: ANN401 - JSON
    """JSON in which every string can be typeset: signs without a glyph become `[U+1F600]`."""
    tried: dict[str, str] = {}

    def clean(found: re.Match[str]) -> str:
        sign = found.group()
        if sign not in tried:
            # Each new sign costs a trial; a text made of hundreds of odd ones is shown in codes from there on.
            tried[sign] = sign if len(tried) < _MOST and has_glyph(sign) else f"[U+{ord(sign):04X}]"
        return tried[sign]

    def walk(part: Any) -> Any:  # noqa: ANN401 - as above
        if isinstance(part, str):
            return _ODD.sub(clean, part)
        if isinstance(part, dict):
            return {name: walk(inner) for name, inner in part.items()}
        if isinstance(part, list | tuple):
            return [walk(inner) for inner in part]
        return part

    return walk(value)


@lru_cache(maxsize=4_096)
def has_glyph(sign: str) -> bool:
    """Whether one sign can be typeset."""
    try:
        typst.compile(
            b'#set document(title: "t")\n#sys.inputs.sign',
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"sign": sign},
            pdf_standards="ua-1",
            timestamp=0,
        )
    except (RuntimeError, ValueError):
        return False
    return True
