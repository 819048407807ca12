"""Keep a rule of a facility: hours, a closure that comes again, a booking window, a quota, terms; or let one go.

Of days that are otherwise once, ``close_days`` knows more.
"""

from gateway.bookings.rule_book import change_rules, open_book
from gateway.bookings.rule_sets import with_rule, without_rule
from store.facility_rules import Rule
from store.tx import Tx


def keep_rule(tx: Tx, facility_id: str, rule: Rule, *, by: str, even_so: bool = False) -> None:
    """Keep a rule; what stands under its id is replaced. Other hours from a day on are another rule.

    Args:
        tx: the transaction.
        facility_id: whose.
        rule: what is to hold.
        by: the login of who keeps it.
        even_so: reservations that would lie outside the hours are known.

    Raises:
        RefusedRulesError: a field is wrong, or it says something else than another rule for the same days.
        UsesStandError: reservations to come would lie outside the hours; they are listed.
    """
    book = open_book(tx, facility_id)
    change_rules(tx, book, with_rule(book, rule), by=by, even_so=even_so)


def retire_rule(tx: Tx, facility_id: str, kind: type[Rule], rule_id: str, *, by: str, even_so: bool = False) -> bool:
    """Let a rule that was a mistake hold no more, on no day; one that is over gets a last day instead.

    Gives False where there is none that stands; otherwise arguments and errors as :func:`keep_rule`.
    """
    book = open_book(tx, facility_id)
    return bool(change_rules(tx, book, without_rule(book, kind, rule_id), by=by, even_so=even_so))
