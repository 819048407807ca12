"""The tiers in force today and what departments are called, as the pages of this room need them."""

from datetime import date

from domain.civil import civil_minute
from domain.validity import is_in_force
from domain.zones.tier import Tier
from gateway.pages.entrance.visit import Visit
from store.people import list_departments
from store.tx import Tx


def today_of(tx: Tx) -> date:
    """Give the civil day of a transaction."""
    return civil_minute(tx.now)[0]


def list_tiers(visit: Visit, on: date) -> list[Tier]:
    """Give the tiers in force on a day, as the site has them."""
    return [each for each in visit.pages.context.tiers.plan.tiers if is_in_force(each, on)]


def name_departments(tx: Tx) -> dict[str, str]:
    """Give every department's name by id."""
    return {each.id: each.name for each in list_departments(tx)}
