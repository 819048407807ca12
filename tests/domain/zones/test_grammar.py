"""A rule's small language: what can be said, what is refused and where, and that code does what the tree says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.zones.compile_rules import compile_rules
from domain.zones.expression import Compared, Joined, Name, Negated, Number, Sign, Tree, Words, list_names
from domain.zones.facts import FACTS, FactKind, Facts
from domain.zones.grammar import DEPTH_MAX, parse
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy
from domain.zones.zone_words import describe_zone_fault
from tests.domain.zones.cases import LGWAN, TODAY, rule

TRUTHS = [name for name, fact in FACTS.items() if fact.kind is FactKind.truth]
NUMBERS = [name for name, fact in FACTS.items() if fact.kind is FactKind.number]
CLOSED = [name for name, fact in FACTS.items() if fact.kind is FactKind.word and fact.words]


def compared_words(name: str) -> st.SearchStrategy[Tree]:
    words = st.frozensets(st.sampled_from(sorted(FACTS[name].words)), min_size=1)
    one = st.sampled_from(sorted(FACTS[name].words)).map(lambda word: Words(frozenset((word,)), many=False))
    return st.one_of(
        st.builds(
            lambda sign, side: Compared(Name(name), sign, side), st.sampled_from([Sign.equal, Sign.unequal]), one
        ),
        st.builds(
            lambda sign, side: Compared(Name(name), sign, Words(side, many=True)),
            st.sampled_from([Sign.within, Sign.outside]),
            words,
        ),
    )


SIGNS = st.sampled_from(sorted(set(Sign) - {Sign.within, Sign.outside}))
LEAVES = st.one_of(
    st.sampled_from(TRUTHS).map(Name),
    st.builds(
        lambda name, sign, value: Compared(Name(name), sign, Number(value)),
        st.sampled_from(NUMBERS),
        SIGNS,
        st.integers(0, 20),
    ),
    st.sampled_from(CLOSED).flatmap(compared_words),
)
TREES: st.SearchStrategy[Tree] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(Negated),
        st.builds(
            lambda parts, any_of: Joined(tuple(parts), any_of=any_of),
            st.lists(inner, min_size=2, max_size=3),
            st.booleans(),
        ),
    ),
    max_leaves=5,
)


def write(tree: Tree | Number | Words) -> str:
    """Write a tree as a rule would."""
    match tree:
        case Name(name):
            return name
        case Number(value):
            return str(value)
        case Words(words, many):
            each = ", ".join(f"'{word}'" for word in sorted(words))
            return f"[{each}]" if many else each
        case Compared(left, sign, right):
            return f"{write(left)} {sign} {write(right)}"
        case Negated(of):
            return f"not ({write(of)})"
        case Joined(parts, any_of):
            return (" or " if any_of else " and ").join(f"({write(part)})" for part in parts)


def hold(tree: Tree, facts: Facts) -> bool:
    """Judge a tree by walking it: what compiled code is held against."""
    match tree:
        case Name(name):
            return bool(getattr(facts, name))
        case Negated(of):
            return not hold(of, facts)
        case Joined(parts, any_of):
            return (any if any_of else all)(hold(part, facts) for part in parts)
        case Compared(left, sign, right):
            assert isinstance(left, Name)
            value = getattr(facts, left.name)
            if isinstance(right, Words):
                inside = value in right.words
                return inside if sign in {Sign.equal, Sign.within} else not inside
            assert isinstance(right, Number)
            other = right.value
            by_sign: dict[Sign, bool] = {
                Sign.equal: value == other,
                Sign.unequal: value != other,
                Sign.less: value < other,
                Sign.at_most: value <= other,
                Sign.more: value > other,
                Sign.at_least: value >= other,
            }
            return by_sign[sign]


FACTS_DRAWN = st.fixed_dictionaries(
    {name: st.booleans() for name in TRUTHS}
    | {name: st.integers(0, 20) for name in NUMBERS}
    | {name: st.sampled_from(sorted(FACTS[name].words)) for name in CLOSED}
)


@given(TREES, FACTS_DRAWN)
def test_compiled_code_holds_where_the_tree_holds(tree: Tree, drawn: dict[str, object]) -> None:
    text = write(tree)
    if len(text) > 500:
        return
    assert write(parse(text)) == text
    facts = replace(Facts(tier=LGWAN), **drawn)  # type: ignore[arg-type]
    judge = compile_rules([rule("r", text)], TODAY).tiers[LGWAN].judge
    assert judge(facts) == (() if hold(tree, facts) else ("r",))


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_or_refused_with_words(text: str) -> None:
    try:
        parse(text)
    except ZoneFaultsError as error:
        for fault in error.faults:
            ja, en = describe_zone_fault(fault)
            assert ja
            assert en


@pytest.mark.parametrize(
    ("text", "why", "at"),
    [
        ("", ZoneWhy.unexpected, 1),
        ("present and", ZoneWhy.unexpected, 12),
        ("presnt", ZoneWhy.unknown_fact, 1),
        ("present and clear", ZoneWhy.unknown_fact, 13),
        ("present cleared", ZoneWhy.unexpected, 9),
        ("(present", ZoneWhy.unexpected, 9),
        ("present; cleared", ZoneWhy.unexpected, 8),
        ("__import__('os')", ZoneWhy.unknown_fact, 1),
        ("presence_grade in []", ZoneWhy.unexpected, 20),
        ("presence_grade in ['door_pair'", ZoneWhy.unexpected, 30),
        ("in present", ZoneWhy.unexpected, 1),
    ],
)
def test_it_says_where_an_expression_goes_wrong(text: str, why: ZoneWhy, at: int) -> None:
    with pytest.raises(ZoneFaultsError) as refused:
        parse(text)
    (fault,) = refused.value.faults
    assert (fault.why, fault.values["at"]) == (why, at)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("presence_grade", ZoneWhy.not_a_truth),
        ("others_cleared", ZoneWhy.not_a_truth),
        ("'door_pair'", ZoneWhy.not_a_truth),
        ("presence_grade == 'door_pairs'", ZoneWhy.unknown_word),
        ("threat != 'fire'", ZoneWhy.unknown_word),
        ("presence_grade < 'door_pair'", ZoneWhy.not_comparable),
        ("present == cleared", ZoneWhy.not_comparable),
        ("others_cleared == 'door_pair'", ZoneWhy.not_comparable),
        ("others_cleared in ['door_pair']", ZoneWhy.not_comparable),
        ("presence_grade == ['door_pair']", ZoneWhy.not_comparable),
        ("missing_training == 'phishing'", ZoneWhy.not_comparable),
        (" and ".join(["present"] * 80), ZoneWhy.too_long),
        ("not " * (DEPTH_MAX + 1) + "present", ZoneWhy.too_deep),
        ("(" * (DEPTH_MAX + 1) + "present" + ")" * (DEPTH_MAX + 1), ZoneWhy.too_deep),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(text: str, why: ZoneWhy) -> None:
    with pytest.raises(ZoneFaultsError) as refused:
        parse(text)
    assert [fault.why for fault in refused.value.faults] == [why]


def test_a_word_among_words_and_one_fact_beside_another_can_be_asked_for() -> None:
    assert list_names(parse("'phishing' not in missing_training or tier == terminal_tier")) == {
        "missing_training",
        "tier",
        "terminal_tier",
    }
