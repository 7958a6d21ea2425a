"""The form with the questions no name answers: owners, covered equipment, contractors, classes of devices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from harborline.sites.console.vendoring import words
from harborline.sites.console.vendoring.forms import StepForm, YesNoField
from harborline.vendors.facts import Category
from harborline.vendors.selectors import categories

_OWNERS: Final = 3
_MADE: Final = (("", "-"), ("us", _("In the United States")), ("abroad", _("In another country")))


class AnswersForm(StepForm):
    """Every question; what depends on a yes may stay empty after a no."""

    uses_covered = YesNoField(label=_("Does the company use prohibited telecommunications equipment or services?"))
    none_above_tenth = YesNoField(label=_("Is it true that nobody owns more than 10 percent of the company?"))

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self.fields["on"].label = _("Day of the answers")
        for number in range(1, _OWNERS + 1):
            self.fields[f"owner_{number}"] = forms.CharField(
                label=_("Owner %(number)s: name") % {"number": number}, max_length=200, required=False
            )
            self.fields[f"share_{number}"] = forms.DecimalField(
                label=_("Owner %(number)s: percent") % {"number": number},
                min_value=0, max_value=100, decimal_places=2, required=False,
            )  # fmt: skip
        self.fields["subprocessors"] = forms.CharField(
            label=_("Which companies will it pass data on to?"),
            required=False,
            help_text=_("One on each line. Empty means none. Each needs its own permission."),
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        for category in categories().values():
            self._ask(category)

    def _ask(self, category: Category) -> None:
        name = category.name
        exceptions = [("", "-"), *((one, words.word(one, "exception")) for one in category.exceptions)]
        self.fields[f"{name}_supplies"] = YesNoField(label=words.word(name, "device"))
        self.fields[f"{name}_made"] = forms.ChoiceField(
            label=_("If yes: where is it made?"), choices=_MADE, required=False,
            help_text=_("Design and assembly count as well."),
        )  # fmt: skip
        self.fields[f"{name}_exception"] = forms.ChoiceField(
            label=_("If made abroad: which exception?"), choices=exceptions, required=False
        )
        self.fields[f"{name}_document"] = forms.CharField(
            label=_("Number of the exception's document"), max_length=120, required=False
        )

    def clean(self) -> dict[str, Any]:
        """A device that is supplied is made somewhere; an owner has a share."""
        given: dict[str, Any] = super().clean() or {}
        for name in categories():
            if given.get(f"{name}_supplies") and not given.get(f"{name}_made"):
                self.add_error(f"{name}_made", _("Say where it is made."))
        for number in range(1, _OWNERS + 1):
            if bool(given.get(f"owner_{number}")) != bool(given.get(f"share_{number}")):
                self.add_error(f"owner_{number}", _("Write both the name and the percent."))
        return given

    def detail(self) -> dict[str, Any]:
        """The answers in their one form."""
        given = self.cleaned_data
        return {
            "owners": list(self._owners()),
            "none_above_tenth": given["none_above_tenth"],
            "uses_covered": given["uses_covered"],
            "subprocessors": [line.strip() for line in given["subprocessors"].splitlines() if line.strip()],
            "categories": {
                name: {
                    "supplies": given[f"{name}_supplies"],
                    "made": given[f"{name}_made"],
                    "exception": given[f"{name}_exception"],
                    "document": given[f"{name}_document"],
                }
                for name in categories()
            },
        }

    def _owners(self) -> Iterator[dict[str, Any]]:
        for number in range(1, _OWNERS + 1):
            if self.cleaned_data.get(f"owner_{number}"):
                share = float(self.cleaned_data[f"share_{number}"])
                yield {"name": self.cleaned_data[f"owner_{number}"], "percent": share}
