"""The chain of decisions, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from contract.tier_decision import Written, find_break
from gateway.zones.decision_log import append_decision, append_decisions, list_decisions
from store.tier_decisions import stream_chain
from store.tx import Store
from tests.domain.zones.cases import ALLOWED, NOW, decide


def test_decisions_make_one_chain_whoever_appends(store: Store) -> None:
    def append(number: int) -> int:
        at = NOW + timedelta(seconds=number)
        made = replace(decide(replace(ALLOWED, present=number % 2 == 0)), decided_at=at)
        with store.transaction(at) as tx:
            return append_decision(tx, Written(made, f"s{number % 3}", "t1", "switch-1"), session_id=f"p{number}")

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(append, range(24)))
    assert len(set(numbers)) == 24
    with store.reading(NOW) as tx:
        assert find_break(stream_chain(tx, at_once=5)) is None
        found = list_decisions(tx, NOW + timedelta(seconds=3), NOW + timedelta(seconds=9), person_id="s1")
        assert sorted(written.decision.decided_at for _, written in found) == [
            NOW + timedelta(seconds=each) for each in (4, 7)
        ]
        assert {written.decision.failed for _, written in found} == {(), ("present",)}


def test_many_at_once_make_the_same_chain_as_one_by_one(store: Store) -> None:
    made = [Written(decide(now=NOW + timedelta(seconds=each)), "s1", "t1", "switch-1") for each in range(5)]
    with store.transaction(NOW) as tx:
        append_decision(tx, made[0])
        append_decisions(tx, [(each, f"p{number}") for number, each in enumerate(made[1:])])
    with store.transaction(NOW) as tx:
        append_decisions(tx, [(made[0], None)])
    with store.reading(NOW) as tx:
        assert find_break(stream_chain(tx)) is None
        found = [written for _, written in list_decisions(tx, NOW, NOW + timedelta(minutes=1))]
        assert found == [*made, made[0]]
