"""Z13: rules are set aside by two persons, with a reason, for a time, only those that may be, and it stays visible."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy
from gateway.operations.zones.decide_proposal import Verdict, decide_proposal
from gateway.operations.zones.waive_rules import WishedWaiver, end_waiver_early, propose_waiver
from gateway.zones.tier_news import TIER_CHANGED
from store.accounts import insert_account
from store.outbox import list_unsent
from store.people import Department, Person, upsert_departments, upsert_persons
from store.rule_waivers import list_recent_waivers, list_waivers
from store.tier_rules import Activation, activate_rule_set, insert_rule_set
from store.tx import Store, Tx
from tests.domain.zones.cases import ALLOWED, LGWAN, MYNUM, NOW, RULES, decide, waiver

HOUR = timedelta(hours=1)
LATE = replace(ALLOWED, in_hours=False)


def wish(**other: object) -> WishedWaiver:
    told = {"tier_id": LGWAN, "codes": frozenset(("hours",)), "hours": 2, "reason": "夜間の障害対応"}
    return WishedWaiver(**{"id": "w1", "person_id": "s1", **told, **other})  # type: ignore[arg-type]


def begin(tx: Tx) -> None:
    upsert_departments(tx, [Department("d", "税務課")])
    upsert_persons(tx, [Person("s1", "石井 健太", "", "d", "full_time")])
    activate_rule_set(tx, RULES, Activation(insert_rule_set(tx, RULES, by="ueda", note=""), NOW, "ueda", "aoki"))


def test_z13_break_glass_stands_on_two_persons_a_reason_and_a_time(store: Store) -> None:
    with store.transaction(NOW) as tx:
        begin(tx)
        propose_waiver(tx, wish(), hours_max=24, by="ueda")
        assert propose_waiver(tx, wish(), hours_max=24, by="ueda").id == "w1"  # sent twice
        assert list_recent_waivers(tx) == []
        with pytest.raises(ZoneFaultsError, match=ZoneWhy.same_person):
            decide_proposal(tx, "w1", Verdict.approve, by="ueda")
    granted_at = NOW + HOUR
    with store.transaction(granted_at) as tx:
        decide_proposal(tx, "w1", Verdict.approve, by="aoki")
        (mine,) = list_waivers(tx, ["s1"], since=granted_at)["s1"]
        assert (mine.asked_by, mine.granted_by, mine.reason) == ("ueda", "aoki", "夜間の障害対応")
        assert (mine.from_at, mine.until_at) == (granted_at, granted_at + 2 * HOUR)  # counted from the grant
        assert [(each.notice.kind, each.notice.subject) for each in list_unsent(tx, limit=9)] == [(TIER_CHANGED, "s1")]
        assert decide(LATE, mine, now=granted_at).waived == ("hours",)
        assert decide(LATE, mine, now=granted_at + 2 * HOUR).failed == ("hours",)
    with store.reading(granted_at + 3 * HOUR) as tx:
        assert [each.waiver for each in list_recent_waivers(tx)] == [mine]  # over, and still to be read


def test_z13_nobody_grants_what_is_for_oneself(store: Store) -> None:
    with store.transaction(NOW) as tx:
        begin(tx)
        insert_account(tx, "ishii", person_id="s1", password_hash="x", roles=("security",))
        propose_waiver(tx, wish(), hours_max=24, by="ueda")
    with store.transaction(NOW) as tx, pytest.raises(ZoneFaultsError, match=ZoneWhy.for_oneself):
        decide_proposal(tx, "w1", Verdict.approve, by="ishii")
    with store.reading(NOW) as tx:
        assert list_recent_waivers(tx) == []


def test_z13_one_person_alone_waives_nothing_even_if_a_row_says_so() -> None:
    assert decide(LATE, waiver("hours", granted_by="a")).failed == ("hours",)


@pytest.mark.parametrize(
    ("other", "field", "why"),
    [
        ({"reason": " "}, "reason", ZoneWhy.no_reason),
        ({"reason": "長" * 201}, "reason", ZoneWhy.too_long),
        ({"person_id": "s9"}, "person_id", ZoneWhy.unknown_person),
        ({"codes": frozenset()}, "codes", ZoneWhy.no_reason),
        ({"codes": frozenset(("cleared",))}, "codes", ZoneWhy.not_waivable),
        ({"codes": frozenset(("hours",)), "tier_id": "lan"}, "codes", ZoneWhy.not_waivable),
        ({"hours": 0}, "hours", ZoneWhy.too_long_time),
        ({"hours": 25}, "hours", ZoneWhy.too_long_time),
    ],
    ids=["no-reason", "long-reason", "nobody", "no-rule", "never-waived", "no-tier", "no-time", "too-long"],
)
def test_what_cannot_be_asked_for(store: Store, other: dict[str, object], field: str, why: ZoneWhy) -> None:
    with store.transaction(NOW) as tx:
        begin(tx)
        with pytest.raises(ZoneFaultsError) as caught:
            propose_waiver(tx, wish(**other), hours_max=24, by="ueda")
        assert [(fault.field, fault.why) for fault in caught.value.faults] == [(field, why)]


def test_a_rule_that_may_be_waived_no_more_is_not(store: Store) -> None:
    with store.transaction(NOW) as tx:
        begin(tx)
        propose_waiver(tx, wish(), hours_max=24, by="ueda")
    with store.transaction(NOW + HOUR) as tx:
        stricter = tuple(each for each in RULES if each.code != "hours")
        activate_rule_set(
            tx, stricter, Activation(insert_rule_set(tx, stricter, by="ueda", note=""), tx.now, "ueda", "aoki")
        )
    with pytest.raises(ZoneFaultsError, match=ZoneWhy.not_waivable), store.transaction(NOW + 2 * HOUR) as tx:
        decide_proposal(tx, "w1", Verdict.approve, by="aoki")


@pytest.mark.parametrize("by", ["ueda", "aoki"])
def test_either_ends_it_early(store: Store, by: str) -> None:
    with store.transaction(NOW) as tx:
        begin(tx)
        propose_waiver(tx, wish(tier_id=MYNUM), hours_max=24, by="ueda")
        decide_proposal(tx, "w1", Verdict.approve, by="aoki")
    with store.transaction(NOW + HOUR) as tx:
        end_waiver_early(tx, "w1", by=by)
        assert list_waivers(tx, ["s1"], since=tx.now) == {}
        (kept,) = list_recent_waivers(tx)
        assert (kept.waiver.until_at, kept.ended_by) == (tx.now, by)
        with pytest.raises(ZoneFaultsError, match=ZoneWhy.over):
            end_waiver_early(tx, "w1", by=by)
        with pytest.raises(LookupError):
            end_waiver_early(tx, "w9", by=by)
        assert len(list_unsent(tx, limit=9)) == 2
