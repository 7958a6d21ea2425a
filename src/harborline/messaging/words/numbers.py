"""Phone numbers: which strings name a United States number a text may go to.

A number is usable when it is a valid, assigned-area, geographic number of the states or their territories. Whether
it is a mobile line cannot be known without asking a carrier. Source: North American Numbering Plan (ATIS-0300051).
"""

from __future__ import annotations

import csv
import enum
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import phonenumbers

from harborline.kernel import Invalid


class NumberProblem(enum.Enum):
    """Why a string is not a number a text may go to."""

    NOT_A_NUMBER = "not-a-number"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    EXTENSION = "extension"
    NOT_US = "not-us"
    NO_COUNTRY_CODE = "no-country-code"
    TOLL_FREE = "toll-free"
    PREMIUM = "premium"
    PERSONAL = "personal"
    N11 = "n11"
    DIRECTORY = "directory"
    UNASSIGNED = "unassigned"
    FICTIONAL = "fictional"
    OWN_SENDER = "own-sender"


_SPOKEN: dict[NumberProblem, str] = {
    NumberProblem.NOT_A_NUMBER: "is not a phone number; write ten digits such as 919-555-0123",
    NumberProblem.TOO_SHORT: "has too few digits; write the area code and seven digits",
    NumberProblem.TOO_LONG: "has too many digits; write the area code and seven digits",
    NumberProblem.EXTENSION: "has an extension, which cannot get a text; write a direct number",
    NumberProblem.NOT_US: "is not a number in the United States",
    NumberProblem.NO_COUNTRY_CODE: "has a plus sign but not the 1 of the United States; write +1 and the ten digits",
    NumberProblem.TOLL_FREE: "is a toll-free number, which is not a person's phone",
    NumberProblem.PREMIUM: "is a premium-rate number, which is not a person's phone",
    NumberProblem.PERSONAL: "is a follow-me number, which cannot get a text",
    NumberProblem.N11: "is a service code such as 911, which is not a person's phone",
    NumberProblem.DIRECTORY: "is a directory assistance number, which is not a person's phone",
    NumberProblem.UNASSIGNED: "has an area code or exchange that no phone has; check for a typing error",
    NumberProblem.FICTIONAL: "is a number kept for films and examples; write the real one",
    NumberProblem.OWN_SENDER: "is this program's own sending number",
}


class InvalidNumberError(Invalid):
    """A string that names no usable number; `where` is the stable code. Never holds the string itself."""

    def __init__(self, fault: NumberProblem) -> None:
        """Carry what is wrong and its words."""
        self.fault = fault
        super().__init__(_SPOKEN[fault], fault.value)


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A usable number; `e164` is its only spelling (`+19195550123`)."""

    e164: str

    @property
    def area_code(self) -> str:
        """The three digits that say where the number was first given out."""
        return self.e164[2:5]

    @property
    def spoken(self) -> str:
        """`919-555-0123`, as people in the United States write it."""
        return f"{self.e164[2:5]}-{self.e164[5:8]}-{self.e164[8:]}"


@dataclass(frozen=True, slots=True)
class AreaCode:
    """One area code in use: `kind` is geographic, toll-free, premium or personal; `region` a country or territory.

    `every_exchange`: any exchange from 200 is given out under it; otherwise the full metadata decide.
    """

    kind: str
    region: str
    every_exchange: bool


US_REGIONS = frozenset({"US", "PR", "VI", "GU", "AS", "MP"})
_BY_KIND = {
    "toll-free": NumberProblem.TOLL_FREE,
    "premium": NumberProblem.PREMIUM,
    "personal": NumberProblem.PERSONAL,
}
_NATIONAL_DIGITS = 10
_PLAIN = re.compile(
    r"\s*(?:\+?1[-. ]?)?(?:\(([2-9][0-9]{2})\) ?|([2-9][0-9]{2})[-. ]?)([0-9]{3})[-. ]?([0-9]{4})\s*", re.ASCII
)
_EXTENSION = re.compile(r"(?:ext?\.?|extension|x|#|;)\s*[0-9]{1,7}\s*$", re.ASCII | re.IGNORECASE)
_SERVICE_CODE = re.compile(r"\+?1?[2-9]11", re.ASCII)
_LETTER = re.compile(r"[^\W\d_]")


@lru_cache(maxsize=1)
def area_codes() -> dict[str, AreaCode]:
    """Every area code in use (law/lists/area_codes.csv)."""
    table = files("harborline.law") / "lists" / "area_codes.csv"
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {
        row["area_code"]: AreaCode(row["kind"], row["region"], row["exchanges"] == "all")
        for row in csv.DictReader(lines)
    }


@lru_cache(maxsize=1)
def _area_problems() -> dict[str, NumberProblem | None]:
    return {code: _area_problem(found) for code, found in area_codes().items()}


def _area_problem(area: AreaCode) -> NumberProblem | None:
    if area.kind != "geographic":
        return _BY_KIND[area.kind]
    return None if area.region in US_REGIONS else NumberProblem.NOT_US


def parse_number(raw: str, *, allow_fictional: bool, own_senders: frozenset[str] = frozenset()) -> PhoneNumber:
    """Read `raw` as a usable United States number; see `e164` for what it raises."""
    return PhoneNumber(e164(raw, allow_fictional=allow_fictional, own_senders=own_senders))


def e164(raw: str, *, allow_fictional: bool, own_senders: frozenset[str] = frozenset()) -> str:
    """Read `raw` as a usable United States number and answer it as E.164.

    `allow_fictional` lets 555-0100 to 555-0199 through, for demonstrations and tests. Raises `InvalidNumberError`
    (an `Invalid` whose `where` is the code of `NumberProblem`).
    """
    found = _PLAIN.fullmatch(raw)
    if found is None:
        national = _national(raw)
        area, exchange, line = national[:3], national[3:6], national[6:]
    else:
        bracketed, bare, exchange, line = found.groups()
        area = bracketed or bare
    problem = _problem(area, exchange, line, allow_fictional=allow_fictional)
    if problem is not None:
        raise InvalidNumberError(problem)
    number = f"+1{area}{exchange}{line}"
    if number in own_senders:
        raise InvalidNumberError(NumberProblem.OWN_SENDER)
    return number


def _problem(area: str, exchange: str, line: str, *, allow_fictional: bool) -> NumberProblem | None:
    if area[1:] == "11" or exchange[1:] == "11":
        return NumberProblem.N11
    problem = _area_problems().get(area, NumberProblem.UNASSIGNED)
    if problem is not None:
        return problem
    if exchange == "555":
        return _problem_555(line, allow_fictional=allow_fictional)
    if exchange[0] in "01":
        return NumberProblem.UNASSIGNED
    if exchange == "976":
        return NumberProblem.PREMIUM
    return None if area_codes()[area].every_exchange else _second_opinion(area + exchange + line)


def _second_opinion(national: str) -> NumberProblem | None:
    valid = phonenumbers.is_valid_number(phonenumbers.PhoneNumber(1, int(national)))
    return None if valid else NumberProblem.UNASSIGNED


def _problem_555(line: str, *, allow_fictional: bool) -> NumberProblem | None:
    if line.startswith("01"):
        return None if allow_fictional else NumberProblem.FICTIONAL
    return NumberProblem.DIRECTORY


def _national(raw: str) -> str:
    """Read the ten national digits of an unusual spelling, or raise what is wrong with it."""
    text = unicodedata.normalize("NFKC", raw).strip()
    if _SERVICE_CODE.fullmatch(text):
        raise InvalidNumberError(NumberProblem.N11)
    if _EXTENSION.search(text):
        raise InvalidNumberError(NumberProblem.EXTENSION)
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException as error:
        if lacks_country_code(text):
            raise InvalidNumberError(NumberProblem.NO_COUNTRY_CODE) from None
        raise InvalidNumberError(_UNPARSED.get(error.error_type, NumberProblem.NOT_A_NUMBER)) from None
    return _checked_national(text, number)


def lacks_country_code(text: str) -> bool:
    """Whether a plus sign stands before ten digits of the United States that are no number of another country."""
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    if not text.lstrip().startswith("+") or len(digits) != _NATIONAL_DIGITS:
        return False
    if _problem(digits[:3], digits[3:6], digits[6:], allow_fictional=True) is not None:
        return False
    try:
        return not phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return True


_UNPARSED = {
    phonenumbers.NumberParseException.TOO_LONG: NumberProblem.TOO_LONG,
    phonenumbers.NumberParseException.TOO_SHORT_NSN: NumberProblem.TOO_SHORT,
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: NumberProblem.TOO_SHORT,
    phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: NumberProblem.NOT_US,
}


def _checked_national(text: str, number: phonenumbers.PhoneNumber) -> str:
    if number.extension:
        raise InvalidNumberError(NumberProblem.EXTENSION)
    if number.country_code != 1:
        raise InvalidNumberError(NumberProblem.NO_COUNTRY_CODE if lacks_country_code(text) else NumberProblem.NOT_US)
    national = str(number.national_number)
    if _LETTER.search(text):
        raise InvalidNumberError(_area_problems().get(national[:3]) or NumberProblem.NOT_A_NUMBER)
    if len(national) != _NATIONAL_DIGITS:
        short = len(national) < _NATIONAL_DIGITS
        raise InvalidNumberError(NumberProblem.TOO_SHORT if short else NumberProblem.TOO_LONG)
    return national
