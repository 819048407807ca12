"""Nothing that people name hides behind a page's own address: such ids are refused, and the routes hold the list."""

import re

import pytest

from domain.facilities.check_reservee import ReserveeEntry
from domain.facilities.reservee import ReserveeKind
from domain.facilities.reservee_fault import ReserveeFaultsError
from domain.ids import PAGE_WORDS
from domain.keys.key import Key, Opening, OpeningKind
from domain.keys.key_fault import KeyFaultError
from gateway.citizens.app import create_citizens
from gateway.operations.facilities.register_reservee import register_reservee
from gateway.operations.keys.register_key import register_key
from gateway.pages.access.routes import ROUTES, SECTION_ROWS
from gateway.pages.app import list_routes
from tests.citizens.conftest import SETTINGS
from tests.pages.city import City
from tests.pages.houses import HOUSE, build_houses

REFUSED = {"booking_id", "key_id", "reservee_id", "round_id", "waiting_id"}
"""Whoever makes one of these is told so (tests of book_room, import_bookings, open_round, and below)."""

DRAWN = {"case_id", "count_id", "offer_id", "photo_id", "sheet_id", "wait_id"}
"""Drawn as hexadecimal digits, whatever a form says."""


def list_hiding(place: str) -> set[str]:
    """The words that stand in some route where another one has an id of this name, and both can be one address."""
    paths = [path.split("/") for path in sorted({path for _, path in ROUTES})]
    words = set()
    for parts in (each for each in paths if f"{{{place}}}" in each):
        at = parts.index(f"{{{place}}}")
        for other in paths:
            alike = len(parts) == len(other) and all(
                one == two or "{" in one or "{" in two for one, two in zip(parts, other, strict=True)
            )
            words |= {other[at]} if alike and "{" not in other[at] else set()
    return words


def test_what_could_be_hidden_is_refused_and_the_rest_cannot_be() -> None:
    places = {name for _, path in SECTION_ROWS["facilities"] for name in re.findall(r"{(\w+)}", path)}
    assert {place for place in places if list_hiding(place)} == REFUSED | DRAWN
    assert {"facility_id", "room_id"} <= places - REFUSED - DRAWN  # a file may name these as it likes
    assert set().union(*(list_hiding(place) for place in REFUSED)) == PAGE_WORDS


def test_citizens_pages_hide_nothing(city: City) -> None:
    paths = {tuple(path.split("/")) for _, path in list_routes(create_citizens(city.context, SETTINGS))}
    hidden = [
        (one, two)
        for one in paths
        for two in paths
        if one != two
        and len(one) == len(two)
        and all(a == b or a.startswith("{") for a, b in zip(one, two, strict=True))
    ]
    assert hidden == []


@pytest.mark.parametrize("word", ["counts", "overdue", "register"])
def test_a_key_is_not_called_like_a_page(city: City, word: str) -> None:
    build_houses(city)
    key = Key(word, "倉庫", "Store", HOUSE, frozenset({Opening(OpeningKind.room, "gym")}))
    with pytest.raises(KeyFaultError) as told, city.store.transaction(city.clock()) as tx:
        register_key(tx, key)
    assert [(fault.field, fault.why.value) for fault in told.value.faults] == [("id", "id_is_address")]


def test_a_reservee_is_not_called_like_a_page(city: City) -> None:
    build_houses(city)
    entry = ReserveeEntry(ReserveeKind.citizen, "resident", "髙橋 はな", "タカハシ ハナ", email="hana@example.jp")
    for word in sorted(PAGE_WORDS):
        with pytest.raises(ReserveeFaultsError) as told, city.store.transaction(city.clock()) as tx:
            register_reservee(tx, word, entry, by="self")
        assert [(fault.field, fault.why.value) for fault in told.value.faults] == [("id", "bad_id")]
