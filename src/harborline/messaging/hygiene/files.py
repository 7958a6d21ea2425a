"""The files that registers and carriers exchange: `tn,date` out, `tn,date,answer` back, lists of dead numbers. Pure.

The official layout of the register's batch file is not public; resellers take two columns in this order. Column names
and the way dates are written are settings of the call.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO

from harborline.kernel import Invalid
from harborline.messaging.hygiene.facts import Answer, BadLine, Dead, Question, Reassigned
from harborline.messaging.words.numbers import InvalidNumberError, e164

ISO = "%Y-%m-%d"
_LINE_MAX = 400
_SAID = {
    **dict.fromkeys(("yes", "y", "true", "1", "reassigned"), Reassigned.YES),
    **dict.fromkeys(("no", "n", "false", "0"), Reassigned.NO),
    **dict.fromkeys(("no data", "no-data", "no_data", "no_data_available", "nodata", "unknown"), Reassigned.NO_DATA),
}
_NUMBER_COLUMNS = ("tn", "number", "phone", "telephone", "phonenumber", "phone_number", "msisdn", "mdn")
_DATE_COLUMNS = ("date", "disconnect_date", "deactivation_date", "deactivated", "effective_date")
_ANSWER_COLUMNS = ("answer", "result", "reassigned", "is_number_reassigned", "status")


def write_questions(questions: Iterable[Question], out: IO[str], *, date_format: str = ISO) -> int:
    """Write `tn,date` with ten-digit numbers; answers how many."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["tn", "date"])
    count = 0
    for count, one in enumerate(questions, 1):  # noqa: B007 - the last count is the answer
        writer.writerow([one.number.removeprefix("+1"), one.sure_on.strftime(date_format)])
    return count


def read_answers(
    source: IO[bytes], *, name: str, date_format: str = ISO, allow_fictional: bool = False
) -> Iterator[Answer | BadLine]:
    """Read `tn,date,answer` (any order, other columns ignored), bad lines named.

    Raises `Invalid` for a file that is not such a table at all.
    """
    for line, row in _rows(source, name, (_NUMBER_COLUMNS, _DATE_COLUMNS, _ANSWER_COLUMNS)):
        try:
            number, day, said = row
            answer = _answer(said)
            yield Answer(_number(number, allow_fictional=allow_fictional), _day(day, date_format), answer)
        except Invalid as wrong:
            yield BadLine(line, wrong.where, wrong.problem)


def read_deactivations(
    source: IO[bytes], *, name: str, date_format: str = ISO, allow_fictional: bool = False
) -> Iterator[Dead | BadLine]:
    """Read a list of numbers that were switched off, with a date where there is one; bad lines named."""
    for line, row in _rows(source, name, (_NUMBER_COLUMNS, _DATE_COLUMNS), optional=1):
        try:
            number, day = row
            off = _day(day, date_format) if day.strip() else None
            yield Dead(_number(number, allow_fictional=allow_fictional), off)
        except Invalid as wrong:
            yield BadLine(line, wrong.where, wrong.problem)


def _rows(
    source: IO[bytes], name: str, wanted: Sequence[Sequence[str]], *, optional: int = 0
) -> Iterator[tuple[int, list[str]]]:
    text = io.TextIOWrapper(source, encoding="utf-8-sig", errors="strict", newline="")
    reader = csv.reader(_short(text, name), strict=True)
    try:
        header = [column.strip().lower() for column in next(reader, [])]
        places = [_place(header, names, name, needed=at < len(wanted) - optional) for at, names in enumerate(wanted)]
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, [row[at] if 0 <= at < len(row) else "" for at in places]
    except UnicodeDecodeError:
        raise Invalid("is not UTF-8 text", name) from None
    except csv.Error:
        raise Invalid("has a broken quote", f"{name}, line {reader.line_num}") from None
    finally:
        text.detach()


def _short(lines: Iterable[str], name: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if len(line) > _LINE_MAX:
            raise Invalid(f"is longer than {_LINE_MAX} signs; this is no list of numbers", f"{name}, line {number}")
        yield line


def _place(header: list[str], names: Sequence[str], name: str, *, needed: bool) -> int:
    found = next((header.index(each) for each in names if each in header), -1)
    if found < 0 and needed:
        raise Invalid(f"has no column for {names[0]}; its first line must name the columns", f"{name}, line 1")
    return found


def _answer(said: str) -> Reassigned:
    answer = _SAID.get(said.strip().lower())
    if answer is None:
        raise Invalid("is none of yes, no, no data", "answer")
    return answer


def _number(raw: str, *, allow_fictional: bool) -> str:
    try:
        return e164(raw, allow_fictional=allow_fictional)
    except InvalidNumberError as wrong:
        raise Invalid(wrong.problem, "tn") from None


def _day(raw: str, date_format: str) -> date:
    try:
        return datetime.strptime(raw.strip(), date_format).date()  # noqa: DTZ007 - a calendar day without a zone
    except ValueError:
        example = date(2026, 1, 31).strftime(date_format)
        raise Invalid(f"is not a date written like {example}", "date") from None
