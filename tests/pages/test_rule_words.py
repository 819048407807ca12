"""Rules read out and held against each other: pure, in both languages."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.zones.facts import FACTS
from domain.zones.rule import Rule
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.tiers.rule_form import EnteredRule, begin_rule, make_rule
from gateway.pages.tiers.rule_view import Mark, RuleTeller, key_of, mark_draft
from gateway.pages.tiers.rule_words import list_facts, read_out
from gateway.pages.words import Language
from tests.domain.zones.cases import LGWAN, MYNUM, PLAN, RULES, TODAY, rule

TIERS = {each.id: each for each in PLAN.tiers}
JA, EN = Phrases(Language.ja), Phrases(Language.en)
CODED = tuple(replace(each, author="draft", approver="") for each in RULES)


@pytest.mark.parametrize(
    ("expression", "ja", "en"),
    [
        ("present", "「使える部屋にいる」である", "“in a room where the tier may be used” holds"),
        ("terminal_tier == 'lgwan'", "「端末の系」が〈LGWAN接続系〉と同じ", "is <LGWAN>"),
        ("others_cleared < 2", "より少ない", "is less than 2"),
        ("'security' in missing_training", "「足りない研修」に〈security〉がある", "holds <security>"),
        ("method in ['agent']", "「認証の方法」が", "is one of"),
        ("not (present and cleared) or visitor", "）ではない または 「来訪者・保守員」である", "not (“in a room"),
    ],
    ids=["truth", "tier", "number", "words", "list", "brackets"],
)
def test_expressions_are_read_out(expression: str, ja: str, en: str) -> None:
    assert ja in read_out(expression, JA, TIERS).words
    assert en in read_out(expression, EN, TIERS).words


def test_what_is_wrong_is_told_with_its_place() -> None:
    reading = read_out("present and presnt", EN, TIERS)
    assert (reading.words, reading.at) == ("", 13)
    assert "no fact 'presnt'" in reading.fault


def test_every_fact_stands_in_the_reference() -> None:
    for phrases in (JA, EN):
        lines = {line.name: line for line in list_facts(phrases, TIERS)}
        assert set(lines) == set(FACTS)
        assert all(says != word for word, says in lines["presence_grade"].words)
        assert [word for word, _ in lines["tier"].words] == [MYNUM, LGWAN]


@given(st.lists(st.sampled_from(CODED), unique_by=key_of), st.lists(st.sampled_from(CODED), unique_by=key_of))
def test_what_changes_is_what_was_added_and_ended(before: list[Rule], after: list[Rule]) -> None:
    teller = RuleTeller(JA, TIERS, TODAY)
    changes = teller.changes(before, after)
    told = {mark: {each.row.key for each in changes if each.mark is mark} for mark in Mark}
    olds, news = set(map(key_of, before)), set(map(key_of, after))
    assert told[Mark.added] == news - olds
    assert told[Mark.ended] == olds - news
    assert [row.mark is Mark.added for row in mark_draft(teller, before, after)] == [
        key_of(x) not in olds for x in after
    ]


def test_a_changed_rule_says_each_field_before_and_after() -> None:
    old = rule("hours", "in_hours or overtime_ordered")
    saying = replace(old.saying, ja="時間外です")
    new = replace(
        old,
        saying=saying,
        expression="in_hours",
        tiers=frozenset((LGWAN,)),
        may_be_waived=True,
        valid_until=date(2026, 3, 31),
    )
    (change,) = RuleTeller(JA, TIERS, TODAY).changes((old,), (new,))
    told = {each.name: (each.before, each.after) for each in change.fields}
    assert set(told) == {"ja", "demands", "expression", "tiers", "may_be_waived", "valid_until"}
    assert told["tiers"] == ("マイナンバー利用事務系、LGWAN接続系", "LGWAN接続系")
    assert told["demands"][1] == "「系の利用時間内」である"


@given(st.sampled_from(CODED))
def test_a_form_makes_the_rule_that_it_shows(shown: Rule) -> None:
    others = [each for each in CODED if each is not shown]
    made = make_rule(begin_rule(shown), others, frozenset(TIERS), by="draft", phrases=JA)
    assert (made.rule, made.faults) == (shown, {})
    copied = begin_rule(shown, as_copy=True)
    assert copied.texts["code"] == ""
    assert set(make_rule(copied, CODED, frozenset(TIERS), by="draft", phrases=EN).faults) == {"code"}


def test_an_empty_form_names_every_field_that_is_missing() -> None:
    made = make_rule(begin_rule(None), (), frozenset(TIERS), by="draft", phrases=EN)
    assert set(made.faults) == {"code", "tiers", "expression", "ja", "en", "do_ja", "do_en"}
    assert made.faults["tiers"] == ["Choose the tiers that the rule is for."]
    assert EnteredRule().tiers == frozenset()
