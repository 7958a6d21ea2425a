"""Reading inbound texts: stops in four tiers, starts, cries for help, danger, private things."""

# ruff: noqa: RUF001 - look-alike signs are what is tested

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harborline.messaging.inbound.classify import classify
from harborline.messaging.inbound.frames import frames_of, sentences_of
from harborline.messaging.inbound.phrases import rows_of

BARE = [
    "STOP",
    "stop.",
    "Stop!!",
    " s t o p ",
    "S.T.O.P",
    "ＳＴＯＰ",
    "stoooop",
    "STOP STOP STOP",
    "Stop all",
    "opt out",
    "Opt-Out",
    "END",
    "quit",
    "CANCEL",
    "REVOKE",
    "remove",
    "unsubscribe 🛑",
    "ALTO",
    "basta!",
    "No más",
    "cancelar",
    "Paren",
    "baja",
    "Arrêt",
    "Sτop",
]
CLEAR = [
    "sotp",
    "Stpo",
    "unsubcribe",
    "please stop",
    "STOP texting me",
    "stop sending me messages",
    "wrong number",
    "Please remove me from your list",
    "take me off this list",
    "lose my number",
    "you have the wrong person",
    "this is not Maria's number",
    "I don't want these texts anymore",
    "do not text me",
    "leave me alone",
    "Can you stop texting me and email me instead",
    "no me manden mensajes",
    "ya no me escriban",
    "dejen de molestarme",
    "no quiero más mensajes",
    "bórrenme de su lista",
    "quítenme",
    "número equivocado",
    "denme de baja",
    "STOP HELP",
    "Stop. Thank you",
    "never text me again",
    "no one by that name here",
    "Stop mandando mensajes please",
    "стоп",
]
POSSIBLE = [
    "no",
    "no thanks",
    "he passed away last week",
    "I want to leave the program",
    "email me instead",
    "don't text me at night",
    "how do I stop these?",
    "why are you texting me",
    "stop the garnishment",
    "stop calling me",
    "my ex reads my texts",
    "this is my husband's phone",
    "prefiero correo",
    "ya no necesito WIC",
    "waan joojinayaa fariimaha hadda",
]
NONE = [
    "stop by Thursday",
    "end of the month",
    "cancel my 3 pm appointment",
    "Don't stop texting me",
    "bus stop on Main",
    "Stop joking around",
    "ok thanks",
    "yes",
    "I need help with my card",
    "no me mandaron el link",
    "no me molesta el horario",
    "me dieron de baja en la otra empresa",
    "bajaron los precios",
    "lista de espera",
    "no me manden la factura",
    "no puedo ese día",
    "Liked “Reply STOP to end.”",
    "quiero cancelar mi cita",
    "My baby won't stop crying",
    "por favor no dejen de mandarme mensajes",
    "keep the texts coming",
    "",
]


class TestAStop:
    """Is obeyed however it is said."""

    @pytest.mark.parametrize("text", BARE)
    def test_in_one_bare_word_is_exact(self, text: str) -> None:
        """Case, dots, spaces, full-width letters and emoji do not hide the word."""
        assert classify(text).opt_out == "exact"

    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="refuses")
    @pytest.mark.parametrize("text", CLEAR)
    def test_that_a_reasonable_person_reads_as_one_is_clear(self, text: str) -> None:
        """Typing errors, phrases, wrong numbers, English, Spanish and both: permission is gone."""
        assert classify(text).opt_out == "clear"

    @pytest.mark.parametrize("text", POSSIBLE)
    def test_that_may_be_one_waits_for_a_person(self, text: str) -> None:
        """In doubt nothing more is sent until somebody has read it."""
        assert classify(text).opt_out == "possible"

    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="allows")
    @pytest.mark.parametrize("text", NONE)
    def test_that_is_none_changes_nothing(self, text: str) -> None:
        """Stop words in other meanings, wishes to keep the texts and quotations of ours are not stops."""
        assert classify(text).opt_out == "none"

    @settings(deadline=None)
    @given(st.sampled_from(["STOP", "quit", "Unsubscribe", "alto"]), st.text(alphabet=" .!?*-'\"\n🙏", max_size=8))
    def test_is_found_in_any_ornament(self, word: str, ornament: str) -> None:
        """Whatever stands around the bare word, it is the bare word."""
        assert classify(ornament + word + ornament).opt_out == "exact"

    @settings(deadline=None)
    @given(st.sampled_from(CLEAR))
    def test_beats_start_and_help(self, text: str) -> None:
        """A text that asks to stop never starts anything."""
        found = classify(text)
        assert not found.start
        assert not found.help

    @settings(deadline=None)
    @given(st.text(max_size=300))
    def test_reading_never_breaks(self, text: str) -> None:
        """Any signs at all get an answer."""
        assert classify(text).opt_out in {"exact", "clear", "possible", "none"}

    def test_may_hide_at_the_end_of_an_endless_text(self) -> None:
        """What nobody read to its end waits for somebody."""
        assert classify("hello there " * 1000).opt_out == "possible"


ENDING = ("stop", "quit", "cease", "discontinue", "suspend", "paren", "cancelen")
TEXTS = ("texts", "messages", "notifications", "alerts", "mensajes", "recordatorios")
BETWEEN = ("", "those silly", "all of your", "with these", "de una vez con sus")
ELSEWHERE = [
    "no one called me back",
    "can you call me",
    "cant text, driving",
    "the dna test said im not the dad",
    "Wrong person sorry that was for my sister lol. See you at 2",
    "I wrote down the wrong number, which office is it",
    "sorry didnt mean to hit stop",
    "no me quiten de los mensajes porfa",
    "A Maria le gustó “Responda ALTO para cancelar”",
    "is tofu on the list",
    "not working today",
]


class TestAFrame:
    """Knows kinds of words near each other, whatever the words are."""

    @pytest.mark.parametrize("ending", ENDING)
    @pytest.mark.parametrize("between", BETWEEN)
    def test_of_ending_and_texts_is_a_stop(self, ending: str, between: str) -> None:
        """Every word that ends, with every word for texts."""
        for texts in TEXTS:
            assert classify(f"{ending} {between} {texts}").opt_out == "clear"

    @pytest.mark.parametrize(
        "text",
        [
            "yo whoever this is stop blowing up my phone fr",
            "this belongs to a construction company",
            "the party you are seeking cannot be reached here",
            "how many times do i have to say it",
            "you all need to stop",
        ],
    )
    def test_reads_what_no_phrase_foresaw(self, text: str) -> None:
        """A stop in words of the writer's own."""
        assert classify(text).opt_out == "clear"

    @pytest.mark.parametrize("text", ["sotp texting", "stop sneding me this", "no conosco a esa señora", "noo mas"])
    def test_reads_words_spelled_by_ear_or_in_a_hurry(self, text: str) -> None:
        """Letters swapped or doubled, and Spanish as it sounds."""
        assert classify(text).opt_out == "clear"

    @pytest.mark.parametrize("text", ELSEWHERE)
    def test_is_no_stop_where_the_words_are_about_something_else(self, text: str) -> None:
        """The writer's own mistake, a call that never came, a figure of speech."""
        assert classify(text).opt_out not in {"exact", "clear"}

    def test_ends_with_its_sentence(self) -> None:
        """What stops in one sentence does not stop the texts of the next."""
        (first, second) = sentences_of(["i", "will", "stop", "there", ".", "send", "texts"])
        assert not frames_of(first)
        assert not frames_of(second)


class TestSpellings:
    """Are written down once each."""

    def test_have_one_meaning_each(self) -> None:
        """No word is spelled out in two ways in one language."""
        written = [(row["lang"], row["written"]) for row in rows_of("spellings")]
        assert len(written) == len(set(written))


class TestAQuestion:
    """Starts texts again, or asks who writes."""

    @pytest.mark.parametrize(
        "text", ["START", "unstop", "start texting me again", "quiero recibir mensajes", "Opt me back in"]
    )
    def test_for_texts_is_a_start(self, text: str) -> None:
        """The person asks for texts in so many words."""
        assert classify(text).start

    @pytest.mark.parametrize("text", ["yes", "sí", "ok", "start the garnishment", "I don't want texts"])
    def test_that_is_only_a_yes_is_no_start(self, text: str) -> None:
        """A bare yes depends on what was asked."""
        assert not classify(text).start

    @pytest.mark.parametrize(
        "text", ["HELP", "ayuda", "info", "who is this?", "quién es?", "What is this about?", "Is this a scam?"]
    )
    def test_about_the_texts_is_for_help(self, text: str) -> None:
        """The person wants to know who writes and why."""
        assert classify(text).help

    @pytest.mark.parametrize("text", ["Help me with my card", "I need help paying rent", "who is my worker"])
    def test_about_other_things_is_not(self, text: str) -> None:
        """Help with something else goes to people, not to the automatic answer."""
        assert not classify(text).help


class TestDanger:
    """Is seen before anything is answered."""

    @pytest.mark.parametrize(
        "text",
        [
            "I want to die",
            "he is hitting me",
            "my baby is not breathing",
            "no formula for my baby tonight",
            "mi esposo me pega",
            "we have nowhere to sleep tonight",
            "I will come and kill you all",
            "tengo miedo de él",
            "he found us",
            "he shook the baby",
            "my ex says hes gonna take the baby and disappear",
            "my daughter didn't come home",
        ],
    )
    def test_is_recognised(self, text: str) -> None:
        """Present danger to the writer, a child or others raises the alarm."""
        assert classify(text).crisis

    @pytest.mark.parametrize(
        "text",
        [
            "this traffic is killing me",
            "shoot me a text",
            "I'm starving lol",
            "my phone died",
            "ok",
            "este calor me mata, ya voy en camino",
            "Somebody help me figure out this portal",
            "gonna die if i have to wait another hour lol",
        ],
    )
    def test_is_not_seen_in_a_figure_of_speech(self, text: str) -> None:
        """People say such things every day."""
        assert not classify(text).crisis


class TestPrivateThings:
    """Sent by mistake are named by kind, so that the person can be told of the safe ways."""

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("My name is Guadalupe Robles", "person_name"),
            ("my ssn is 417-22-8891", "ssn"),
            ("my baby has asthma", "health_info"),
            ("I live at 12 Oak Street", "street_address_or_whereabouts"),
            ("estoy embarazada", "health_info"),
            ("Here is a photo of my pay stub", "photo_or_document"),
            ("can I text you a picture of my ID?", "photo_or_document"),
            ("he owes me $300", "amount_owed"),
            ("they took my tax refund", "fti"),
            ("he was born 3/4/2019", "dob"),
            ("my case number is 123456", "case_number"),
            ("I have a restraining order", "dv"),
        ],
    )
    @pytest.mark.clause("MN-WIC-9.6:text-warn-and-redirect", shows="refuses")
    def test_are_found(self, text: str, kind: str) -> None:
        """What the person gave away is named, never repeated."""
        assert kind in classify(text).private

    @pytest.mark.clause("MN-WIC-9.6:text-warn-and-redirect", shows="allows")
    @pytest.mark.parametrize("text", ["I'm running late", "ok thanks", "see you at 3", "STOP", "im sick today"])
    def test_are_not_seen_where_there_are_none(self, text: str) -> None:
        """Nobody is warned for being late."""
        assert classify(text).private == ()
