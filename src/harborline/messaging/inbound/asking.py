"""Texts that ask: to receive texts again (start), or who writes and why (help). English and Spanish."""

from __future__ import annotations

import re

from harborline.messaging.inbound.reading import Reading

_START_WORDS = frozenset(
    {"start", "unstop", "resume", "resubscribe", "subscribe", "iniciar", "comenzar", "empezar", "reanudar", "inicio"}
)
_HELP_WORDS = frozenset({"help", "info", "information", "ayuda", "informacion", "aide"})
_AROUND = frozenset(
    """please pls thanks thank you me again texts text messages now ok okay hi hello reply send the por favor gracias
    hola mensajes textos de nuevo otra vez""".split()
)

_START = re.compile(
    "|".join(
        (
            r"\b(?:start|restart|resume|begin|turn on|re ?subscribe|reactivate|unblock)\b (?:\w+ ){0,4}?(?:te?xt\w*|messag\w*|reminders?|alerts?|notifications?|again)\b",
            r"\b(?:opt|sign|put|add|get) (?:me |us )?(?:my number )?(?:back )?(?:in|up|on)\b(?: (?:for |to |the )?(?:te?xts?|messages|reminders|list|alerts|again))|\bopt(?:ing)? (?:me )?(?:back )?in\b",
            r"\b(?:want|would like|like|need|wish|love)\w* (?:to )?(?:\w+ ){0,3}?(?:te?xts?|messages|reminders|alerts)\b(?: \w+){0,3}? (?:again|back)\b",
            r"\b(?:te?xt|message|send|remind) me (?:\w+ ){0,4}?again\b|\bi want (?:back in|the te?xts back|my (?:te?xts|reminders) back)\b|\bchanged my mind\b.*\bte?xts?\b",
            r"\b(?:want|like) to (?:get|receive|start getting|have) (?:\w+ ){0,3}?(?:te?xts|messages|reminders|alerts)\b",
            r"\b(?:quiero|quisiera|deseo|me gustaria) (?:volver a )?(?:recibir|los|sus|mis|que me (?:manden|envien))\b(?: \w+){0,3}?(?: ?(?:mensajes|textos|recordatorios|avisos))",
            r"\b(?:vuelva[n]?|volver) a (?:mand|envi|recib|text|escrib)\w*|\b(?:mand|envi|escrib)\w*me (?:\w+ ){0,3}?(?:otra vez|de nuevo|nuevamente)\b|\b(?:reactiv|activ|reanud)\w+ (?:\w+ ){0,2}?(?:mensajes|textos)",
        )
    )
)
_NOT_START = re.compile(
    r"\b(?:dont|do not|never|no longer|no quiero|ya no|not) (?:\w+ ){0,3}?(?:want|start|recibir|te?xt|send|need|like|vuelva|volver|mand|envi)\w*"
)

_HELP = re.compile(
    "|".join(
        (
            r"\bwho(?: the \w+)?(?: is|s| are| r| dis| sent| texted| am i| this| u| you)+\b(?! (?:my|the|going|supposed|in charge|to call|eligible))",
            r"\bwhat(?: is| s|s| are)? (?:this|these|number is this|are these)(?: \w+){0,2}?(?: (?:about|for|number|te?xts?|messages?))?\s*(?:$|[?.!,])|\bwhat is this about\b|\bwhat company\b|\bwhats this\b"
            r"|\bwhat number is this\b|\bwhere is this (?:te?xt |message )?from\b|\bnew phone who\b",
            r"\b(?:is|are) (?:this|these|you|it)(?: te?xts?| messages?| number)? (?:really |actually )?(?:a )?(?:real|legit\w*|scam|spam|bot|robot|person|human|for real|official|fake|from (?:the )?(?:wic|child|county|state))\b",
            r"\bhow (?:do|does|can) (?:i (?:use|stop|work|get|change|reply to)|these|this|the) (?:\w+ )?(?:te?xts?|te?xting|messages?|service|reminders)\b|\bwhy am i (?:getting|receiving)\b|\bdo (?:these|the) te?xts cost\b",
            r"\bquien (?:es|eres|son|habla|escribe|me escribe|manda|me manda|envia|me envia)\b|\bde quien es (?:este|ese)\b|\bde que (?:se trata|es esto|trata)\b|\bque es esto\b|\bde parte de quien\b|\bcon quien hablo\b"
            r"|\b(?:es|son) (?:esto )?(?:real|una? (?:estafa|robot|persona)|verdad)\b.*\?|\bcomo (?:funcionan?|uso|cambio) (?:\w+ )?(?:textos|mensajes|servicio)",
        )
    )
)


def asks_for_texts(reading: Reading) -> bool:
    """Whether the person wants texts again; a bare yes is not enough, since it depends on what was asked."""
    core = [word for word in reading.words if word not in _AROUND]
    if core and set(core) <= _START_WORDS:
        return True
    return bool(_START.search(reading.text)) and not _NOT_START.search(reading.text)


def asks_for_help(reading: Reading) -> bool:
    """Whether the person asks who writes, what this is, or says HELP; help with other things is not meant."""
    core = [word for word in reading.words if word not in _AROUND]
    if core and set(core) <= _HELP_WORDS:
        return True
    return bool(_HELP.search(reading.text))
