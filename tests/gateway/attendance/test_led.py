"""Whom somebody leads: the own people, the heads below, in a head's place those of that head; never oneself."""

import pytest

from gateway.operations.attendance.name_stand_in import end_stand_in, name_stand_in
from gateway.requests.led import list_led
from store.delegations import list_delegations_of
from store.tx import Store
from tests.gateway.attendance.town import CLERK, HEAD, HR, MAYOR, NOW, OTHER, SECOND_HR, WEDNESDAY, put_town


@pytest.fixture
def town(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        put_town(tx)
    return store


def led(store: Store, who: str) -> set[str]:
    with store.reading(NOW) as tx:
        return {line.person_id for line in list_led(tx, who)}


def test_a_head_leads_the_own_people_and_the_one_above_the_heads(town: Store) -> None:
    assert led(town, HEAD) == {CLERK, OTHER}
    assert led(town, MAYOR) == {HEAD, HR}
    assert led(town, HR) == {SECOND_HR, MAYOR}  # above the mayor there is only HR
    assert led(town, CLERK) == set()


def test_a_stand_in_leads_in_the_head_s_place_but_not_himself(town: Store) -> None:
    with town.transaction(NOW) as tx:
        named = name_stand_in(tx, HEAD, OTHER, WEDNESDAY, WEDNESDAY, by="head")
    assert led(town, OTHER) == {CLERK}
    assert led(town, HEAD) == {CLERK, OTHER}
    with town.transaction(NOW) as tx:
        end_stand_in(tx, named, HEAD, by="head")
        again = name_stand_in(tx, HEAD, CLERK, WEDNESDAY, WEDNESDAY, by="head")
    with town.reading(NOW) as tx:
        known = list_delegations_of(tx, HEAD, limit=5)
    assert [(each.id, each.ended_by) for each in known] == [(again, None), (named, "head")]
