"""What a record is about and the one word that tells it, so that the log can be searched by both. Pure."""

from typing import NamedTuple

from contract.cabinet_records import CABINET_BODIES, CabinetAsked, CabinetOpened
from contract.records import (
    AccessEnded,
    AlarmRaised,
    Body,
    CommandAnswered,
    DoorModeChanged,
    DoorMoved,
    ReaderReported,
    ReadFailed,
    TapObserved,
    ThreatChanged,
)
from domain.ids import DeviceId


class Told(NamedTuple):
    """``subject``: the access point, door, reader or key cabinet a record is about, else its device.

    ``word``: None without one.
    """

    subject: str
    word: str | None


def tell(body: Body, device: DeviceId | str) -> Told:  # noqa: C901, PLR0912 (one row a kind of record)
    """Give a record's subject and its word: a tap's verdict, a state, a mode, a health, an alarm's kind."""
    match body:
        case TapObserved():
            return Told(body.access_point, body.reason)
        case CabinetAsked():
            return Told(body.cabinet, body.reason)
        case CabinetOpened():
            return Told(body.cabinet, body.grounds.value)
        case _ if isinstance(body, CABINET_BODIES):
            return Told(body.cabinet, None)
        case ReadFailed():
            return Told(body.access_point, body.cause)
        case AccessEnded():
            return Told(body.access_point, "taken" if body.taken else "not_taken")
        case DoorMoved():
            return Told(body.door, body.state)
        case DoorModeChanged():
            return Told(body.door, body.mode.value)
        case ReaderReported():
            return Told(body.reader, body.health)
        case CommandAnswered():
            return Told(device, "obeyed" if body.obeyed else "not_obeyed")
        case ThreatChanged():
            return Told(device, body.level.value)
        case AlarmRaised():
            return Told(device, body.alarm)
        case _:
            return Told(device, None)
