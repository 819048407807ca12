"""A rule's expression read out in plain words, so that an officer sees what it demands. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.zones.expression import Compared, Joined, Name, Negated, Number, Sign, Tree, Words
from domain.zones.facts import FACTS, FactKind, Factor, Threat
from domain.zones.grammar import parse
from domain.zones.presence_grade import Grade
from domain.zones.tier import Method
from domain.zones.zone_fault import ZoneFaultsError
from domain.zones.zone_words import describe_zone_fault
from gateway.pages.drawing.phrases import Bilingual, Phrases
from gateway.pages.words import Language

WORDS_OF: Mapping[str, str] = {
    "method": "tier_words.method.",
    "presence_grade": "tier_words.grade.",
    "factor": "tier_words.factor.",
    "threat": "tier_words.threat.",
}
"""Facts that are one of a few words → how the keys of these begin."""

_ORDER: Mapping[str, tuple[str, ...]] = {
    "method": tuple(Method),
    "presence_grade": tuple(Grade),
    "factor": tuple(Factor),
    "threat": tuple(Threat),
}
"""Such a fact → its words as they are told, the surest presence first."""

TIER_FACTS = frozenset(("tier", "terminal_tier"))
"""Facts whose words are tiers."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An expression in words; or what is wrong with it, and the mark (from 1; 0: nowhere) at which it goes wrong."""

    words: str = ""
    fault: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact of the reference beside the editor: as it is written, what it says, and what it may be."""

    name: str
    says: str
    kind: FactKind
    words: tuple[tuple[str, str], ...]


def read_out(text: str, phrases: Phrases, tiers: Mapping[str, Bilingual]) -> Reading:
    """Read an expression out, or say what is wrong with it."""
    try:
        tree = parse(text)
    except ZoneFaultsError as error:
        fault = error.faults[0]
        said = describe_zone_fault(fault)[0 if phrases.language is Language.ja else 1]
        return Reading(fault=said, at=int(str(fault.values.get("at", 0))))
    return Reading(_Reader(phrases, tiers).read(tree))


def list_facts(phrases: Phrases, tiers: Mapping[str, Bilingual]) -> list[FactLine]:
    """Give every fact that a rule may name."""
    reader, lines = _Reader(phrases, tiers), []
    for name, fact in FACTS.items():
        known = list(tiers) if name in TIER_FACTS else _put_in_order(name, fact.words)
        words = tuple((word, reader.name_word(name, word)) for word in known)
        lines.append(FactLine(name, reader.name_fact(name), fact.kind, words))
    return lines


class _Reader:
    def __init__(self, phrases: Phrases, tiers: Mapping[str, Bilingual]) -> None:
        self._phrases = phrases
        self._tiers = tiers

    def read(self, tree: Tree, *, inner: bool = False) -> str:
        match tree:
            case Name(name):
                return self._say("holds", fact=self.name_fact(name))
            case Negated(Name(name)):
                return self._say("holds_not", fact=self.name_fact(name))
            case Negated(of):
                return self._say("not_so", part=self.read(of))
            case Joined(parts, any_of):
                joined = self._say("or" if any_of else "and").join(self.read(part, inner=True) for part in parts)
                return self._say("group", part=joined) if inner else joined
            case Compared():
                return self._compare(tree)

    def _compare(self, tree: Compared) -> str:
        if isinstance(tree.left, Words):
            (word,) = tree.left.words
            fact = tree.right.name if isinstance(tree.right, Name) else ""
            key = "holds_word" if tree.sign is Sign.within else "lacks_word"
            return self._say(key, left=self._fact(fact), right=self._quote(fact, word))
        left = tree.left.name
        match tree.right:
            case Name(name):
                right = self._fact(name)
            case Number(value):
                right = str(value)
            case Words(words, many):
                named = [self._quote(left, word) for word in _put_in_order(left, words)]
                right = self._say("one_of").join(named)
                if many and len(named) == 1:
                    right = named[0]
        return self._say(f"sign_{tree.sign.name}", left=self._fact(left), right=right)

    def _fact(self, name: str) -> str:
        return self._say("fact", fact=self.name_fact(name))

    def _quote(self, fact: str, word: str) -> str:
        return self._say("word", word=self.name_word(fact, word))

    def name_fact(self, name: str) -> str:
        fact = FACTS[name]
        return fact.ja if self._phrases.language is Language.ja else fact.en

    def name_word(self, fact: str, word: str) -> str:
        if fact in WORDS_OF:
            return self._phrases.say_or(f"{WORDS_OF[fact]}{word}", word)
        if fact in TIER_FACTS and word in self._tiers:
            return self._phrases.name_of(self._tiers[word])
        return word

    def _say(self, key: str, **names: object) -> str:
        return self._phrases.say(f"tier_rules.read.{key}", **names)


def _put_in_order(fact: str, words: Iterable[str]) -> list[str]:
    known = _ORDER.get(fact, ())
    return sorted(words, key=lambda word: (known.index(word) if word in known else len(known), word))
