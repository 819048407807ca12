"""The decision: nobody without every rule, every reason told, ended by whatever ends first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.threat import ThreatLevel
from domain.zones.compile_rules import compile_rules
from domain.zones.decide_tier import Answer, Built, Outlook, Waiver, decide_tier
from domain.zones.facts import FACTS, Facts, Threat
from domain.zones.rule import Rule, approve_rules, check_rules, hash_rules
from domain.zones.tier import REJECT, FailurePolicy, Method, Silence
from domain.zones.tier_failure import Way, fall_back
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy
from domain.zones.zone_words import BUILT_WORDS
from tests.domain.zones.cases import ALLOWED, LGWAN, MYNUM, NOW, PLAN, RULES, TODAY, decide, rule, waiver

HOUR = timedelta(hours=1)


def test_somebody_who_may_is_let_in_with_the_tiers_vlan() -> None:
    found = decide()
    assert (found.answer, found.vlan, found.failed, found.ends_at) == (Answer.permit, 20, (), None)
    assert found.rules_hash == hash_rules(RULES)


def test_z1_who_is_unknown_is_let_in_nowhere() -> None:
    for tier in (LGWAN, MYNUM):
        found = decide(Facts(tier=tier, method=Method.eap_tls))
        assert found.answer is not Answer.permit
        assert {"known", "leave", "terminal", "present", "cleared", "trained", "hours", "escort", "threat"} <= set(
            found.failed
        )


@pytest.mark.parametrize(
    ("facts", "rules", "code"),
    [
        (replace(ALLOWED, tier="internet"), RULES, Built.no_tier),
        (ALLOWED, (), Built.no_rules),
        (ALLOWED, (rule("other", "present", MYNUM),), Built.no_rules),
        (replace(ALLOWED, method=Method.mab), RULES, Built.method),
        (replace(ALLOWED, method="pap"), RULES, Built.method),
    ],
    ids=["no tier", "no rules", "rules of another tier", "mab", "pap"],
)
def test_z1_some_reasons_no_rule_set_can_take_away(facts: Facts, rules: tuple[Rule, ...], code: Built) -> None:
    found = decide(facts, rules=rules)
    assert found.answer is not Answer.permit
    assert found.failed == (code,)
    assert BUILT_WORDS[code].do_ja


def test_every_built_reason_has_words() -> None:
    assert set(BUILT_WORDS) == set(Built)


def test_z4_what_shows_itself_wrongly_is_rejected_even_where_there_is_a_quarantine() -> None:
    assert decide(replace(ALLOWED, method=Method.mab)).answer is Answer.reject
    assert decide(replace(ALLOWED, present=False)).answer is Answer.quarantine


def test_z3_the_my_number_tier_asks_for_the_person_and_rejects() -> None:
    asked = replace(ALLOWED, tier=MYNUM, terminal_tier=MYNUM)
    assert decide(asked).answer is Answer.permit
    found = decide(replace(asked, factor="none"))
    assert (found.answer, found.vlan, found.failed) == (Answer.reject, None, ("factor",))


@given(st.frozensets(st.sampled_from(["present", "cleared", "trained", "terminal_issued", "employed", "in_hours"])))
def test_every_rule_that_fails_is_named_and_one_is_enough(missing: frozenset[str]) -> None:
    named = {"terminal_issued": "terminal", "employed": "known", "in_hours": "hours"}
    found = decide(replace(ALLOWED, **dict.fromkeys(missing, False)))  # type: ignore[arg-type]
    assert set(found.failed) == {named.get(each, each) for each in missing}
    assert (found.answer is Answer.permit) == (not missing)


def test_z6_what_ends_by_itself_ends_the_session_at_that_moment() -> None:
    late = replace(ALLOWED, in_hours=False)
    lapsed = replace(late, trained=False)
    found = decide(later={NOW + 3 * HOUR: lapsed, NOW + HOUR: late})
    assert (found.ends_at, found.ends_by) == (NOW + HOUR, ("hours",))


def test_what_takes_the_place_of_another_ground_ends_nothing() -> None:
    ordered = replace(ALLOWED, in_hours=False, overtime_ordered=True)
    over = replace(ordered, overtime_ordered=False)
    found = decide(later={NOW + HOUR: ordered, NOW + 4 * HOUR: over})
    assert (found.ends_at, found.ends_by) == (NOW + 4 * HOUR, ("hours",))


def test_what_no_rule_of_the_tier_asks_for_ends_nothing() -> None:
    assert decide(later={NOW + HOUR: replace(ALLOWED, factor="none")}).ends_at is None


def test_other_rules_of_another_day_end_a_session_only_when_they_are_other() -> None:
    tomorrow = TODAY + timedelta(days=1)
    midnight = datetime(2025, 11, 20, 15, 0, tzinfo=UTC)
    stricter = (*RULES, rule("new", "factor == 'biometric'", LGWAN, valid_from=tomorrow))
    found = decide(rules=stricter)
    assert (found.answer, found.ends_at, found.ends_by) == (Answer.permit, midnight, (Built.rules_old,))
    assert decide(rules=stricter, now=midnight).failed == (Built.rules_old,)
    assert decide(rules=stricter, now=midnight, on=tomorrow).failed == ("new",)


def test_a_tier_that_ends_ends_its_sessions() -> None:
    plan = replace(PLAN, tiers=(PLAN.tiers[0], replace(PLAN.tiers[1], valid_until=TODAY)))
    found = decide_tier(plan, compile_rules(RULES, TODAY), Outlook(lambda _: ALLOWED), NOW)
    assert (found.ends_at, found.ends_by) == (datetime(2025, 11, 20, 15, 0, tzinfo=UTC), (Built.no_tier,))


def test_z13_two_persons_can_set_aside_what_may_be_and_for_a_time() -> None:
    late = replace(ALLOWED, in_hours=False)
    assert decide(late).failed == ("hours",)
    found = decide(late, waiver("hours"))
    assert (found.answer, found.waived) == (Answer.permit, ("hours",))
    assert (found.ends_at, found.ends_by) == (NOW + HOUR, ("hours",))


@pytest.mark.parametrize(
    "other",
    [
        waiver("hours", granted_by="a"),
        waiver("hours", until_at=NOW),
        waiver("hours", from_at=NOW + timedelta(minutes=1)),
        waiver("hours", tier_id=MYNUM),
        waiver("trained"),
    ],
    ids=["one person", "over", "not yet", "another tier", "another rule"],
)
def test_z13_nothing_else_is_set_aside(other: Waiver) -> None:
    assert decide(replace(ALLOWED, in_hours=False), other).failed == ("hours",)


def test_z13_what_may_not_be_waived_stays() -> None:
    assert decide(replace(ALLOWED, cleared=False), waiver("cleared")).failed == ("cleared",)


def test_the_day_is_the_citys() -> None:
    only_today = tuple(replace(each, valid_until=TODAY) for each in RULES)
    assert decide(rules=only_today, now=datetime(2025, 11, 20, 14, 59, tzinfo=UTC)).answer is Answer.permit
    assert decide(rules=only_today, now=datetime(2025, 11, 20, 15, 0, tzinfo=UTC)).failed == (Built.rules_old,)


def test_the_hash_sees_every_word_and_no_order() -> None:
    assert hash_rules(RULES) == hash_rules(reversed(RULES))
    other = replace(RULES[0], saying=replace(RULES[0].saying, do_en="Wait"))
    assert hash_rules((other, *RULES[1:])) != hash_rules(RULES)


def test_rules_are_checked_before_they_are_kept() -> None:
    assert check_rules(RULES, frozenset((LGWAN, MYNUM))) == ()
    bad = rule("known", "presnt", "wan", author="a", approver="a")
    empty = replace(bad, code="x", saying=replace(bad.saying, do_ja=" "), tiers=frozenset(), approver="b")
    found = check_rules((*RULES, bad, empty), frozenset((LGWAN, MYNUM)))
    assert {(fault.field, fault.why) for fault in found} == {
        ("known.approver", ZoneWhy.same_person),
        ("known.tiers", ZoneWhy.unknown_tier),
        ("known.expression", ZoneWhy.unknown_fact),
        ("known.code", ZoneWhy.taken),
        ("x.do_ja", ZoneWhy.no_words),
        ("x.tiers", ZoneWhy.no_tiers),
        ("x.expression", ZoneWhy.unknown_fact),
    }


def test_another_one_approves_what_is_new() -> None:
    new = rule("new", "cleared", approver="")
    approved = approve_rules((*RULES, new), "ueda")
    assert [each.approver for each in approved] == ["approver"] * len(RULES) + ["ueda"]
    assert hash_rules(approved) == hash_rules((*RULES, new))
    with pytest.raises(ZoneFaultsError) as refused:
        approve_rules((*RULES, new), "author")
    assert [(fault.field, fault.why) for fault in refused.value.faults] == [("new.approver", ZoneWhy.same_person)]


def test_the_threats_are_those_that_are_declared() -> None:
    assert {each.value for each in Threat} == {each.value for each in ThreatLevel}


def test_every_fact_is_said_in_both_languages() -> None:
    for name, fact in FACTS.items():
        assert fact.ja, name
        assert fact.en, name


def test_a_place_counts_with_what_is_in_it() -> None:
    assert PLAN.is_place(LGWAN, ["room-2", "main"], TODAY)
    assert not PLAN.is_place(MYNUM, ["room-2", "main"], TODAY)


SNAPSHOT = FailurePolicy(Silence.snapshot, 60)


@pytest.mark.parametrize(
    ("policy", "minutes", "is_last", "way"),
    [
        (REJECT, 1, False, Way.reject),
        (FailurePolicy(Silence.silent), 1, False, Way.silent),
        (FailurePolicy(Silence.silent), 1, True, Way.reject),
        (SNAPSHOT, 60, False, Way.snapshot),
        (SNAPSHOT, 61, False, Way.reject),
        (SNAPSHOT, -1, False, Way.reject),
        (FailurePolicy(Silence.snapshot), 1, False, Way.reject),
    ],
    ids=str,
)
def test_z12_without_a_decision_the_tiers_policy_says_what_is_done(
    policy: FailurePolicy, minutes: int, is_last: bool, way: Way
) -> None:
    last = decide()
    assert fall_back(policy, last, NOW + timedelta(minutes=minutes), is_last_server=is_last).way is way


def test_z12_a_snapshot_admits_nobody_who_was_refused_or_whose_time_is_over() -> None:
    refused = decide(replace(ALLOWED, present=False))
    over = decide(later={NOW + timedelta(minutes=5): replace(ALLOWED, in_hours=False)})
    for last in (None, refused, over):
        assert fall_back(SNAPSHOT, last, NOW + timedelta(minutes=5), is_last_server=False).way is Way.reject
