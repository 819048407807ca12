"""Partial renewals, in whatever order and groups, know what one reading of everything knows; on both databases."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.zones.facts import Factor
from gateway.zones.situations import Situations
from store.last_seen import save_seen
from store.leave_tables import leave_taken
from store.people import Person, upsert_persons
from store.presence import Presence, save_presences
from store.safety_tables import presence_correction
from store.suspensions import Suspension, insert_suspension
from store.tables import presence
from store.terminal_seats import Seat, save_seats
from store.trainings import save_drill_failures, save_made_good
from store.tx import Store, Tx
from store.zone_tables import last_seen, phishing_drill, suspension, terminal_seat
from tests.gateway.zones.building import MINUTE, NOW, PROFILES, SITE, TODAY, Building

PERSONS = ("s1", "s2", "s3", "visit-1")
POINTS = {each.id: each.area_to for each in SITE.access_points}


@dataclass(frozen=True)
class Happening:
    """Something that is committed about a person at a minute."""

    person_id: str
    what: str
    minute: int
    point: str
    terminal_id: str


HAPPENINGS = st.lists(
    st.builds(
        Happening,
        st.sampled_from(PERSONS),
        st.sampled_from(
            ("goes", "goes", "goes", "sits", "is_suspended", "fell_for_it", "made_good", "takes_leave", "leaves")
        ),
        st.integers(0, 60),
        st.sampled_from(sorted(POINTS)),
        st.sampled_from(("t-1", "t-2", "t-3")),
    ),
    min_size=1,
    max_size=12,
)


def commit(tx: Tx, number: int, each: Happening) -> None:
    at = NOW - each.minute * MINUTE
    match each.what:
        case "goes":
            here = Presence(each.person_id, POINTS[each.point], each.point, at)
            save_presences(tx, [here])
            save_seen(tx, [here])
        case "sits":
            save_seats(tx, [Seat(each.terminal_id, each.person_id, Factor.card, at, "seat_1")])
        case "is_suspended":
            insert_suspension(tx, Suspension(f"x-{number}", each.person_id, TODAY, None, "休職", "hr", NOW))
        case "fell_for_it":
            save_drill_failures(tx, [each.person_id], TODAY, by="j")
        case "made_good":
            save_made_good(tx, each.person_id, TODAY)
        case "takes_leave":
            row = {"id": f"l-{number}", "person_id": each.person_id, "kind": "annual", "day_on": TODAY, "minutes": 60}
            tx.connection.execute(leave_taken.insert().values(**row))
        case _:
            upsert_persons(tx, [person(each.person_id, TODAY)])


def person(person_id: str, left_on: Any = None) -> Person:
    if person_id == "visit-1":
        return Person(person_id, "", "", "tax", kind="contractor", sponsor_id="s2", left_on=left_on)
    return Person(person_id, person_id, "", "tax", left_on=left_on)


def clean(store: Store) -> None:
    with store.transaction(NOW) as tx:
        for table in (last_seen, presence, presence_correction, terminal_seat, suspension, phishing_drill, leave_taken):
            tx.connection.execute(table.delete())
        upsert_persons(tx, [person(each) for each in PERSONS])


def known(situations: Situations) -> dict[str, Any]:
    snapshot = situations._known
    told = {each.name: getattr(snapshot, each.name) for each in fields(snapshot) if each.name != "readers"}
    company = told.pop("company")
    times = {key: entries for key, entries in company.times.items() if entries}
    inside = {area: members for area, members in company.inside.items() if members}
    return told | {"counted": company.counted, "times": times, "inside": inside}


def groups_of(happenings: Sequence[Happening], sizes: Sequence[int]) -> list[Sequence[Happening]]:
    found, start = [], 0
    for size in (*sizes, len(happenings)):
        found.append(happenings[start : start + size])
        start += size
    return [each for each in found if each]


@pytest.fixture
def furnished(store: Store) -> Store:
    """The store with its people, whom every example finds anew."""
    return Building(store).store


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings=HAPPENINGS, sizes=st.lists(st.integers(1, 4), max_size=6), picks=st.randoms(use_true_random=False))
def test_partial_renewals_know_what_one_full_one_knows(
    furnished: Store, happenings: list[Happening], sizes: list[int], picks: Any
) -> None:
    clean(furnished)
    partly, whole = Situations(lambda: SITE, PROFILES), Situations(lambda: SITE, PROFILES)
    with furnished.reading(NOW) as tx:
        partly.renew(tx)
    number = 0
    for group in groups_of(happenings, sizes):
        with furnished.transaction(NOW) as tx:
            for each in group:
                number += 1
                commit(tx, number, each)
        told = list(group)
        picks.shuffle(told)
        with furnished.reading(NOW) as tx:
            for each in told:
                only_places = each.what in {"goes", "sits"}
                (partly.renew_places if only_places else partly.renew_persons)(tx, [each.person_id])
    with furnished.reading(NOW) as tx:
        whole.renew(tx)
    assert known(partly) == known(whole)
