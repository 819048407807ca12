"""The seeded city hall's organisation: everybody has a post, and both departments lie below one."""

from store.people import Department, list_departments, list_persons, upsert_departments, upsert_persons
from tests.pages.city import City


def organise(city: City) -> None:
    """Give everybody a post, and put both departments below one."""
    with city.store.transaction(city.clock()) as tx:
        upsert_persons(tx, list_persons(tx))
        lower = [Department(each.id, each.name, each.head_id, "bu") for each in list_departments(tx)]
        upsert_departments(tx, [Department("bu", "総務部"), *lower])
