"""The forms of these pages; each says in plain words what is missing."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from harborline.exchange.facts import KeyKind, MediaKind, Tells, Terms
from harborline.exchange.rules import ENDS
from harborline.kernel import clock
from harborline.sites.console.disclosing.words import word
from harborline.sites.console.exchange import words
from harborline.sites.console.vendoring.forms import DayField, YesNoField
from harborline.walls import ALL_COUNTIES, current_or_none
from harborline.workforce.selectors import colleagues

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_MB: Final = 1024**2


def choices(catalogue: Mapping[str, StrPromise], only: Iterable[str] | None = None) -> list[tuple[str, StrPromise]]:
    """The choices of a catalogue."""
    return [(code, word) for code, word in catalogue.items() if only is None or code in set(only)]


class HourField(forms.CharField):
    """An hour of the day."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PartnerForm(forms.Form):
    """An organisation."""

    name = forms.CharField(label=_("Name of the organization"), max_length=200)
    key = forms.SlugField(
        label=_("Short name"),
        max_length=60,
        help_text=_("Lower-case letters, digits and hyphens, such as wake-county."),
    )
    kind = forms.ChoiceField(
        label=_("What kind of organization is it?"), choices=choices(words.PARTNERS), widget=forms.RadioSelect
    )
    vendor = forms.CharField(
        label=_("For a company: its key under Vendors"), max_length=40, required=False,
        help_text=_("Files go to a company only while its written permission holds."),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Telephone number of its office"), max_length=200,
        help_text=_("From a source you trust. You confirm keys over it."),
    )  # fmt: skip


class KeyForm(forms.Form):
    """A public key of a partner."""

    kind = forms.ChoiceField(
        label=_("What is the key for?"), choices=choices(words.KEYS), widget=forms.RadioSelect, initial="ssh"
    )
    login = forms.SlugField(label=_("Login of the machine"), max_length=60)
    public_key = forms.CharField(
        label=_("Public key"), widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}), max_length=65_536,
        help_text=_("One line such as ssh-ed25519 AAAA…, or a PGP public key block."),
    )  # fmt: skip
    digest = forms.CharField(label=_("For PGP: the whole fingerprint"), max_length=80, required=False)
    from_date = DayField(label=_("Valid from"))
    until_date = DayField(
        label=_("Valid until"), help_text=_("Two years at most. From this day on it no longer works.")
    )
    networks = forms.CharField(
        label=_("Addresses it comes from"), max_length=400, required=False,
        help_text=_("Such as 192.0.2.0/24. Several with a space between them. Empty means any."),
    )  # fmt: skip

    def said(self, zone: str) -> dict[str, Any]:
        """What `exchange.services.add_credential` takes."""
        given = self.cleaned_data
        return {
            "login": given["login"],
            "public_key": given["public_key"],
            "kind": KeyKind(given["kind"]),
            "digest": given["digest"],
            "from_at": moment(given["from_date"], zone),
            "until_at": moment(given["until_date"], zone),
            "networks": given["networks"].split(),
        }


def moment(day: date, zone: str) -> datetime:
    """The beginning of a day where the program is."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


class ConfirmForm(forms.Form):
    """What the partner read to us."""

    read_back = forms.CharField(label=_("Fingerprint as the partner read it to you"), max_length=80)
    how = forms.CharField(label=_("How did you speak with them?"), max_length=200)


class BecauseForm(forms.Form):
    """A reason."""

    because = forms.CharField(label=_("Why?"), max_length=200)


class TermsForm(forms.Form):
    """The terms of an agreement."""

    holds = forms.CharField(label=_("Which data?"), max_length=400)
    purpose = forms.CharField(label=_("For which purpose?"), max_length=400)
    direction = forms.ChoiceField(
        label=_("Which way do files go?"), choices=choices(words.DIRECTIONS), widget=forms.RadioSelect
    )
    channel = forms.ChoiceField(label=_("How do they go?"), choices=choices(words.CHANNELS), initial="sftp")
    level = forms.ChoiceField(
        label=_("How sensitive is it?"), choices=choices(words.LEVELS), widget=forms.RadioSelect, initial="confidential"
    )
    fti = YesNoField(label=_("Does it hold federal tax information?"))
    encryption = forms.ChoiceField(
        label=_("What is encrypted?"), choices=choices(words.ENCRYPTIONS), widget=forms.RadioSelect, initial="none"
    )
    signature = forms.BooleanField(label=_("The sender must sign it with OpenPGP"), required=False)
    scan = forms.BooleanField(label=_("Scan it for harmful software"), required=False)
    naming = forms.CharField(
        label=_("Names of the files"), max_length=120,
        help_text=_("Such as ARR{seq:4}.DAT. Places: {seq:4}, {date}, {time}, *"),
    )  # fmt: skip
    layout = forms.CharField(
        label=_("Layout"), max_length=80, required=False, help_text=_("Such as fop-case-submission-245@1.")
    )
    tells = forms.CharField(
        label=_("Protected fields that go out"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("As TOML: recipient, basis, and each field with its column. Empty: none go out."),
    )  # fmt: skip
    manifest = forms.BooleanField(label=_("Only with a manifest"), required=False)
    identical = forms.BooleanField(label=_("The same content may come more than once"), required=False)
    size_mb = forms.IntegerField(label=_("Largest file, in MB"), min_value=1, max_value=65_536, initial=2048)
    opens = HourField(label=_("Files may come from"), required=False)
    closes = HourField(label=_("until"), required=False, help_text=_("Both empty: all day."))
    rhythm = forms.ChoiceField(label=_("When is a file expected?"), choices=choices(words.RHYTHMS), required=False)
    day = forms.IntegerField(
        label=_("On which day?"), required=False, min_value=0, max_value=31,
        help_text=_("Every week: 0 is Monday, 6 is Sunday. Every month: the day, or which business day."),
    )  # fmt: skip
    due = HourField(label=_("By what time?"), required=False)
    grace_min = forms.IntegerField(
        label=_("Minutes of grace"), required=False, min_value=0, max_value=10_080, initial=60
    )
    shift = forms.ChoiceField(
        label=_("If that is a weekend or a holiday"), choices=choices(words.SHIFTS), required=False, initial="next"
    )
    host = forms.CharField(label=_("Their server (when we go to them)"), max_length=200, required=False)
    host_login = forms.CharField(label=_("Our login there"), max_length=60, required=False)
    folder = forms.CharField(label=_("Folder there"), max_length=200, required=False)
    host_keys = forms.CharField(
        label=_("Keys of their server"), widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        required=False, help_text=_("One line for each key."),
    )  # fmt: skip
    expires_date = DayField(label=_("The agreement ends on"), help_text=_("Three years at most."))

    def clean_tells(self) -> dict[str, Any]:
        """The table, or what is wrong with it."""
        try:
            return tomllib.loads(self.cleaned_data["tells"])
        except tomllib.TOMLDecodeError as wrong:
            raise forms.ValidationError(_("This is no TOML: %(wrong)s"), params={"wrong": wrong}) from None

    def said(self, zone: str) -> dict[str, Any]:
        """The terms as `Terms.read` takes them."""
        given = self.cleaned_data
        plain = ("holds", "purpose", "direction", "channel", "level", "fti", "encryption", "signature", "scan",
                 "naming", "layout", "tells", "manifest", "identical", "host", "folder")  # fmt: skip
        said = {name: given[name] for name in plain}
        said["size_bytes"] = given["size_mb"] * _MB
        said["expires_date"] = given["expires_date"].isoformat()
        hours = {"opens": given["opens"] or "00:00", "closes": given["closes"] or "00:00"}
        said["window"] = {"zone": zone, **hours}
        said["login"] = given["host_login"]
        said["host_keys"] = [line.strip() for line in given["host_keys"].splitlines() if line.strip()]
        if given["rhythm"]:
            said["expects"] = {
                "rhythm": given["rhythm"], "due": given["due"] or "", "day": given["day"] or 0,
                "grace_min": given["grace_min"] if given["grace_min"] is not None else 60,
                "shift": given["shift"] or "next",
            }  # fmt: skip
        return said


def terms_initial(terms: Terms | None) -> dict[str, Any]:
    """What the form shows for terms that exist."""
    if terms is None:
        return {"expires_date": (clock.now() + timedelta(days=365)).date()}
    said = terms.said()
    shown = {name: said[name] for name in TermsForm.base_fields if name in said}
    shown |= {
        "fti": "yes" if terms.fti else "no", "size_mb": max(1, terms.size_bytes // _MB), "host_login": terms.login,
        "host_keys": "\n".join(terms.host_keys),
    }  # fmt: skip
    shown["tells"] = _as_toml(terms.tells)
    if terms.window.opens != terms.window.closes:
        shown |= {"opens": f"{terms.window.opens:%H:%M}", "closes": f"{terms.window.closes:%H:%M}"}
    if terms.expects is not None:
        shown |= {name: said["expects"][name] for name in ("rhythm", "due", "day", "grace_min", "shift")}
    return shown


def _as_toml(tells: Tells | None) -> str:
    if tells is None:
        return ""
    said = tells.said()
    told = said.pop("fields")
    # Texts and lists of texts: JSON writes them as TOML does.
    lines = [f"{name} = {json.dumps(value)}" for name, value in said.items()]
    return "\n".join([*lines, "", "[fields]", *(f"{name} = {json.dumps(column)}" for name, column in told.items())])


class NewAgreementForm(TermsForm):
    """An agreement with its first terms."""

    title = forms.CharField(label=_("Name of the agreement"), max_length=200)
    key = forms.SlugField(
        label=_("Short name"), max_length=60, help_text=_("It is the name of the folder that the partner sees.")
    )
    field_order = ("title", "key")


class SendForm(forms.Form):
    """A file for a partner."""

    file = forms.FileField(label=_("File"), help_text=_("It goes under the name it has."))


class PrepareForm(forms.Form):
    """Whose records go, under which name, with which protected fields."""

    name = forms.CharField(label=_("Name of the file"), max_length=200)
    told = forms.MultipleChoiceField(label=_("Protected fields in it"), widget=forms.CheckboxSelectMultiple)
    table = forms.FileField(
        label=_("Table of the records"),
        help_text=_("CSV with a column participant and columns of the layout. Without the protected ones."),
    )

    def __init__(self, *args: Any, told: Iterable[str], **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        offered = [(name, word(name, "field")) for name in told]
        self.fields["told"].choices = offered  # type: ignore[attr-defined]  # a choice field
        self.fields["told"].initial = [name for name, _word in offered]


class AcknowledgeForm(forms.Form):
    """The partner's word that it arrived."""

    receipt = forms.FileField(label=_("The partner's receipt"), required=False)
    how = forms.CharField(label=_("How do you know?"), max_length=200)


class ShipmentForm(forms.Form):
    """A parcel that was announced."""

    agreement = forms.ChoiceField(label=_("Agreement"))
    carrier = forms.CharField(label=_("Carrier"), max_length=80)
    tracking = forms.CharField(label=_("Tracking number"), max_length=80)
    outer_seal = forms.CharField(label=_("Number of the outer seal"), max_length=40)
    inner_seal = forms.CharField(label=_("Number of the inner seal"), max_length=40)
    items = forms.IntegerField(label=_("How many media?"), min_value=1, max_value=999, initial=1)
    expected_on = DayField(label=_("Expected on"))

    def __init__(self, *args: Any, agreements: Iterable[tuple[str, str]], **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self.fields["agreement"].choices = list(agreements)  # type: ignore[attr-defined]  # a ChoiceField


class WitnessField(forms.ChoiceField):
    """A colleague by name, never oneself: who that is, the room knows."""

    def __init__(self) -> None:
        super().__init__(label=_("Who was there with you?"), choices=_colleagues)


def _colleagues() -> list[tuple[str, str]]:
    here = current_or_none()
    listed = colleagues(here.program, ALL_COUNTIES) if here else []
    return [(str(one.id), one.name) for one in listed if here and str(one.id) != here.actor.id]


class ReceiveForm(forms.Form):
    """What was found in a parcel."""

    seals_intact = YesNoField(label=_("Are both seals intact?"))
    witness = WitnessField()
    kind = forms.ChoiceField(
        label=_("What are the media?"), choices=choices(words.MEDIA), widget=forms.RadioSelect,
        initial=MediaKind.TAPE.value,
    )  # fmt: skip
    labels = forms.CharField(
        label=_("Bar codes"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("One on each line, in their order.")
    )
    encrypted = forms.CharField(label=_("How is it encrypted?"), max_length=80, required=False)
    condition = forms.CharField(label=_("Condition"), max_length=200, required=False)
    discrepancy = forms.CharField(label=_("What is missing or wrong?"), max_length=400, required=False)


class HandOverForm(forms.Form):
    """You take a medium over."""

    place = forms.CharField(label=_("Where?"), max_length=120)
    purpose = forms.CharField(label=_("What for?"), max_length=120)


class ReadingForm(forms.Form):
    """How a medium was read, and what was on it."""

    device = forms.CharField(label=_("Device"), max_length=120)
    tool = forms.CharField(label=_("Program and version"), max_length=120)
    write_blocked = forms.BooleanField(label=_("Writing to the medium was blocked"))
    image_sha256 = forms.CharField(label=_("Fingerprint of the image"), max_length=64)
    expected_sha256 = forms.CharField(label=_("Fingerprint that the sender told"), max_length=64, required=False)
    read_errors = forms.IntegerField(label=_("Read errors"), min_value=0, initial=0)
    witness = WitnessField()
    file = forms.FileField(label=_("File that was on it"), required=False)


class DisposeForm(forms.Form):
    """How a medium ends; each kind has ways of its own."""

    method = forms.ChoiceField(
        label=_("What happened to it?"), choices=choices(words.METHODS), widget=forms.RadioSelect
    )
    certificate = forms.CharField(label=_("Number of the certificate or receipt"), max_length=80)
    witness = WitnessField()

    def __init__(self, *args: Any, kind: MediaKind | None = None, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        if kind is not None:
            self.fields["method"].choices = choices(words.METHODS, ENDS[kind])  # type: ignore[attr-defined]  # a ChoiceField
