"""What the ids of the tier pages are called: persons, accounts, departments, terminals, tiers, areas."""

from collections.abc import Collection, Iterable

from domain.zones.tier import Tier
from gateway.pages.drawing.phrases import Named
from gateway.pages.tiers.board_view import Names
from gateway.site.description import Site
from store.directory import name_accounts
from store.people import list_departments, load_persons
from store.terminals import list_terminals
from store.tx import Tx


def load_names(tx: Tx, person_ids: Iterable[str]) -> Names:
    """Give the names of persons with their departments, and of every terminal."""
    persons = load_persons(tx, {each for each in person_ids if each})
    departments = {each.id: each.name for each in list_departments(tx)}
    return Names(
        persons={id_: each.name for id_, each in persons.items()},
        departments={id_: departments.get(each.department_id, "") for id_, each in persons.items()},
        terminals={each.id: each.name for each in list_terminals(tx)},
    )


def name_logins(tx: Tx, logins: Collection[str | None]) -> dict[str, str]:
    """Give what each login is called: its person's name; one of no person, or that is no more, bears itself."""
    asked = {each for each in logins if each}
    return {each: each for each in asked} | name_accounts(tx, asked)


def name_areas(site: Site) -> dict[str, Named]:
    """Give the areas of a site by id."""
    return {each.id: each for each in site.areas}


def name_tiers(tiers: Iterable[Tier]) -> dict[str, Tier]:
    """Give tiers by id; of rows that follow each other by their days the last one."""
    return {str(each.id): each for each in tiers}
