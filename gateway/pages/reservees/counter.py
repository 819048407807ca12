"""Whom a visitor may see of the reservees, and what is wrong with what was sent about them."""

from collections.abc import Iterable
from http import HTTPStatus

from fastapi import HTTPException

from domain.facilities.reservee import Reservee
from domain.facilities.reservee_fault import ReserveeFault
from domain.facilities.reservee_words import describe_reservee_fault
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.entrance.visit import Visit
from store.facilities import list_facilities
from store.reservee_search import CounterScope, is_seen
from store.reservees import load_reservee
from store.tx import Tx


def read_counter(tx: Tx, visit: Visit) -> CounterScope | None:
    """Give whom the visitor may see; None where that one serves every facility."""
    served = read_scope(tx, visit).read
    if served and {each.id for each in list_facilities(tx)} <= served:
        return None
    return CounterScope(served, visit.signed_in.login)


def demand_seen(tx: Tx, visit: Visit, reservee_id: str) -> Reservee:
    """Give a reservee that the visitor may see, merged and forgotten ones too.

    Raises:
        HTTPException: 404.
    """
    found = load_reservee(tx, reservee_id)
    if found is None or not is_seen(tx, reservee_id, read_counter(tx, visit)):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def tell_faults(visit: Visit, faults: Iterable[ReserveeFault]) -> FieldFaults:
    """Say what is wrong, by field, in the visitor's language."""
    return tell_by_field(faults, describe_reservee_fault, visit.language)
