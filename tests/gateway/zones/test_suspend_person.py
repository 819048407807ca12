"""Somebody is away for long, and back: by one word each, told at once; on both databases."""

from dataclasses import replace
from datetime import date

import pytest

from domain.zones.zone_fault import ZoneFaultsError
from gateway.operations.zones.suspend_person import WishedSuspension, end_suspended, suspend_person
from gateway.zones.tier_news import TIER_CHANGED
from store.outbox import list_unsent
from store.tx import Store
from tests.gateway.zones.building import HOUR, NOW, TODAY, Building

WISH = WishedSuspension("x-1", "s1", TODAY, None, " 育児休業 ")


def test_who_is_suspended_is_off_until_it_is_over(store: Store) -> None:
    building = Building(store)
    building.see("s1", "staff_in", NOW - HOUR)
    with store.transaction(NOW) as tx:
        made = suspend_person(tx, WISH, by="ueda")
        assert suspend_person(tx, replace(WISH, reason="別の理由"), by="ueda") == made
        assert (made.reason, made.entered_by) == ("育児休業", "ueda")
        assert [(each.notice.kind, each.notice.subject) for each in list_unsent(tx, limit=9)] == [(TIER_CHANGED, "s1")]
    assert building.failed() == ("known",)
    with store.transaction(NOW) as tx:
        end_suspended(tx, "x-1", by="ueda")
        assert len(list_unsent(tx, limit=9)) == 2
    assert building.failed() == ()


@pytest.mark.parametrize(
    ("wish", "field", "why"),
    [
        (replace(WISH, person_id="nobody"), "person_id", "unknown_person"),
        (replace(WISH, until_on=date(2026, 11, 19)), "until_on", "ends_first"),
        (replace(WISH, reason=" "), "reason", "no_reason"),
        (replace(WISH, reason="長" * 10_000), "reason", "too_long"),
    ],
    ids=["nobody", "backwards", "no-reason", "long"],
)
def test_what_is_wrong_is_named(store: Store, wish: WishedSuspension, field: str, why: str) -> None:
    Building(store)
    with store.transaction(NOW) as tx:
        with pytest.raises(ZoneFaultsError) as refused:
            suspend_person(tx, wish, by="ueda")
        assert [(fault.field, fault.why.value) for fault in refused.value.faults] == [(field, why)]
        with pytest.raises(ZoneFaultsError, match="moved_on"):
            end_suspended(tx, "x-9", by="ueda")
        assert list_unsent(tx, limit=9) == []
