"""Rules tried on the last days: who would have been put off or let in, by name, and how far the trial is."""

from dataclasses import replace
from datetime import datetime, timedelta

from contract.tier_decision import Written
from domain.zones.decide_tier import Answer, Built, Decision
from domain.zones.facts import Facts
from gateway.zones.decision_log import append_decision
from gateway.zones.rule_trial import KEPT_FOR, TRIAL_DAYS, RuleTrials, Trial, TriedPerson
from store.tier_decisions import list_decision_bodies
from store.tx import Store
from store.zone_tables import tier_decision
from tests.domain.zones.cases import ALLOWED, LGWAN, NOW, PLAN, RULES, decide, rule

DAY = timedelta(days=1)
LATE = replace(ALLOWED, in_hours=False)
STRICTER = (*RULES, rule("two", "others_cleared >= 1", LGWAN))


def keep(store: Store, person_id: str, ago: timedelta, made: Decision | None = None) -> datetime:
    at = NOW - ago
    with store.transaction(at) as tx:
        append_decision(tx, Written(replace(made or decide(), decided_at=at), person_id, "t1", "switch-1"))
    return at


def run(store: Store, *, trials: RuleTrials | None = None, now: datetime = NOW) -> Trial:
    trial = (trials or RuleTrials()).begin(store, PLAN, STRICTER, now)
    assert trial.over.wait(30)
    return trial


def test_who_would_have_been_put_off_is_named_with_the_codes(store: Store) -> None:
    keep(store, "s1", 31 * DAY)  # too long ago
    for days in (29, 2):
        keep(store, "s1", days * DAY)
    last = keep(store, "s1", timedelta(minutes=5))
    keep(store, "s2", DAY, decide(replace(ALLOWED, others_cleared=1)))
    keep(store, "s3", DAY, decide(LATE))
    keep(store, "", DAY, Decision(Answer.reject, Facts(tier=""), "", NOW, failed=(Built.stranger.value,)))
    trial = run(store)
    assert trial.days_done == TRIAL_DAYS
    assert trial.result is not None
    assert (trial.result.looked_at, trial.result.let_in) == (5, ())
    (found,) = trial.result.put_off
    assert found == TriedPerson("s1", 3, (LGWAN,), ("two",), last)


def test_whoever_would_have_been_let_in_is_named_with_what_failed(store: Store) -> None:
    keep(store, "s3", DAY, decide(LATE))
    laxer = tuple(each for each in RULES if each.code != "hours")
    trial = RuleTrials().begin(store, PLAN, laxer, NOW)
    assert trial.over.wait(30)
    assert trial.result is not None
    assert [(each.person_id, each.codes) for each in trial.result.let_in] == [("s3", ("hours",))]


def test_the_same_question_is_answered_once_a_while(store: Store) -> None:
    trials = RuleTrials()
    first = run(store, trials=trials)
    assert run(store, trials=trials) is first
    keep(store, "s1", timedelta(minutes=1))
    later = run(store, trials=trials, now=NOW + KEPT_FOR)
    assert later is not first
    assert later.result is not None
    assert later.result.looked_at == 1


def test_records_that_cannot_be_read_are_told_and_tried_anew(store: Store) -> None:
    keep(store, "s1", DAY)
    with store.transaction(NOW) as tx:
        tx.connection.execute(tier_decision.update().values(body=b"{}"))
    trials = RuleTrials()
    first = run(store, trials=trials)
    assert (first.is_unreadable, first.result) == (True, None)
    assert run(store, trials=trials) is not first
    with store.reading(NOW) as tx:
        assert len(list_decision_bodies(tx, NOW - 2 * DAY, NOW)) == 1
