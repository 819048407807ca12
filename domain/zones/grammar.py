"""The small language of a rule's expression: what must hold, over facts alone. No calls, no arithmetic, no text built.

::

    expression = conjunction {"or" conjunction}
    conjunction = negation {"and" negation}
    negation = "not" negation | "(" expression ")" | comparison
    comparison = fact [("==" | "!=" | "<" | "<=" | ">" | ">=") operand | ["not"] "in" operand]
    operand = fact | number | 'word' | "[" 'word' {"," 'word'} "]"

What it says is checked while it is read (``domain.zones.expression``).
"""

import re
from dataclasses import dataclass

from domain.zones.expression import FIELD, Compared, Joined, Name, Negated, Number, Sign, Tree, Words, check_comparison
from domain.zones.facts import FACTS, FactKind
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy, refuse_zone

LENGTH_MAX = 500
DEPTH_MAX = 20


_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,9})|'(?P<word>[^'\s]{1,64})'|(?P<name>[a-z_]+)|(?P<mark>[=!<>]=|[<>()\[\],]))"
)
_SIGNS = frozenset(Sign) - {Sign.within, Sign.outside}
_KEYWORDS = frozenset(("and", "or", "not", "in"))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Tree:
    """Read an expression.

    Raises:
        ZoneFaultsError: it says where it goes wrong (marks from 1) and what was expected there.
    """
    if len(text) > LENGTH_MAX:
        raise refuse_zone(FIELD, ZoneWhy.too_long, most=LENGTH_MAX)
    reader = _Reader(_split(text))
    tree = reader.read_any(0)
    reader.take_end()
    return tree


def _split(text: str) -> list[_Token]:
    tokens, at, stripped = [], 0, text.rstrip()
    while at < len(stripped):
        found = _TOKEN.match(stripped, at)
        if found is None:
            at += len(stripped[at:]) - len(stripped[at:].lstrip())
            raise refuse_zone(FIELD, ZoneWhy.unexpected, at=at + 1, found=stripped[at], expected="")
        kind = found.lastgroup or ""
        tokens.append(_Token(kind, found[kind], found.start(kind) + 1))
        at = found.end()
    return tokens


class _Reader:
    """Reads tokens from the left, one ahead."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def read_any(self, depth: int) -> Tree:
        parts = [self._read_all(depth)]
        while self._take("or"):
            parts.append(self._read_all(depth))
        return parts[0] if len(parts) == 1 else Joined(tuple(parts), any_of=True)

    def take_end(self) -> None:
        if self._next is not None:
            raise self._expect("and, or")

    def _read_all(self, depth: int) -> Tree:
        parts = [self._read_negation(depth)]
        while self._take("and"):
            parts.append(self._read_negation(depth))
        return parts[0] if len(parts) == 1 else Joined(tuple(parts), any_of=False)

    def _read_negation(self, depth: int) -> Tree:
        if depth >= DEPTH_MAX:
            raise refuse_zone(FIELD, ZoneWhy.too_deep, most=DEPTH_MAX)
        if self._take("not"):
            return Negated(self._read_negation(depth + 1))
        if self._take("("):
            inner = self.read_any(depth + 1)
            if not self._take(")"):
                raise self._expect(")")
            return inner
        return self._read_comparison()

    def _read_comparison(self) -> Tree:
        left = self._read_left()
        sign = self._read_sign()
        if sign is None:
            if isinstance(left, Words) or FACTS[left.name].kind is not FactKind.truth:
                raise refuse_zone(FIELD, ZoneWhy.not_a_truth, found=left.name if isinstance(left, Name) else "'…'")
            return left
        tree = Compared(left, sign, self._read_right())
        check_comparison(tree)
        return tree

    def _read_left(self) -> Name | Words:
        token = self._next
        if token is not None and token.kind == "word":
            self._at += 1
            return Words(frozenset((token.text,)), many=False)
        return self._read_name()

    def _read_name(self) -> Name:
        token = self._next
        if token is None or token.kind != "name" or token.text in _KEYWORDS:
            raise self._expect("…")
        if token.text not in FACTS:
            raise refuse_zone(FIELD, ZoneWhy.unknown_fact, at=token.at, found=token.text, known=", ".join(FACTS))
        self._at += 1
        return Name(token.text)

    def _read_sign(self) -> Sign | None:
        if self._take("in"):
            return Sign.within
        if self._next is not None and self._next.text == "not" and self._next.kind == "name":
            self._at += 1
            if not self._take("in"):
                raise self._expect("in")
            return Sign.outside
        for sign in _SIGNS:
            if self._take(sign.value):
                return sign
        return None

    def _read_right(self) -> Name | Number | Words:
        token = self._next
        if token is not None and token.kind == "number":
            self._at += 1
            return Number(int(token.text))
        if token is not None and token.kind == "word":
            self._at += 1
            return Words(frozenset((token.text,)), many=False)
        if self._take("["):
            return self._read_list()
        return self._read_name()

    def _read_list(self) -> Words:
        words = set()
        while True:
            token = self._next
            if token is None or token.kind != "word":
                raise self._expect("'…'")
            words.add(token.text)
            self._at += 1
            if self._take("]"):
                return Words(frozenset(words), many=True)
            if not self._take(","):
                raise self._expect(", ]")

    @property
    def _next(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, text: str) -> bool:
        token = self._next
        if token is None or token.text != text or token.kind == "word":
            return False
        self._at += 1
        return True

    def _expect(self, expected: str) -> ZoneFaultsError:
        token = self._next
        end = self._tokens[-1].at + len(self._tokens[-1].text) if self._tokens else 1
        at, found = (end, "") if token is None else (token.at, token.text)
        return refuse_zone(FIELD, ZoneWhy.unexpected, at=at, found=found, expected=expected)
