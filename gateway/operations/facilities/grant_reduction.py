"""Grant a reduction (減免) to a reservation or take it back: by whoever may, with the reason, and at a new price."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.facilities.fee_fault import FeeWhy, refuse
from domain.facilities.fee_table import Reduction
from gateway.fees.entries import TEXT_LENGTH_MAX
from gateway.fees.pricing import Wanted, load_tariff, price_by, require_quote, require_reservation
from store.fee_quotes import ReductionDeed, StoredQuote, insert_reduction, list_granted
from store.tx import Tx

DECIDERS = frozenset({"decide"})
"""Who grants a reduction whose row names no duty."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What is decided: ``is_granted`` False takes a reduction back."""

    reservation_id: str
    reduction_id: str
    reason: str
    is_granted: bool = True


def grant_reduction(tx: Tx, grant: Grant, *, by: str, duties: Collection[str]) -> StoredQuote:
    """Decide about a reduction and price the reservation anew by the table that it was priced by.

    What no longer fits a changed reservation can be taken back before that is priced again.

    Args:
        tx: the transaction.
        grant: what is decided and why.
        by: the login that decides.
        duties: what that login may do at the facility.

    Raises:
        FeeFaultsError: there is no price yet, no such reduction, it is not this login's to grant, stands already, has
            no reason, or is not for this use.
    """
    reason = " ".join(grant.reason.split())
    if not reason:
        raise refuse("reason", FeeWhy.reason_missing)
    if len(reason) > TEXT_LENGTH_MAX:
        raise refuse("reason", FeeWhy.too_long, most_characters=TEXT_LENGTH_MAX)
    reservation = require_reservation(tx, grant.reservation_id)
    standing = require_quote(tx, reservation, changed_too=not grant.is_granted)
    tariff = load_tariff(tx, standing)
    known = {row.id: row for row in tariff.table.reductions}
    if grant.reduction_id not in known:
        raise refuse("reduction_id", FeeWhy.unknown_reduction, name=grant.reduction_id)
    if not may_grant(known[grant.reduction_id], duties):
        raise refuse("reduction_id", FeeWhy.not_yours, name=known[grant.reduction_id].name)
    if (grant.reduction_id in list_granted(tx, reservation.id)) == grant.is_granted:
        raise refuse("reduction_id", FeeWhy.granted_already, name=known[grant.reduction_id].name)
    deed = ReductionDeed(reservation.id, grant.reduction_id, grant.is_granted, by, tx.now, reason)
    insert_reduction(tx, deed)
    if standing.reservation_version != reservation.version:
        return standing
    return price_by(tx, reservation, tariff, Wanted(standing.purpose, standing.options), by=by)


def may_grant(reduction: Reduction, duties: Collection[str]) -> bool:
    """Tell whether somebody with these duties at the facility may grant a reduction."""
    return bool((reduction.granted_by or DECIDERS) & frozenset(duties))
