"""Close single days (臨時休館), or open them specially (臨時開館); reservations that it meets are listed."""

from domain.facilities.opening import SpecialDays
from gateway.bookings.rule_book import change_rules, open_book
from gateway.bookings.rule_sets import with_rule
from gateway.bookings.standing_uses import list_displaced
from store.facility_use import StandingUse
from store.tx import Tx


def close_days(
    tx: Tx, facility_id: str, special: SpecialDays, *, by: str, even_so: bool = False
) -> tuple[StandingUse, ...]:
    """Keep days that are otherwise; gives the reservations that it meets, for somebody to see to.

    Args:
        tx: the transaction.
        facility_id: of which facility.
        special: which days and hours, of one room or of all.
        by: the login of who closes.
        even_so: it is to be closed although reservations stand.

    Raises:
        RefusedRulesError: a field is wrong.
        UsesStandError: reservations stand in that time, and nobody said ``even_so``; nothing is closed.
    """
    book = open_book(tx, facility_id)
    after = with_rule(book, special)
    met = list_displaced(tx, book, after)
    change_rules(tx, book, after, by=by, even_so=even_so)
    return tuple(met)
