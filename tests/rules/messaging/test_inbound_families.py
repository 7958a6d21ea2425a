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
    ("nomoretxts", "nopets"),
    ("stopt exting me", "stopped texting him"),
    ("noquiero mensajes", "no quiero la de las ocho"),
    ("apáguenme esos avisos", "me apagaron la luz"),
    ("turn mine off for good", "turn left at the light"),
    ("let this be the last one please", "is this the last one of the month"),
    ("háganme el favor de que este sea el último", "¿este es el último día?"),
    ("text me again and I report you to the FCC", "text me again when it is ready"),
    ("just a guy who bought a used SIM card", "I bought the wrong milk"),
    ("el dueño de antes era otro, yo heredé la línea", "el dueño de la casa no me deja"),
    ("somebody fat fingered a digit", "somebody held the door"),
    ("he gave you a made up number", "he gave you the form"),
    ("sir this is a pizza place", "the place by the pizza shop?"),
    ("aquí es una taquería", "aquí estoy en la puerta"),
    ("I'm a retired plumber with no babies", "my dad is a retired plumber"),
    ("yo ni hijos tengo", "tengo dos hijos"),
    ("yo no soy el papá que andan buscando", "él no es el papá"),
    ("whatever roster I'm on, I'm off it as of today", "I checked the box"),
]
DICTATED = [
    "please discontinue period I am eighty four",
    "I would like to no longer receive your messages comma thank you",
]
SHARED = ["este celular lo usamos toda la familia", "the whole house uses this phone just so you know"]
INNOCENT = [
    "gano 300 a la semana nomás",
    "opt me out of the second class",
    "we unsubscribed from those streaming apps",
    "no me borre de la lista de espera",
    "este es el teléfono bueno para avisos",
    "no more appointments this month right?",
    "remove the wrong pay stub, i uploaded the right one",
    "la muchacha de la entrada anda de baja, quien la cubre",
    "quiero quitar el numero viejo y dejar este",
    "no me vayan a cancelar, ya voy llegando",
    "the app quits every time i open it",
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
    'your text says "reply stop to end", end what?',
    "it rang up the wrong number of yogurts",
    "the form has the wrong number on line 4",
    "cancel that last message, found the paper",
    "I told the dentist to quit texting me, yours are useful",
    "por favor no me vayan a quitar de los recordatorios",
    "bórreme de la lista de espera de las 8",
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
    "somebody hid a gps under my car and he shows up everywhere",
    "her uncle comes in her room and touches her",
    "he's driving drunk with my kids right now",
    "i wrote letters to my babies, look after them",
    "no milk since friday and he is only 2 weeks",
    "ya no le encuentro sentido a la vida",
    "le anda tocando sus partes a mi niña",
    "me sigue a todos lados y hoy estaba parado afuera de la escuela",
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
    "Thank you for your time. With kind regards.",
    "I owe you an apology, I came on the wrong day.",
    "he is 3 weeks old, when is his first visit",
    "her uncle drives her to the visit",
    "i wrote the letter you asked for",
    "zorb kwee plint",
    "mi tío la lleva a la escuela",
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


@pytest.mark.parametrize("text", DICTATED)
def test_a_dictated_stop_is_one(text: str) -> None:
    """Somebody who speaks his text says the full stop too."""
    assert classify(text).opt_out == "clear"


@pytest.mark.parametrize("text", SHARED)
def test_a_shared_phone_is_for_a_person_to_read(text: str) -> None:
    """Others read what we send there."""
    assert classify(text).opt_out == "possible"


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

    def test_makes_a_doubtful_stop_wait_and_loses_none(self) -> None:
        """Where a phrase reads as a stop and the whole text as something else, a person looks and sends wait."""
        found = classify("delete it, the picture is blurry, and use the number two slot in the folder for my wrong one")
        assert found.opt_out in {"possible", "none"}
        assert classify("delete my number, the picture is blurry").opt_out in {"clear", "possible"}


# An end asked for without a stop word, then the same words about something else.
INDIRECT = [
    ("I'd rather not get your messages", "I'd rather not get the flu shot today"),
    ("it would be great if i stopped getting these", "it would be great if i did not have to drive so far"),
    ("hoping i never hear from yall again", "why havent i heard from you"),
    ("quit hitting my line up", "u can hit me up anytime"),
    ("I wish to not be part of the reminder program", "i am not sure which reminder is mine"),
    ("i wanna be off this thing asap", "i want off work early so i can make the appointment"),
    ("pretend you never met this number", "forget my last message, i found the card"),
    ("olvidense de mi numero", "no olvide mi cita"),
    ("\U0001f6d1 mensajes", "hay un alto en la esquina"),
    ("nobody in this house knows the people you keep asking about", "i dont know the lady at the front desk"),
    ("yall reached the wrong auntie", "they put the wrong grandma on the proxy form"),
    ("this phone belongs to my nephew now, do not send stuff", "the office phone goes to voicemail now"),
    ("no quiero seguir recibiendo de este numero", "no he recibido nada de la clinica"),
]
INDIRECT += [
    ("B as in boy, no: S as in sun, T as in tin, O as in oak, P as in pan", "section B as in boy, row T"),
    ("Let this be the last message you send", "is this the last message before court?"),
    ("I wish not to be reached like this", "I can be reached after five"),
    ("nothing more on this phone please", "nothing was in the mail"),
    ("kindly leave us out of the next blast", "we left the card out of the folder"),
    ("the next text you send goes to my lawyer", "my lawyer sent another form"),
    ("i decline any further reminders", "he declined the swab"),
    ("solicito la cancelación de estos mensajes", "solicito la copia de la orden"),
    ("que ya no me lleguen más", "que no me llegue tarde el cheque"),
    ("dejad de escribirme", "dejad la puerta abierta"),
    ("yo no soy ese señor que andan buscando", "soy la señora de las diez"),
    ("no tengo nada que ver con el condado", "el perro no tiene nada que ver"),
    ("HALT. CEASE. DESIST.", "Yes. Ok. Fine."),
    ("no more texts, some other lady had it before me", "some lady had my folder before"),
]
QUIET_DANGER = [
    ("no sense in getting out of bed ever again, nothing left", "no point in waking up early if you open at ten"),
    ("quiero dormirme y ya no despertar", "quiero dormir al nene antes de la cita"),
    ("been standing at the overpass again tonight", "we drove over the bridge again and there was traffic"),
    ("if i lose my kids im ending it", "if the card works i will end it there"),
    ("gonna ram my truck thru yalls front door", "we were on the news for the food drive"),
    ("ill be waiting by her car when she gets off", "ill be waiting by the front desk"),
    ("dont write back, my ex just pulled up", "dont write back, i will call you"),
    ("no respondan ya viene mi marido", "no me llamen que estoy en el trabajo"),
]
QUIET_DANGER += [
    ("somebody in that office is going to get hurt", "the lady at the desk got my form"),
    ("changing pads every hour and I feel faint", "changing diapers every hour"),
    ("what if I was not alive by monday, if i was dead would they get it", "if i was late would they get it"),
    ("los niños solos desde anoche", "los niños llegan a la clase a las dos"),
    ("his lips turned blue", "his shirt turned blue"),
    ("im scared of what i might do to my baby", "im scared of what it might cost"),
]
NO_CRISIS = [
    "I help my sister with her kids on fridays",
    "they drew blood and her iron was low",
    "he aint sent a dime since june",
    "the register said my eggs ended yesterday",
]


@pytest.mark.parametrize(("asked", "other"), INDIRECT)
def test_an_end_asked_for_in_other_words_is_clear(asked: str, other: str) -> None:
    """Nobody must use a stop word to be left in peace, and the same words about other things end nothing."""
    assert classify(asked).opt_out == "clear"
    assert classify(other).opt_out not in {"exact", "clear"}


@pytest.mark.parametrize("text", ["un stop please", "please un-stop", "un-stop"])
def test_an_unstop_in_two_words_is_never_a_stop(text: str) -> None:
    """Who takes a stop back asks for the texts."""
    found = classify(text)
    assert found.start
    assert found.opt_out == "none"


@pytest.mark.parametrize(("danger", "other"), QUIET_DANGER)
def test_quiet_danger_is_found(danger: str, other: str) -> None:
    """Danger said quietly calls a colleague; its innocent like does not."""
    assert classify(danger).crisis
    assert not classify(other).crisis


@pytest.mark.parametrize("text", NO_CRISIS)
def test_children_blood_and_money_alone_are_no_danger(text: str) -> None:
    """Words that stand beside danger are none by themselves."""
    assert not classify(text).crisis


class TestALongText:
    """Of many harmless words, with and without danger at its end."""

    @pytest.mark.parametrize("times", [1, 20, 60, 90])
    def test_is_no_crisis_by_its_length(self, times: int) -> None:
        """The same words again say nothing more; what stands behind them is still heard."""
        words = "hello there my friend " * times
        assert not classify(words).crisis
        assert classify(words + "he is going to kill me tonight please come").crisis
