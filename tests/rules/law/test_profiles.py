"""Profiles: an agency may be stricter than its letter, and never looser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline import law
from harborline.kernel import Invalid
from harborline.law.profiles import HERE, SECTIONS, load_profile, strictness_of
from harborline.law.strictness import (
    AT_LEAST,
    AT_MOST,
    FIXED,
    MAY_FORBID,
    NOT_AFTER,
    NOT_BEFORE,
    ONLY_FROM,
    Strictness,
    Value,
)

CLAUSES = frozenset(clause.id for clause in law.clauses())
PROGRAMS = ("mn-wic", "nc-css")
MINUTES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An agency's own directory, named in the environment; files are read anew before and after."""
    monkeypatch.setenv("HARBORLINE_PROFILES", str(tmp_path))
    law.forget()
    yield tmp_path
    monkeypatch.undo()
    law.forget()


def write(own: Path, program: str, content: str) -> None:
    """Put the agency's own file where Harborline looks for it."""
    (own / f"{program}.toml").write_text(content, encoding="utf-8")


def shipped_with(tmp_path: Path, program: str, old: str, new: str) -> Path:
    """A copy of the shipped profiles in which one file was changed."""
    copy = tmp_path / "profiles"
    shutil.copytree(HERE, copy)
    path = copy / f"{program}.toml"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    return copy


class TestTheShippedProfiles:
    """What comes with Harborline."""

    def test_exist_for_both_programs(self) -> None:
        """North Carolina child support and Minnesota WIC can start."""
        assert sorted(law.profiles()) == list(PROGRAMS)

    @pytest.mark.parametrize("program", PROGRAMS)
    def test_give_every_setting_a_floor_a_clause_and_a_source(self, program: str) -> None:
        """Nobody has to ask where a number comes from."""
        settings = law.profile(program).settings
        assert {each.name for each in settings} == {
            f"{name}.{key}" for name, section in SECTIONS.items() for key in strictness_of(section)
        }
        assert all(law.clause(each.clause) and each.source for each in settings)

    @pytest.mark.parametrize("program", PROGRAMS)
    def test_keep_texts_inside_the_federal_window(self, program: str) -> None:
        """No text before eight in the morning or after nine at night can be allowed."""
        profile = law.profile(program)
        assert profile.setting("texting.quiet_start").floor == time(8)
        assert profile.setting("texting.quiet_end").floor == time(21)
        assert (profile.texting.quiet_start, profile.texting.quiet_end) == (time(8), time(20))

    def test_differ_as_the_letters_differ(self) -> None:
        """Carolina: no staff texting, one vendor, everything kept. Minnesota: staff answer, texts go after viewing."""
        nc, mn = law.profile("nc-css"), law.profile("mn-wic")
        assert (nc.texting.staff_may_text, mn.texting.staff_may_text) == (False, True)
        assert (nc.texting.second_carrier, mn.texting.second_carrier) == (False, True)
        assert (nc.retention.texts, mn.retention.texts) == ("keep", "view-then-destroy")
        assert "verbal-temporary" in mn.consent.kinds
        assert "verbal-temporary" not in nc.consent.kinds
        assert nc.texting.run_roles == ("state-operator",)

    @pytest.mark.parametrize(
        ("program", "name", "floor"),
        [
            ("nc-css", "texting.staff_may_text", False),
            ("nc-css", "texting.second_carrier", False),
            ("nc-css", "texting.run_roles", ("state-operator",)),
            ("nc-css", "consent.kinds", ("keyword", "signed-release", "portal-opt-in")),
            ("nc-css", "consent.verbal_cap_days", 0),
            ("nc-css", "retention.texts", "keep"),
            ("mn-wic", "consent.app_platforms", ("contact-us",)),
            ("mn-wic", "consent.verbal_cap_days", 30),
            ("mn-wic", "consent.release_statement", "mn-text-release"),
            ("mn-wic", "retention.texts", "view-then-destroy"),
        ],
    )
    def test_have_the_floors_the_letters_give(self, program: str, name: str, floor: Value) -> None:
        """Nobody lowers a floor together with its value unseen."""
        assert law.profile(program).setting(name).floor == floor

    def test_rest_on_their_own_letters(self) -> None:
        """Minnesota WIC on section 9.6; North Carolina on its letter and the federal offset guide."""
        letters = {"mn-wic": {"MN-WIC-9.6"}, "nc-css": {"NC-CSS-22-18", "OFFSET-8"}}
        for program, profile in law.profiles().items():
            assert {law.clause(each.clause).document for each in profile.settings} == letters[program]

    def test_use_only_names_and_numbers_made_up_for_examples(self) -> None:
        """A demonstration never rings a real telephone or links to a real site."""
        for profile in law.profiles().values():
            assert "555-01" in profile.callback
            assert all(domain.endswith(".example") for domain in profile.own_domains)

    @pytest.mark.parametrize("program", PROGRAMS)
    def test_speak_every_language_they_list(self, program: str) -> None:
        """Title and sender exist in English and Spanish."""
        profile = law.profile(program)
        assert set(profile.title) == set(profile.sender_name) == set(profile.languages) == {"en", "es"}


class TestALooserValueStopsTheStart:
    """The floors, from the agency's side."""

    def test_when_texts_would_go_out_later_than_nine(self, own: Path) -> None:
        """The message names the profile, the setting, the value, the floor and the clause."""
        write(own, "nc-css", '[texting]\nquiet_end = "22:00"\n')
        with pytest.raises(Invalid) as stopped:
            law.profiles()
        for part in ("nc-css", "texting.quiet_end", "22:00", "21:00", "NC-CSS-22-18:lawful-notifications"):
            assert part in str(stopped.value)

    @pytest.mark.parametrize(
        ("program", "section", "line"),
        [
            ("nc-css", "texting", 'quiet_start = "07:59"'),
            ("nc-css", "texting", "cap_per_day = 4"),
            ("nc-css", "texting", "staff_may_text = true"),
            ("nc-css", "texting", "second_carrier = true"),
            ("nc-css", "texting", 'run_roles = ["state-operator", "case-manager"]'),
            ("nc-css", "texting", 'protected_texts = "allow"'),
            ("nc-css", "texting", "protection_max_age_h = 25"),
            ("nc-css", "consent", 'kinds = ["verbal-temporary"]'),
            ("nc-css", "consent", "verbal_cap_days = 30"),
            ("nc-css", "retention", 'texts = "view-then-destroy"'),
            ("mn-wic", "consent", "verbal_cap_days = 31"),
            ("mn-wic", "consent", 'app_platforms = ["contact-us", "notices"]'),
            ("mn-wic", "consent", 'release_statement = "nc-text-agreement"'),
            ("mn-wic", "retention", 'texts = "keep"'),
            ("mn-wic", "retention", "consent_years = 4"),
        ],
    )
    def test_for_every_kind_of_setting(self, own: Path, program: str, section: str, line: str) -> None:
        """Hours, caps, switches, lists and fixed choices alike."""
        write(own, program, f"[{section}]\n{line}\n")
        with pytest.raises(Invalid, match="looser than its floor"):
            law.profile(program)

    def test_in_the_shipped_file_too(self, tmp_path: Path) -> None:
        """Somebody who edits our own file meets the same floor."""
        copy = shipped_with(tmp_path, "mn-wic", "value = 30\nfloor = 30", "value = 60\nfloor = 30")
        with pytest.raises(Invalid, match="60 is looser than its floor 30"):
            load_profile("mn-wic", clause_ids=CLAUSES, directory=copy)


class TestAStricterValueIsTaken:
    """The other side of the same floors."""

    def test_from_the_agencys_own_file(self, own: Path) -> None:
        """A shorter day, a lower cap, fewer kinds of consent."""
        write(own, "nc-css", '[texting]\nquiet_end = "18:00"\ncap_per_day = 1\n[consent]\nkinds = ["signed-release"]\n')
        profile = law.profile("nc-css")
        assert profile.texting.quiet_end == time(18)
        assert profile.texting.cap_per_day == 1
        assert profile.consent.kinds == ("signed-release",)
        assert profile.retention.texts == "keep"

    def test_and_any_value_the_floor_permits_may_be_chosen(self, own: Path) -> None:
        """Nine in the evening is what the law allows, even if we ship eight."""
        write(own, "mn-wic", '[texting]\nquiet_end = "21:00"\n')
        assert law.profile("mn-wic").texting.quiet_end == time(21)

    def test_and_changes_the_hash_that_goes_into_every_decision(self, own: Path) -> None:
        """An auditor can tell under which profile something was decided."""
        before = law.profile("mn-wic").sha256
        write(own, "mn-wic", "[texting]\nsecond_carrier = false\n")
        law.forget()
        assert law.profile("mn-wic").sha256 != before

    def test_and_the_agency_puts_its_own_name_and_number(self, own: Path) -> None:
        """Callback, sender, title, links and languages are facts of the agency, not law."""
        write(own, "mn-wic", 'callback = "651-555-0123"\nown_domains = ["texts.wic.example"]\n')
        profile = law.profile("mn-wic")
        assert (profile.callback, profile.own_domains) == ("651-555-0123", ("texts.wic.example",))


class TestBadInputIsNamed:
    """Every broken file is a clear sentence, and the start stops."""

    def test_a_program_without_profile(self) -> None:
        """The known ones are listed."""
        with pytest.raises(Invalid, match="program 'tx-css' has no profile; known: mn-wic, nc-css"):
            law.profile("tx-css")

    def test_an_own_file_for_a_program_without_profile(self, own: Path) -> None:
        """A misspelt file name is not ignored."""
        write(own, "nc-cs", "[texting]\n")
        with pytest.raises(Invalid, match="program 'nc-cs' has no profile"):
            law.profile("nc-css")

    def test_an_own_directory_that_is_not_there(self, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A wrong path must not silently mean the shipped values."""
        monkeypatch.setenv("HARBORLINE_PROFILES", str(own / "missing"))
        with pytest.raises(Invalid, match="HARBORLINE_PROFILES names a directory that is not there"):
            law.profile("nc-css")

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ("[texting\n", "not TOML"),
            ("[texting]\nquiet_ende = '19:00'\n", "'quiet_ende' is not a key"),
            ("[textin]\n", "'textin' is not a key"),
            ('program = "mn-wic"\n', "'program' is not a key"),
            ("[texting]\nquiet_end = 'evening'\n", "must be a time such as 08:00"),
            ("[texting]\ncap_per_day = -1\n", "must be a whole number"),
            ("[texting]\ncap_per_day = true\n", "must be a whole number"),
            ("[texting]\nstaff_may_text = 'no'\n", "must be true or false"),
            ("[consent]\nkinds = []\n", "a list of words that is not empty"),
            ("[texting.quiet_end]\nvalue = '22:00'\nfloor = '23:00'\n", "gives a value only"),
            ('callback = "919 555 0100"\n', "is not a telephone number"),
            ('own_domains = ["https://notices.nc.example/"]\n', "is not a domain"),
            ('zones = ["America/Raleigh"]\n', "is not a time zone"),
            ('languages = ["en", "es", "so"]\n', "'so' must be"),
        ],
    )
    def test_a_broken_own_file(self, own: Path, content: str, expected: str) -> None:
        """Each complaint says what is wrong and where."""
        write(own, "nc-css", content)
        with pytest.raises(Invalid, match=expected):
            law.profile("nc-css")

    def test_a_file_that_is_not_text(self, own: Path) -> None:
        """A spreadsheet saved under the wrong name."""
        (own / "nc-css.toml").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(Invalid, match=r"nc-css\.toml: the file is not UTF-8"):
            law.profile("nc-css")

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            (
                'clause = "NC-CSS-22-18:no-staff-texting"',
                'clause = "NC-CSS-22-18:no-such"',
                "clause 'NC-CSS-22-18:no-such' is unknown",
            ),
            ("[texting.cap_per_week]", "[texting.cap_per_month]", "'cap_per_month' is not a key"),
            ('program = "nc-css"', 'program = "nc"', "'program' must be the name of the file"),
            ('kind = "iv-d"', 'kind = "iv-a"', "kind 'iv-a' is unknown"),
            ('languages = ["en", "es"]', "languages = []", "'languages' is an empty list"),
        ],
    )
    def test_a_broken_shipped_file(self, tmp_path: Path, old: str, new: str, expected: str) -> None:
        """A profile that cites nothing known, or lacks a setting, does not load."""
        copy = shipped_with(tmp_path, "nc-css", old, new)
        with pytest.raises(Invalid, match=expected):
            load_profile("nc-css", clause_ids=CLAUSES, directory=copy)

    def test_no_profiles_at_all(self, tmp_path: Path) -> None:
        """An empty directory would leave nothing to keep."""
        with pytest.raises(Invalid, match="no profile files"):
            load_profile("nc-css", clause_ids=CLAUSES, directory=tmp_path)


class TestStricterHasOneMeaning:
    """Laws of the comparison, for any values."""

    @given(st.sampled_from([NOT_BEFORE, NOT_AFTER]), MINUTES, MINUTES)
    def test_for_times(self, strictness: Strictness, one: time, other: time) -> None:
        """Of two different times exactly one is the looser."""
        self._one_way(strictness, one, other)

    @given(st.sampled_from([AT_MOST, AT_LEAST]), st.integers(0, 10_000), st.integers(0, 10_000))
    def test_for_counts(self, strictness: Strictness, one: int, other: int) -> None:
        """Of two different counts exactly one is the looser."""
        self._one_way(strictness, one, other)

    @given(st.booleans(), st.booleans())
    def test_for_switches(self, one: bool, other: bool) -> None:
        """Only turning on what the floor keeps off is looser."""
        assert MAY_FORBID.looser(one, other) == (one and not other)

    @given(st.sets(st.text(min_size=1)), st.sets(st.text(min_size=1)))
    def test_for_lists(self, one: set[str], other: set[str]) -> None:
        """A list is looser as soon as it holds one word the floor does not."""
        assert ONLY_FROM.looser(tuple(one), tuple(other)) == bool(one - other)

    @given(st.text(min_size=1), st.text(min_size=1))
    def test_for_fixed_words(self, one: str, other: str) -> None:
        """What the letter fixes cannot be anything else."""
        assert FIXED.looser(one, other) == (one != other)

    @staticmethod
    def _one_way(strictness: Strictness, one: Value, other: Value) -> None:
        looser = (strictness.looser(one, other), strictness.looser(other, one))
        assert looser.count(True) == (0 if one == other else 1)
