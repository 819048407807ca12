"""A decision's bytes: golden, read back to the same, chained."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.chain import chain_hashes
from contract.tier_decision import CHAIN_START, TierDecisionError, Written, find_break, read_decision, write_decision
from domain.zones.compile_rules import compile_rules
from domain.zones.decide_tier import judge_facts
from tests.domain.zones.cases import ALLOWED, NOW, PLAN, RULES, TODAY, decide, waiver

LATE = replace(ALLOWED, in_hours=False, missing_training=frozenset(("b", "a")))
WRITTEN = Written(decide(LATE, waiver("hours", "trained")), "s1", "t1", "switch-1", (waiver("hours", "trained"),))

GOLDEN = (
    '{"asked_by":"switch-1","decision":{"answer":"permit","decided_at":"2025-11-20T01:00:00+00:00",'
    '"ends_at":"2025-11-20T02:00:00+00:00","ends_by":["hours"],"facts":{"cleared":true,"drill_open":false,'
    '"employed":true,"escorted":false,"factor":"card_pin","in_hours":false,"method":"eap_tls",'
    '"missing_training":["a","b"],"on_duty":true,"on_leave":false,"others_cleared":0,"overtime_ordered":false,'
    '"person_known":true,"presence_grade":"door_pair","present":true,"suspended":false,"terminal_certified":true,'
    '"terminal_class":"","terminal_issued":true,"terminal_tier":"lgwan","threat":"normal","tier":"lgwan",'
    '"trained":true,"visitor":false},"failed":[],"rules_hash":"%s","vlan":20,"waived":["hours"]},'
    '"form":"tier_decision.1","person_id":"s1","terminal_id":"t1","waivers":[{"asked_by":"a",'
    '"codes":["hours","trained"],"from_at":"2025-11-20T00:59:00+00:00","granted_by":"b","id":"w-1","person_id":"s1",'
    '"reason":"障害","tier_id":"lgwan","until_at":"2025-11-20T02:00:00+00:00"}]}'
)


def test_the_bytes_are_golden() -> None:
    assert write_decision(WRITTEN).decode() == GOLDEN % WRITTEN.decision.rules_hash


@given(st.booleans(), st.booleans(), st.booleans())
def test_what_is_written_is_read_back_and_decided_again(present: bool, trained: bool, cleared: bool) -> None:
    made = decide(replace(LATE, present=present, trained=trained, cleared=cleared), waiver("hours"))
    again = read_decision(write_decision(replace(WRITTEN, decision=made, waivers=(waiver("hours"),))))
    assert again.decision == made
    judged = judge_facts(PLAN, compile_rules(RULES, TODAY), again.decision.facts, made.decided_at, again.waivers)
    assert judged.failed == made.failed
    assert made.waived == (() if made.failed else judged.waived)


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"", "Invalid JSON"),
        (b"[]", "valid dictionary|object"),
        (b'{"form":"tier_decision.1"}', "decision"),
        (write_decision(WRITTEN).replace(b"tier_decision.1", b"tier_decision.2"), "form"),
        (write_decision(WRITTEN).replace(b'"vlan":20', b'"vlan":20,"more":1'), "more"),
        (b" " * 70_000, "70000 bytes"),
    ],
    ids=["nothing", "list", "empty", "form", "more", "long"],
)
def test_what_is_none_is_refused_by_name(data: bytes, names: str) -> None:
    with pytest.raises(TierDecisionError, match=names):
        read_decision(data)


def test_a_cut_and_a_swap_show() -> None:
    later = [replace(WRITTEN.decision, decided_at=NOW + timedelta(seconds=n)) for n in range(4)]
    bodies = [write_decision(replace(WRITTEN, decision=each)) for each in later]
    rows = list(zip(bodies, chain_hashes(CHAIN_START, bodies), strict=True))
    assert find_break(rows) is None
    assert find_break(rows[1:]) == 0
    assert find_break([*rows[:2], rows[3]]) == 2
    assert find_break([rows[0], (rows[2][0], rows[1][1]), *rows[2:]]) == 1
