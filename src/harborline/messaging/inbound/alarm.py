"""Crisis words: present danger to the life or safety of the writer, a child or others. English and Spanish.

A false alarm costs a colleague one look; a missed one can cost a life. Figures of speech are taken out first.
"""

from __future__ import annotations

import re

from harborline.messaging.inbound.reading import Reading

_FIGURES = re.compile(
    "|".join(
        (
            r"\b(?:\w+ ){0,3}(?:is|are|re|was) killing me\b|\bkill(?:ing|ed)? (?:time|it|the (?:lights|engine|mood)|two birds)\b|\bkiller\b|\bkillin it\b",
            r"\bd(?:ying|ied) (?:to (?:know|see|meet|try)|of (?:laughter|boredom|heat)|laughing|for a|over here)\b|\bto die for\b|\b(?:phone|battery|car|cell|plant) (?:\w+ )?(?:died|is dead|dying)\b|\bdead(?: battery|line| end|beat)",
            r"\bshoot (?:me|you|us|them|her|him) (?:a |an |the |over )?(?:te?xt|e ?mail|message|call|copy|link)\w*\b|\bshoot\b[!., ]*$|\b(?:flu|allergy|booster|vaccin\w+) shots?\b|\bshots\b",
            r"\b(?:almost|nearly|about) (?:died|had a heart attack)\b(?: (?:when|laughing|of))|\bscared (?:of|about) (?:the )?(?:needles?|shots?|dentist|spiders?|the dark|losing my (?:benefits|wic))\b",
            r"\bstarving (?:for|lol|haha)\b|\bim starving (?:lol|haha|whats|lets)\b|\bdying of (?:heat|hunger lol)\b|\bmuert[oa] de (?:risa|sueno|cansancio|calor|frio lol)\b|\bme mata (?:el|la) (?:trafico|calor|espalda|cabeza)\b|\bme muero de (?:risa|ganas|sueno|calor)\b",
            r"\bnot (?:an |a )(?:real )?emergency\b|\bno es (?:una )?emergencia\b|\bin case of (?:an )?emergency\b|\bemergency (?:contact|exit|room bill|fund|brake)\b|\bcontacto de emergencia\b|\b(?:fire|bomb) (?:drill|ass|af)\b",
        )
    )
)
_WHO = r"(?:he|she|they|my (?:ex|husband|wife|boyfriend|girlfriend|partner|dad|father|mom|mother|stepdad|son|brother|roommate|baby ?daddy|kids? (?:dad|father))|(?:the |her |his )?(?:dad|father|ex)|ben|someone|somebody|a man|this man|this guy)"
_CHILD = r"(?:baby|babys|infant|newborn|child|kid|kids|children|son|daughter|toddler|twins|little one|she|he|they|we)"

_DANGER = re.compile(
    "|".join(
        (
            r"\b(?:kill|hurt|harm|cut|shoot|hang|unalive|end) (?:my ?self|my life|it all)\b|\b(?:want|going|gonna|ready|wanna|rather|wish i (?:could|was)|better off) (?:to )?(?:die|dead|be dead|not be here|disappear forever)\b|\bsuicid\w*|\bend(?:ing)? (?:my|it) (?:life|all)\b"
            r"|\b(?:no reason|dont want|do not want|cant go on|tired of) (?:to (?:live|be alive)|living|to be here anymore|to go on)\b|\btook (?:all|a bunch of|too many) (?:\w+ )?(?:pills|meds|medicine)\b|\boverdos\w*|\bod(?:ed|ing)\b|\bself ?harm\w*",
            r"\b(?:kill|murder|stab|shoot|strangl|chok|beat|hurt|burn|attack|rape|jump|hit)\w* (?:you|u|me|him|her|them|us|everyone|everybody|someone|somebody|your|ur|my (?:kids?|child|children|son|daughter|baby|mom|wife|husband|ex)|the (?:kids?|baby|children)|all of)\b(?! (?:up on|up|with (?:the|a) (?:te?xt|link)|in the (?:head|face) (?:with|by) (?:a )?(?:ball|toy)))",
            rf"\b{_WHO}(?: is| s|s| was| are| just| keeps?| has been| been| will| might| again| always| tried(?: to)?| trying to| going to| gonna| threatened(?: to)?| says? (?:he|she|they|hell)(?: is going to| will| gonna)?)* "
            r"(?:hit|hits|hitting|beat|beats|beating|chok\w+|strangl\w+|punch\w*|slap\w*|threaten\w*|abus\w+|attack\w*|stalk\w*|rap\w+|kill\w*|hurt(?:ing|s)? (?:me|us|the|my|her|him)|stab\w*|broke in|break(?:ing)? in|breaking (?:down )?(?:the|my) (?:door|window)s?|outside (?:my|the|our) (?:door|house|apartment|window|work)|at my (?:door|house|window)|following (?:me|us)|wont let (?:me|us) (?:leave|out|go)|locked (?:me|us)|found (?:me|us|out where)|is here with|coming (?:for|after) (?:me|us)|put his hands|put hands)\b",
            r"\b(?:has|got|with|have|pull\w*|point\w*|bring\w*|grab\w*|buy|bought|waving) (?:\w+ ){0,2}?(?:a |my |the |his )?(?:gun|knife|weapon|pistol|rifle|machete)\b|\bbomb\b|\bblow(?:ing)? (?:up )?(?:the|your|this) (?:building|office|place)\b|\bshoot(?:ing)? up\b|\bburn (?:\w+ )?(?:down|this place|the (?:office|building|house))\b",
            r"\b(?:afraid|scared|terrified|fear\w*) (?:of (?:him|her|my (?:ex|husband|partner|boyfriend|wife|father|dad))|for (?:my|our|his|her|the (?:kids|baby)) ?(?:life|lives|safety|kids?|child|children)?|he|she|to go home|hell|that he)\b",
            r"\b(?:in|real|immediate|serious) danger\b|\b(?:not|dont feel|isnt|arent|never|no longer|no) (?:a )?safe (?:here|at home|anymore|right now|for (?:me|us)|place)\b|\bunsafe (?:at|here|home|with)\b|\b(?:im|i am|we are|were|kids are|baby is) (?:not safe|unsafe)\b|\b(?:call|called|calling|need|send) (?:the )?(?:911|police|cops|ambulance)\b|\bneed help (?:right )?now\b|\bthis is an emergency\b|\bits an emergency\b|\bhelp (?:me )?(?:please )?(?:he|shes|hes|im being)\b|\bbeing (?:abused|beaten|held|followed|stalked|hit|attacked|hurt|trafficked)\b|\b(?:rescue|save) (?:me|us)\b|\bfleeing\b|\brunning from (?:him|my)\b|\b(?:got|was|been|being) raped\b|\bmolest(?:ed|ing|s) (?:my|her|him|me|the)\b",
            rf"\b{_CHILD} (?:\w+ ){{0,3}}?(?:not breathing|isnt breathing|cant breathe|cannot breathe|stopped breathing|unresponsive|turn(?:ed|ing) (?:blue|purple)|choking|wont wake|not waking|unconscious|seizure|seizing|having a seizure|missing|kidnap\w*|taken from|swallowed|fell (?:out|from|off the)|bleeding|drowning|burn(?:ed|t) (?:herself|himself|bad)|very hot and limp|limp)\b|\bseizures?\b (?:now|right now|again)\b|\b(?:kidnapp?ed|took|taken|stole) (?:my|the|our) (?:kids?|baby|son|daughter|child|children)\b",
            rf"\b(?:no|out of|ran out of|dont have(?: any)?|do not have(?: any)?|not enough|zero|cant (?:get|afford|find)|without|last of the) (?:\w+ ){{0,2}}?(?:formula|milk|food|bottles?)\b(?:.{{0,60}}\b(?:baby|babys|infant|newborn|son|daughter|kids?|child|children|twins|tonight|today|hungry|crying|starving|eat)\b)",
            rf"\b{_CHILD} (?:\w+ ){{0,4}}?(?:hungry|starving|(?:nothing|no (?:food|milk|formula)|anything) ?(?:to (?:eat|drink))?|not eaten|hasnt eaten|havent eaten|didnt eat|not ate)\b",
            r"\b(?:nowhere|no place|no where) (?:\w+ ){0,2}?(?:to (?:sleep|stay|go)|tonight)\b|\b(?:sleep|living|slept|staying|stuck)\w* (?:in|on|out) (?:\w+ )?(?:car|truck|street|park|van|outside|cold|bus)\b|\b(?:homeless|evicted|kicked (?:me|us) out|locked out|put (?:me|us) out|thrown out)\b|\bon the streets?\b|\bno (?:shelter|heat|heater|housing|home)\b|\bshelters? (?:\w+ ){0,3}?full\b|\bfreezing\b (?:.{0,30}\b(?:kids?|baby|car|outside|no|night)\b)|\bno place for (?:me|us|my)\b",
            # Spanish
            r"\b(?:matar(?:me|nos|la|lo|los|las|te)?|me mato|me voy a matar|suicid\w*|quitarme la vida|morirme|quiero morir|no quiero vivir|ya no quiero (?:vivir|estar aqui)|acabar con (?:mi vida|todo)|cortarme|lastimarme|hacerme dano|pastillas (?:para|todas))\b|\bme tome (?:todas|muchas) (?:las )?pastillas\b",
            r"\b(?:me|nos|la|lo|le|los) (?:esta(?:n|ba)? |va a |quiere |quiso |acaba de |amenaza con |sigue )*(?:peg\w+|golpe\w+|amenaz\w+|ahorc\w+|mat\w+|viol[oae]\w*|maltrat\w+|abus\w+|persig\w+|sigue(?:n)?|siguiendo|encerr\w+|quem\w+|apunal\w+|ataca\w*)\b(?! (?:el|la) (?:sol|calor|trafico|cabeza|espalda))",
            r"\b(?:tiene|con|trae|saco|compre|traigo) (?:una |un |el |la )?(?:pistola|arma|cuchillo|machete|rifle)\b|\bbomba\b|\bvoy a (?:matar|quemar|disparar|lastimar|golpear)\w*\b|\bmatar(?:te|los|la|lo)\b",
            r"\b(?:en|corro|corremos|mucho) peligro\b|\btengo (?:mucho )?miedo (?:de (?:el|mi|que)|por (?:mi|mis|la)|a (?:el|mi|volver))|\btengo miedo de que\b|\bno (?:estoy|estamos|me siento|es) segur[oa]s?\b|\b(?:llam\w+|necesito|manden) (?:a )?(?:la )?(?:policia|ambulancia|911)\b|\bes (?:una )?emergencia\b|\bauxilio\b|\bviolencia\b|\besta (?:afuera|en mi puerta|rompiendo|entrando)\b|\bse llev\w+ a (?:mi|mis)\b|\bsecuestr\w+",
            r"\bno (?:puede )?respira\w*|\b(?:bebe|nino|nina|hijo|hija) (?:\w+ ){0,3}?(?:no (?:despierta|reacciona|ha comido|come|tiene (?:leche|formula|que comer|comida))|convulsion\w*|azul|morad[oa]|inconsciente|se ahoga|ahogando\w*|con hambre|desaparec\w+|tiene hambre)\b|\bconvulsion\w*",
            r"\b(?:no (?:tengo|tenemos|hay|me queda|nos queda)|sin|se (?:me )?(?:acabo|termino)) (?:\w+ ){0,2}?(?:leche|formula|comida|que (?:comer|darle)|nada (?:de comer|que darle))\b.{0,60}\b(?:bebe|nino|nina|hij[oa]s?|ninos|hoy|esta noche|llora\w*|recien)\b|\b(?:bebe|hij[oa]s?|ninos?)\b.{0,40}\bno (?:tengo|hay|tiene|tenemos|tienen) (?:\w+ )?(?:leche|formula|comida|que comer|nada)\b",
            r"\b(?:no (?:tengo|tenemos|hay)|sin|buscando) (?:\w+ ){0,2}?(?:donde|a donde|lugar|techo|casa|hogar|refugio)\b(?: (?:dormir|quedarnos|quedarme|ir|esta noche|para))?|\b(?:dormir|durmiendo|dormimos|viviendo) (?:\w+ )?(?:en (?:la calle|el carro|el coche|mi carro|la troca|el parque)|afuera)\b|\b(?:nos|me) (?:echaron|corrieron|sacaron|desalojaron)\b|\bsin calefaccion\b|\ben la calle con\b",
        )
    )
)
_HYPOTHETICAL = re.compile(r"\b(?:movie|show|song|book|lyrics|novela|pelicula|cancion|video ?game|game)\b")


def is_crisis(reading: Reading) -> bool:
    """Whether the text speaks of present danger; it decides who is called, never what the person is told."""
    if _HYPOTHETICAL.search(reading.text):
        return False
    return bool(_DANGER.search(_FIGURES.sub(" ", reading.text)))
