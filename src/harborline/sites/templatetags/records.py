"""Words of exports on pages."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from harborline.oversight.facts import Selection
from harborline.sites.templatetags.harborline import day

register = template.Library()


@register.filter
def selected(selection: Selection) -> str:
    """What an export is about; of a number the last four digits."""
    parts = (
        (selection.person, _("person %(what)s")),
        (selection.case, _("case %(what)s")),
        (selection.number[-4:], _("number ending in %(what)s")),
        (selection.from_at and day(selection.from_at), _("from %(what)s")),
        (selection.until_at and day(selection.until_at), _("until %(what)s")),
    )
    return ", ".join(words % {"what": what} for what, words in parts if what)
