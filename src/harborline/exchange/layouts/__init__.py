"""Layouts: fixed-width files by their published description: checked, read, written, compared. Pure, no database.

Terms: a *layout* is one version of the published description of a file; a *record type* is one kind of its records;
a *shape* is one concrete record with every field at its place; a *form* is how one file is written (code page and
framing); a *finding* is one thing wrong with one record; a *problem* is why a whole file is refused; a *total* is a
figure that a control record tells and the file must have; *filler* is bytes nobody knows, which pass unchanged.
Rule: a file is checked to its end before anything of it is used. Findings name record, byte, field and code and show
the value masked; a problem refuses the file whole.
Doors: `load`, `named`, `published`, `every`, `forget`, `check`, and the facts `Layout`, `Checked`, `Finding`,
`Problem`, `Form`, `Framing`.
"""

from harborline.exchange.layouts.checking import check
from harborline.exchange.layouts.facts import Checked, Finding, Form, Framing, Layout, Problem
from harborline.exchange.layouts.shelf import every, forget, load, named, published

__all__ = [
    "Checked",
    "Finding",
    "Form",
    "Framing",
    "Layout",
    "Problem",
    "check",
    "every",
    "forget",
    "load",
    "named",
    "published",
]
