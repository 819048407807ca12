"""Who is where after grants and what the contacts said of them: any batches, repeats, catch-up; both databases."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from contract.records import AccessEnded, AgentStarted, DoorMoved, SituationFacts
from domain.access.policy import PassbackMode, PolicySnapshot
from domain.ids import AreaId, DeviceId
from gateway.intake.ingest import Ingest
from gateway.meaning.passages import PLACE_ENTERED
from store.presence import list_presences
from store.tx import Store
from tests.gateway.city import NOW, PEOPLE, Journal, make_policy, make_tap, settle, token_of
from tests.gateway.ingesting import notices_of, punches_of, receipt

WHO = PEOPLE[0]
OFFICE = AreaId("office")


def stamp(at: datetime) -> dict[str, Any]:
    return {"at": at, "mono_ms": 1, "boot": "boot-1", "clock": "synced"}


def contact(door: str = "main", at: datetime = NOW - timedelta(seconds=20)) -> DoorMoved:
    """The contact's first word, by which one knows that there is one."""
    return DoorMoved(door=door, state="closed", **stamp(at))


def ended(cause_seq: int, *, taken: bool, at: datetime, point: str = "main-in") -> AccessEnded:
    return AccessEnded(access_point=point, credential=token_of(WHO), taken=taken, cause_seq=cause_seq, **stamp(at))


def places_of(store: Store) -> dict[str, tuple[str, datetime]]:
    with store.reading(NOW) as tx:
        return {here.person_id: (here.area_id, here.since_at) for here in list_presences(tx)}


def told(store: Store) -> list[tuple[str, str, str]]:
    found = [
        (notice.subject, json.loads(notice.payload)) for notice in notices_of(store) if notice.kind == PLACE_ENTERED
    ]
    return [(person, place["area"], place["left"]) for person, place in found]


def ruled(**area: object) -> PolicySnapshot:
    policy = make_policy()
    return replace(policy, areas={**policy.areas, OFFICE: replace(policy.areas[OFFICE], **area)})  # type: ignore[arg-type]


@pytest.mark.parametrize("together", [True, False])
def test_a_grant_counts_when_the_door_was_used(store: Store, ingest: Ingest, journal: Journal, together: bool) -> None:
    at = NOW - timedelta(seconds=10)
    journal.append(contact())
    journal.append(make_tap(WHO, at=at))
    if not together:
        ingest.take([journal.message()])
        assert places_of(store) == {}
    journal.append(ended(2, taken=True, at=at + timedelta(seconds=2)))
    receipt(ingest.take([journal.message(1 if together else 3)])[0])
    assert places_of(store) == {WHO: ("office", at + timedelta(seconds=2))}
    assert [punch.punched_at for punch in punches_of(store, WHO)] == [at]  # working time begins with the tap
    receipt(ingest.take([journal.message()])[0])
    assert places_of(store) == {WHO: ("office", at + timedelta(seconds=2))}


def test_a_grant_that_was_not_used_leaves_nobody_inside(store: Store, ingest: Ingest, journal: Journal) -> None:
    at = NOW - timedelta(seconds=10)
    journal.append(contact())
    journal.append(make_tap(WHO, "west", at=at - timedelta(minutes=5)))  # no contact: the grant counts
    journal.append(make_tap(WHO, "main-out", at=at))
    journal.append(ended(3, taken=False, at=at + timedelta(seconds=5), point="main-out"))
    receipt(ingest.take([journal.message()])[0])
    assert places_of(store) == {WHO: ("office", at - timedelta(minutes=5))}
    assert len(punches_of(store, WHO)) == 2


@pytest.mark.parametrize("together", [True, False])
def test_what_was_counted_before_the_contact_spoke_is_taken_back(
    store: Store, ingest: Ingest, journal: Journal, together: bool
) -> None:
    at = NOW - timedelta(seconds=10)
    journal.append(make_tap(WHO, at=at))
    if not together:
        ingest.take([journal.message()])
        assert places_of(store) == {WHO: ("office", at)}
    journal.append(contact(at=at + timedelta(seconds=1)))
    journal.append(ended(1, taken=False, at=at + timedelta(seconds=5)))
    receipt(ingest.take([journal.message(1 if together else 2)])[0])
    assert places_of(store) == {}


def test_a_later_place_is_not_taken_back(store: Store, ingest: Ingest, journal: Journal) -> None:
    at = NOW - timedelta(seconds=10)
    journal.append(make_tap(WHO, at=at))
    journal.append(make_tap(WHO, "server-in", at=at + timedelta(seconds=3)))
    journal.append(ended(1, taken=False, at=at + timedelta(seconds=5)))
    receipt(ingest.take([journal.message()])[0])
    assert places_of(store) == {WHO: ("server", at + timedelta(seconds=3))}


def test_a_controller_that_starts_anew_has_no_contacts_until_they_speak(
    store: Store, ingest: Ingest, journal: Journal
) -> None:
    journal.append(contact())
    journal.append(AgentStarted(software="1", policy_version=1, **stamp(NOW)))
    journal.append(make_tap(WHO))
    ingest.take([journal.message()])
    assert places_of(store) == {WHO: ("office", NOW)}


def test_what_ends_without_a_tap_that_we_know_lets_nobody_in(store: Store, ingest: Ingest, journal: Journal) -> None:
    journal.append(contact())
    journal.append(make_tap(None))
    for cause in (0, 1, 2, 99):  # a remote opening, a door's word, nobody's card, what is not there
        journal.append(ended(cause, taken=True, at=NOW))
    receipt(ingest.take([journal.message()])[0])
    assert places_of(store) == {}


def test_two_go_in_together(store: Store, ingest: Ingest) -> None:
    journal, policy = Journal(DeviceId("west-1")), ruled(two_person=True)
    settle(store, journal, policy=policy)
    at = NOW - timedelta(seconds=20)
    first, second, third = PEOPLE[:3]
    waiting = {"granted": False, "reason": "two_person_waiting"}
    journal.append(make_tap(third, "west", at - timedelta(minutes=2), policy=policy, **waiting))  # gave up
    for point, cause in (("west", 3), ("main-in", 6)):
        if point == "main-in":
            journal.append(contact())
        journal.append(make_tap(first, point, at, policy=policy, **waiting))
        journal.append(
            make_tap(
                second,
                point,
                at + timedelta(seconds=3),
                policy=policy,
                granted=True,
                reason="granted",
                situation=SituationFacts(companions=1),
            )
        )
        if point == "main-in":
            journal.append(ended(cause, taken=True, at=at + timedelta(seconds=5)))
        receipt(ingest.take([journal.message()])[0])
        entered = at + timedelta(seconds=3 if point == "west" else 5)
        assert places_of(store) == {first: ("office", entered), second: ("office", entered)}


def test_others_are_told_of_live_entries_about_which_somebody_asks(store: Store, ingest: Ingest) -> None:
    journal, policy = Journal(DeviceId("west-1")), ruled(passback=PassbackMode.hard)
    settle(store, journal, policy=policy)
    journal.append(contact())
    journal.append(make_tap(WHO, "west", policy=policy))
    journal.append(make_tap(PEOPLE[1], "main-in", policy=policy))
    journal.append(ended(3, taken=True, at=NOW))
    journal.append(make_tap(WHO, "main-out", policy=policy))
    journal.append(ended(5, taken=False, at=NOW, point="main-out"))
    receipt(ingest.take([journal.message()])[0])
    assert told(store) == [(WHO, "office", "hall"), (PEOPLE[1], "office", "hall")]


@pytest.mark.parametrize(("mode", "age"), [("catch_up", 0), ("live", 31)])
def test_nobody_is_told_of_what_is_caught_up(store: Store, ingest: Ingest, mode: Any, age: int) -> None:
    journal, policy = Journal(DeviceId("west-1")), ruled(occupancy_max=3)
    settle(store, journal, policy=policy)
    at = NOW - timedelta(seconds=age)
    journal.append(make_tap(WHO, "west", at, policy=policy))
    receipt(ingest.take([journal.message(mode=mode)])[0])
    assert places_of(store) == {WHO: ("office", at)}
    assert told(store) == []


def test_nobody_is_told_where_nobody_asks(store: Store, ingest: Ingest, journal: Journal) -> None:
    journal.append(make_tap(WHO, "west"))
    ingest.take([journal.message()])
    assert told(store) == []
