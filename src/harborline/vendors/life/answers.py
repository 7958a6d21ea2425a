"""The questions no name answers: who owns a tenth, what equipment is used, what devices come from where. Pure.

`answers` is {"owners": [{"name", "percent"}], "none_above_tenth": bool, "uses_covered": bool, "subprocessors": [name],
"categories": {name: {"supplies": bool, "made": "us"|"abroad", "exception": "", "document": ""}}}.
Source: 47 CFR 2.903 (more than 10 percent of equity), section 889(a)(1)(B), FCC Covered List rows 12, 13, 15, 16.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from harborline.kernel import Decision, allow, refuse
from harborline.vendors.facts import Category

TENTH: Final = 10
IN_THE_US: Final = "us"


def answers_clear(*, answers: Mapping[str, Any], categories: Mapping[str, Category], today: date) -> Decision:
    """Whether every question has an answer that permits: ownership, use of covered equipment, each class of devices."""
    owners = answers.get("owners", ())
    large = [one for one in owners if float(one["percent"]) > TENTH]
    if not isinstance(answers.get("none_above_tenth"), bool) or (answers["none_above_tenth"] is bool(large)):
        return refuse("owners-not-answered")
    if not isinstance(answers.get("uses_covered"), bool):
        return refuse("equipment-not-answered")
    if answers["uses_covered"]:
        return refuse("covered-equipment-in-use")
    given = answers.get("categories", {})
    for category in categories.values():
        decision = _of_category(given.get(category.name), category, today)
        if not decision.allowed:
            return decision
    return allow()


def _of_category(answer: Mapping[str, Any] | None, category: Category, today: date) -> Decision:
    if answer is None or not isinstance(answer.get("supplies"), bool):
        return refuse("devices-not-answered")
    if not answer["supplies"] or answer.get("made") == IN_THE_US:
        return allow()
    exception = answer.get("exception", "")
    if exception not in category.exceptions or not str(answer.get("document", "")).strip():
        return refuse("covered-device")
    last = category.until.get(exception)
    return refuse("covered-device") if last is not None and today > last else allow()
