"""Make the portal's stylesheet: the parts of the U.S. Web Design System it uses, system fonts, and its own layer.

Run by a developer when the system's version, the list of parts or the own layer changes:

    python scripts/make_portal_css.py

The whole design system is 60 kB when compressed, and its fonts as much again: too much for a first page over a slow
phone. Rules are copied as the vendored file has them; a selector stays when every class in it is of a part we use.
"""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "src/harborline/sites/static"
SYSTEM = STATIC / "uswds/3.14.0/css/uswds.min.css"
OWN = STATIC / "portal/own.css"
MADE = STATIC / "portal/portal.css"
PARTS = (
    "usa-alert", "usa-button", "usa-character-count", "usa-checkbox", "usa-error-message", "usa-fieldset",
    "usa-file-input", "usa-focus", "usa-form", "usa-form-group", "usa-hint", "usa-input", "usa-intro", "usa-label",
    "usa-legend", "usa-link", "usa-list", "usa-process-list", "usa-radio", "usa-select", "usa-skipnav", "usa-sr-only",
    "usa-step-indicator", "usa-summary-box", "usa-table", "usa-tag", "usa-textarea",
)  # fmt: skip
ALSO = {"grid-container"}
FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'
_CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*(?:\\.[\w-]*)*)")
_FAMILY = re.compile(r"font-family:(?:Source Sans Pro Web|Merriweather Web|Public Sans Web)[^;}]*")


def main() -> None:
    """Write the stylesheet."""
    MADE.write_text(made(), encoding="utf-8")


def made() -> str:
    """The stylesheet's text."""
    system = "".join(kept(blocks(SYSTEM.read_text(encoding="utf-8"))))
    system = _FAMILY.sub(f"font-family:{FONTS}", system).replace("url(../img/", "url(../uswds/3.14.0/img/")
    own = re.sub(r"/\*.*?\*/", "", OWN.read_text(encoding="utf-8"), flags=re.DOTALL)
    own = re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", own)).replace(": ", ":").strip()
    return f"/* Made by scripts/make_portal_css.py from uswds 3.14.0 and own.css. */\n{system}\n{own}\n"


def blocks(css: str) -> list[tuple[str, str]]:
    """The outermost rules: what stands before the brace, and what is inside it."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found, start, depth, opened, quote = [], 0, 0, 0, ""
    for place, sign in enumerate(css):
        if quote:
            quote = "" if sign == quote and css[place - 1] != "\\" else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "{":
            depth, opened = depth + 1, place if depth == 0 else opened
        elif sign == "}":
            depth -= 1
            if depth == 0:
                found.append((css[start:opened].strip(), css[opened + 1 : place]))
                start = place + 1
        elif sign == ";" and depth == 0:
            start = place + 1
    return found


def kept(rules: list[tuple[str, str]]) -> list[str]:
    """The rules of the parts we use."""
    answer = []
    for head, body in rules:
        if head.startswith(("@media", "@supports")):
            inner = "".join(kept(blocks(body)))
            answer += [f"{head}{{{inner}}}"] if inner else []
        elif not head.startswith("@"):
            selectors = [each for each in _split(head) if used(each)]
            answer += [f"{','.join(selectors)}{{{body}}}"] if selectors else []
    return answer


def used(selector: str) -> bool:
    """Whether every class in the selector is of a part we use; elements without a class always are."""
    return all(_ours(name) for name in _CLASS.findall(selector))


def _ours(name: str) -> bool:
    return name in ALSO or any(name == part or name.startswith((f"{part}__", f"{part}--")) for part in PARTS)


def _split(head: str) -> list[str]:
    found, depth, start = [], 0, 0
    for place, sign in enumerate(head):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            found.append(head[start:place])
            start = place + 1
    return [*found, head[start:]]


if __name__ == "__main__":
    main()
