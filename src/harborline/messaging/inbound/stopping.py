"""Opt-outs in four tiers, English and Spanish, by words and grammar (law/lists/inbound/stopping.toml).

Source: 47 CFR 64.1200(a)(10): the words a person may use, and whatever else a reasonable person reads as a
revocation. A false stop can be undone with START; a missed stop cannot be undone: in doubt the higher tier wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from harborline.messaging.inbound.asking import asks_for_texts
from harborline.messaging.inbound.frames import frames_of, sentences_of
from harborline.messaging.inbound.phrases import Hit, Phrases, lines_of, phrases, words_of
from harborline.messaging.inbound.reading import Reading, is_known

Tier = Literal["exact", "clear", "possible", "none"]

BARE = frozenset(
    {
        "stop", "stopall", "stop all", "end", "quit", "cancel", "unsubscribe", "revoke", "opt out", "optout", "opt-out",
        "remove", "arret", "alto", "basta", "parar", "pare", "paren", "baja", "cancelar", "detener", "no mas",
    }
)  # fmt: skip
START = "asks for texts"
"""The rule of a text that asks for texts again."""
NOTHING_FOUND = "none"
"""The rule of a text in which no step found anything."""
SURE = frozenset({"word and courtesy", "near miss", "another language"})
"""Rules of clear stops that nothing else in a text can make doubtful: the text is little more than the word."""

# In a longer message these alone in a clause still mean the texts; the others may mean a visit or a day.
_STRONG = frozenset({"stop", "stopall", "stop all", "unsubscribe", "opt out", "optout", "alto", "basta", "revoke"})
# Of the words that may be things, these need no article before them; "no end" is none of them either.
_THINGS = frozenset({"end", "baja", "alto", "pare", "quit", "cancel", "remove", "parar"})
_ENDINGS = frozenset({"stop", "unsubscribe", "alto"})
_BEGINNINGS = frozenset({"stop", "alto"})
_IT = frozenset({"it", "this"})
_ASKS_AFTER = frozenset({"did", "does", "do", "has", "have", "when", "why", "is", "are", "where"})
_NO_CLAUSE = frozenset({"off", "out", "finish", "stopped"})
_OTHER_OBJECTS = frozenset({"my", "the", "taking", "calling"})
_TYPO_TARGETS = (
    "stop", "quit", "cancel", "unsubscribe", "revoke", "optout", "remove", "stopall", "cancelar", "parar", "detener",
    "basta", "alto", "end", "baja", "paren", "pare",
)  # fmt: skip
# What is said around letters, and the Spanish names of letters.
_SPELLING = re.compile(
    r"(?: (?:[,.:]|capital|then|and|y|luego|letter|letra)| (?:as in|like in|for|como|como en|de) \w{3,})+(?= )"
)
_LETTERS = {
    "be": "b", "ce": "c", "de": "d", "ele": "l", "ene": "n", "pe": "p", "erre": "r", "ere": "r", "ese": "s", "te": "t",
    "you": "u", "are": "r",
}  # fmt: skip
# Kinds of frames, the strongest first.
_FRAMES = ("stranger", "clear", "possible")
_SHORTEST_FOR_TWO = 6
_SHORTEST_FOR_ONE = 4
_SLIPS_MAX = 3
_SHORTEST_RUN, _LONGEST_RUN, _TWO_SLIPS_FROM = 8, 24, 12
_NUMBERED = re.compile(r"\d+(?:st|nd|rd|th|x)?")
_ASKS_US = re.compile(
    r"\b(?:can|could|will|would) (?:you|u|some(?:one|body)|yall)\b|\bhow about (?:you|no)\b|\bpueden?\b|\bpodrian?\b"
    r"|\bthrough your\b|\bcomo que\b"
    r"|\b(?:how many|why) (?:\w+ ){0,6}?(?:do i|must i|not you|will you not|have to)\b|\bwhy will (?:not )?you\b"
)
_ABOUT_STOPPING = re.compile(
    r"\b(?:stop|unsubscribe|opt out|alto|baja|cancelo|cancelar|salgo|quito)\b"
    r"(?! (?:by|in|at|over|sign|light|on|near|close|here|breast\w*|nursing|smoking|pumping|giving|eating|taking)\b)"
)
_STILL_STOPS = re.compile(r"\b(?:stop|remove|wrong number|alto|unsubscribe)\b")
_ENDS_SENTENCE = re.compile(r" [.?](?: |$)")
_RUDE_HAND = "\N{REVERSED HAND WITH MIDDLE FINGER EXTENDED}"


class Stop(NamedTuple):
    """A tier, the rule that found it, and whether it says that we have the wrong person."""

    tier: Tier
    rule: str
    stranger: bool = False


def tier_of(reading: Reading) -> Stop:
    """Find the opt-out tier of a text and the rule that found it; the first step that answers decides.

    1. A bare word. 2. A wish for texts, or to keep them. 3. A bare word spelled out, with courtesy or a slip in it.
    4. A language we do not read. 5. A clause that is nothing but the word. 6. The wrong person. 7. A clear phrase, less
    what only looks like one. 8. A possible one.
    """
    return next(found for step in _STEPS if (found := step(reading)) is not None)


def is_known_innocent(reading: Reading) -> bool:
    """Whether the text holds a stop word in a meaning that a rule knows to be another."""
    return _list("innocent").says(reading.text) or _list("own_mistake").says(reading.named)


def _bare(reading: Reading) -> Stop | None:
    said = reading.said
    once = " ".join(dict.fromkeys(said))
    return Stop("exact", "bare word") if said and BARE & {" ".join(said), once, "".join(said)} else None


def _wished(reading: Reading) -> Stop | None:
    if asks_for_texts(reading):
        return Stop("none", START)
    keeps = _list("keeps")
    if not keeps.says(reading.text):
        return None
    # "Don't stop texting me" keeps the texts; what is left of the text is still read.
    if _STILL_STOPS.search(keeps.without(reading.text)):
        return Stop("possible", "keeps and more")
    return Stop("none", "keeps")


def _spelled(reading: Reading) -> Stop | None:
    """A stop word said letter by letter: "S as in sugar, T as in tree ...", "a ele te o"."""
    told = _SPELLING.sub(" ", f" {reading.text} ")
    runs = "".join(_LETTERS.get(word, word if len(word) == 1 else " ") for word in told.split()).split()
    return Stop("clear", "spelled out") if len(runs) < len(told.split()) and any(run in BARE for run in runs) else None


def _courteous(reading: Reading) -> Stop | None:
    if _is_courteous(reading.words) or reading.unfolded in lines_of("also_bare"):
        return Stop("clear", "word and courtesy")
    return Stop("clear", "near miss") if _is_misspelt(reading.words) or _is_run_together(reading.words) else None


def _foreign(reading: Reading) -> Stop | None:
    if phrases("foreign", "clear").says(reading.text):
        return Stop("clear", "another language")
    if reading.language != "unknown":
        return None
    if {" ".join(reading.words), reading.unfolded} & lines_of("polite"):
        return Stop("none", "polite in another language")
    found = _list("clear").first(reading.text)
    if found or any(map(_is_stop_clause, reading.clauses)):
        return Stop("clear", found.rule if found else "a clause of its own")
    return Stop("possible", "unknown language")


def _clause(reading: Reading) -> Stop | None:
    if not any(_is_stop_clause(clause) for clause in reading.clauses):
        return None
    innocent = _list("innocent")
    if innocent.says(reading.text) and not _STILL_STOPS.search(innocent.without(reading.text)):
        return None
    return Stop("clear", "a clause of its own")


def _stranger(reading: Reading) -> Stop | None:
    found = _list("stranger").first(_list("own_mistake").without(reading.named))
    return Stop("clear", found.rule, stranger=True) if found else None


def _phrase(reading: Reading) -> Stop | None:
    # What a person wishes no more is said with the words of texts that did not come: it is looked for before these.
    if wished := _list("wish").first(reading.text):
        return _softened(reading.text, wished)
    rest = _list("innocent").without(reading.text)
    found = _list("clear").first(rest)
    return _softened(rest, found) if found else None


def _framed(reading: Reading) -> Stop | None:
    """The strongest frame of any sentence; a question, or a wish for other hours, is for a person to read."""
    rest = _list("innocent").without(_list("own_mistake").without(reading.named))
    return max(filter(None, map(_frame_of, sentences_of(rest.split()))), key=_strength, default=None)


def _frame_of(words: list[str]) -> Stop | None:
    found = frames_of(words)
    if not found:
        return None
    best = min(found, key=lambda each: (_FRAMES.index(each.kind), each.name))
    text = " ".join(words)
    asks = _list("asking").says(text) and not _ASKS_US.search(text)
    if best.kind == "possible" or asks or _list("limited").says(text):
        return Stop("possible", best.name)
    return Stop("clear", best.name, stranger=best.kind == "stranger")


def _strength(found: Stop) -> bool:
    return found.tier == "clear"


def _possible(reading: Reading) -> Stop:
    words = frozenset(reading.words)
    if words and words <= words_of("no_words") and words & words_of("no"):
        return Stop("possible", "a bare no")
    rest = _list("innocent").without(reading.text)
    if found := _list("possible").first(rest) or _list("death").first(reading.named):
        return Stop("possible", found.rule)
    if _list("how").says(reading.text) and _ABOUT_STOPPING.search(reading.text):
        return Stop("possible", "asks about stopping")
    return Stop("possible", "anger") if _RUDE_HAND in reading.folded else Stop("none", NOTHING_FOUND)


_STEPS: tuple[Callable[[Reading], Stop | None], ...] = (
    _bare, _wished, _spelled, _courteous, _foreign, _clause, _stranger, _phrase, _framed, _possible,
)  # fmt: skip


def _list(name: str) -> Phrases:
    return phrases("stopping", name)


def _core(words: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(word for word in words if not _is_courtesy(word)))


def _is_courtesy(word: str) -> bool:
    return word in words_of("courtesy") or _NUMBERED.fullmatch(word) is not None


def _is_courteous(words: tuple[str, ...]) -> bool:
    also = lines_of("also_bare")
    if {" ".join(words), " ".join(dict.fromkeys(words))} & also:
        return True
    if len(words) > 1 and all(word in BARE or word in also for word in words):
        return True
    core = _core(words)
    return (core in BARE or (core in also and core != " ".join(words))) and _stop_comes_plain(words)


def _stop_comes_plain(words: tuple[str, ...]) -> bool:
    before = {words[place - 1] for place, word in enumerate(words) if place and (word in _THINGS or word == "stop")}
    return not before & words_of("articles") and not (before & {"no"} and _THINGS & frozenset(words))


def _is_stop_clause(clause: tuple[str, ...]) -> bool:
    if not _stop_comes_plain(clause):
        return False
    if _ends_with_stop(clause) or _begins_with_stop(clause):
        return not _list("how").says(" ".join(clause))
    core = _core(clause)
    return core in _STRONG or (core in lines_of("also_bare") and core not in _NO_CLAUSE)


def _ends_with_stop(clause: tuple[str, ...]) -> bool:
    kept = [word for word in clause if word not in words_of("trailing")]
    if len(kept) <= 1 or kept[-1] not in _ENDINGS or kept[-2] in words_of("something_stops"):
        return False
    # "Did the Saturday hours stop": a question after a thing that stops by itself.
    return not (kept[0] in _ASKS_AFTER and kept[1] in words_of("articles"))


def _begins_with_stop(clause: tuple[str, ...]) -> bool:
    rest = list(clause)
    while rest and rest[0] not in _BEGINNINGS and _is_courtesy(rest[0]):
        rest.pop(0)
    if not rest or rest.pop(0) not in _BEGINNINGS:
        return False
    after = [word for word in rest if word not in words_of("trailing")]
    if not after:
        return True
    polite = rest[0] in words_of("trailing")
    if after[0] in _IT:
        after.pop(0)
        return not after or after[0] in words_of("reasons")
    return after[0] in words_of("reasons") or (polite and after[0] not in _OTHER_OBJECTS)


def _is_misspelt(words: tuple[str, ...]) -> bool:
    core = list(dict.fromkeys(word for word in words if not _is_courtesy(word)))
    if not core or len(core) > _SLIPS_MAX:
        return False
    apart = len(core) > 1 and (core[0] in BARE or not all(is_known(word) for word in core))
    return all(_is_slip(word) for word in core) or (apart and _is_slip("".join(core)))


def _is_run_together(words: tuple[str, ...]) -> bool:
    """Say whether it is a wish with spaces or letters in the wrong place: "nomoretxts", "stopt exting me"."""
    written = "".join(words)
    if not _SHORTEST_RUN <= len(written) <= _LONGEST_RUN or all(map(is_known, words)):
        return False
    most = 2 if len(written) >= _TWO_SLIPS_FROM else 1
    return process.extractOne(written, lines_of("run_together"), scorer=OSA.distance, score_cutoff=most) is not None


def _is_slip(word: str) -> bool:
    if word in BARE or word in {"opt", "out"}:
        return True
    if word in words_of("real_words") or word in words_of("english") or word in words_of("spanish"):
        return False
    return word.isalpha() and any(_near(word, target) for target in _TYPO_TARGETS)


def _near(word: str, target: str) -> bool:
    if len(word) < _SHORTEST_FOR_ONE - 1:
        return False
    if len(target) < _SHORTEST_FOR_ONE and sorted(word) != sorted(target):
        return False
    allowed = 2 if len(target) >= _SHORTEST_FOR_TWO else 1
    return bool(OSA.distance(word, target, score_cutoff=allowed) <= allowed)


def _softened(rest: str, found: Hit) -> Stop:
    clause = _sentence_around(rest, found)
    if _list("asking").says(clause) and not _ASKS_US.search(clause):
        return Stop("possible", "a question")
    after = _ENDS_SENTENCE.split(rest[max(0, found.end - 1) :])[0]
    if _list("limited").says(after) and not _list("everywhere").says(after):
        return Stop("possible", "only some")
    return Stop("clear", found.rule)


def _sentence_around(text: str, found: Hit) -> str:
    start = max(text.rfind(sign, 0, found.start) for sign in (" .", " ?"))
    ends = [at for at in (text.find(sign, found.end) for sign in (" .", " ?")) if at >= 0]
    return text[start + 2 if start >= 0 else 0 : min(ends, default=len(text))].strip()
