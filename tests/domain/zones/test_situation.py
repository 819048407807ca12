"""From what is kept elsewhere to facts: nothing known admits nobody, each gap costs its fact, each end is foreseen."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.zones.compile_rules import compile_rules
from domain.zones.decide_tier import Answer, Decision, decide_tier
from domain.zones.facts import Factor, Facts, Threat
from domain.zones.presence_grade import Grade, Sighting, Witness
from domain.zones.situation import Person, Situation, Span, Terminal, Whereabouts, derive_facts, look_out
from domain.zones.tier import Method, TierPlan
from domain.zones.training import Attendance, Training
from tests.domain.zones.cases import LGWAN, MYNUM, NOW, PLAN, RULES, TODAY

HOUR = timedelta(hours=1)
ALWAYS = Span()
SECURITY = Training("security", "研修", "Training", 12)
ASKING = TierPlan(tuple(replace(each, trainings=frozenset(("security",))) for each in PLAN.tiers), PLAN.places)

PERSON = Person(
    "s1",
    employed=(Span(NOW - 1000 * HOUR, None),),
    duty=(Span(NOW - HOUR, NOW + 7 * HOUR),),
    clearances=((LGWAN, ALWAYS),),
    attended=(Attendance("s1", "security", date(2025, 4, 1)),),
)
AT_WORK = Situation(
    LGWAN,
    Method.eap_tls,
    PERSON,
    Whereabouts(("room", "main"), (Sighting(Witness.entry, NOW - HOUR),)),
    Terminal("t1", LGWAN, "desk", ALWAYS, Span(None, NOW + 1000 * HOUR)),
    trainings=(SECURITY,),
    hours=(Span(NOW - HOUR, NOW + 7 * HOUR),),
    threats=((Threat.normal, ALWAYS),),
)


def decide(of: Situation) -> Decision:
    return decide_tier(ASKING, compile_rules(RULES, TODAY), look_out(ASKING, of, NOW), NOW)


def person(**other: object) -> Situation:
    return replace(AT_WORK, person=replace(PERSON, **other))  # type: ignore[arg-type]


def test_somebody_at_work_is_let_in_until_the_hours_end() -> None:
    found = decide(AT_WORK)
    assert (found.answer, found.failed, found.ends_at, found.ends_by) == (
        Answer.permit,
        (),
        NOW + 7 * HOUR,
        ("hours",),
    )


def test_nothing_known_admits_nobody() -> None:
    assert derive_facts(ASKING, Situation(LGWAN, Method.eap_tls), NOW) == Facts(tier=LGWAN, method=Method.eap_tls)
    assert decide(Situation(LGWAN, Method.eap_tls)).answer is Answer.quarantine


@pytest.mark.parametrize(
    ("of", "code"),
    [
        (replace(AT_WORK, terminal=None), "terminal"),
        (replace(AT_WORK, terminal=replace(AT_WORK.terminal, certificate=None)), "terminal"),  # type: ignore[type-var]
        (replace(AT_WORK, terminal=replace(AT_WORK.terminal, tier_id=MYNUM)), "terminal"),  # type: ignore[type-var]
        (replace(AT_WORK, terminal=replace(AT_WORK.terminal, issued=Span(None, NOW))), "terminal"),  # type: ignore[type-var]
        (replace(AT_WORK, whereabouts=Whereabouts(("annex",), AT_WORK.whereabouts.sightings)), "present"),
        (replace(AT_WORK, whereabouts=Whereabouts(("main",), (Sighting(Witness.entry, NOW - 11 * HOUR),))), "present"),
        (replace(AT_WORK, trainings=()), "trained"),
        (replace(AT_WORK, hours=()), "hours"),
        (replace(AT_WORK, threats=()), "threat"),
        (replace(AT_WORK, threats=((Threat.lockdown, ALWAYS),)), "threat"),
        (person(employed=()), "known"),
        (person(suspended=(ALWAYS,)), "known"),
        (person(on_leave=(Span(NOW - HOUR, NOW + HOUR),)), "leave"),
        (person(clearances=((MYNUM, ALWAYS),)), "cleared"),
        (person(attended=()), "trained"),
        (person(drill_open=True), "trained"),
        (person(is_visitor=True), "escort"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_z2_each_gap_costs_its_rule(of: Situation, code: str) -> None:
    assert decide(of).failed == (code,)


@pytest.mark.parametrize(
    ("of", "until"),
    [
        (person(on_leave=(Span(NOW + HOUR, NOW + 2 * HOUR),)), NOW + HOUR),
        (person(clearances=((LGWAN, Span(None, NOW + 2 * HOUR)),)), NOW + 2 * HOUR),
        (person(employed=(Span(None, NOW + 3 * HOUR),)), NOW + 3 * HOUR),
        (person(orders=(Span(NOW + 7 * HOUR, NOW + 8 * HOUR),)), NOW + 8 * HOUR),
        (replace(AT_WORK, threats=((Threat.normal, Span(None, NOW + HOUR)),)), NOW + HOUR),
        (
            replace(AT_WORK, whereabouts=Whereabouts(("main",), (Sighting(Witness.entry, NOW - 9 * HOUR),))),
            NOW + HOUR,
        ),
        (
            replace(AT_WORK, terminal=Terminal("t1", LGWAN, "desk", ALWAYS, Span(None, NOW + 2 * HOUR))),
            NOW + 2 * HOUR,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_z6_z7_each_end_is_foreseen_to_the_instant(of: Situation, until: object) -> None:
    assert decide(of).ends_at == until


def test_z6_a_training_lapses_at_midnight() -> None:
    of = person(attended=(Attendance("s1", "security", TODAY - timedelta(days=365)),))
    seen = replace(of.whereabouts, sightings=(Sighting(Witness.entry, NOW + 5 * HOUR),))
    found = decide(replace(of, hours=(ALWAYS,), whereabouts=seen))
    assert (found.ends_at, found.ends_by) == (NOW + 14 * HOUR, ("trained",))  # it is 10:00 in Japan


def test_z3_the_persons_own_factor_counts_for_its_time() -> None:
    asked = replace(AT_WORK, tier_id=MYNUM, factor=Factor.card_pin, factor_at=NOW - 9 * HOUR)
    assert derive_facts(ASKING, asked, NOW).factor == Factor.card_pin
    assert derive_facts(ASKING, asked, NOW + HOUR).factor == Factor.none


def test_z11_an_escort_who_leaves_takes_the_ground_away() -> None:
    visitor = person(is_visitor=True)
    beside = replace(visitor, whereabouts=replace(visitor.whereabouts, escort_here=True))
    assert decide(beside).answer is Answer.permit
    assert decide(visitor).failed == ("escort",)


@given(st.lists(st.tuples(st.sampled_from(Witness), st.integers(0, 20)), max_size=4), st.integers(0, 12))
def test_what_is_foreseen_is_what_comes(seen: list[tuple[Witness, int]], hours: int) -> None:
    """Up to the foreseen end every decision permits; at it, it does not."""
    sightings = tuple(Sighting(witness, NOW - at * HOUR) for witness, at in seen)
    of = replace(AT_WORK, whereabouts=Whereabouts(("main",), sightings), hours=(Span(NOW - HOUR, NOW + hours * HOUR),))
    found, rules = decide(of), compile_rules(RULES, TODAY)
    if found.answer is not Answer.permit or found.ends_at is None:
        return
    for at in (found.ends_at - timedelta(seconds=1), found.ends_at):
        then = decide_tier(ASKING, rules, look_out(ASKING, of, at), at)
        assert (then.answer is Answer.permit) == (at < found.ends_at)


def test_the_surest_sighting_counts_and_door_and_desk_together_most() -> None:
    assert list(Grade)[-1] is Grade.none
    of = replace(
        AT_WORK,
        whereabouts=Whereabouts(("main",), (Sighting(Witness.told, NOW), Sighting(Witness.one_way, NOW))),
    )
    assert derive_facts(ASKING, of, NOW).presence_grade == Grade.one_way
    both = (Sighting(Witness.entry, NOW), Sighting(Witness.desk, NOW))
    asked = replace(of, whereabouts=Whereabouts(("main",), both))
    assert derive_facts(ASKING, asked, NOW).presence_grade == Grade.door_and_desk
