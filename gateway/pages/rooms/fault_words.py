"""What is wrong with a booking, by the field of the form at which it is said. Pure."""

from collections.abc import Iterable
from types import MappingProxyType

from domain.facilities.booking_fault import BookingFault
from domain.facilities.fee_fault import FeeFault
from domain.facilities.fee_words import describe_fee_fault
from domain.facilities.reservee_fault import ReserveeFault
from domain.facilities.reservee_words import describe_reservee_fault
from domain.facilities.round_fault import RoundFault
from domain.facilities.round_words import describe_round_fault
from domain.facilities.tell_booking import describe_booking_fault
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.words import Language

Fault = BookingFault | ReserveeFault | FeeFault | RoundFault

FIELDS = (
    "room_id", "choices", "on", "slot_id", "from_at", "until_on", "until_at", "reservee_id", "new_kind", "new_class",
    "new_name", "new_kana", "new_contact_name", "new_email", "new_phone", "party", "places", "purpose", "purpose_class",
    "units", "options", "repeat", "last_on",
)  # fmt: skip
"""The fields of the form, in its order."""

_OF_BOOKING = MappingProxyType(
    {"id": "room_id", "version": "room_id", "state": "room_id", "user_class": "reservee_id", "occurrences": "repeat"}
)
_OF_RESERVEE = MappingProxyType(
    {name: f"new_{name}" for name in ("kind", "name", "kana", "contact_name", "email", "phone")}
    | {"user_class": "new_class", "id": "room_id"}
)
_OF_FEE = MappingProxyType({"purpose": "purpose_class", "options": "options", "units": "units"})


def tell_faults(faults: Iterable[Fault], language: Language, *, has_slots: bool) -> FieldFaults:
    """Say what is wrong, in the order of the form; in a room with slots what is wrong with the times is said there."""
    told: dict[str, list[str]] = {}
    for fault in faults:
        japanese, english = _describe(fault)
        text = japanese if language is Language.ja else f"{english[:1].upper()}{english[1:]}"
        texts = told.setdefault(_place(fault, has_slots=has_slots), [])
        if text not in texts:
            texts.append(text)
    return {name: told[name] for name in FIELDS if name in told}


def _describe(fault: Fault) -> tuple[str, str]:
    match fault:
        case BookingFault():
            return describe_booking_fault(fault)
        case ReserveeFault():
            return describe_reservee_fault(fault)
        case FeeFault():
            return describe_fee_fault(fault)
        case RoundFault():
            return describe_round_fault(fault)


def _place(fault: Fault, *, has_slots: bool) -> str:
    match fault:
        case ReserveeFault():
            name = _OF_RESERVEE.get(fault.field, fault.field)
        case FeeFault():
            name = _OF_FEE.get(fault.field, "room_id")
        case RoundFault() | BookingFault():
            name = _OF_BOOKING.get(fault.field, fault.field)
    if has_slots and name in {"from_at", "until_at"}:
        name = "slot_id"
    return name if name in FIELDS else "room_id"
