"""Faults of bookings and rounds in the page's language: all of them, and those beside each field."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.facilities.booking_fault import BookingFault
from domain.facilities.booking_words import FIELDS
from domain.facilities.round_fault import RoundFault
from domain.facilities.round_words import FIELDS as ROUND_FIELDS
from domain.facilities.round_words import describe_round_fault
from domain.facilities.tell_booking import describe_booking_fault
from gateway.pages.entrance.visit import Visit
from gateway.pages.words import Language


@dataclass(frozen=True, slots=True)
class ToldFault:
    """A fault in words: the field it stands beside, what people call that, and what is wrong."""

    field: str
    name: str
    words: str


def tell_faults(visit: Visit, faults: Iterable[BookingFault | RoundFault]) -> tuple[ToldFault, ...]:
    """Say what is wrong with something, each fault with its field."""
    return tuple(_tell(visit, fault) for fault in faults)


def _tell(visit: Visit, fault: BookingFault | RoundFault) -> ToldFault:
    is_round = isinstance(fault, RoundFault)
    japanese, english = describe_round_fault(fault) if isinstance(fault, RoundFault) else describe_booking_fault(fault)
    if visit.language is Language.ja:
        return ToldFault(fault.field, (ROUND_FIELDS if is_round else FIELDS).get(fault.field, fault.field), japanese)
    return ToldFault(fault.field, fault.field.removesuffix("_id").removesuffix("_at").replace("_", " "), english)
