"""What is said of a decision's codes: in the words of the rule set by which it was decided, or built in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.zones.cut_reason import CUT_WORDS
from domain.zones.rule import Saying
from domain.zones.zone_words import BUILT_WORDS
from gateway.pages.words import Language
from store.tier_rules import load_active_hash, load_rule_set
from store.tx import Tx

BY_HAND = "by_hand"
"""The code of whatever somebody at a desk did to a session; their login follows it."""

_BY_HAND = Saying("担当者が手で操作しました。", "Somebody at the desk did it by hand.", "", "")

Sayings = Mapping[str, Saying]
"""Code → what is said of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A code in words: what is missing, and what to do about it (empty: nobody knows)."""

    code: str
    what: str
    todo: str


def load_sayings(tx: Tx, rules_hash: str) -> Sayings:
    """Give what is said of the codes of a rule set, and of those that are built in."""
    built = {code.value: saying for code, saying in BUILT_WORDS.items()} | {BY_HAND: _BY_HAND}
    built |= {reason.value: saying for reason, saying in CUT_WORDS.items()}
    return built | {rule.code: rule.saying for rule in load_rule_set(tx, rules_hash) or ()}


def load_active_sayings(tx: Tx) -> Sayings:
    """Give what is said by the rules that hold now."""
    return load_sayings(tx, load_active_hash(tx, tx.now) or "")


def tell_codes(codes: Iterable[str], sayings: Sayings, language: Language) -> tuple[Told, ...]:
    """Say codes in a language, in the order of the rules; one that nobody has words for stands for itself."""
    ordered = rank_codes(codes, tuple(sayings))
    return tuple(_tell(code, sayings.get(code), language) for code in ordered)


def rank_codes(codes: Iterable[str], order: Sequence[str]) -> list[str]:
    """Give codes in an order, what has no place in it last: who it is is asked before what they may."""
    places = {code: place for place, code in enumerate(order)}
    return sorted((str(code) for code in codes), key=lambda code: places.get(code, len(places)))


def _tell(code: str, saying: Saying | None, language: Language) -> Told:
    if saying is None:
        return Told(code, code, "")
    return Told(code, saying.ja, saying.do_ja) if language is Language.ja else Told(code, saying.en, saying.do_en)
