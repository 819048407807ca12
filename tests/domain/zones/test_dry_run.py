"""Past decisions made again: the same rules change nothing, others name who would have been put off."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from domain.zones.compile_rules import CompiledRules, compile_rules
from domain.zones.decide_tier import judge_facts
from domain.zones.dry_run import Decided, run_dry
from domain.zones.facts import Facts
from tests.domain.zones.cases import ALLOWED, LGWAN, NOW, PLAN, RULES, TODAY, rule, waiver


@cache
def of_day(on: date) -> CompiledRules:
    return compile_rules(RULES, on)


def decided(number: int, facts: Facts = ALLOWED) -> Decided:
    at = NOW + timedelta(minutes=number)
    return Decided(str(number), f"s{number}", "t1", at, facts, judge_facts(PLAN, of_day(TODAY), facts, at).failed)


TRUTHS = ("present", "cleared", "trained", "in_hours", "overtime_ordered", "terminal_issued", "employed")


@given(st.lists(st.fixed_dictionaries({name: st.booleans() for name in TRUTHS}), max_size=8))
def test_the_same_rules_decide_the_same(drawn: list[dict[str, bool]]) -> None:
    past = [decided(number, replace(ALLOWED, **each)) for number, each in enumerate(drawn)]  # type: ignore[arg-type]
    found = run_dry(PLAN, of_day, past)
    assert (found.looked_at, found.otherwise) == (len(past), ())


def test_a_stricter_rule_names_who_would_have_been_put_off() -> None:
    past = [decided(1), decided(2, replace(ALLOWED, others_cleared=1)), decided(3, replace(ALLOWED, present=False))]
    stricter = (*RULES, rule("two", "others_cleared >= 1", LGWAN))
    found = run_dry(PLAN, lambda on: compile_rules(stricter, on), past)
    assert (found.put_off, found.let_in) == (("s1",), ())
    assert [each.failed for each in found.otherwise] == [("two",), ("present", "two")]


def test_a_laxer_one_names_who_would_have_been_let_in() -> None:
    past = [decided(1), decided(2, replace(ALLOWED, in_hours=False))]
    laxer = tuple(each for each in RULES if each.code != "hours")
    found = run_dry(PLAN, lambda on: compile_rules(laxer, on), past)
    assert (found.put_off, found.let_in) == ((), ("s2",))


def test_a_waiver_counts_as_it_did() -> None:
    late = replace(ALLOWED, in_hours=False)
    past = replace(decided(1, late), failed=(), waivers=(waiver("hours"),))
    assert run_dry(PLAN, of_day, [past]).otherwise == ()
