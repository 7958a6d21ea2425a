"""Words come from counties, are approved by the state, and stay as approved."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, transaction

from harborline.kernel import Invalid, Refused
from harborline.messaging.wording.facts import VersionState
from harborline.messaging.wording.records import TemplateVersion
from harborline.messaging.wording.selectors import approved, discreet, proofs, version, versions
from harborline.messaging.wording.services import decide, propose, retire
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

WAKE = "37183"
COUNTY, STATE = frozenset({"case-manager"}), frozenset({"state-operator"})
TITLE = {"en": "Office moved", "es": "Nueva oficina"}
WORDS = {
    "en": "{sender}: Our office has moved. Please call {callback} to learn more. Reply STOP to end.",
    "es": "{sender}: Tenemos nueva oficina. Por favor llame al {callback}. Responda STOP para dejar de recibir textos.",
}


def acting_as(
    worker: str, *, counties: object = ALL_COUNTIES, program: str = "nc-css"
) -> AbstractContextManager[Context]:
    """A worker of the program."""
    return acting(Actor("worker", worker), program=program, counties=counties, purpose="words")  # type: ignore[arg-type] # a county or all


def proposed(words: Mapping[str, str] = WORDS, key: str = "office-moved", use: str = "notice") -> TemplateVersion:
    """What Cora of Wake County proposes."""
    with acting_as("cora", counties=(WAKE,)):
        return propose(
            key,
            use=use,
            title={name: TITLE[name] for name in words},
            words=words,
            reason="We moved.",
            roles=COUNTY,
            county=WAKE,
        )


@pytest.mark.usefixtures("db")
class TestAProposal:
    """Is not used before the state says so."""

    @pytest.mark.clause("NC-CSS-22-18:county-needs", shows="refuses")
    def test_is_not_used_before_it_is_approved(self) -> None:
        """A county's words wait."""
        proposed()
        with acting_as("olga"):
            assert "office-moved" not in approved("nc-css")

    @pytest.mark.clause("NC-CSS-22-18:county-needs", shows="allows")
    def test_is_used_once_the_state_approved_it(self) -> None:
        """Exactly the words that were proposed."""
        waiting = proposed()
        with acting_as("olga"):
            decided = decide(waiting.id, approve=True, roles=STATE)
            assert decided.state is VersionState.APPROVED
            assert approved("nc-css")["office-moved"].words == WORDS

    def test_is_not_approved_by_a_county(self) -> None:
        """Nor by the state's operator who proposed it herself."""
        waiting = proposed()
        with acting_as("dev"), pytest.raises(Refused, match="role-may-not-approve"):
            decide(waiting.id, approve=True, roles=COUNTY)
        with acting_as("cora"), pytest.raises(Refused, match="second-person"):
            decide(waiting.id, approve=True, roles=STATE)

    def test_of_a_role_that_works_with_nobody_is_refused(self) -> None:
        """An auditor reads, and proposes nothing."""
        with acting_as("fay"), pytest.raises(Refused, match="may-not-propose"):
            propose("x-note", title=TITLE, words=WORDS, reason="x", roles=frozenset({"auditor"}))

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ("{sender}: Your tax refund was taken. Call {callback}. Reply STOP to end.", "fti"),
            ("{sender}: Pls call {callback} re ur appt. Reply STOP to end.", "abbreviation"),
            ("{sender}: Reply with your Social Security number. Reply STOP to end.", "requests_private_info"),
            ("{sender}: Please call {callback}.", "no-stop-word"),
            ("Please call {callback}. Reply STOP to end.", "no-sender"),
        ],
    )
    def test_with_words_that_do_not_fit_cannot_be_approved(self, words: str, code: str) -> None:
        """The remark says why, and the decision carries it."""
        waiting = proposed({"en": words})
        with acting_as("olga"):
            assert code in {remark.code for proof in proofs(waiting.id) for remark in proof.remarks}
            with pytest.raises(Refused, match="template-"):
                decide(waiting.id, approve=True, roles=STATE)

    def test_in_one_language_alone_says_that_others_are_held(self) -> None:
        """It may be approved; speakers of the other language are not texted."""
        waiting = proposed({"en": WORDS["en"]})
        with acting_as("olga"):
            codes = {remark.code for proof in proofs(waiting.id) for remark in proof.remarks}
            assert codes == {"missing-language"}
            assert decide(waiting.id, approve=True, roles=STATE).state is VersionState.APPROVED

    @pytest.mark.parametrize(
        ("table", "problem"),
        [
            ({"words": {"en": "Hello {name}"}}, "cannot have"),
            ({"words": {"de": "Hallo"}}, "dates and times"),
            ({"words": {}}, "at least one language"),
            ({"key": "../x"}, "small letters"),
            ({"reason": " "}, "say why"),
            ({"use": "reply", "key": "appointment-reminder"}, "is a notice"),
        ],
    )
    def test_that_cannot_be_a_template_is_refused_by_name(self, table: Mapping[str, object], problem: str) -> None:
        """Nothing of it is kept."""
        given = {"key": "new-note", "title": TITLE, "words": WORDS, "reason": "x", **table}
        key = str(given.pop("key"))
        with acting_as("cora", counties=(WAKE,)):
            with pytest.raises(Invalid, match=problem):
                propose(key, roles=COUNTY, **given)  # type: ignore[arg-type] # the wrong values are the point
            assert not TemplateVersion.objects.exists()


@pytest.mark.usefixtures("db")
class TestAnApprovedVersion:
    """Never changes; it can only be followed or retired."""

    def test_cannot_be_changed_even_by_sql(self) -> None:
        """The database refuses."""
        waiting = proposed()
        with acting_as("olga"), pytest.raises(DatabaseError), transaction.atomic():
            TemplateVersion.objects.filter(id=waiting.id).update(words={"en": "other"})

    def test_is_followed_by_the_next_and_counts_again_when_that_is_retired(self) -> None:
        """The ready template is version 1, ours version 2."""
        waiting = proposed(WORDS, key="office-closed")
        assert waiting.version == 2
        with acting_as("olga"):
            decide(waiting.id, approve=True, roles=STATE)
            assert approved("nc-css")["office-closed"].version == 2
            retire(waiting.id, roles=STATE, reason="back to the old one")
            assert approved("nc-css")["office-closed"].version == 1
            assert [one.version for one in versions("nc-css", key="office-closed")] == [2, 1]
            with pytest.raises(Refused, match="already-decided"):
                decide(waiting.id, approve=True, roles=STATE)

    def test_of_one_program_is_nothing_in_another(self) -> None:
        """WIC does not see the words of child support."""
        waiting = proposed()
        with acting_as("wanda", program="mn-wic"):
            assert waiting.id not in {one.id for one in versions("mn-wic")}


@pytest.mark.usefixtures("db")
class TestDiscreetWording:
    """Tells no date, place or program."""

    @pytest.mark.clause("OFFSET-8.1:harm", shows="allows")
    def test_is_there_in_every_program_and_language(self) -> None:
        """What comes with Harborline passes its own check."""
        for program in ("nc-css", "mn-wic"):
            with acting_as("olga", program=program):
                assert discreet(program).languages == {"en", "es"}

    @pytest.mark.parametrize(
        "words",
        [
            "WIC has news. Call {callback}. Reply STOP to end.",
            "Your child support office has news. Call {callback}. Reply STOP to end.",
            "Come on May 3. Call {callback}. Reply STOP to end.",
        ],
    )
    def test_with_a_telling_word_is_not_approved(self, words: str) -> None:
        """Neither the program, nor the office, nor a date."""
        waiting = proposed({"en": words}, key="discreet", use="discreet")
        with acting_as("olga"):
            if "not-discreet" not in {remark.code for proof in proofs(waiting.id) for remark in proof.remarks}:
                pytest.fail("the telling word was not seen")
            with pytest.raises(Refused):
                decide(waiting.id, approve=True, roles=STATE)
            assert version(waiting.id).state is VersionState.PROPOSED
