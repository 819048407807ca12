"""Clearances: asked by one, given by another, ended by a word, a move or the end of service; on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Event

import pytest

from domain.civil import civil_minute
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy
from gateway.operations.zones.decide_proposal import Verdict, decide_proposal
from gateway.operations.zones.end_clearance import end_clearance_early, end_unfounded_clearances
from gateway.operations.zones.give_clearance import WishedClearance, propose_clearance, read_asked_clearance
from gateway.zones.tier_news import TIER_CHANGED
from store.accounts import insert_account
from store.outbox import list_unsent
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tier_clearances import Clearance, list_clearances, load_clearance
from store.tx import Store, Tx
from tests.domain.zones.cases import LGWAN, NOW, TODAY

TIERS = {LGWAN, "mynum"}
WISH = WishedClearance("c-1", "s1", LGWAN, TODAY, TODAY + timedelta(days=90), "税の事務")


@pytest.fixture(autouse=True)
def people(store: Store) -> None:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("tax", "税務課"), Department("city", "市民課")])
        upsert_persons(tx, [Person(each, each, "", "tax") for each in ("s1", "s2")])
        insert_account(tx, "one", person_id="s1", password_hash="x", roles=("security",))


def changed(tx: Tx) -> list[str]:
    return [each.notice.subject for each in list_unsent(tx, limit=100) if each.notice.kind == TIER_CHANGED]


def give(tx: Tx, wish: WishedClearance = WISH) -> Clearance:
    propose_clearance(tx, wish, tiers=TIERS, by="ueda")
    decide_proposal(tx, wish.id, Verdict.approve, by="aoki")
    found = load_clearance(tx, wish.id)
    assert found is not None
    return found


def test_one_asks_and_another_gives(store: Store) -> None:
    with store.transaction(NOW) as tx:
        asked = propose_clearance(tx, WISH, tiers=TIERS, by="ueda")
        assert propose_clearance(tx, replace(WISH, reason="別"), tiers=TIERS, by="ueda") == asked
        said = read_asked_clearance(asked)
        assert (said.tier_id, said.valid_from, said.valid_until) == (LGWAN, TODAY, WISH.valid_until)
        assert list_clearances(tx, ["s1"]) == {}
        assert changed(tx) == []
        with pytest.raises(ZoneFaultsError, match="same_person"):
            decide_proposal(tx, "c-1", Verdict.approve, by="ueda")
        decide_proposal(tx, "c-1", Verdict.approve, by="aoki")
        given = Clearance(
            "c-1", "s1", LGWAN, TODAY, WISH.valid_until, "税の事務", "ueda", "aoki", NOW, department_id="tax"
        )
        assert list_clearances(tx, ["s1"]) == {"s1": [given]}
        assert changed(tx) == ["s1"]


@pytest.mark.parametrize(
    ("wish", "field", "why"),
    [
        (replace(WISH, person_id="s9"), "person_id", ZoneWhy.unknown_person),
        (replace(WISH, tier_id="other"), "tier_id", ZoneWhy.unknown_tier),
        (replace(WISH, valid_until=TODAY - timedelta(days=1)), "valid_until", ZoneWhy.ends_first),
        (replace(WISH, valid_from=date(2020, 1, 1), valid_until=date(2020, 1, 2)), "valid_until", ZoneWhy.over),
        (replace(WISH, reason=" "), "reason", ZoneWhy.no_reason),
        (replace(WISH, reason="あ" * 201), "reason", ZoneWhy.too_long),
    ],
    ids=["nobody", "no tier", "wrong way round", "over", "no reason", "long"],
)
def test_what_cannot_be_asked_for(store: Store, wish: WishedClearance, field: str, why: ZoneWhy) -> None:
    with store.transaction(NOW) as tx, pytest.raises(ZoneFaultsError) as refused:
        propose_clearance(tx, wish, tiers=TIERS, by="ueda")
    assert [(each.field, each.why) for each in refused.value.faults] == [(field, why)]


def test_nobody_asks_or_gives_for_oneself(store: Store) -> None:
    with store.transaction(NOW) as tx:
        with pytest.raises(ZoneFaultsError, match="for_oneself"):
            propose_clearance(tx, WISH, tiers=TIERS, by="one")
        propose_clearance(tx, WISH, tiers=TIERS, by="ueda")
    with store.transaction(NOW) as tx, pytest.raises(ZoneFaultsError, match="for_oneself"):
        decide_proposal(tx, "c-1", Verdict.approve, by="one")
    with store.reading(NOW) as tx:
        assert list_clearances(tx, ["s1"]) == {}


def test_what_one_refuses_while_another_approves_is_not_given(store: Store) -> None:
    with store.transaction(NOW) as tx:
        propose_clearance(tx, WISH, tiers=TIERS, by="ueda")
    is_refused, approves = Event(), Event()

    def refuse() -> None:
        with store.transaction(NOW) as tx:
            decide_proposal(tx, "c-1", Verdict.refuse, by="yamada", why="担当外")
            is_refused.set()
            approves.wait(5)
            time.sleep(0.2)  # on PostgreSQL the other one has read by now that it is open, and waits

    def approve() -> None:
        is_refused.wait(5)
        approves.set()
        with store.transaction(NOW) as tx, pytest.raises(ZoneFaultsError, match=ZoneWhy.moved_on):
            decide_proposal(tx, "c-1", Verdict.approve, by="aoki")

    with ThreadPoolExecutor(2) as pool:
        for done in (pool.submit(refuse), pool.submit(approve)):
            done.result()
    with store.reading(NOW) as tx:
        assert list_clearances(tx, ["s1"]) == {}


def test_the_same_days_are_asked_for_once(store: Store) -> None:
    again = replace(WISH, id="c-2", valid_from=TODAY + timedelta(days=9), valid_until=None)
    with store.transaction(NOW) as tx:
        propose_clearance(tx, WISH, tiers=TIERS, by="ueda")
        with pytest.raises(ZoneFaultsError, match="stands"):
            propose_clearance(tx, again, tiers=TIERS, by="ueda")
        propose_clearance(tx, replace(again, person_id="s2"), tiers=TIERS, by="ueda")
        propose_clearance(tx, replace(again, id="c-3", tier_id="mynum"), tiers=TIERS, by="ueda")
        decide_proposal(tx, "c-1", Verdict.approve, by="aoki")
        with pytest.raises(ZoneFaultsError, match="stands"):
            propose_clearance(tx, replace(again, id="c-4"), tiers=TIERS, by="ueda")
        end_clearance_early(tx, "c-1", by="aoki", reason="不要")
        propose_clearance(tx, replace(again, id="c-4"), tiers=TIERS, by="ueda")


def test_one_person_ends_it_at_once_with_a_reason(store: Store) -> None:
    with store.transaction(NOW) as tx:
        give(tx)
        with pytest.raises(ZoneFaultsError, match="no_reason"):
            end_clearance_early(tx, "c-1", by="ueda", reason=" ")
        with pytest.raises(LookupError):
            end_clearance_early(tx, "c-9", by="ueda", reason="不要")
        end_clearance_early(tx, "c-1", by="ueda", reason="担当を外れた")
        ended = load_clearance(tx, "c-1")
        assert ended is not None
        assert (ended.ended_at, ended.ended_by, ended.end_reason) == (NOW, "ueda", "担当を外れた")
        assert changed(tx) == ["s1", "s1"]
        with pytest.raises(ZoneFaultsError, match="moved_on"):
            end_clearance_early(tx, "c-1", by="ueda", reason="不要")


def test_a_move_ends_it_however_it_came_about(store: Store) -> None:
    with store.transaction(NOW) as tx:
        give(tx)
        give(tx, replace(WISH, id="c-2", person_id="s2"))
        assert end_unfounded_clearances(tx) == 0
        upsert_persons(tx, [Person("s1", "s1", "", "city")])
        assert end_unfounded_clearances(tx) == 1
        assert end_unfounded_clearances(tx) == 0
        moved = load_clearance(tx, "c-1")
        assert moved is not None
        assert (moved.ended_at, moved.ended_by, moved.end_reason) == (NOW, "", "moved")
        assert changed(tx) == ["s1", "s2", "s1"]


def test_the_day_after_the_last_one_of_service_ends_it(store: Store) -> None:
    with store.transaction(NOW) as tx:
        give(tx)
        upsert_persons(tx, [Person("s1", "s1", "", "tax", left_on=civil_minute(NOW)[0])])
        assert end_unfounded_clearances(tx) == 0
    with store.transaction(NOW + timedelta(days=1)) as tx:
        assert end_unfounded_clearances(tx) == 1
        left = load_clearance(tx, "c-1")
        assert left is not None
        assert left.end_reason == "left"
        with pytest.raises(ZoneFaultsError, match="unknown_person"):
            propose_clearance(tx, replace(WISH, id="c-5", valid_until=None), tiers=TIERS, by="ueda")
