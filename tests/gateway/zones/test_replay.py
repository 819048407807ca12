"""Z8: every decision follows the one before and comes out again; the first that does not is named."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from contract.tier_decision import Written, write_decision
from domain.zones.compile_rules import compile_rules
from domain.zones.decide_tier import Answer, Built, Decision
from domain.zones.facts import Facts
from gateway.zones.decision_log import append_decision
from gateway.zones.replay import Proof, prove_decisions
from store.tier_rules import insert_rule_set
from store.tx import Store
from store.zone_tables import tier_decision, tier_rule
from tests.domain.zones.cases import ALLOWED, NOW, RULES, TODAY, decide, rule, waiver

LATE = replace(ALLOWED, in_hours=False)
HASH = compile_rules(RULES, TODAY).hash


def written(number: int, made: Decision, **other: object) -> Written:
    at = NOW + timedelta(seconds=number)
    base = Written(replace(made, decided_at=at), f"s{number}", "t1", "switch-1")
    return replace(base, **other)  # type: ignore[arg-type]


PAST = (
    written(0, decide()),
    written(1, decide(LATE)),
    written(2, decide(LATE, waiver("hours")), waivers=(waiver("hours"),)),
    written(3, Decision(Answer.reject, Facts(tier=""), HASH, NOW, failed=(Built.stranger.value,))),
    written(4, decide(replace(ALLOWED, method="mab"))),
    written(5, decide(Facts(tier="lgwan", method="eap_tls"))),
)


def keep(store: Store, past: Iterable[Written] = PAST) -> None:
    with store.transaction(NOW) as tx:
        insert_rule_set(tx, RULES, by="ueda", note="")
        for each in past:
            append_decision(tx, each)


def prove(store: Store) -> Proof:
    with store.reading(NOW) as tx:
        return prove_decisions(tx)


def test_z8_every_decision_comes_out_again(store: Store) -> None:
    assert prove(store).fitting == 0
    keep(store)
    proof = prove(store)
    assert (proof.fitting, proof.misfit) == (len(PAST), None)
    assert proof.last_at == NOW + timedelta(seconds=5)


def test_z8_a_decision_that_was_rewritten_breaks_the_chain(store: Store) -> None:
    keep(store)
    with store.transaction(NOW) as tx:
        forged = write_decision(replace(PAST[1], decision=PAST[0].decision))
        tx.connection.execute(update(tier_decision).where(tier_decision.c.person_id == "s1").values(body=forged))
    proof = prove(store)
    assert proof.fitting == 1
    assert proof.misfit is not None
    assert (proof.misfit.position, proof.misfit.is_broken) == (2, True)


def test_z8_a_decision_that_its_rules_do_not_give_is_found(store: Store) -> None:
    keep(store, [*PAST, written(9, replace(decide(LATE), answer=Answer.permit, failed=(), vlan=20))])
    proof = prove(store)
    assert proof.misfit is not None
    assert (proof.fitting, proof.misfit.position, proof.misfit.again) == (len(PAST), len(PAST) + 1, ("hours",))


def test_z8_an_answer_that_its_codes_deny_is_found(store: Store) -> None:
    keep(store, [written(1, replace(decide(LATE), answer=Answer.permit))])
    proof = prove(store)
    assert proof.misfit is not None
    assert proof.misfit.again == ("hours",)


def test_z8_rules_that_are_not_kept_or_were_changed_prove_nothing(store: Store) -> None:
    other = (*RULES, rule("new", "cleared"))
    keep(store, [written(0, decide()), written(1, decide(rules=other))])
    unknown = prove(store).misfit
    assert unknown is not None
    assert (unknown.position, unknown.again) == (2, None)
    with store.transaction(NOW) as tx:
        tx.connection.execute(update(tier_rule).where(tier_rule.c.code == "hours").values(expression="person_known"))
    changed = prove(store).misfit
    assert changed is not None
    assert (changed.position, changed.again) == (1, None)


def test_z8_bytes_that_are_no_decision_are_named(store: Store) -> None:
    keep(store, PAST[:2])
    with store.transaction(NOW) as tx:
        tx.connection.execute(update(tier_decision).where(tier_decision.c.person_id == "s1").values(body=b"{}"))
    misfit = prove(store).misfit
    assert misfit is not None
    assert (misfit.position, misfit.is_broken, misfit.written) == (2, True, None)
