"""Why somebody was not reached and what to do next, in plain words for staff, English and Spanish.

Reasons are keyed by the code staff may read (`selectors.faces`): a block for safety has no words of its own.
Sentences say nothing about cases, children, money or health.
"""

from __future__ import annotations

from typing import NamedTuple

from harborline.messaging.steps import Step

LANGUAGES = ("en", "es")


class Words(NamedTuple):
    """One sentence in each language."""

    en: str
    es: str

    def said_in(self, language: str) -> str:
        """The sentence in `language`, else in English."""
        return self.es if language == "es" else self.en


REASONS: dict[str, Words] = {
    "texts-off": Words("Texts are off for this person.", "Los mensajes de texto están desactivados para esta persona."),
    "not-on-file": Words(
        "This person and case are not on file together.", "Esta persona y este caso no figuran juntos en el registro."
    ),
    "other-county-on-file": Words(
        "The file and the record name different counties.", "El archivo y el registro nombran condados distintos."
    ),
    "no-number": Words("There is no phone number in the file.", "No hay número de teléfono en el archivo."),
    "number-used-by-both-parties": Words(
        "Both parties of the case use, or used, this number.", "Ambas partes del caso usan o usaron este número."
    ),
    "protections-never-loaded": Words(
        "The nightly safety file was never loaded.", "El archivo nocturno de seguridad nunca se cargó."
    ),
    "protections-too-old": Words(
        "The nightly safety file is too old.", "El archivo nocturno de seguridad es demasiado antiguo."
    ),
    "no-consent": Words("No permission to text is on file.", "No consta permiso para enviar mensajes de texto."),
    "possible-opt-out": Words(
        "A reply from this number may mean stop; it waits for staff.",
        "Una respuesta de este número puede pedir que no se escriba más; espera al personal.",
    ),
    "list-awaits-attestation": Words(
        "The permission came with a list that nobody has confirmed yet.",
        "El permiso llegó con una lista que nadie ha confirmado todavía.",
    ),
    "spoken-permission-lapsed": Words(
        "The spoken permission has ended and no signed release came.",
        "El permiso verbal terminó y no llegó una autorización firmada.",
    ),
    "release-expired": Words("The signed release has expired.", "La autorización firmada venció."),
    "kind-not-accepted": Words(
        "The permission on file is of a kind this program does not accept.",
        "El permiso registrado es de un tipo que este programa no acepta.",
    ),
    "opt-in-covers-portal-only": Words(
        "The permission covers messages in the portal only.", "El permiso cubre solo los mensajes del portal."
    ),
    "no-template-in-language": Words(
        "The notice has no wording in this person's language.", "El aviso no existe en el idioma de esta persona."
    ),
    "appointment-passed": Words("The appointment is in the past.", "La cita ya pasó."),
    "no-lawful-hour-left": Words(
        "No hour for texts was left before the appointment.", "No quedaba hora para mensajes antes de la cita."
    ),
    "no-lawful-hour": Words(
        "There was no hour in which this number may get texts.",
        "No hubo hora en que este número pueda recibir mensajes.",
    ),
    "outside-hours": Words(
        "It was too early or too late in the day to text.", "No era hora de enviar mensajes de texto."
    ),
    "day-is-full": Words("This number had its texts for the day.", "Este número ya recibió sus mensajes del día."),
    "week-is-full": Words(
        "This number had its texts for the week.", "Este número ya recibió sus mensajes de la semana."
    ),
    "too-late": Words(
        "The text could not go out before the appointment.", "El mensaje no pudo salir antes de la cita."
    ),
    "text-cannot-be-filled": Words(
        "The notice lacks something, such as the office's telephone number.",
        "Al aviso le falta algo, como el teléfono de la oficina.",
    ),
    "text-too-long": Words(
        "The notice is too long for a text.", "El aviso es demasiado largo para un mensaje de texto."
    ),
    "names-the-person": Words("The notice would have named the person.", "El aviso habría nombrado a la persona."),
    "private-in-text": Words("The notice would have said something private.", "El aviso habría dicho algo privado."),
    "asks-for-private": Words(
        "The notice would have asked for something private.", "El aviso habría pedido algo privado."
    ),
    "abbreviation-in-text": Words("The notice has an abbreviation.", "El aviso tiene una abreviatura."),
    "hard-to-read": Words("The notice is hard to read.", "El aviso es difícil de leer."),
    "unlawful-wording": Words(
        "The notice misuses a reply word or hides a link.",
        "El aviso usa mal una palabra de respuesta o esconde un enlace.",
    ),
    "told-before": Words("An earlier text about this did not arrive.", "Un mensaje anterior sobre esto no llegó."),
    "run-cancelled": Words(
        "The run was cancelled before this text went out.", "El envío se canceló antes de este mensaje."
    ),
    "carrier-rejected": Words(
        "The phone company did not take the text.", "La compañía telefónica no aceptó el mensaje."
    ),
    "carrier-busy": Words(
        "The phone company was busy too long.", "La compañía telefónica estuvo ocupada demasiado tiempo."
    ),
    "carrier-unknown": Words("Nobody can say whether the text arrived.", "Nadie puede decir si el mensaje llegó."),
    "network-failed": Words("The text did not reach the phone.", "El mensaje no llegó al teléfono."),
    "network-expired": Words(
        "The phone was off until the text expired.", "El teléfono estuvo apagado hasta que el mensaje venció."
    ),
    "network-filtered": Words(
        "The phone company took the text for unwanted and did not deliver it.",
        "La compañía telefónica tomó el mensaje por no deseado y no lo entregó.",
    ),
    "no-news": Words(
        "Nobody can say whether the text arrived, and its time is over.",
        "Nadie puede decir si el mensaje llegó, y su plazo terminó.",
    ),
    "settled-not-arrived": Words(
        "Somebody found out that the text did not arrive.", "Alguien averiguó que el mensaje no llegó."
    ),
    "no-discreet-wording": Words(
        "The program has no wording that tells nothing, which this person asked for.",
        "El programa no tiene un texto que no revele nada, como pidió esta persona.",
    ),
    "unsaid": Words("The text could not be sent.", "El mensaje no se pudo enviar."),
}

STEPS: dict[str, Words] = {
    Step.CALL: Words("Call, or send the letter.", "Llame o envíe la carta."),
    Step.CALL_UNSURE: Words(
        "Call and ask whether the text came; do not send it again.",
        "Llame y pregunte si llegó el mensaje; no lo envíe otra vez.",
    ),
    Step.LETTER: Words("Send the letter.", "Envíe la carta."),
    Step.CHECK_FILE: Words("Compare the file with the record.", "Compare el archivo con el registro."),
    Step.CHECK_NUMBER: Words(
        "Do not call this number. Send the letter and ask which number is theirs.",
        "No llame a este número. Envíe la carta y pregunte cuál es su número.",
    ),
    Step.LOAD_FEED: Words("Load tonight's files, then send again.", "Cargue los archivos de hoy y envíe de nuevo."),
    Step.ASK_PERMISSION: Words(
        "Call or send the letter, and ask for permission to text.",
        "Llame o envíe la carta y pida permiso para enviar mensajes de texto.",
    ),
    Step.SEND_AGAIN: Words("Send again, or call.", "Envíe de nuevo o llame."),
    Step.TRANSLATE: Words("Call with an interpreter, or send the letter.", "Llame con intérprete o envíe la carta."),
    Step.REWORD: Words(
        "Call or send the letter, and have the notice reworded.",
        "Llame o envíe la carta y pida que se cambie el aviso.",
    ),
    Step.NOTHING: Words("Nothing to do.", "Nada que hacer."),
}


def reason_words(reason: str, language: str) -> str:
    """The sentence for a reason as staff may read it; an unknown code gets a sentence that claims nothing."""
    return REASONS.get(reason, REASONS["unsaid"]).said_in(language)


def step_words(step: str, language: str) -> str:
    """The sentence for a next step."""
    return STEPS[step].said_in(language)
