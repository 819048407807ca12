"""A card at the reader of an assembly point, through box, broker and gateway: its holder is safe on the list."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from emulation.simulated import send_simulated
from gateway.operations.access.start_muster import start_muster
from gateway.people.roll_call import Roll, read_roll
from gateway.site.description import Site
from store.musters import list_places, load_muster_going_on
from store.tx import Store
from tests.processes.installation import Installation, describe_site

CARDS = [bytes([1, 0]), bytes([1, 1]), bytes([1, 2])]
MUSTER = "0123456789abcdef"


def with_assembly_point(site: Site) -> Site:
    """One box with an entrance and, at the gate of the square, a reader that no level opens."""
    told = site.model_dump(mode="json")
    told["areas"] += [
        {
            "id": "square",
            "name": "避難場所",
            "name_en": "Assembly point",
            "offline_minutes_max": 60,
            "muster_point": True,
        }
    ]
    told["doors"] += [{"id": "gate", "name": "門", "name_en": "Gate", "release_seconds": 1}]
    told["access_points"] += [
        {"id": "assembly", "name": "門", "name_en": "Gate", "door": "gate", "area_from": "outside", "area_to": "square"}
    ]
    told["readers"] += [
        {"id": "assembly", "name": "門", "device": "box-0", "access_point": "assembly", "driver": "simulated",
         "path": "assembly.sock"}
    ]  # fmt: skip
    return Site.model_validate(told)


def until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.mark.real
def test_a_card_at_the_assembly_point_says_that_its_holder_is_safe(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    site = with_assembly_point(describe_site(1))
    installation = Installation(tmp_path_factory.mktemp("s"), database_url=None, cards=CARDS, site=site)
    store = Store(installation.database_url)

    def inside() -> set[str]:
        with store.reading(datetime.now(UTC)) as tx:
            return {place.person_id for place in list_places(tx) if place.area_id == "hall"}

    def roll() -> Roll:
        with store.reading(datetime.now(UTC)) as tx:
            muster = load_muster_going_on(tx)
            assert muster is not None
            return read_roll(tx, muster, site)

    try:
        for name in ("broker", "gateway", "box-0"):
            installation.start(name)
        entrance, assembly = installation.socket_path("box-0"), installation.socket_path("box-0", "assembly.sock")
        until(assembly.exists, "the box opens its readers")

        def come_in() -> bool:  # until the box has its policy nobody is known
            for card in CARDS[:2]:
                send_simulated(entrance, card)
            time.sleep(0.5)
            return inside() == {"p0", "p1"}

        until(come_in, "both come in")
        with store.transaction(datetime.now(UTC)) as tx:
            start_muster(tx, MUSTER, site, by="desk")
        assert [line.listed.person_id for line in roll().missing] == ["p0", "p1"]
        send_simulated(assembly, CARDS[0])
        until(lambda: bool(roll().safe), "the tap reaches the list")
        found = roll()
        assert [line.listed.person_id for line in found.safe] == ["p0"]
        assert [line.listed.person_id for line in found.missing] == ["p1"]
        mark = found.safe[0].mark
        assert mark is not None
        assert (mark.how, mark.safe) == ("tap", True)
    finally:
        installation.stop_all()
        store.close()
