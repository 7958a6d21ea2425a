"""Tags that put forms, states and numbers on a page in the look of the design system."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, FileInput, RadioSelect, Select, Textarea
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _

from harborline.law.periods import Period
from harborline.sites import sentences, vocabulary
from harborline.sites.saying import Words

register = template.Library()

SPRITE = "uswds/3.14.0/img/sprite.svg"
_CLASSES = (
    (FileInput, "usa-input hl-file"),  # not the design system's own, whose preview our policy for pictures forbids
    (CheckboxInput, "usa-checkbox__input"),
    (RadioSelect, "usa-radio__input"),
    (Select, "usa-select"),
    (Textarea, "usa-textarea"),
)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of the design system."""
    return format_html(
        '<svg class="usa-icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static(SPRITE),
        name,
    )


@register.filter
def picture(svg: str) -> SafeString:
    """A picture drawn by our own server, put into the page as it is; never for anything a person typed."""
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308 - made by the code app library from our own address


@register.filter
def widget(field: BoundField) -> SafeString:
    """The field's control with its class; errors and hints are tied to it for screen readers."""
    classes = next((name for kind, name in _CLASSES if isinstance(field.field.widget, kind)), "usa-input")
    attributes: dict[str, str | bool] = {"class": f"{classes} usa-input--error" if field.errors else classes}
    described = [f"{field.auto_id}_helptext"] * bool(field.help_text) + [f"{field.auto_id}_error"] * bool(field.errors)
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attributes)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the label stands behind the control."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_radio(field: BoundField) -> bool:
    """Whether the field is a group of choices."""
    return isinstance(field.field.widget, RadioSelect)


@register.filter
def translated(text: str) -> str:
    """Words that ship in English, such as a clause, in the language of the page; an agency's own stay as they are."""
    return gettext(text) if text else ""


@register.filter
def told(decision: sentences.Decided) -> sentences.Told:
    """A decision in words, with its clauses."""
    return sentences.told(decision)


@register.filter
def named(code: str, catalogue: str) -> str:
    """The word for a code."""
    return str(vocabulary.named(str(code), catalogue))


@register.filter
def state(code: str, catalogue: str) -> vocabulary.State:
    """The word and tone of a state."""
    return vocabulary.state(str(code), catalogue)


@register.filter
def words_for(reason: str) -> Words:
    """Sentence and next step for a reason code."""
    return sentences.words(reason)


@register.filter
def row_problem(row: sentences.RowFault) -> str:
    """What is wrong with a row of a file, in the language of the page where it has words for it."""
    return str(vocabulary.ROW_PROBLEMS.get(row.code) or gettext(row.problem))


@register.filter
def of(mapping: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 - whatever the mapping holds
    """The value under a key, or nothing."""
    return mapping.get(key, "")


@register.filter
def spoken_value(value: Any) -> str:  # noqa: ANN401 - a setting of a profile
    """A setting in words."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(str(each) for each in value) or "-"
    return str(value)


@register.filter
def moment(at: datetime | None) -> str:
    """A moment in the page's zone, with the zone: `Nov 21, 2026, 2:05 PM EST`; Spanish by its own custom."""
    style = "j/n/Y, H:i T" if _page_is("es") else "M j, Y, g:i A T"
    return date_format(at.astimezone(timezone.get_current_timezone()), style) if at else "-"


@register.filter
def day(at: date | None) -> str:
    """A day: `Nov 21, 2026`, in the page's zone when it is a moment."""
    local = at.astimezone(timezone.get_current_timezone()) if isinstance(at, datetime) else at
    return date_format(local, "j/n/Y" if _page_is("es") else "M j, Y") if local else "-"


def _page_is(language: str) -> bool:
    return (get_language() or "en").startswith(language)


@register.filter
def digits(number: str) -> int:
    """The digits of an E.164 number, for an address."""
    return int(number.removeprefix("+"))


@register.filter
def dialled(number: str | int) -> str:
    """A number as people in the United States write it."""
    plain = str(number).removeprefix("+").removeprefix("1")
    return f"({plain[:3]}) {plain[3:6]}-{plain[6:]}"


@register.filter
def words_of(text: str) -> list[str]:
    """The words of a text, one by one."""
    return text.split()


@register.filter
def spoken_period(period: Period) -> str:
    """A period in words: `3 years`, `24 hours`."""
    parts = [
        (period.years, ngettext("%(count)d year", "%(count)d years", period.years)),
        (period.months, ngettext("%(count)d month", "%(count)d months", period.months)),
        (period.days, ngettext("%(count)d day", "%(count)d days", period.days)),
        (period.hours, ngettext("%(count)d hour", "%(count)d hours", period.hours)),
    ]
    said = [words % {"count": count} for count, words in parts if count]
    return ", ".join(said) or ngettext("%(count)d day", "%(count)d days", 0) % {"count": 0}


@register.filter
def of_id(mapping: Mapping[str, str], identifier: object) -> str:
    """The name under an id of any type, or nothing."""
    return mapping.get(str(identifier), "")


@register.filter
def named_inside(kind: str) -> str:
    """What was found in a text that came in, in words."""
    return str(vocabulary.named(kind, "inside"))


@register.filter
def slice_of(text: str, place: Any) -> str:  # noqa: ANN401 - anything with a start and an end
    """The part of a text that a remark or hint points at."""
    return text[place.start : place.end]


@register.filter
def as_json(value: object) -> str:
    """JSON for an attribute; the template escapes it."""
    return json.dumps(value)


@register.filter
def percent(part: int, whole: int) -> int:
    """Whole percent, 0 to 100; all of nothing is 0."""
    return min(100, part * 100 // whole) if whole else 0
