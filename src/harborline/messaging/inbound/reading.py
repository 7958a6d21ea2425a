"""How an inbound text is read before it is judged: folded, without quotations and signatures, in plain words.

Plain words: letters set apart are joined, letters said too often are said once, digits inside words are letters,
text-speak is spelled out (law/lists/inbound/spellings.csv), and a word one slip away from one that matters is read as
that one. Punctuation stands apart as a token of its own, so that phrases do not run over it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from harborline.messaging.inbound.names import is_name, may_be_name
from harborline.messaging.inbound.phrases import rows_of, words_of
from harborline.messaging.words.fold import Folded, joined, squeezed, unleet

Language = Literal["en", "es", "unknown"]

READ_AT_MOST = 2000


class Reading(NamedTuple):
    """One inbound text made plain.

    `text` is its plain words with punctuation apart; `named` the same with names as `xname`; `words` are the words
    alone, `said` as they were written, without the spelling out; `clauses` are cut at punctuation; `asks` says that a
    question mark is there; `language` is `unknown` for one we do not read, and `told` says whether words of the text
    told it. `unfolded` keeps letters of other scripts.
    """

    text: str
    named: str
    said: tuple[str, ...]
    words: tuple[str, ...]
    clauses: tuple[tuple[str, ...], ...]
    asks: bool
    language: Language
    told: bool
    unfolded: str
    folded: str
    original: str

    @property
    def ornament(self) -> bool:
        """Whether there are signs without words, such as an emoji."""
        return bool(self.folded.strip())


_TAPBACK = re.compile(
    r"^\W*(?:(?:to|a)|(?:[^\W\d_]+ ){0,3}?(?:"
    r"liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted (?:\S+ )?(?:to|with)|removed an? \w+ from"
    r"|(?:se |le )?(?:gusto|encanto|no le gusto|disgusto|dio risa a?|destaco|pregunto(?: por| sobre)?|enfatizo|rio de)"
    r"|(?:se )?reacciono(?: con)?(?: \S+)? a"
    r"|(?:yo )?(?:le |les )?(?:puse|di|dio|puso|dieron|pusieron|gave|put|sent|added|left)(?: \S+){0,5}? (?:a|to|on)"
    r"))\s*[\"'](?!\s)",
)
_TAIL = re.compile(
    r"(?:\n|^|\s)(?:-+\s*)?"
    r"(?:sent (?:from|via) (?:my|the|yahoo|mail|an?)|get outlook for|enviado desde mi|on .{6,60} wrote:).*$",
    re.DOTALL,
)
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
_TOKEN = re.compile(r"[^\W_]+|[.!?;\n]+|[,:()\"/|]|[+#$]")
_ENDS = re.compile(r"[.!?;\n]+")
_APART_N = re.compile(r"\b(is|are|was|were|do|does|did|ca|wo|would|could|should|have|has|had|ai)n t\b")
# "Un-stop" takes a stop back; "un stop a los mensajes" is Spanish and asks for one.
_UNSTOP = re.compile(r"(^|[.,!?]\s*|\b(?:please|pls|hey|ok|to) )un[\s-]{1,2}stop\b(?! (?:a|al|de|en|por|para|que|y)\b)")
# "HALT. CEASE. DESIST.", "not. my. case.": every word a sentence.
_WORD_BY_WORD = re.compile(r"\b(?:[^\W\d_]+[.!] ?){2,}[^\W\d_]+[.!]?(?=$|\s*$)")
# Dictated: "know more texts".
_KNOW_MORE = re.compile(
    r"(^|[.,!?]\s*|\b(?:please|pls|want|hey|ok) )know more\b(?=\W*$| (?:te?xt|txt|mes|alert|remind|please|of th))"
)
# A stop sign drawn before what it would stop, or alone.
_DRAWN_STOP = re.compile(
    r"[\U0001F6D1\U0001F6AB\u26D4]\W{0,4}(?=(?:te?xt|txt|mess|msg|send|sms|rem|aler|mensa|avis|mand|env|escrib|ya\b))",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W_]+")
_MIXED = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9]+")
_SPLIT_DIGIT = re.compile(r"([a-z]{3,})\d+([a-z]{2,})")
_CAPITAL = re.compile(r"\b[A-Z][a-z']+|\b[A-Z]{2,}\b")
_BEFORE_NUMBER = frozenset({"wrong", "my", "this", "your", "the", "ur", "right", "phone", "cell", "that", "another"})
_SIGNS = {"+": "mas"}
_CUTS = frozenset([".", ",", "?", "!", ":", "(", ")", '"', "/", "|"])
_HEARD = tuple(
    (re.compile(written), heard)
    for written, heard in (
        ("qu(?=[ei])", "k"),
        ("c(?=[ei])|z", "s"),
        ("c(?!h)", "k"),
        ("g(?=[ei])", "j"),
        ("(?<!c)h", ""),
        ("v", "b"),
        ("ll", "y"),
    )
)
_SWAPPED_FROM = 4
_DOUBLED = re.compile(r"([a-z])\1")
_GLUED = re.compile(r"(stop)(it|texting|texts|text|please|pls|now|all|messages|messaging|sending|ya|me|this|these)")
_SLIP_FROM, _TWO_SLIPS_FROM, _SURE_FROM = 5, 9, 2
_WORDS_TO_TELL = 3
_SHORTEST_STOP = 3
_SPARED = frozenset({"stop", "top", "tip", "step", "shop", "atop", "stow", "slop", "swop", "strop"})
_STOPPABLE = frozenset(
    {"texting", "messaging", "sending", "contacting", "bothering", "texts", "messages", "text", "message", "writing"}
)


def read(text: str) -> Reading | None:
    """Make `text` plain; None for a tapback, which quotes our own text back and asks for nothing."""
    folded = Folded(_DRAWN_STOP.sub("stop ", text)).text
    if _TAPBACK.match(folded):
        return None
    own = _TAIL.sub("", _QUOTED.sub("", folded)).strip() or folded
    said = _WORD_BY_WORD.sub(_joined_words, _KNOW_MORE.sub(r"\1no more", _UNSTOP.sub(r"\1unstop", own)))
    raw = _TOKEN.findall(_APART_N.sub(r"\1nt", squeezed(joined(said)).replace("'", "")))
    spoken = _language_of([token for token in raw if token[0].isalnum()])
    tokens = _stop_meant(list(_tokens(raw, spoken[0])))
    words = tuple(token for token in tokens if token[0].isalnum())
    named = " ".join(_named(tokens, capitals(text)))
    return Reading(
        text=" ".join(tokens),
        named=named,
        said=tuple(token for token in raw if token[0].isalnum()),
        words=words,
        clauses=_clauses(tokens),
        asks="?" in text or "¿" in text,
        language=spoken[0],
        told=spoken[1],
        unfolded=" ".join(_WORDS.findall(unicodedata.normalize("NFKC", text).casefold())),
        folded=own,
        original=text,
    )


def _joined_words(found: re.Match[str]) -> str:
    return re.sub(r"[.!] ?", " ", found[0]).strip()


def _tokens(raw: list[str], language: Language) -> Iterator[str]:
    for before, sign in zip(["", *raw], raw, strict=False):
        if sign[0].isalnum():
            yield from _plain(sign, language)
        elif _ENDS.fullmatch(sign):
            yield "?" if "?" in sign else "."
        elif sign == "#":
            yield from ("number",) if before in _BEFORE_NUMBER else ()
        else:
            yield _SIGNS.get(sign, sign)


def _stop_meant(tokens: list[str]) -> list[str]:
    """Read a slip of "stop" as that word where what it would stop comes after it."""
    for place, (token, after) in enumerate(pairwise(tokens)):
        if after in _STOPPABLE and _is_near_stop(token):
            tokens[place] = "stop"
    return tokens


@lru_cache(maxsize=50_000)
def _is_near_stop(token: str) -> bool:
    likely = len(token) >= _SHORTEST_STOP and token.startswith(("s", "t")) and token.isalpha() and token not in _SPARED
    return likely and not may_be_name(token) and OSA.distance(token, "stop", score_cutoff=1) <= 1


@lru_cache(maxsize=50_000)
def _plain(token: str, language: Language) -> tuple[str, ...]:
    if _MIXED.fullmatch(token):
        parts = _SPLIT_DIGIT.fullmatch(token)
        if parts and parts[1] in _matters():
            return parts[1], parts[2]
        letters = unleet(token)
        if letters in _matters() or letters in _known():
            token = letters
    token = _respelt(token, language)
    meant = _spelled(language).get(token)
    if meant is None and len(token) > _SURE_FROM and token not in _known():
        meant = _spelled("en" if language == "es" else "es").get(token)
    if meant:
        return meant
    if glued := _GLUED.fullmatch(token):
        return glued[1], *_plain(glued[2], language)
    return (_slip(token),)


def _slip(token: str) -> str:
    if len(token) < _SLIP_FROM or not token.isalpha() or token in _known() or token in _matters() or may_be_name(token):
        return token
    if token.startswith(_stems()):
        return token
    most = 2 if len(token) >= _TWO_SLIPS_FROM else 1
    found = process.extractOne(token, _keywords(), scorer=OSA.distance, score_cutoff=most)
    if found is None or found[0][0] != token[0]:
        return token
    return str(found[0])


@cache
def _keywords() -> tuple[str, ...]:
    return tuple(sorted(word for word in words_of("keywords") if len(word) >= _SLIP_FROM))


@cache
def _stems() -> tuple[str, ...]:
    # "eliminenme" is no slip of "eliminen": it has a pronoun at its end.
    return tuple(sorted({word for word in words_of("keywords") if len(word) >= _SLIP_FROM} - {"cancel", "remove"}))


def _respelt(token: str, language: Language) -> str:
    """A word nobody knows as one that we know: a letter said twice, two letters swapped, spelled by its sound."""
    if is_known(token) or not token.isalpha() or _spelled(language).get(token):
        return token
    once = _DOUBLED.sub(r"\1", token)
    if once in _doubled_for():
        return once
    if len(token) > _SURE_FROM and token[-1] == token[-2] and token[:-1] in _known() and not may_be_name(token):
        return token[:-1]
    if len(token) < _SWAPPED_FROM or is_name(token):
        return token
    return _swapped().get(token) or (_sounding().get(_sound(token)) if language == "es" else None) or token


@cache
def _swapped() -> dict[str, str]:
    # "sotp", "sneding": every known word with two neighbouring letters swapped, where that is no word itself.
    return {
        word[:at] + word[at + 1] + word[at] + word[at + 2 :]: word
        for word in sorted(_known() | _matters())
        if len(word) >= _SWAPPED_FROM and word.isalpha()
        for at in range(len(word) - 1)
    }


@cache
def _sounding() -> dict[str, str]:
    words = sorted(words_of("spanish") | _matters())
    return {_sound(word): word for word in words if len(word) >= _SWAPPED_FROM}


@lru_cache(maxsize=50_000)
def _sound(word: str) -> str:
    # Spanish as it is heard: "conosco" and "conozco", "mensages" and "mensajes", "kiten" and "quiten" sound alike.
    for written, heard in _HEARD:
        word = written.sub(heard, word)
    return word


@cache
def _doubled_for() -> frozenset[str]:
    # "noo", "stopp", "texxt": a letter said twice in a word that we know with one.
    return _matters() | words_of("no") | {"opt", "out"}


def _matters() -> frozenset[str]:
    return words_of("keywords")


@cache
def _known() -> frozenset[str]:
    return words_of("english") | words_of("spanish") | words_of("real_words")


@cache
def _spelled(language: Language) -> dict[str, tuple[str, ...]]:
    wanted = "es" if language == "es" else "en"
    return {row["written"]: tuple(row["meant"].split()) for row in rows_of("spellings") if row["lang"] == wanted}


def is_known(word: str) -> bool:
    """Whether a folded word is a common one, so that it is no slip of another."""
    return word in _known() or word in _matters()


def capitals(text: str) -> frozenset[str]:
    """The words, folded, that are written with a capital, where not all are or none is."""
    if text.isupper() or text.islower():
        return frozenset()
    return frozenset(Folded(found).text.removesuffix("'s") for found in _CAPITAL.findall(text))


def _named(tokens: list[str], capitals: frozenset[str]) -> Iterator[str]:
    first = True
    for token in tokens:
        yield "xname" if token[0].isalpha() and _names(token, first=first, capital=token in capitals) else token
        first = token in _CUTS


def _names(token: str, *, first: bool, capital: bool) -> bool:
    if is_name(token) or token in words_of("common_names"):
        return True
    if not capital or token in _known() or token in _matters():
        return False
    return may_be_name(token) or not first


def _clauses(tokens: list[str]) -> tuple[tuple[str, ...], ...]:
    made: list[tuple[str, ...]] = []
    current: list[str] = []
    for token in [*tokens, "."]:
        if token in _CUTS:
            if current:
                made.append(tuple(current))
            current = []
        else:
            current.append(token)
    return tuple(made)


def mostly_read(words: Sequence[str]) -> bool:
    """Whether at least half of the words are among the commonest English or Spanish ones."""
    letters = [word for word in words if word.isalpha()]
    return 2 * sum(word in words_of("english") or word in _spanish() for word in letters) >= len(letters)


def _language_of(words: list[str]) -> tuple[Language, bool]:
    """English or Spanish by their commonest words, and whether any word told it; `unknown` for others."""
    english, spanish = words_of("english"), _spanish()
    only_english = sum(word in english and word not in spanish for word in words)
    only_spanish = sum(word in spanish and word not in english for word in words)
    foreign = sum(word in words_of("foreign") for word in words)
    if (foreign > 1 and foreign >= only_english + only_spanish) or foreign > only_english + only_spanish:
        return "unknown", True
    if only_english or only_spanish:
        return ("es" if only_spanish > only_english else "en"), True
    if any(not word.isascii() for word in words):
        return "unknown", True
    letters = [word for word in words if word.isalpha() and not may_be_name(word)]
    shared = any(word in english or word in _matters() for word in letters)
    return ("unknown", True) if len(letters) >= _WORDS_TO_TELL and not shared else ("en", False)


@cache
def _spanish() -> frozenset[str]:
    return words_of("spanish") | {row["written"] for row in rows_of("spellings") if row["lang"] == "es"} - {
        "d",
        "c",
        "x",
        "k",
    }
