"""The content guard: private things tied to a person in whatever words, and the second opinion."""

from __future__ import annotations

import gzip
import hashlib
import math
import random
import tomllib
from importlib.resources import files

import pytest

from harborline.kernel import Outcome
from harborline.messaging.words.guard import Finding, Kind, judge
from harborline.messaging.words.guard.opinion import features, scores, second_opinion
from harborline.messaging.words.guard.reader import Reader
from harborline.messaging.words.guard.rules import may_be_said
from harborline.messaging.words.guard.weights import BUCKETS, COLUMNS, bucket

LISTS = files("harborline.law") / "lists" / "guard"

SOUP = (
    "your",
    "baby",
    "visit",
    "court",
    "he",
    "paid",
    "reply",
    "photo",
    "where",
    "tax",
    "sick",
    "safe",
    "12",
    "May",
    ".",
    "?",
)

# By concept: what is tied to a person, then the same thing said to everybody.
PAIRS = [
    ("health_info", "en", "Pick up your son's eczema form.", "Ask your doctor about eczema. Tips are online."),
    ("health_info", "en", "Your glucose test came back high.", "Learn what a glucose test is at the health fair."),
    ("health_info", "en", "Since you stopped nursing, your foods changed.", "Free nursing class for all moms."),
    ("health_info", "es", "La prueba de ADN es el lunes a las 8.", "La prueba de ADN es gratis y rápida."),
    ("health_info", "es", "Su niña tiene asma, anótelo.", "Aprenda sobre el asma en la feria."),
    ("dv", "en", "He is not allowed to contact you.", "You are not allowed to park in the lot."),
    ("dv", "en", "You do not have to sit near him in court.", "You do not have to pay for parking."),
    ("dv", "es", "Nos dijo que él la golpeaba.", "No golpee la puerta, está abierta."),
    ("fti", "en", "His taxes came through last week.", "Free tax help is at the library this week."),
    (
        "fti",
        "es",
        "No le va a llegar su reembolso porque lo retuvimos.",
        "Ayuda gratis con los impuestos en la biblioteca.",
    ),
    (
        "amount_owed",
        "en",
        "The judge set it at four hundred a month.",
        "Families of four can earn up to $4,000 a month.",
    ),
    ("amount_owed", "en", "We did not get your May payment.", "Payments made before 4 pm post the next day."),
    ("amount_owed", "es", "Su patrón le descontó 95 dólares.", "La solicitud cuesta 25 dólares."),
    ("street_address_or_whereabouts", "en", "He was arrested in Boone.", "The office in Boone is closed."),
    (
        "street_address_or_whereabouts",
        "es",
        "Está viviendo en Willmar con su tía.",
        "La clínica de Willmar abre a las 8.",
    ),
    (
        "requests_private_info",
        "en",
        "We need your Social. Reply to this text.",
        "Please do not send your Social by text.",
    ),
    (
        "requests_private_info",
        "es",
        "Contésteme por texto dónde trabaja.",
        "Traiga un papel que muestre dónde trabaja.",
    ),
    ("reserved_reply_word", "en", "To skip this visit, text STOP.", "Reply STOP to end these texts."),
    ("reserved_reply_word", "es", "Si no puede venir, mande ALTO.", "Para no recibir más mensajes, mande ALTO."),
    ("dob", "en", "You turn 30 today.", "Our office turns 50 on May 3."),
    ("person_name", "en", "The Hernandez twins have books here.", "The resource center has books for twins."),
]


@pytest.mark.parametrize(("kind", "lang", "text", "general"), PAIRS)
@pytest.mark.clause("MN-WIC-9.6:text-no-private", shows="refuses")
def test_what_is_tied_to_a_person_is_found_by_a_rule(kind: str, lang: str, text: str, general: str) -> None:
    """A private thing of one person is found under its kind, however it is said."""
    found = judge(text, program="mn-wic", lang=lang).findings
    assert kind in {each.kind.value for each in found if each.rule != "opinion"}


@pytest.mark.parametrize(("kind", "lang", "text", "general"), PAIRS)
@pytest.mark.clause("MN-WIC-9.6:text-no-private", shows="allows")
def test_what_speaks_to_everybody_passes(kind: str, lang: str, text: str, general: str) -> None:
    """The same subject, said to everybody, is no finding."""
    assert judge(general, program="mn-wic", lang=lang).decision.allowed


def test_a_name_on_file_is_found_spelt_with_full_stops() -> None:
    """Letters set apart by full stops are the name all the same."""
    found = judge("M.A.R.I.A. call us", program="mn-wic", lang="en", names=("Maria Solis",)).findings
    assert "person_name" in {each.kind.value for each in found}


class TestTheSecondOpinion:
    """The linear model that may make a text wait."""

    def test_makes_wait_and_never_refuses(self) -> None:
        """A finding that waits holds the text; one that does not refuses it, whatever waits beside it."""
        likely = Finding(Kind.HEALTH_INFO, 0, 4, ("X:1",), "opinion", waits=True)
        sure = Finding(Kind.DV, 5, 9, ("X:2",), "dv: named outright")
        assert may_be_said(findings=(likely,), program="mn-wic").outcome is Outcome.HOLD
        assert may_be_said(findings=(likely, sure), program="mn-wic").outcome is Outcome.REFUSE

    def test_is_the_file_that_was_learnt(self) -> None:
        """The weights are the bytes whose digest stands beside them."""
        told = tomllib.loads((LISTS / "opinion.toml").read_text(encoding="utf-8"))
        rows = gzip.decompress((LISTS / "opinion.bin.gz").read_bytes())
        assert hashlib.sha256(rows).hexdigest() == told["sha256"]
        assert len(rows) == BUCKETS * COLUMNS

    @pytest.mark.parametrize(
        "text", ["Your visit is Tuesday at 9.", "¿Cómo sigue? Llámenos al 919-555-0123.", "", "x" * 900]
    )
    def test_adds_up_what_was_learnt(self, text: str) -> None:
        """The sums side by side are the sums of every column by itself."""
        told = tomllib.loads((LISTS / "opinion.toml").read_text(encoding="utf-8"))
        rows = gzip.decompress((LISTS / "opinion.bin.gz").read_bytes())
        found = [bucket(feature) * COLUMNS for feature in features(Reader(text, lang="en"))]
        worth = told["scale"] / math.sqrt(len(found) + 1)
        share = len(found) / (len(found) + 60)
        wanted = [
            sum(rows[at + column] - 128 for at in found) * worth + share * told["starts"][column]
            for column in range(COLUMNS)
        ]
        assert scores(Reader(text, lang="en")) == pytest.approx(wanted)

    def test_marks_a_sentence_of_the_text(self) -> None:
        """Any text may be asked about; what is marked lies in it, and waits."""
        chance = random.Random(7)
        words = [*SOUP, "\u200f", "\x00"]
        marks = []
        for _ in range(300):
            text = " ".join(chance.choices(words, k=chance.randint(1, 40)))
            reader = Reader(text, lang=chance.choice(["en", "es"]))
            for mark in second_opinion(reader):
                marks.append(mark)
                assert mark.waits
                assert 0 <= mark.start < mark.end <= len(reader.text)
        assert marks

    @pytest.mark.clause("MN-WIC-9.6:text-no-private", shows="refuses")
    def test_is_asked_about_violence_whatever_else_is_found(self) -> None:
        """A name that the rules know hides no violence that they do not."""
        text = "Renee, the advocate who got you out of there called us to say you are safe."
        kinds = {each.kind for each in judge(text, program="nc-css", lang="en", names=("Renee Holt",)).findings}
        assert kinds >= {Kind.DV, Kind.PERSON_NAME}

    @pytest.mark.parametrize("text", ["Zorb kwee plint.", "Brell onda fisk.", "Ok, see you."])
    def test_stops_no_short_text_for_saying_little(self, text: str) -> None:
        """Words that nobody labelled speak neither for nor against."""
        assert judge(text, program="nc-css", lang="en").decision.allowed
