"""Opt-outs in four tiers, English and Spanish, by words and grammar, never by a list of whole sentences.

Source: 47 CFR 64.1200(a)(10): the words a person may use, and whatever else a reasonable person reads as a
revocation. A false stop can be undone with START; a missed stop cannot be undone: in doubt the higher tier wins.
"""

from __future__ import annotations

import re
from typing import Literal

from harborline.messaging.inbound.reading import Reading
from harborline.messaging.words.fold import edits

Tier = Literal["exact", "clear", "possible", "none"]

BARE = frozenset(
    {
        "stop", "stopall", "stop all", "end", "quit", "cancel", "unsubscribe", "revoke", "opt out", "optout", "opt-out",
        "remove", "arret", "alto", "basta", "parar", "pare", "paren", "baja", "cancelar", "detener", "no mas",
    }
)  # fmt: skip
# Words of other languages people use, and forms that go with the bare words: read as clear, not as exact.
_ALSO_BARE = frozenset(
    {
        "stopp", "unsub", "unsubcribe", "desuscribir", "desuscribirme", "detenga", "detengan", "detente", "parenle",
        "pararle", "stop it", "stop this", "stop that", "stop now", "no more", "no mas mensajes", "take me off", "off",
        "joojin", "jooji", "tso tseg", "nres", "dung", "dung lai", "стоп", "остановить", "停止", "停", "توقف", "قف",
        "remove me", "end it", "cancel it", "cancel all", "opted out", "opting out", "leave me alone", "go away",
    }
)  # fmt: skip
_COURTESY = frozenset(
    """please pls plz plse thanks thank you ty thx now already ok okay hi hello sir madam maam immediately today asap
    all it this that just the everything messages texts por favor porfavor gracias ya ahora hola buenas buenos dias
    tardes y and i said say u text reply help info ayuda mensajes textos todo completely forever right away""".split()
)
_REAL_WORDS = frozenset(
    """step stoop shop sto top spot stomp stops stopped store story stock stoplight and send bend ended ending lend
    mend tend quiet quite quick suit quilt cancer candle canal cancels canceled cancelled alta altos salto auto asta
    vasta pasta hasta baha bajo caja bata para parte parto pares parra parada cancela cancelo remote renove remodel
    removed evoke revoked invoke provoke output ends fend wend vend kend eng pand post soup stow stub stood""".split()
)
_TYPO_TARGETS = ("stop", "quit", "cancel", "unsubscribe", "revoke", "optout", "remove", "stopall", "cancelar", "parar",
                 "detener", "basta")  # fmt: skip

_MESSAGES = (
    r"(?:te?xts?|te?xting|txting|messag(?:e|es|ing)|msgs?|msging|sms|alerts?|notifications?|reminders?|notices?"
    r"|mensajes?|textos?|avisos?|recordatorios?|alertas?)"
)
_WRITING = (
    r"(?:te?xt(?:s|ing|ed)?|txt(?:s|ing)?|messag(?:e|es|ing)|msg(?:s|ing)?|contact(?:ing)?|writ(?:e|ing)|bother(?:ing)?"
    r"|bugg?(?:ing)?|harass(?:ing)?|spam(?:ming|s)?|send(?:ing)?|annoy(?:ing)?|blow(?:ing)? up my|reach(?:ing)? out"
    r"|hit(?:ting)? me up|communicat(?:e|ing))"
)
_MANDAR = (
    r"(?:mand|envi|escrib|molest|contact|text|mensaj|busqu|notifiqu|avis|comuniqu|sig)(?:e|en|es|a|an|as|ie|ien|i|ar|ando|iendo"
    r"|ir|eo|een|ee|ear|eando)?"
)
_GAP = r"(?:\w+ ){0,4}?"

_CLEAR = re.compile(
    "|".join(
        (
            rf"\b(?:stop|quit|cease|end|halt|discontinue|cancel|kill|turn off|shut off|disable|block|para|paren|alto|no more"
            rf"|enough(?: with| of)?|sto+p|stp|sotp|stpo)\b\s*(?:with |of |all |any )?{_GAP}(?:{_WRITING}|{_MESSAGES})\b",
            rf"\b(?:dont|do not|donot|never|no longer|please not|not to|quit)\b {_GAP}(?:te?xt|txt|message|msg|contact|bother|write|send)\b"
            r"(?! (?:the|my|her|his|a|an) (?:form|check|payment|card|letter|bill|papers?|money|link|documents?))",
            rf"\bi (?:really )?(?:dont|do not|no longer|never|didnt|did not) (?:ever )?(?:want|wish|need|like|care|agree|consent|sign|ask)\w*"
            rf"\b {_GAP}(?:{_WRITING}|{_MESSAGES}|this|these|them)\b(?! (?:to stop|to end))",
            rf"\b(?:tired|sick|fed up) (?:of|with) {_GAP}(?:{_WRITING}|{_MESSAGES})\b",
            rf"\bno(?: more|t any more)? (?:of )?(?:these |your |those |the )?{_MESSAGES}\b",
            r"\b(?:take|get|remove|delete|drop|erase|scratch|pull|cut|keep) (?:me|us|my (?:number|phone|name|info\w*|cell|contact)|this (?:number|phone)"
            r"|number|phone number)\b(?! (?:the|a|an|some|there|here|to)\b)",
            r"\b(?:off|from|out of) (?:of )?(?:your|the|this|ur|that) (?:te?xt(?:ing)? |txt |message |contact |phone |call |mailing )*(?:list|database|system|contacts)\b",
            r"\blose (?:my|this) (?:number|phone)|\bforget (?:my|this) number|\bleave (?:me|us) (?:alone|be)\b|\bgo away\b",
            r"\bun ?(?:subscribe|suscribe|enroll me|sign me)\w*|\bopt(?:ing|ed|s)?(?: me| us)?[- ]?out\b|\bi(?: want| would like| d like)? (?:to )?opt out",
            r"\b(?:revoke|withdraw|take back|rescind) (?:my|the|all|any) ?(?:consent|permission|opt)|\bi (?:do not|dont) (?:consent|give (?:you )?permission|authorize)",
            r"\bwrong (?:\w+ )?(?:number|person|phone|guy|girl|lady|num|contact|cell|one|#)|\b(?:have|got|texting|reached|txting|messaging) (?:the )?(?:a )?wrong\b"
            r"|\bwrong no\b|\brong number",
            r"\b(?:this|that|it)(?: is| s|s)? ?(?:not|isnt|aint|is nt|isn t) (?:\w+s? |the |her |his |their |my )?(?:number|phone|cell|person|him|her anymore)\b",
            r"\b(?:this|it) (?:is not|isnt|aint) (?!a\b|the\b|what\b|my\b|good\b|fair\b|right\b|working\b|enough\b|about\b|an\b|ok|clear|true|correct"
            r"|for\b|very|going|helpful|safe|that|so\b|possible|urgent|necessary|real|legal|funny|cool|how|where|when|why|who\b|open|easy|him\b|her\b)"
            r"[a-z]+(?: [a-z]+)?(?:$|[.!,]|and\b)",
            r"\b(?:im|i am|am) not (?:the person|this person|that person|her|him|who you|the (?:right|one)|[a-z]+ and (?:i )?(?:dont|do not) know)\b",
            r"\bi (?:dont|do not) (?:know|have) (?:anyone|anybody|any|a|nobody|no) (?:\w+ )?(?:by that|named|called|with that|name|kids?\b|child\b|children\b|case\b|person)",
            r"\b(?:nobody|no one|noone|no body) (?:here )?(?:by|with|named|called) ",
            r"\b(?:doesnt|does not|dont|no longer) (?:live|stay|work|have this|use this|own this) (?:here|number|phone|anymore|at this)",
            r"\b(?:just |recently )?(?:got|have|had) (?:this|a) (?:as )?(?:new )?number\b.{0,40}\b(?:not|wrong|someone|somebody|old owner|previous|another)",
            r"\b(?:number|phone) (?:now )?(?:belongs?|was given|is) (?:to |with )?(?:someone|somebody|another|a different)",
            r"\b(?:not|aint|isnt) (?:the |that )?(?:person|one) (?:you|u|that you) (?:are|r|re|think|want|need|were|look)",
            r"\bplease (?:stop|end|quit|cease)(?: (?:it|this|that|now|immediately|all|everything|already|thank\w*))*\s*(?:$|[.!,])",
            r"\bstop (?:it|this|that|now|already|please|immediately|everything|all of (?:it|this|them)|all)\s*(?:$|[.!,])",
            # Spanish
            rf"\b(?:no|ya no|nunca|jamas)(?: (?:me|nos|le|lo|quiero que me|vuelva[ns]? a|deben|sigan|siga|por favor))* {_MANDAR}(?:me|nos)?"
            rf"(?=\s*(?:$|[.!,?])| (?:mas|ya|nada|por favor|porfavor|gracias|a este|a mi|al|otra vez|de nuevo|nunca|esto|estos|estas|{_MESSAGES}|mas {_MESSAGES}))",
            r"\b(?:dej|par|ces)(?:e|en|a|ar|as|es|alo|ale|enle|ele|enlo)(?: ya)? (?:de )?(?:estar )?(?:mand|envi|escrib|molest|text|contact|mensaj|llegar|fastidi)\w*",
            rf"\b(?:no|ya no|tampoco) (?:quiero|deseo|necesito|quisiera|queremos|acepto|autorizo|pedi|solicite|me interesan?|me gustan?) {_GAP}"
            rf"(?:{_MESSAGES}|que me {_MANDAR}|nada de ustedes)\b",
            r"\b(?:borr|quit|saqu|sac|elimin|remuev|remov|desactiv|bloque)(?:e|en|a|ar|o|ue|uen)?(?:nme|me|nos|rme|lo|r)?"
            r" (?:\w+ ){0,2}?(?:de (?:su|la|esta|sus|tu) (?:lista|base|sistema|contactos)|mi (?:numero|telefono|nombre|celular|contacto)|este (?:numero|telefono))",
            r"\b(?:borr|quit|saqu|saqu|elimin|desinscrib)(?:enme|eme|ame|arme|anme)\b",
            r"\b(?:numero|persona|telefono|celular) (?:incorrect|equivocad|erroe?ne)\w*|\bequivoc\w+ (?:de )?(?:numero|persona|telefono)|\b(?:esta|estan) equivocad\w+",
            r"\bno (?:soy|es) (?:esa|la|ese|el) (?:persona|numero|telefono|indicad)\w*|\bno conozco (?:a )?(?:esa|ese|nadie|ninguna?|es[ae] persona|[a-z]+\s*$)"
            r"|\baqui no (?:vive|hay|esta|es)\b|\best[ea] no es (?:el|su|la) (?:numero|telefono|celular|persona)|\best[ea] (?:numero|telefono) (?:no|ya no) (?:es|pertenece)",
            r"\b(?:dar|de|den|denme|deme|darme|quiero(?: la)?|me doy|solicito)(?:me)? (?:de |la )?baja\b|\bdes[uo]?[bs]?s?crib\w*",
            rf"\b(?:no mas|basta de|alto a|ya basta|cancel\w+|deten\w+|suspend\w+|quit\w+|elimin\w+|par\w+)(?: con| los?| las?| de| sus| mis| estos| todos| mas)* {_MESSAGES}",
            r"\bdej[ea](?:n)?(?:me|nme|nos) (?:en paz|tranquil)|\bno (?:me )?molest(?:e|en|es)\b|\bya no m[aá]s\b",
        )
    )
)

_LIMITED = re.compile(
    r"\b(?:during|before|after|while|at work|at night|at school|until|till|so (?:early|late|many)|too (?:early|late)|in the (?:morning|evening"
    r"|afternoon)|on (?:weekends?|sundays?|saturdays?)|late at|past \d|en la noche|por la noche|de noche|en el trabajo|tan (?:temprano|tarde)"
    r"|despues de las|antes de las|hasta (?:manana|el|las)|los (?:domingos|fines))\b"
)
_KEEPS = re.compile(
    r"\b(?:dont|do not|please dont|never|wont|not|didnt|did not|wouldnt|no) (?:ever )?(?:want (?:you |the |my |these |to )*)?(?:to )?"
    r"(?:stop|quit|end|cancel|unsubscribe|remove me|opt out|opt me out)\b"
    r"|\bkeep (?:the |these |them |on )?(?:te?xts|te?xting|messages|coming|sending|me on)"
    r"|\bno (?:dejen|pare|paren|deje|cancelen|quiten|me quiten|quiero (?:dejar|cancelar|que paren))\b|\bsigan? (?:mand|envi|escrib)\w*"
)

_INNOCENT = re.compile(
    "|".join(
        (
            r"\b(?:bus|truck|rest|pit|next|last|first|train|rail|metro|one|non|transit|traffic|full)[- ]?stops?\b|\bstop (?:sign|light|watch|& shop|and shop)\b",
            r"\bstop(?:s|ped|ping)?[- ](?:by|in|at|over|through|off|into|there|to (?:get|see|pick|drop|grab|ask|talk|buy|eat)|and (?:get|see|pick|drop|grab|ask|talk))\b",
            r"\b(?:stopped|stopping|stops)\b(?! (?:texting|sending|messaging))",
            r"\b(?:cant|cannot|couldnt|wont|doesnt|didnt|never|not) stop\b|\bstop (?:joking|kidding|playing|worrying|lying|crying|smoking|working|eating"
            r"|breast\w*|nursing|bleeding|drinking|laughing|using|taking|giving|pumping|formula|bottle|being|thinking|paying|buying)\w*",
            r"\b(?:quit|quitting) (?:smoking|drinking|my|his|her|the|a|working|school|that|vaping|at)\b|\b(?:he|she|i|they|we) quit\b",
            r"\b(?:the|at|by|until|till|this|week|day|month|year|that|in|dead|low|high|rear|west|east|north|south|other|deep|front|back) ?ends?\b"
            r"|\bends?(?:ing|ed)? (?:of|up|date|time|on|at|in|my (?:shift|day)|this|next|when|soon)\b|\bwhen (?:does|do|will) \w+ end\b|\b(?:ended|ending|trend|spend|weekend)\b",
            r"\bcancell?(?:ed|ing|ation|ations|s)?\b (?:(?!te?xt|messag|mensaj)\w+ ){0,4}?(?:appointments?|appts?|visits?|meetings?|court|hearing|interview|class|orders?|calls?|cards?|checks?"
            r"|payments?|deposit|insurance|policy|flight|trip|reservation|it for|for (?:today|tomorrow|monday|tuesday|wednesday|thursday|friday)|today|tomorrow"
            r"|zoom|session|pickup|ride|lease|test|debt|license|passport|registration)\b|\bcancell(?:ed|ation)\b|\b(?:appointment|visit|class|meeting) (?:be |was |is |got )?cancel\w*",
            r"\bremov(?:e|ed|ing) (?:\w+ ){0,3}?(?:from (?:the |my )?(?:case|birth|order|account|home|school|lien|credit)|lien|hold|fee|tooth|teeth|stitches|cast|mole|dad|father|mother|proxy)\b",
            r"\b(?:revok|suspend)\w* (?:\w+ ){0,2}?(?:license|passport)\b|\blicen[sc]e (?:\w+ ){0,2}?(?:revok|suspend|cancel)\w*",
            r"\b(?:muy|mas|tan|el|lo|un|es|piso|volumen|costo|precio|nivel|alto) alt[oa]s?\b|\balt[oa] (?:costo|nivel|riesgo|precio|voltaje|y)\b",
            r"\b(?:dieron|dio|estoy|estar|esta|planta|presion|mas|muy|temperatura|autoestima|zona|la|clase|tarifa|california|por|licencia|incapacidad)(?: de)? baja\b"
            r"|\bbaja (?:california|de peso|presion|de precio|temperatura|autoestima|la|el|por|medica|a)\b|\btermin\w+ de baja",
            r"\bcancel(?:ar|e|en|o|aron|ada|ado|amos|acion)\b (?:\w+ ){0,3}?(?:cita|citas|visita|clase|reunion|audiencia|llamada|tarjeta|cheque|pago|orden|examen|consulta|vuelo)\b"
            r"|\b(?:cita|visita|clase|reunion) (?:\w+ ){0,3}?cancel\w+|\bcancel(?:aron|ada|ado)\b",
            r"\bparar (?:en|el (?:carro|bus|coche|sangrado)|la (?:tos|fiebre))|\bsin parar\b|\bno para de\b|\bbasta con\b|\bno mas (?:que|tengo|quiero|de|dime|queria|vengo|para|falta|hay|dos|un)\b",
        )
    )
)

_POSSIBLE_WHOLE = frozenset(
    """no|nope|nah|no thanks|no thank you|no ty|no thx|not interested|im not interested|no gracias|no quiero|ya no|nel|negative|no way
    |never|nunca|no please|no por favor|no no|no no no|no mas gracias|not anymore|no longer|no longer interested|i said no|hell no
    |no interesado|no me interesa|no interesada|enough|ya|im good|im done|done|n|nop|no me molesten|que no|decline|i decline|denied""".replace(
        "\n    ", ""
    ).split("|")
)
_POSSIBLE = re.compile(
    "|".join(
        (
            r"\b(?:stop\w*|sto+p|quit\w*|unsubscrib\w*|opt(?:ing|ed)?[- ]?out|remov\w+|revok\w+|cease|alto|basta|parar|paren?|deten\w+|desactiv\w+)\b",
            r"\b(?:cancel\w*|end|baja)\b",
            r"\b(?:fuck|f u|fuk|stfu|fk|screw you|piss off|f off|shut up|go to hell|bitch|asshole|bastard|idiots?|bullshit|bs|scam\w*|spam\w*|fraud\w*|harass\w*"
            r"|pendej\w*|chinga\w*|mierda|puta|puto|cabron\w*|vete a la|vayanse|estafa\w*|callense|lawyer|sue you|report(?:ing)? you|block(?:ed|ing)? (?:you|this|your))\b",
            r"\b(?:passed away|passed on|died|is dead|deceased|has passed|passed (?:last|this|in|on)|no longer (?:alive|with us|living)|fallec\w+|muri(?:o|eron)|ya no vive|difunt\w+)\b",
            r"\b(?:leav(?:e|ing)|quit|withdraw(?:ing)?|drop(?:ping|ped)?(?: out)?|clos(?:e|ing)|done with|out of|off of|get off|dis ?enroll|terminate|not (?:in|on|using)"
            r"|no longer (?:need|want|qualify|in|on|use|using|get|have|part\w+)|dont (?:need|want|use)|moved out of|left)"
            r" (?:\w+ ){0,2}?(?:wic|program|benefits?|case|child support|services?|enroll\w*|account|state)\b",
            r"\bya no (?:necesito|quiero|estoy|uso|participo|recibo|califico|soy)\b|\b(?:salir|salirme|dejar|cerrar) (?:\w+ ){0,2}?(?:wic|programa|caso|beneficios)\b",
            r"\b(?:e ?mail|call|mail|phone|write|contact) (?:me|us) (?:\w+ )?(?:instead|only|rather|by)|\binstead of te?xt|\b(?:prefer|rather|better (?:to|if)|only) "
            r"(?:\w+ ){0,3}?(?:e ?mails?|calls?|called|phone|letters?|te?xts?|te?xted|mail|mornings?|evenings?|after|before)\b|\bte?xt (?:me )?(?:only|after|before)\b",
            r"\bprefiero\b|\bmejor (?:\w+ )?(?:llam|correo|por correo|por carta|email)\w*|\ben (?:vez|lugar) de (?:texto|mensaje)\w*",
            r"\b(?:too|so) (?:early|late|many)\b|\b(?:middle of the night|woke me|wake (?:me|up)|while i sleep|im sleeping)\b|\btan (?:temprano|tarde)\b|\bme despert\w+|\bdemasiad\w+ (?:mensajes|textos)",
            r"\bwhy (?:\w+ ){0,3}?(?:text|messag|contact|send|getting|receiving|bother)\w*|\b(?:who gave|how did|where did) (?:you|u|yall) (?:\w+ )?(?:get |have )?(?:my|this) number|\bhave (?:my|this) number\b"
            r"|\b(?:never|did not|didnt) (?:signed? up|sign|subscrib\w*|ask\w*|agree\w*|consent\w*|gave|give)\b",
            r"\bpor ?que (?:\w+ )?(?:me|nos) (?:\w+ )?(?:mand|escrib|envi|text|llegan|molest|contact)\w*|\b(?:quien|como|donde) (?:\w+ )?(?:dio|consig|obtuv|saca|tien)\w+ (?:\w+ )?mi numero",
            r"\b(?:ex|husband|wife|mom|mother|dad|father|kids?|son|daughter|partner|boyfriend|girlfriend|roommate|abuser|he|she|someone else|somebody else|others?|family)"
            r"(?: \w+){0,2} (?:reads?|sees?|checks?|looks? at|goes through|can see|can read|uses?|has|have|shares?) (?:\w+ ){0,2}?(?:this |my |the |these )?(?:phone|te?xts|messages|cell)",
            r"\b(?:shared?|sharing|borrow\w*|someone elses|somebody elses|not (?:only )?my|work|company|moms?|husbands?|wifes?|sisters?|brothers?|friends?|neighbors?|daughters?|sons?) (?:this )?(?:phone|cell)\b"
            r"|\b(?:comparto|compartimos|compartido|prestado|no es mi|de mi (?:mama|esposo|esposa|hermana|hermano|hijo|hija|amiga|vecina|papa)) (?:\w+ )?(?:telefono|celular)"
            r"|\b(?:telefono|celular) (?:\w+ )?(?:compartido|prestado|de mi|de otra)\b|\b(?:lee|leen|revisa|ve|ven) (?:mis|los|mi) (?:mensajes|textos|telefono|celular)",
            r"\bno (?:quiero|deseo) (?:nada|saber nada|mas)\b|\bbother\w*\b|\bmolest(?!a\b)\w+\b|\bunwanted\b|\bno autoriz\w+\b",
        )
    )
)
_ASKS_ABOUT_STOPPING = re.compile(
    r"\b(?:how|what happens|do i|can i|should i|could i|where do i|is there|if i|what if|will i|when will|may i|are you going to|will you|did you|can u|can you|como|puedo|"
    r"que pasa|si (?:pongo|escribo|respondo|mando)|debo|tengo que|cuando)\b"
)


def tier_of(reading: Reading) -> tuple[Tier, str]:
    """Find the opt-out tier of a text and the name of the step that found it."""
    bare = " ".join(reading.words)
    if _bare(reading.words):
        return "exact", "bare-word"
    if _KEEPS.search(reading.text):
        return _after_keeping(reading)
    if _courteous(reading.words, bare):
        return "clear", "word-and-courtesy"
    if _misspelt(reading.words):
        return "clear", "near-miss"
    found = _CLEAR.search(_INNOCENT.sub(" . ", reading.text))
    if found:
        return _softened(reading, found.end())
    return _possible(reading, bare)


def _bare(words: tuple[str, ...]) -> bool:
    if not words:
        return False
    once = tuple(dict.fromkeys(words))
    return " ".join(words) in BARE or " ".join(once) in BARE or "".join(words) in BARE


def _courteous(words: tuple[str, ...], bare: str) -> bool:
    if bare in _ALSO_BARE:
        return True
    core = " ".join(word for word in words if word not in _COURTESY)
    return core != bare and (core in BARE or core in _ALSO_BARE) and _stop_comes_plain(words)


def _stop_comes_plain(words: tuple[str, ...]) -> bool:
    # "the end", "that end", "no end": an article before the word makes it a thing, not a wish.
    before = {words[place - 1] for place, word in enumerate(words) if place and word in {"end", "stop", "baja", "alto"}}
    return not before & {"the", "that", "this", "la", "el"}


def _misspelt(words: tuple[str, ...]) -> bool:
    core = [word for word in words if word not in _COURTESY]
    if len(core) != 1 or len(words) > _WORDS_AROUND:
        return False
    word = core[0]
    if word in _REAL_WORDS or not word.isalpha():
        return False
    return any(_near(word, target) for target in _TYPO_TARGETS)


_WORDS_AROUND = 3
_SHORTEST_FOR_TWO = 6


def _near(word: str, target: str) -> bool:
    allowed = 2 if len(target) >= _SHORTEST_FOR_TWO else 1
    return abs(len(word) - len(target)) <= allowed and edits(word, target) <= allowed


def _after_keeping(reading: Reading) -> tuple[Tier, str]:
    # "Don't stop texting me" keeps the texts; what is left of the text is still read.
    rest = _KEEPS.sub(" ", reading.text)
    return (
        ("possible", "keeps-and-more")
        if re.search(r"\b(?:stop|remove|wrong number|alto)\b", rest)
        else ("none", "keeps")
    )


def _softened(reading: Reading, end: int) -> tuple[Tier, str]:
    if reading.asks and _ASKS_ABOUT_STOPPING.search(reading.text) and "please" not in reading.words:
        asks_us = re.search(r"\b(?:can|could|will|would) (?:you|u|yall)\b", reading.text)
        return ("clear", "asks-us") if asks_us else ("possible", "question")
    if _LIMITED.search(reading.text[max(0, end - 1) :]):
        return "possible", "hours-only"
    return "clear", "phrase"


def _possible(reading: Reading, bare: str) -> tuple[Tier, str]:
    if bare in _POSSIBLE_WHOLE:
        return "possible", "bare-no"
    rest = _INNOCENT.sub(" ", reading.text)
    if _POSSIBLE.search(rest):
        return "possible", "unsure"
    if reading.language == "unknown":
        return "possible", "unknown-language"
    return "none", "none"
