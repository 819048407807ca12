"""A city whose November is closed, for the tests of what payroll gets: people with taps, a head, two of HR."""

from collections.abc import Iterable
from pathlib import Path

from store.people import Person, upsert_persons
from store.tx import Store
from sync.firing import Desk
from sync.jobs.hand_over_closed_pay import PayDesk
from sync.payroll.freee_access import FreeeAccess
from tests.gateway.months.city import CityHall
from tests.sync.desks import settings

OTHERS = ("head", "hr1", "hr2")


def found_city(store: Store, *names: str) -> CityHall:
    """People p1, p2 … with these names; each has worked on 10 November."""
    people = [f"p{number}" for number in range(1, len(names) + 1)]
    hall = CityHall(store).found(*people, *OTHERS)
    with store.transaction(hall.later()) as tx:
        upsert_persons(
            tx, [Person(person_id, name, "カナ", "general") for person_id, name in zip(people, names, strict=True)]
        )
    for person_id in people:
        hall.day(person_id, 10)
    return hall


def close_for(hall: CityHall, people: Iterable[str]) -> None:
    """Close November for these."""
    for person_id in people:
        hall.close_all(person_id)


def close_for_all(hall: CityHall, *people: str) -> None:
    """Close November for these and for head and HR: nobody is left open."""
    close_for(hall, [*people, "hr1", "hr2"])
    hall.confirm("head")
    assert hall.confirm_as_head("head", by="hr1") == {}
    hall.close()


def pay_desk(hall: CityHall, folder: Path, **more: object) -> PayDesk:
    """Where handing over happens: the hall's database and time, a payroll folder below ``folder``."""
    return PayDesk(hall.store, settings(folder, hall.store.url, **more), hall.clock)


def freee_access(desk: PayDesk) -> FreeeAccess:
    """The way into the service that the desk's settings name."""
    assert desk.settings.freee is not None
    return FreeeAccess(desk.store, desk.settings.freee, desk.settings.load_site_key(), desk.clock)


def firing_desk(hall: CityHall, folder: Path, **more: object) -> Desk:
    """The same for jobs and papers."""
    return Desk(hall.store, settings(folder, hall.store.url, **more), hall.clock)
