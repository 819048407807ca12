"""The facts of a decision in words, as the same list that rules may name."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from domain.zones.facts import FACTS, FactKind, Facts
from gateway.pages.drawing.phrases import Bilingual, Phrases
from gateway.pages.words import Language

_WORDS_OF = {
    "method": "tier_words.method.",
    "presence_grade": "tier_words.grade.",
    "factor": "tier_words.factor.",
    "threat": "tier_words.threat.",
}
"""Facts that are one of a few words → how the keys of these begin."""


def tell_facts(
    facts: Facts, phrases: Phrases, tiers: Mapping[str, Bilingual], trainings: Mapping[str, Bilingual]
) -> Iterator[tuple[str, str]]:
    """Yield each fact's name and value in words, in the order in which rules list them."""
    for each in fields(Facts):
        fact = FACTS[each.name]
        label = fact.ja if phrases.language is Language.ja else fact.en
        yield label, _tell_value(each.name, getattr(facts, each.name), phrases, tiers, trainings)


def _tell_value(
    name: str,
    value: object,
    phrases: Phrases,
    tiers: Mapping[str, Bilingual],
    trainings: Mapping[str, Bilingual],
) -> str:
    match FACTS[name].kind:
        case FactKind.truth:
            return phrases.say("tier_words.yes" if value else "tier_words.no")
        case FactKind.words:
            named = [_name(each, phrases, trainings) for each in sorted(value)]  # type: ignore[call-overload]
            return phrases.say("tier_words.and").join(named) or phrases.say("tier_words.none")
    text = str(value)
    if name in _WORDS_OF and text:
        return phrases.say_or(f"{_WORDS_OF[name]}{text}", text)
    return _name(text, phrases, tiers if name in {"tier", "terminal_tier"} else {}) or phrases.say("tier_words.unknown")


def _name(id_: str, phrases: Phrases, named: Mapping[str, Bilingual]) -> str:
    return phrases.name_of(named[id_]) if id_ in named else id_
