"""English and Spanish say the same, completely, in plain words."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.utils.translation import gettext, ngettext, override

from harborline.kernel import Invalid
from harborline.sites.vocabulary import ROW_PROBLEMS
from harborline.sites.wrongs import PLACES
from harborline.sites.wrongs import said as said_wrong

ROOT = Path(__file__).parents[2]
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
MARKUP = re.compile(r"\{[%#].*?[%#]\}|\{\{.*?\}\}|<[^>]+>", re.DOTALL)
TRANSLATED = re.compile(
    r"\{% comment %\}.*?\{% endcomment %\}|\{% blocktranslate.*?\{% endblocktranslate %\}", re.DOTALL
)
# Words of the workshop that no caseworker should have to know.
WORKSHOP = re.compile(r"\b(ledger|suppress\w*|UCS-?2|GSM-?7|SHA-?256|hash|blob|payload|dispatch\w*)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def translations() -> ModuleType:
    """The script that gathers and compiles."""
    spec = importlib.util.spec_from_file_location("translations", ROOT / "scripts/translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["translations"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def spanish(translations: ModuleType) -> Path:
    """The Spanish words."""
    return Path(translations.LOCALE) / "es/LC_MESSAGES/django.po"


class TestTheSpanishWords:
    """locale/es, complete."""

    def test_cover_every_word_of_the_pages(self, translations: ModuleType, spanish: Path) -> None:
        """No page falls back to English in the middle of a sentence."""
        known = translations.read_po(spanish)
        assert not [msgid for msgid in translations.gathered() if msgid not in known or not known[msgid].complete]

    def test_hold_nothing_that_no_page_says(self, translations: ModuleType, spanish: Path) -> None:
        """What is gone from the pages is gone from the list."""
        assert set(translations.read_po(spanish)) - {""} == set(translations.gathered())

    def test_keep_every_place_for_a_value(self, translations: ModuleType, spanish: Path) -> None:
        """A translation that loses a name or a number would show a broken page."""
        wrong = []
        for msgid, entry in translations.read_po(spanish).items():
            sources = [msgid, entry.plural or msgid]
            for english, said in zip(sources, entry.said, strict=False):
                if set(PLACE.findall(said)) - set(PLACE.findall(english)) - set(PLACE.findall(msgid)):
                    wrong.append(msgid)
                if set(PLACE.findall(english)) & set(PLACE.findall(msgid)) - set(PLACE.findall(said)):
                    wrong.append(msgid)
        assert not wrong

    def test_are_compiled(self, translations: ModuleType, spanish: Path) -> None:
        """What the pages read is what the list says."""
        assert spanish.with_suffix(".mo").read_bytes() == translations.compiled(spanish)

    def test_reach_the_page(self) -> None:
        """Django reads the compiled words."""
        with override("es"):
            assert gettext("Start a notice") == "Iniciar un aviso"
            assert ngettext("%(total)s person", "%(total)s people", 2) % {"total": 2} == "2 personas"


class TestWrongInput:
    """What rooms say of it (`kernel.Invalid`), on pages."""

    def test_can_be_said_in_another_language(self, translations: ModuleType) -> None:
        """The words stand apart from their values: no sentence is put together before it is translated."""
        mixed = [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for path, node in _faults(translations)
            if isinstance(node.args[0], ast.JoinedStr)
        ]
        assert not mixed

    def test_names_its_place_by_a_label(self, translations: ModuleType) -> None:
        """Nobody reads the name that a field has in the source."""
        named = {
            node.args[1].value
            for _path, node in _faults(translations)
            if len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
        }
        assert not {place for place in named if place not in PLACES and place not in ROW_PROBLEMS}

    def test_is_said_with_its_values(self) -> None:
        """In Spanish, with the number in its place and the field by its label."""
        with override("es"):
            wrong = Invalid("say why, in at most {most} signs", "said", most=300)
            assert said_wrong(wrong) == "Su respuesta: diga por qué, con 300 signos como mucho."
        assert said_wrong(wrong) == "Your answer: say why, in at most 300 signs."
        assert str(wrong) == "said: say why, in at most 300 signs"


def _faults(translations: ModuleType) -> Iterator[tuple[Path, ast.Call]]:
    files = (path for room in translations.ROOMS for path in translations.files_of(room))
    for path in sorted(set(files) - translations.FOR_COMMANDS):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Invalid":
                yield path, node


class TestTheEnglishWords:
    """What stands in templates and sources."""

    def test_know_no_workshop_words(self, translations: ModuleType) -> None:
        """A caseworker reads "receipt code", never the name of an algorithm."""
        assert not [msgid for msgid in translations.gathered() if WORKSHOP.search(msgid)]

    def test_are_all_marked_for_translation(self) -> None:
        """No template says something in passing that stays English."""
        spoken = re.compile(r"[^\W\d_]{3,}")
        allowed = {"Harborline", "English", "Español", "PDF"}
        left = {}
        for path in sorted((ROOT / "src/harborline/sites/templates").rglob("*.html")):
            if path.parent.name == "api":  # for programmers, in the language of the description itself
                continue
            source = re.sub(
                r"\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL
            )
            source = re.sub(r"\{% blocktranslate.*?\{% endblocktranslate %\}", "", source, flags=re.DOTALL)
            words = set(spoken.findall(MARKUP.sub(" ", source))) - allowed
            if words:
                left[path.name] = words
        assert not left
