"""Inbound texts: families of wordings with their innocent likes, and the second opinion on what no rule knows."""

from __future__ import annotations

import gzip
import hashlib
import tomllib
from importlib.resources import files

import pytest

from harborline.messaging.inbound.classify import classify
from harborline.messaging.inbound.opinion import BUCKETS, COLUMNS, scores
from harborline.messaging.inbound.reading import read

LISTS = files("harborline.law") / "lists" / "inbound"

# A stop or a wrong person, then stop words in another meaning.
STOPS = [
    ("wrongnumber man", "what is the right number to call"),
    ("You have reached a bakery", "I have reached the front door"),
    ("there are no kids named that on this phone", "there are no chairs in the lobby"),
    ("bájenme de la lista", "ya bajé la app"),
    ("you keep messaging a stranger", "you keep the copy"),
    ("sto messagin me", "sto aqui afuera"),
    ("optt out of these", "which option is mine"),
    ("quit writing me at home or anywhere", "quit asking about the form"),
    ("sure, I want to stop getting them", "I want to start getting them"),
    ("not him, he had this phone before", "not him, he is at school"),
    ("alguien más tenía este número, ella tenía este celular antes", "ella tiene mi tarjeta"),
    ("dont send me any more", "dont send me to the wrong office again please"),
]
INNOCENT = [
    "we have to stop for diapers first",
    "which bus stop is yours",
    "the gym form says opt out, is that for me",
    "do I remove the label from the box",
    "my ride canceled on us",
    "he has not signed the paper yet",
    "can my cousin use the card for me",
    "puedo parar en la farmacia antes",
    "para que deje de llorar el niño",
    "I would be lost without your reminders",
    "Did the evening classes stop? nobody came",
    "does the shuttle stop",
]
NO_START = ["my lights got turned back on", "did my card get put back on", "when will it get put back on"]
CRISES = [
    "she said she will hurt my son",
    "they kicked us out, it is 4 below and the twins are in the van",
    "my kids would be better off without me",
    "nos echaron y está nevando, traigo al bebé",
    "I bought a rope and wrote the letter",
    "me tragué una caja de pastillas",
    "started cutting again",
    "planning to end everything tonight",
    "no one would notice if I was gone",
    "a nadie le importaría, pienso en morirme",
    "my boyfriend is drunk and smashing dishes",
    "we are hid with the kids in the closet",
    "llegó tomado y está aventando las sillas, nos encerramos",
    "my ex found out where we live",
    "he left the twins home alone",
]
CALM = [
    "can someone help my aunt log in",
    "he is locked up in county until fall",
    "she took the kids to school",
    "ya no quiero seguir en el programa",
    "I bought a rope for the stroller",
    "me tomo mis pastillas de hierro",
    "I cut my finger again",
    "I am thinking about ending it with the program",
    "who would care if I come late",
    "we threw a party at the house",
    "I hid the gift in the closet",
    "he is parked outside to pick me up",
]


@pytest.mark.parametrize(("stop", "innocent"), STOPS)
def test_a_family_of_stops_and_its_like(stop: str, innocent: str) -> None:
    """A wording that ends the texts stops them; its like does not."""
    assert classify(stop).opt_out == "clear"
    assert classify(innocent).opt_out not in {"exact", "clear"}


@pytest.mark.parametrize("text", INNOCENT)
def test_a_stop_word_in_another_meaning_is_none(text: str) -> None:
    """A stop on the way, a form, a ride, a wish to keep the texts: nothing ends and nobody must look."""
    assert classify(text).opt_out == "none"


@pytest.mark.parametrize("text", NO_START)
def test_another_thing_back_on_starts_no_texts(text: str) -> None:
    """Lights, cards and licences are put back on too."""
    assert not classify(text).start


@pytest.mark.parametrize("text", CRISES)
def test_danger_is_heard(text: str) -> None:
    """Threats to a child, families put out into the cold and thoughts of ending it call somebody."""
    assert classify(text).crisis


@pytest.mark.parametrize("text", CALM)
def test_no_danger_is_none(text: str) -> None:
    """Help with an app, a jail, a school run and leaving a program call nobody."""
    assert not classify(text).crisis


class TestTheSecondOpinion:
    """The linear models."""

    def test_is_the_file_that_was_learnt(self) -> None:
        """The weights are the bytes whose digest stands beside them."""
        told = tomllib.loads((LISTS / "opinion.toml").read_text(encoding="utf-8"))
        rows = gzip.decompress((LISTS / "opinion.bin.gz").read_bytes())
        assert hashlib.sha256(rows).hexdigest() == told["sha256"]
        assert len(rows) == BUCKETS * COLUMNS

    def test_tells_an_end_from_a_visit(self) -> None:
        """A plea to write no more weighs more than a question about a visit."""
        plea, visit = read("no more messages to me, please"), read("what time is my visit")
        assert plea is not None
        assert visit is not None
        assert scores(plea)[0] > scores(visit)[0]

    @pytest.mark.parametrize("text", ["stop", "please stop texting me", "wrong number"])
    def test_takes_nothing_away(self, text: str) -> None:
        """What a rule stopped stays stopped."""
        assert classify(text).opt_out in {"exact", "clear"}
