"""The content guard: families of wordings, each with what it must stop and the like of it that must go."""

from __future__ import annotations

import pytest

from harborline.messaging.words.guard import Kind, judge
from harborline.messaging.words.guard.grammars import TIED, book
from harborline.messaging.words.guard.judge import marks_of_rules
from harborline.messaging.words.guard.opinion import weighed
from harborline.messaging.words.guard.reader import Mark, Reader

# By family: kind, language, what is stopped, what goes.
FAMILIES = [
    ("reserved_reply_word", "en", "Reply STOP to change the day of your class.", "Reply STOP to get no more texts."),
    ("reserved_reply_word", "en", "Send START to book a ride.", "Send START if you want our reminders again."),
    ("reserved_reply_word", "es", "Mande PARAR si no puede venir.", "Mande PARAR si ya no desea mensajes."),
    ("person_name", "en", "Ms. Hardin told us that she moved.", "Ms. Hardin will take your form at the front desk."),
    ("person_name", "es", "Dígale a Teodoro que venga.", "Me llamo Teodoro y soy su nuevo trabajador."),
    ("dv", "en", "He was choking you, the report says.", "Grapes are a choking risk. Cut them for toddlers."),
    ("dv", "en", "Text me when it is safe to talk.", "Snow is deep. Come in when it is safe to drive."),
    ("dv", "en", "The man who hurt you will be in the hall.", "The man who runs the desk will be in the hall."),
    ("dv", "es", "Nadie puede golpearla ni gritarle.", "Nadie puede entrar sin su carta."),
    ("dv", "es", "Usted huyó de esa casa.", "Puede salir por la puerta de la calle Elm."),
    ("fti", "en", "The feds say he claimed both children.", "If a caller says he is from the IRS, hang up."),
    ("fti", "en", "The joint filer gets her part back in May.", "The line for free tax help starts in May."),
    (
        "ssn",
        "en",
        "Your Social is nine hundred, dash, twelve, dash, forty-one oh six.",
        "Social hour is at nine in the lobby. Coffee is free.",
    ),
    ("financial_account", "en", "Your PIN is 4471.", "Pick a PIN that is not 1111 or 1234."),
    ("amount_owed", "en", "Five cans and a dozen eggs are left on your card.", "Five seats are left for the class."),
    ("amount_owed", "es", "Le quedan tres latas de fórmula.", "Quedan tres lugares para la clase."),
    (
        "health_info",
        "en",
        "You said you have felt sad and tearful.",
        "Our phones have been down since noon. Please try again tomorrow.",
    ),
    (
        "street_address_or_whereabouts",
        "en",
        "We left the box with your neighbor in the next unit.",
        "We left the forms at the front desk.",
    ),
    (
        "requests_private_info",
        "en",
        "Text us your bank account number.",
        "If a text asks for your bank account number, it is not ours.",
    ),
]


FAMILIES += [
    ("amount_owed", "en", "You owe the county for two months.", "I owe you an answer about your form."),
    ("case_number", "en", "Yours is 552091.", "Your confirmation number for Tuesday is 77120."),
    ("person_name", "en", "Tell Mr. Odom that his form is late.", "Your 2 pm call is now with Mr. Odom."),
    ("health_info", "es", "Ahora que está esperando bebé, venga a vernos.", "Si está esperando bebé, venga a vernos."),
    ("street_address_or_whereabouts", "en", "We heard you moved to Moorhead.", "Our office moved to Moorhead."),
]
# Too short to be weighed: nothing but a rule stops them.
SHORT = ["hi", "Hello", "Good morning", "Hi!", "Hola.", "Buenas noches", "All set!", "Your form is ready."]


@pytest.mark.parametrize("text", SHORT)
@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_greeting_goes(text: str, lang: str) -> None:
    """A text of a few words in which no rule finds anything is not stopped for being short."""
    assert judge(text, program="mn-wic", lang=lang).findings == ()


@pytest.mark.parametrize(("kind", "lang", "stopped", "goes"), FAMILIES)
def test_a_family_is_stopped_and_its_like_goes(kind: str, lang: str, stopped: str, goes: str) -> None:
    """The private wording is found as what it is; the public one beside it goes."""
    found = judge(stopped, program="nc-css", lang=lang).findings
    assert kind in {finding.kind.value for finding in found}
    assert judge(goes, program="nc-css", lang=lang).findings == ()


def test_a_middle_initial_is_no_abbreviation() -> None:
    """A capital between two words with capitals is an initial; the same letter for a word is an abbreviation."""
    assert judge("Meet at the Thomas R. Olmsted Building.", program="nc-css", lang="en").findings == ()
    assert judge("Your forms r ready.", program="nc-css", lang="en").findings


class TestWhatIsDoubtful:
    """What the second opinion may drop."""

    def test_is_only_what_frames_tie_to_a_person(self) -> None:
        """Numbers, tax data and violence are never doubted."""
        assert {rule.kind for rule in book().rules if rule.doubtful} <= TIED
        assert not TIED & {Kind.SSN, Kind.DL_NUMBER, Kind.DOB, Kind.CASE_NUMBER, Kind.FTI, Kind.DV}

    def test_never_a_known_name(self) -> None:
        """A name of the case stays found, however the text reads."""
        reader = Reader("Zerelda, the office closes at noon.", lang="en", names=("Zerelda Quimby",))
        assert [mark.doubtful for mark in marks_of_rules(reader)] == [False]

    def test_goes_only_when_all_of_it_is_doubtful(self) -> None:
        """One sure mark keeps the doubtful ones beside it."""
        reader = Reader("The office closes at noon on Friday. Park in the deck.", lang="en")
        doubtful = Mark(Kind.PERSON_NAME, 0, 3, "names: named", doubtful=True)
        sure = Mark(Kind.DV, 4, 10, "dv: named outright")
        assert weighed(reader, [doubtful]) == []
        assert weighed(reader, [doubtful, sure]) == [doubtful, sure]

    def test_stays_where_the_text_reads_forbidden(self) -> None:
        """A text about one person's illness keeps its doubtful finding."""
        reader = Reader("Your daughter has diabetes and your sugar was high.", lang="en")
        marks = marks_of_rules(reader)
        assert marks
        assert weighed(reader, marks) == marks


# Private things said from the side: kind, language, what is stopped, what goes.
OBLIQUE = [
    ("health_info", "en", "The special cans she takes came in.", "Special cans are at the front of the store."),
    ("health_info", "es", "Ya llegaron las latas que toma su niño.", "La leche sin lactosa está en el pasillo tres."),
    ("health_info", "es", "Qué bueno lo de la pancita.", "Qué bueno que vino a la feria."),
    ("ssn", "en", "The social we have ends with 44 and then 17.", "The social hour ends at 5 in the park."),
    ("dob", "es", "La niña cumple los cuatro el 3 de marzo.", "La feria empieza el 3 de marzo."),
    ("amount_owed", "en", "We have not seen a dime from him since last month.", "We did not get a form from you."),
    ("amount_owed", "es", "Va atrasada con lo de sus hijos.", "El autobús va atrasado hoy."),
    ("amount_owed", "es", "Le van a descontar sesenta por semana.", "La tienda va a rebajar el queso esta semana."),
    (
        "requests_private_info",
        "es",
        "¿Dónde trabaja ahora? Contésteme por aquí.",
        "¿En qué idioma prefiere los mensajes? Llame al 555-0140.",
    ),
    ("dv", "en", "If your house ever stops being safe, call us.", "Texting is not safe for papers. Bring them to us."),
    ("health_info", "en", "Your due date is near.", "Turn in the form by the due date on the letter."),
]


@pytest.mark.parametrize(("kind", "language", "stopped", "goes"), OBLIQUE)
def test_oblique_wordings_are_found_and_their_likes_go(kind: str, language: str, stopped: str, goes: str) -> None:
    """What is said from the side is as private as what is said outright."""
    found = judge(stopped, program="mn-wic", lang=language, names=())
    assert kind in {each.kind.value for each in found.findings}
    assert not judge(goes, program="mn-wic", lang=language, names=()).findings


# Families of the last hands: kind, language, names of the case, what is stopped, what goes.
TOLD = [
    ("financial_account", "en", (), "Key in four one six two as your secret number.", "The stores open at nine."),
    (
        "street_address_or_whereabouts",
        "es",
        (),
        "Se mudaron porque ya que vive en Bemidji, le toca otra oficina.",
        "La oficina queda en Bemidji.",
    ),
    ("amount_owed", "en", (), "A check for ninety dollars goes to you today.", "A check of your form takes two days."),
    ("health_info", "en", (), "How is the sprained wrist healing?", "How is the new office doing?"),
    ("person_name", "en", ("Philippa Crane",), "Phili, your ride is set.", "See the new hours at the desk."),
    ("person_name", "es", ("Wendy Cárcamo",), "Falta la firma de W. Cárcamo.", "Falta la firma de la clínica."),
    ("dob", "es", (), "Hoy es su cumpleaños.", "Hoy es la feria."),
    ("dv", "es", (), "Una charla sobre maridos que golpean.", "Nadie salió lastimado."),
    ("dv", "en", (), "The order bars you from calling her.", "The fire drill is loud. No one is in danger."),
]


@pytest.mark.parametrize(("kind", "language", "names", "stopped", "goes"), TOLD)
def test_what_is_told_in_passing_is_found(
    kind: str, language: str, names: tuple[str, ...], stopped: str, goes: str
) -> None:
    """A secret number spelled, a habit, a sum in words, a pet name or an initial is as private as the plain thing."""
    found = judge(stopped, program="nc-css", lang=language, names=names)
    assert kind in {each.kind.value for each in found.findings}
    assert not judge(goes, program="nc-css", lang=language, names=names).findings


def test_staff_who_stand_in_have_no_name_of_the_case() -> None:
    """A surname with a title that covers for somebody is a colleague, though the case has it as a first name."""
    text = "Ms. Odom is out. Mr. Trent is taking her calls at 919-555-0130."
    assert not judge(text, program="nc-css", lang="en", names=("Trent Faulk",)).findings
