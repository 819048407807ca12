"""What a cabinet's machine answers, as effects and records of the controller. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contract.cabinet_records import (
    CabinetClosed,
    CabinetCounted,
    CabinetOpened,
    CabinetOverstayed,
    HangingKey,
    KeyMisplaced,
    KeyRemoved,
    KeyRemovedUnauthorised,
    KeyReturned,
    Mode,
)
from contract.records import AlarmRaised, Body
from domain.keys.cabinet import Grounds
from domain.keys.cabinet_events import (
    CabinetEffect,
    Counted,
    DoorTold,
    FreeDoor,
    FreeHook,
    KeyTold,
    SecureDoor,
    SecureHook,
    TagTwice,
)
from readers.cabinets.settings import door_of, hook_of
from readers.events import Alarm, Effect, Hold, Moment, Release, Relock
from readers.remarks import stamp


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a cabinet's records share: which it is, when, in which mode and by which policy."""

    cabinet: str
    moment: Moment
    mode: Mode
    policy_version: int

    @property
    def shared(self) -> dict[str, Any]:
        """The fields of records that name mode and policy."""
        return stamp(self.moment) | {
            "cabinet": self.cabinet,
            "mode": self.mode,
            "policy_version": self.policy_version,
        }


def tell_effects(stamped: Stamp, done: Iterable[CabinetEffect]) -> tuple[list[Effect], list[Body]]:
    """Give what moves and is told on the spot, and what is recorded, each in order."""
    moving: list[Effect] = []
    bodies: list[Body] = []
    for each in done:
        match each:
            case KeyTold():
                bodies.append(_key_body(stamped, each))
                moving += _tell_on_the_spot(stamped, each)
            case DoorTold():
                bodies.append(_door_body(stamped, each))
                moving += _tell_door_on_the_spot(stamped, each)
            case Counted():
                bodies.append(_count_body(stamped, each))
            case TagTwice():
                detail = f"{stamped.cabinet} {each.position} {each.other}"
                moving.append(Alarm("cabinet_tag_twice", detail))
                bodies.append(AlarmRaised(**stamp(stamped.moment), alarm="cabinet_tag_twice", detail=detail))
            case _:
                moving.append(_move(stamped.cabinet, each))
    return moving, bodies


def _move(cabinet: str, effect: FreeDoor | SecureDoor | FreeHook | SecureHook) -> Effect:
    door = hook_of(cabinet, effect.position) if isinstance(effect, FreeHook | SecureHook) else door_of(cabinet)
    if isinstance(effect, SecureDoor | SecureHook):
        return Relock(door)
    return Hold(door) if effect.seconds is None else Release(door, effect.seconds)


def _key_body(stamped: Stamp, told: KeyTold) -> Body:
    where: dict[str, Any] = stamped.shared | {
        "position": told.position,
        "target": told.hook.target if told.hook else None,
        "copies": told.hook.copies if told.hook else (),
        "tag": told.tag,
        "credential": told.asked.credential if told.asked else None,
    }
    match told.word:
        case "removed":
            entitlement = told.offer.entitlement if told.offer else None
            second = told.asked.second if told.asked else None
            if told.grounds is Grounds.shelter:
                return KeyRemoved(**where, grounds="shelter")
            return KeyRemoved(**where, grounds="right", entitlement=entitlement, second=second)
        case "returned":
            return KeyReturned(**where)
        case "misplaced":
            return KeyMisplaced(**where, home=told.hook.position if told.hook else None)
        case "removed_unauthorised":
            return KeyRemovedUnauthorised(**where)


def _door_body(stamped: Stamp, told: DoorTold) -> Body:
    who = told.asked.credential if told.asked else None
    common: dict[str, Any] = stamp(stamped.moment) | {"cabinet": stamped.cabinet, "credential": who}
    match told.word:
        case "opened":
            return CabinetOpened(**common, grounds=told.grounds or Grounds.forced, cause_seq=told.cause_seq)
        case "closed":
            return CabinetClosed(**common)
        case "overstayed":
            return CabinetOverstayed(**common)


def _count_body(stamped: Stamp, told: Counted) -> Body:
    hanging = tuple(
        HangingKey(position=position, target=hook.target, copies=hook.copies) for position, hook in told.present
    )
    return CabinetCounted(**stamped.shared, hanging=hanging, empty=told.empty, strange=told.strange, silent=told.silent)


def _tell_on_the_spot(stamped: Stamp, told: KeyTold) -> list[Effect]:
    if told.word in {"removed", "returned"}:
        return []
    return [Alarm(f"key_{told.word}", f"{stamped.cabinet} {told.position}")]


def _tell_door_on_the_spot(stamped: Stamp, told: DoorTold) -> list[Effect]:
    if told.word == "overstayed":
        return [Alarm("cabinet_overstayed", stamped.cabinet)]
    return [Alarm("cabinet_forced", stamped.cabinet)] if told.grounds is Grounds.forced else []
