"""Screening names: found through every disguise we know, and strangers let go."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Invalid
from harborline.vendors.screening.facts import NAME_MAX, Band
from harborline.vendors.screening.identifiers import identifiers
from harborline.vendors.screening.lines import ScreenLines
from harborline.vendors.screening.lists import shipped
from harborline.vendors.screening.matching import UNREADABLE, Screener
from harborline.vendors.screening.typos import slips

NAMES = Path(__file__).parents[3] / "benchmarks" / "vendor_names"
FRIENDS = """Twilio, Zoom Video Communications, ZTEC Instruments, Zeta Corporation, Pacific Northwest Networks, Mobile
China Cafe, Hytec Communications, Hy-Tek Material Handling, Hitachi Vantara, Casper Labs, Casperson Law, Kasper Labs,
Wei Technologies, Lenovo, T-Mobile USA, Mobile Telesystems, Telecom Americas, American Telecom Corp, Unicom
Engineering, UNICOM Global, Digital Technology Company, Hangzhou Digital Technology, Technologies Company,
International Communications Corporation, Auto Robotics Corp, China Grove Telephone, Mobile International LLC, CM
International USA, Bandwidth Inc., Sinch America"""
ALLOWED = """Dahua Restaurant; Dahua Chinese School; Huawei Noodle House; Hua Wei Acupuncture Clinic; ZTE Security
Fencing LLC; Pacific Network Services LLC; Autel Inc Hotels"""


def said(text: str, sign: str = ";") -> list[str]:
    """The names in a list."""
    return [" ".join(name.split()) for name in text.split(sign)]


def written(file: str) -> list[str]:
    """The names of a file that nobody tuned to."""
    lines = (NAMES / file).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@cache
def screener() -> Screener:
    """Against the lists that come with Harborline."""
    return Screener(shipped().values())


def band(name: str, **known: str) -> Band:
    """How strong the strongest hit is."""
    return screener().screen(name, identifiers(known)).band


class TestAListedCompany:
    """Under any of its names."""

    @pytest.mark.parametrize("name", written("known_aliases.txt"))
    def test_is_found(self, name: str) -> None:
        """Legal names, affiliates, trade names, other scripts, misspellings."""
        assert band(name) is not Band.CLEAR

    @pytest.mark.parametrize("name", written("disguises.txt"))
    def test_is_found_in_disguise(self, name: str) -> None:
        """Look-alike letters, invisible signs, dots, spaces, words written together."""
        assert band(name) is not Band.CLEAR

    def test_is_found_among_other_words(self) -> None:
        """A long name hides nothing."""
        assert band(f"{'Very ' * 150}Huawei {'Long ' * 20}") is Band.REVIEW

    def test_is_matched_by_its_identifier_whatever_the_name(self) -> None:
        """The web address of a listed company, in any form."""
        for value in ("huawei.com", "https://e.huawei.com/us", "sales@huawei.com", "WWW.HUAWEI.COM"):
            assert band("Innocent Trading", domain=value) is Band.MATCH
        assert band("Innocent Trading", domain="nothuawei.com") is Band.CLEAR

    @pytest.mark.parametrize("name", ["Lorex Technology Inc", "Annke", "Honor Device Co", "Sepura Group Limited"])
    def test_is_looked_at_when_only_a_brand_or_sold(self, name: str) -> None:
        """Brands, sold companies and unverified names never match by themselves."""
        assert band(name) is Band.REVIEW

    def test_is_explained(self) -> None:
        """The row, the words that showed it, and what the rest of the name says."""
        (hit, _other) = screener().screen("Hua Wei Acupuncture").hits
        assert hit.entry == "us-fcc-covered-list:1"
        assert "'hua wei' reads as 'huawei'" in hit.why
        assert "'acupuncture'" in hit.why


class TestAStranger:
    """A company that only sounds or looks alike."""

    @pytest.mark.parametrize("name", said(FRIENDS, ","))
    def test_is_let_go(self, name: str) -> None:
        """The nasty ones."""
        assert band(name) is Band.CLEAR

    @pytest.mark.parametrize("name", said(ALLOWED))
    def test_with_a_listed_word_is_only_looked_at(self, name: str) -> None:
        """Other words beside it: a person clears it, with a reason."""
        assert band(name) is not Band.MATCH

    @pytest.mark.parametrize("name", ["Aztec", "Ztech", "ZTEC", "Blitzte", "Zte'ch", "Cadjis", "Nazteca"])
    def test_with_a_short_name_inside_a_word_is_let_go(self, name: str) -> None:
        """Three letters inside a word are no ZTE and no DJI."""
        assert band(name) is Band.CLEAR


class TestNamesNobodyTunedTo:
    """The measured promise, on lists written down before."""

    def test_are_found_when_true(self) -> None:
        """At least 95 percent of true aliases."""
        names = written("aliases.txt")
        missed = [name for name in names if band(name) is Band.CLEAR]
        assert len(missed) <= 0.05 * len(names), missed

    def test_are_let_go_when_strangers(self) -> None:
        """At most 5 percent of unrelated companies."""
        names = written("unrelated.txt")
        flagged = [name for name in names if band(name) is not Band.CLEAR]
        assert len(names) > 500
        assert len(flagged) <= 0.05 * len(names), flagged


class TestAnyName:
    """Whatever somebody types."""

    @given(st.text(min_size=1, max_size=60))
    def test_has_an_answer_or_a_clear_fault(self, name: str) -> None:
        """Never a crash."""
        with suppress(Invalid):
            assert band(name) in Band

    @given(
        st.sampled_from(["Huawei", "ZTE", "Hikvision", "Kaspersky", "China Mobile"]),
        st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
    )
    def test_is_the_same_in_every_unicode_form(self, name: str, form: str) -> None:
        """Composed or not."""
        assert band(unicodedata.normalize(form, f"{name} Co.")) is Band.MATCH  # type: ignore[arg-type]  # four forms

    @given(
        st.sampled_from(written("known_aliases.txt")),
        st.sampled_from(["Inc", "LLC", "GmbH", "Co., Ltd.", "Holdings", "(USA)"]),
    )
    def test_is_no_less_found_with_another_kind_of_body(self, name: str, form: str) -> None:
        """A form never hides a company."""
        assert band(f"{name} {form}").rank >= Band.REVIEW.rank

    @pytest.mark.parametrize("name", ["", "   ", "...", "!?", "\u200b", "x" * (NAME_MAX + 1)])
    def test_without_letters_or_end_is_a_fault(self, name: str) -> None:
        """Empty, dots only, invisible, endless."""
        with pytest.raises(Invalid):
            band(name)

    @pytest.mark.parametrize("name", ["Z", "7", "华", "x" * 1_000, "z " * 500])
    def test_of_one_or_a_thousand_letters_is_judged(self, name: str) -> None:
        """Short and long alike, without a hit."""
        assert band(name) is Band.CLEAR

    def test_in_a_script_we_cannot_compare_is_looked_at(self) -> None:
        """Nobody is clear because we cannot read them."""
        found = screener().screen("บริษัท ตัวอย่าง")
        assert (found.band, found.hits[0].entry) == (Band.REVIEW, UNREADABLE)
        assert band("北京餐厅") is Band.CLEAR


class TestASlip:
    """A letter too many, too few, swapped or beside."""

    @pytest.mark.parametrize(("word", "listed", "count"), [
        ("hikvison", "hikvision", 1), ("hauwei", "huawei", 1), ("casperski", "kaspersky", 2), ("autell", "autel", 1),
        ("huawei", "huawei", 0),
    ])  # fmt: skip
    def test_is_counted(self, word: str, listed: str, count: int) -> None:
        """As somebody at a keyboard would make it."""
        assert slips(word, listed) == count

    @pytest.mark.parametrize(("word", "listed"), [
        ("ztec", "zte"), ("zeta", "zte"), ("huamei", "huawei"), ("division", "hikvision"), ("axtel", "autel"),
        ("kasper", "kaspersky"), ("hytec", "hytera"), ("dehua", "dahua"),
    ])  # fmt: skip
    def test_is_not_another_word(self, word: str, listed: str) -> None:
        """Short words have none; another letter makes another word."""
        assert slips(word, listed) is None


class TestOnTheCommandLine:
    """`harborline vendors screen`, without a database."""

    def test_answers_line_by_line(self, tmp_path: Path) -> None:
        """Bad lines are named, the others answered; nothing of Django is loaded."""
        questions = [
            {"id": 1, "name": "ZTE (USA) Inc."},
            {"id": "two", "name": "Twilio", "identifiers": {"uei": "not one", "domain": "twilio.com"}},
            {"id": 3, "name": ""},
            {"id": 4, "name": "Front", "identifiers": [{"scheme": "domain", "value": "zte.com.cn"}]},
        ]
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        source.write_text("\n".join(json.dumps(one) for one in questions), encoding="utf-8")
        code = (
            "import sys; from harborline.project.command import main\n"
            "try: main()\nfinally:\n  assert not [name for name in sys.modules if name.split('.')[0] == 'django']"
        )
        arguments = ["vendors", "screen", "--jsonl", str(source), "--out", str(target)]
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 5, done.stderr
        assert "line 3, name: the name is empty" in done.stderr
        answers = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
        assert [(one["id"], one["band"]) for one in answers] == [(1, "match"), ("two", "clear"), (4, "match")]
        assert all(set(hit) == {"entry", "why"} for one in answers for hit in one["hits"])

    @pytest.mark.parametrize("question", [{}, {"name": 7}, {"name": "X", "identifiers": "domain"}])
    def test_names_what_is_wrong_with_a_question(self, question: dict[str, object]) -> None:
        """No name, no text, identifiers of no form."""
        with pytest.raises(Invalid):
            ScreenLines(screener())(question)
