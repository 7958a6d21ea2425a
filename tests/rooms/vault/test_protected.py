"""The table of protected fields is whole and true: no column is missing, and everything opens as it says."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from harborline.kernel import Invalid
from harborline.project.embedded import admin_connection
from harborline.vault.models import ShredOrder
from harborline.vault.protected import Field, Kept, protected_fields
from harborline.vault.services import unseal, unseal_record

# Words in a column's name that make us look twice.
PERSONAL = re.compile(
    r"name|address|phone|e164|mail|birth|ssn|word|note|text|number|person|zip|street|external|statement|reason"
)
# Columns whose names hold such a word and which hold nothing of the kind.
NOT_PERSONAL = re.compile(r"_sha256$|^context$|key_number$")
# A shorter column holds a code from a list.
CODE_LENGTH = 64


def columns() -> Iterator[tuple[str, str, models.Field[object, object]]]:
    """Every column of our rooms."""
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("harborline"):
            yield from (
                (model._meta.db_table, field.column, field) for field in model._meta.concrete_fields if field.column
            )


def unlisted(found: Iterable[tuple[str, str, models.Field[object, object]]], listed: set[str]) -> list[str]:
    """Columns that should be in the table and are not."""
    return sorted(
        f"{table}.{column}"
        for table, column, field in found
        if f"{table}.{column}" not in listed
        and (isinstance(field, models.BinaryField) or _looks_personal(column, field))
    )


def _looks_personal(column: str, field: models.Field[object, object]) -> bool:
    holds_words = isinstance(field, models.CharField | models.TextField | models.JSONField | models.DateField)
    if not holds_words or isinstance(field, models.DateTimeField):
        return False
    if "reason" in column and 0 < (getattr(field, "max_length", None) or 0) <= CODE_LENGTH:
        return False
    return bool(PERSONAL.search(column)) and not NOT_PERSONAL.search(column)


class TestTheTable:
    """`vault/protected.toml`."""

    def test_has_every_binary_and_person_like_column(self) -> None:
        """Who adds one says how it is kept: a block in the table."""
        assert unlisted(columns(), {field.name for field in protected_fields()}) == []

    def test_misses_nothing_that_is_taken_out_of_it(self) -> None:
        """The check itself can fail."""
        listed, out = {field.name for field in protected_fields()}, {"people_person.identity", "workforce_worker.email"}
        assert set(unlisted(columns(), listed - out)) - set(unlisted(columns(), listed)) == out

    def test_names_only_columns_that_exist(self) -> None:
        """Nothing is left over from a column that was renamed."""
        known = {f"{table}.{column}" for table, column, _ in columns()} | {"mfa_authenticator.data"}
        fields = protected_fields()
        assert {field.name for field in fields} - known == set()
        assert {field.index for field in fields if field.index} - known == set()
        needed = {f"{field.table}.{column}" for field in fields for column in field.columns()}
        assert needed - known == set()

    def test_finds_by_a_column_that_is_an_index(self) -> None:
        """A blind index is listed as one."""
        kept = {field.name: field.kept for field in protected_fields()}
        assert {kept[field.index] for field in protected_fields() if field.index} == {Kept.INDEX}

    @pytest.mark.parametrize(
        "block",
        [
            'table = "t"\ncolumn = "c"\nholds = "h"\nabout = "a"\nkept = "somehow"',
            'table = "t"\ncolumn = "c"\nholds = "h"\nabout = "a"\nkept = "sealed"',
            'table = "t"\ncolumn = "c"\nholds = "h"\nabout = "a"\nkept = "vault"\nkeys = "k"',
            'table = "t"\ncolumn = "c"\nholds = "h"\nabout = "a"\nkept = "plain"',
            'table = "t"\nkept = "plain"\nwhy = "w"',
            "\n[[field]]\n".join(['table = "t"\ncolumn = "c"\nholds = "h"\nabout = "a"\nkept = "index"'] * 2),
        ],
    )
    def test_that_is_not_whole_is_refused(self, tmp_path: Path, block: str) -> None:
        """Each way of being incomplete has its words."""
        path = tmp_path / "protected.toml"
        path.write_text(f"[[field]]\n{block}\n")
        with pytest.raises(Invalid):
            protected_fields(path)


@pytest.mark.usefixtures("committed")
@pytest.mark.clause("NC-CSS-22-18:encryption", shows="keeps")
class TestWhatItSays:
    """Every sealed value of a town opens with the keys and in the place that the table names, and in no other."""

    def test_is_true_of_every_sealed_value(self, tmp_path: Path) -> None:
        """People, addresses, numbers, consents, and the log."""
        from tests.rooms.town import settle  # noqa: PLC0415 - models load only after the set-up

        settle(tmp_path)
        opened = {field.name: sum(1 for _ in _opened(field)) for field in protected_fields()}
        for name in ("people_person.identity", "people_heldfield.sealed", "people_phonenumber.e164"):
            assert opened[name] > 0
        assert not ShredOrder.objects.exists()


def _opened(field: Field) -> Iterator[bytes]:
    if field.kept not in (Kept.SEALED, Kept.VAULT) or not field.context or field.table == "mfa_authenticator":
        return
    names = field.columns()
    with admin_connection("harborline") as connection:
        rows = connection.execute(
            f"SELECT {', '.join([field.column, *names])} FROM {field.table} WHERE length({field.column}) > 0"
        ).fetchall()
    for sealed, *values in rows:
        row = dict(zip(names, values, strict=True))
        group, context, value = field.keys.format(**row), field.context.format(**row), bytes(sealed)  # type: ignore[call-overload]  # a bytea
        if field.record:
            yield unseal_record(value, record=uuid.UUID(str(row[field.record])), group=group, context=context)
        else:
            yield unseal(value, group=group, context=context)
