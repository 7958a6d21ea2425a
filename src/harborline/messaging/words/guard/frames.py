"""Frames: what units of a text mean together, written in words and classes, matched over cells.

A frame reads like the sentence it is made for, small letters and no accents:

    <whose> ..4 <condition>             a class; up to four units between, within one sentence; `>>4` as many as fit
    <be> (not|still)? behind on         literal words, alternatives, what may be missing
    <first&capital> <last&!staff>       a unit in both classes; in one and not in the other
    ^ <greeting> [ <first> ]            the beginning of a sentence; the core, which alone is marked
    case number !(is|will) ... <digits> not followed by; any number of units of the sentence
    word*   $   _                       words that begin so; the end of a sentence; any one unit
    (a|b c)*   <class>+                 repeated, as often as it goes (never given back)
    {date}   <stop>                     a part that `shared.toml` spells out; the end of a sentence as a unit

Matching is Python's, over a string that is short, with every gap bounded: the time grows with the length of the text
and not faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, reduce
from itertools import takewhile
from operator import attrgetter, or_
from typing import NamedTuple

from harborline.kernel import Invalid
from harborline.messaging.words.guard.lexicon import END_OF_SENTENCE, Lexicon, table_of

_PIECE = re.compile(r"\.\.\d+|>>\d+|\.\.\.|<[^<>]+>|[()|?+!\[\]^$]|_(?!\w)|\*(?![\w'])|[\w':,#&/%-]+\*?")
_PART = re.compile(r"\{(\w+)\}")
_UNIT = "[^ .]* "
_BEGINNING = r"(?:^|(?<=\. ))"
_ENDING = r"(?=$|[^ .]*\. )"
_IN_CELL = "[^ .]*"
_END = f"{END_OF_SENTENCE} "
_CELL_BEGINS = "(?<![^ ])"
_FARTHEST = 40
_LONGEST = 20_000
# So many needs of an alternative are looked for at once; the search itself asks for the rest.
_ROUNDS = 4
_SIGNS = frozenset(",:#&")

Need = frozenset[str]
Head = tuple[str, str]


class Piece(NamedTuple):
    """A part of a frame.

    `needs`: of each set one sign must be there. `heads`: the signs it can begin with and what follows each, when that
    can be said. `classes`: the classes it names, when it is nothing else. `options`: what each of its alternatives
    needs, when it is nothing but alternatives. `skips`: it may be missing. `inside`: it may begin inside a cell with
    what could not begin where the cell does: any unit, what is repeated and not given back, what must not be there.
    """

    pattern: str
    needs: tuple[Need, ...] = ()
    heads: tuple[Head, ...] = ()
    classes: tuple[str, ...] = ()
    options: tuple[tuple[Need, ...], ...] = ()
    skips: bool = False
    inside: bool = False


class Frame:
    """One rule of a grammar."""

    __slots__ = ("__dict__", "name", "options", "pattern")

    def __init__(self, name: str, piece: Piece) -> None:
        """Keep what `read` made of a rule's words."""
        self.name = name
        self.options = piece.options or (piece.needs,)
        if piece.heads:
            self.pattern = _headed(piece.heads)
        else:
            # Whatever may begin inside a cell may begin where the cell does, but for some.
            self.pattern = piece.pattern if piece.inside else f"{_CELL_BEGINS}{piece.pattern}"

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first asked; what it finds by a sign may begin inside a cell."""
        return re.compile(self.pattern)

    @cached_property
    def crosses(self) -> bool:
        """Whether the frame may go on in the next sentence."""
        return r"\. " in self.pattern.replace(_BEGINNING, "").replace(_ENDING, "")

    def matches(self, cells: str) -> Iterator[tuple[int, int]]:
        """Where the frame's core (or all of it) stands in the cells: units, half-open."""
        at = first = 0
        for found in self.compiled.finditer(cells):
            begin, stop = found.span(found.lastindex or 0)
            first += cells.count(" ", at, begin)
            at = begin
            yield first, first + cells.count(" ", begin, stop)


def _headed(heads: Sequence[Head]) -> str:
    # A pattern that begins with a set of signs is found quickly; which of them it was, the look back says.
    signs = "".join(dict.fromkeys("".join(signs for signs, _ in heads)))
    return f"[{signs}](?:{'|'.join(f'(?<=[{each}]){rest}' for each, rest in heads)})"


class Fitting(NamedTuple):
    """A bit for each alternative that has all it needs: by sentence (half-open, in the cells), and in all the text."""

    sentences: list[tuple[int, int, int]]
    whole: int


class Frames:
    """Many frames; the signs of a text leave only those that have all they need.

    Every alternative of a frame has a bit in each of the rounds, one round for every need. A cell has the bits of its
    signs; what all cells have together tells which alternatives are complete.
    """

    def __init__(self, frames: Iterable[Frame]) -> None:
        """Give every alternative its bits."""
        options = [(frame, sorted(needs, key=len)[:_ROUNDS]) for frame in frames for needs in frame.options]
        self._of = [frame for frame, _ in options]
        self._most = max((len(needs) for _, needs in options), default=0)
        self._all = (1 << len(options)) - 1
        self._bits: dict[str, int] = {}
        self._free = 0
        for place, (_, needs) in enumerate(options):
            for turn in range(self._most):
                bit = 1 << (turn * len(options) + place)
                if turn >= len(needs):
                    self._free |= bit
                    continue
                for sign in needs[turn]:
                    self._bits[sign] = self._bits.get(sign, 0) | bit

    def bits(self, cell: str) -> int:
        """The bits of a cell's signs."""
        return reduce(or_, (self._bits.get(sign, 0) for sign in cell), 0)

    def fitting(self, cells: str, bits: Sequence[int]) -> Fitting:
        """What the cells, in one string, have of every alternative's needs; `bits` are those of each cell."""
        sentences, start, first, whole = [], 0, 0, self._free
        while first < len(bits):
            end = cells.find(_END, start) + len(_END)
            if end < len(_END):
                end = len(cells)
            last = first + cells.count(" ", start, end)
            got = reduce(or_, bits[first:last], self._free)
            sentences.append((start, end, self._complete(got)))
            start, first, whole = end, last, whole | got
        return Fitting(sentences, self._complete(whole))

    def _complete(self, got: int) -> int:
        left = got
        for _ in range(1, self._most):
            got >>= len(self._of)
            left &= got
        return left & self._all

    def bits_of(self, frames: Iterable[Frame]) -> int:
        """The bits of the alternatives of these frames."""
        wanted = set(frames)
        return sum(1 << place for place, frame in enumerate(self._of) if frame in wanted)

    def with_bits(self, left: int) -> Iterable[Frame]:
        """The frames whose alternatives have these bits, each once, in order."""
        found: dict[Frame, None] = {}
        while left:
            low = left & -left
            found[self._of[low.bit_length() - 1]] = None
            left ^= low
        return found


class _Reading:
    """Reads the words of one frame; a hand-written descent over its pieces."""

    def __init__(self, say: str, lexicon: Lexicon, where: str) -> None:
        self._pieces = _PIECE.findall(say)
        if re.sub(r"\s+", "", say) != "".join(self._pieces):
            raise Invalid("has a sign that means nothing in a frame", where)
        self._lexicon, self._where, self._at = lexicon, where, 0

    def whole(self) -> Piece:
        piece = self._alternatives()
        if self._at < len(self._pieces):
            raise Invalid(f"has a stray {self._pieces[self._at]!r}", self._where)
        if re.search(piece.pattern, ""):
            raise Invalid("matches nothing at all", self._where)
        return piece

    def _next(self) -> str:
        return self._pieces[self._at] if self._at < len(self._pieces) else ""

    def _alternatives(self) -> Piece:
        found = [self._sequence()]
        while self._next() == "|":
            self._at += 1
            found.append(self._sequence())
        if len(found) == 1:
            return found[0]
        single = tuple(name for piece in found for name in piece.classes)
        found = [piece for piece in found if not piece.classes] + ([self._one_of(single)] if single else [])
        if len(found) == 1:
            return found[0]
        shared = [min(piece.needs, key=len) for piece in found if piece.needs]
        needs = (frozenset().union(*shared),) if len(shared) == len(found) else ()
        heads = tuple(head for piece in found for head in piece.heads) if all(piece.heads for piece in found) else ()
        options = tuple(needs for piece in found for needs in (piece.options or (piece.needs,)))
        inside, skips = any(piece.inside for piece in found), any(piece.skips for piece in found)
        pattern = f"(?:{'|'.join(piece.pattern for piece in found)})"
        return Piece(pattern, needs, heads, options=options, skips=skips, inside=inside)

    def _sequence(self) -> Piece:
        found: list[Piece] = []
        while self._next() not in {"", "|", ")", "]"}:
            found.append(self._item())
        if len(found) == 1:
            return found[0]
        needs = tuple(dict.fromkeys(need for piece in found for need in piece.needs))
        after = "".join(piece.pattern for piece in found[1:])
        heads = tuple((signs, rest + after) for signs, rest in found[0].heads) if found else ()
        skipped = sum(1 for _ in takewhile(attrgetter("skips"), found))
        inside = any(piece.inside for piece in found[: skipped + 1])
        return Piece(
            "".join(piece.pattern for piece in found), needs, heads, skips=skipped == len(found), inside=inside
        )

    def _item(self) -> Piece:
        if self._next() == "!":
            self._at += 1
            return Piece(f"(?!{self._atom().pattern})", skips=True, inside=True)
        piece = self._atom()
        if self._next() == "?":
            self._at += 1
            return Piece(f"(?:{piece.pattern})?", skips=True, inside=piece.inside)
        if self._next() in {"+", "*"}:
            # Possessive: a unit that fits two alternatives must not be tried both ways, over and over.
            times = self._next()
            self._at += 1
            needs, skips = (piece.needs, piece.skips) if times == "+" else ((), True)
            return Piece(f"(?:{piece.pattern}){times}+", needs, skips=skips, inside=True)
        return piece

    def _atom(self) -> Piece:
        piece = self._next()
        self._at += 1
        if piece.startswith(("..", ">>")):
            most = piece[2:] if piece != "..." else _FARTHEST
            lazy = "?" if piece.startswith(".") else ""
            return Piece(f"(?:{_UNIT}){{0,{most}}}{lazy}", skips=True, inside=True)
        if piece in {"(", "["}:
            return self._group(piece)
        if piece.startswith("<"):
            return self._class(piece[1:-1])
        marks = {"^": _BEGINNING, "$": _ENDING, "_": _UNIT}
        if piece in marks:
            return Piece(marks[piece], skips=piece == "$", inside=piece == "_")
        if not piece or not (piece[0].isalnum() or piece in _SIGNS):
            raise Invalid(f"has a stray {piece!r}", self._where)
        self._lexicon.literal(piece)
        return self._one_of((f"={piece}",))

    def _group(self, opened: str) -> Piece:
        inner = self._alternatives()
        closed = self._next()
        self._at += 1
        if closed != {"(": ")", "[": "]"}[opened]:
            raise Invalid(f"does not close its {opened}", self._where)
        if opened == "(":
            return inner
        heads = tuple((signs, f"({rest})") for signs, rest in inner.heads)
        return inner._replace(pattern=f"({inner.pattern})", heads=heads, classes=())

    def _class(self, names: str) -> Piece:
        if names == "question":
            sign = self._lexicon.sign(names)
            return Piece(rf"{sign}\. ", (frozenset(sign),))
        if names == "stop":
            return Piece(r"[^ .]*\. ")
        if "&" not in names:
            return self._one_of(tuple(map(self._known, names.split(","))))
        for part in names.split("&"):
            for name in part.removeprefix("!").split(","):
                self._known(name)
        self._lexicon.combine(names)
        return self._one_of((names,))

    def _known(self, name: str) -> str:
        if not self._lexicon.knows(name):
            raise Invalid(f"names no class {name!r}", self._where)
        return name

    def _by_length(self, names: tuple[str, ...]) -> list[tuple[int, str]]:
        # The longest phrase first: what is matched without being given back must take all of it.
        lengths = sorted({length for name in names for length in self._lexicon.lengths(name)}, reverse=True)
        return [
            (
                length,
                "".join(
                    self._lexicon.sign(_of(name, length)) for name in names if length in self._lexicon.lengths(name)
                ),
            )
            for length in lengths
        ]

    def _one_of(self, names: tuple[str, ...]) -> Piece:
        found = self._by_length(tuple(dict.fromkeys(names)))
        heads = tuple((signs, "[^ ]* " * length) for length, signs in found)
        inner = [f"[{signs}]{rest}" for signs, rest in heads]
        pattern = f"{_IN_CELL}{inner[0]}" if len(inner) == 1 else f"{_IN_CELL}(?:{'|'.join(inner)})"
        return Piece(pattern, (frozenset("".join(signs for _, signs in found)),), heads, names)


def _of(name: str, length: int) -> str:
    return name if length == 1 else f"{name}/{length}"


def _spelt_out(say: str, where: str) -> str:
    parts = table_of("shared")["parts"]
    while found := _PART.search(say):
        if found[1] not in parts:
            raise Invalid(f"names no part {found[1]!r}", where)
        say = f"{say[: found.start()]}({parts[found[1]]}){say[found.end() :]}"
        if len(say) > _LONGEST:
            raise Invalid("its parts name each other in a circle", where)
    return say


def read(name: str, say: str, lexicon: Lexicon, where: str) -> Frame:
    """Read one frame; raises `Invalid` naming the place and what is wrong with it."""
    piece = _Reading(_spelt_out(say, where), lexicon, where).whole()
    return Frame(name, piece)


def veiled(frames: Iterable[Frame], cells: str) -> str:
    """Blank the units that a frame covers, in number the same, so that nothing is found there."""
    covered = [span for frame in frames for span in frame.matches(cells)]
    if not covered:
        return cells
    units = cells.split(" ")
    for start, end in covered:
        units[start:end] = [END_OF_SENTENCE if END_OF_SENTENCE in unit else "" for unit in units[start:end]]
    return " ".join(units)
