"""The pages of words: a county proposes, the state decides, everybody sees how it reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.rooms.town import as_state

from harborline.messaging.selectors import wording

GOOD = {
    "title_en": "Office moved",
    "words_en": "{sender}: Our office has moved. Please call {callback}. Reply STOP to end.",
    "title_es": "Nueva oficina",
    "words_es": "{sender}: Tenemos nueva oficina. Llame al {callback}. Responda STOP para dejar de recibir textos.",
    "reason": "We moved.",
}


def proposed(client: Any, **other: str) -> str:  # noqa: ANN401 - Django's client
    """The address of a new proposal."""
    answer = client.post("/console/words/propose/", {**GOOD, **other})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return str(answer.headers["Location"])


class TestAProposal:
    """From the county to the state."""

    def test_is_shown_as_a_phone_gets_it(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """In both languages, with the parts it takes."""
        page = signed_in("cora").get(proposed(signed_in("cora"))).content.decode()
        assert "NC Child Support Services: Our office has moved." in page
        assert "Tenemos nueva oficina" in page
        assert 'name="step"' not in page

    def test_is_approved_by_the_state_and_then_offered(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """The next notice can use it."""
        place = proposed(signed_in("cora"))
        olga = signed_in("olga")
        assert b'value="approve"' in olga.get(place).content
        assert olga.post(f"{place}decide/", {"step": "approve"}).status_code == 302
        with as_state():
            assert "office-moved" in wording.approved("nc-css")
        assert b"Office moved" in olga.get("/console/notices/start/").content

    def test_with_a_private_thing_offers_no_approval(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """The page says what is wrong; pressing anyway is refused."""
        place = proposed(
            signed_in("cora"),
            words_en="{sender}: You owe $450. Call {callback}. Reply STOP to end.",
            title_es="",
            words_es="",
        )
        olga = signed_in("olga")
        page = olga.get(place).content.decode()
        assert "Says what a person owes" in page
        assert 'value="approve"' not in page
        olga.post(f"{place}decide/", {"step": "approve"})
        with as_state():
            assert not [one for one in wording.versions("nc-css", key="office-moved") if one.state == "approved"]

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("words_en", "Hello {name}. Reply STOP to end.", "cannot have"),
            ("words_en", "", "This field is required"),
            ("title_es", "", "Write both"),
            ("reason", "", "This field is required"),
        ],
    )
    def test_that_cannot_be_is_said_in_the_form(
        self, signed_in: Callable[..., Any], carrier: None, field: str, value: str, said: str
    ) -> None:
        """The words typed so far stay."""
        answer = signed_in("cora").post("/console/words/propose/", {**GOOD, field: value})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert GOOD["title_en"] in answer.content.decode()

    def test_is_not_open_to_others(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Who only looks does not propose; a county does not decide."""
        place = proposed(signed_in("cora"))
        assert signed_in("cora").post(f"{place}decide/", {"step": "approve"}).status_code == 403

    def test_of_a_text_there_is_starts_from_its_words(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """And an unknown one is not found."""
        cora = signed_in("cora")
        assert b"You have an appointment" in cora.get("/console/words/propose/?key=appointment-reminder").content
        assert cora.get("/console/words/propose/?key=nothing").status_code == 404
