"""A rule's expression as a tree, and what can be compared with what. Reading and compiling it stand beside.

Every name is a fact and every word is one that the fact may be, so that a misspelt word cannot make a rule that always
or never holds.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.zones.facts import FACTS, FactKind
from domain.zones.zone_fault import ZoneWhy, refuse_zone

FIELD = "expression"
"""The field of which faults are told."""


class Sign(StrEnum):
    """How two sides are compared."""

    equal = "=="
    unequal = "!="
    less = "<"
    at_most = "<="
    more = ">"
    at_least = ">="
    within = "in"
    outside = "not in"


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    value: int


@dataclass(frozen=True, slots=True)
class Words:
    """One word, or several in brackets."""

    words: frozenset[str]
    many: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sides and a sign."""

    left: Name | Words
    sign: Sign
    right: Name | Number | Words


@dataclass(frozen=True, slots=True)
class Negated:
    """What must not hold."""

    of: "Tree"


@dataclass(frozen=True, slots=True)
class Joined:
    """What must all hold, or one of them (``any_of``)."""

    parts: "tuple[Tree, ...]"
    any_of: bool


Tree = Name | Compared | Negated | Joined


def list_names(tree: Tree) -> frozenset[str]:
    """Give every fact that an expression names."""
    match tree:
        case Name(name):
            return frozenset((name,))
        case Compared(left, _, right):
            return frozenset(side.name for side in (left, right) if isinstance(side, Name))
        case Negated(of):
            return list_names(of)
        case Joined(parts):
            return frozenset().union(*(list_names(part) for part in parts))


_ORDER = frozenset((Sign.less, Sign.at_most, Sign.more, Sign.at_least))
_MEMBER = frozenset((Sign.within, Sign.outside))


def check_comparison(tree: Compared) -> None:
    """Hold the two sides of a comparison against each other.

    Raises:
        ZoneFaultsError: they can never be compared, or a word is none that the fact may be.
    """
    if not _fits(tree):
        raise refuse_zone(FIELD, ZoneWhy.not_comparable, sign=tree.sign.value, found=_tell(tree))
    for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
        if isinstance(one, Name) and isinstance(other, Words):
            _check_words(one.name, other.words)


def _fits(tree: Compared) -> bool:
    left, right = _kind(tree.left), _kind(tree.right)
    if tree.sign in _MEMBER:
        listed = isinstance(tree.right, Words) and tree.right.many
        return left is FactKind.word and (listed or right is FactKind.words)
    if left is FactKind.number:
        return right is FactKind.number
    if isinstance(tree.right, Words) and tree.right.many:
        return False
    return tree.sign not in _ORDER and isinstance(tree.left, Name) and left is right is FactKind.word


def _kind(side: Name | Number | Words) -> FactKind:
    match side:
        case Name(name):
            return FACTS[name].kind
        case Number():
            return FactKind.number
        case Words():
            return FactKind.word


def _check_words(name: str, words: frozenset[str]) -> None:
    known = FACTS[name].words
    if known and (strange := sorted(words - known)):
        raise refuse_zone(FIELD, ZoneWhy.unknown_word, fact=name, found=strange[0], known=", ".join(sorted(known)))


def _tell(tree: Compared) -> str:
    return tree.left.name if isinstance(tree.left, Name) else "'…'"
