"""Ask to move information into another tier, take it out or dispose of it; what its class forbids is recorded too."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from domain.civil import civil_minute
from domain.notices.message import Message
from domain.zones.information import Demand, Handling, Register
from domain.zones.movement import Movement, MovementAct, MovementState, begin_movement
from domain.zones.zone_fault import ZoneFault, ZoneFaultsError, ZoneWhy
from store.information_classes import load_register
from store.messages import insert_messages
from store.movements import insert_movement, insert_step, list_heads, load_movement
from store.tx import Tx

WAITING = "movement_waiting"
"""The kind of message to those who may approve."""
DECIDES = "head"
"""The role of an account whose person approves for its department."""
TEXT_MAX = 200
FILLING_MAX = 60


@dataclass(frozen=True, slots=True)
class AskedMovement:
    """What somebody asks for; ``until_at`` is when it must be done by."""

    id: str
    handling: Handling
    subject: str
    class_id: str
    reason: str
    until_at: datetime | None
    from_tier: str = ""
    to_tier: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the login, its person (None: an account of no person), and the person's department."""

    login: str
    person_id: str | None = None
    department_id: str = ""


def ask_movement(tx: Tx, asked: AskedMovement, *, by: Asker, tiers: Collection[str]) -> Movement:
    """Keep a request now and tell those who may approve it; the same id again gives what stands.

    A request that the information's class forbids is kept as refused, so that it can be seen who wished what.

    Args:
        tx: the transaction.
        asked: what is asked for.
        by: who asks.
        tiers: the ids of all tiers.

    Raises:
        ZoneFaultsError: every field that is missing, too long or unknown, or a time that is over.
    """
    standing = load_movement(tx, asked.id)
    if standing is not None:
        return standing.kept
    register = load_register(tx)
    if faults := _find_faults(tx, asked, register, tiers):
        raise ZoneFaultsError(tuple(faults))
    demand = register.demand(asked.class_id, asked.handling, civil_minute(tx.now)[0], to_tier=asked.to_tier)
    new = _as_movement(tx, asked, demand, by.login)
    if demand is Demand.forbidden:
        refused = replace(new, state=MovementState.refused)
        insert_movement(tx, refused, person_id=by.person_id, department_id=by.department_id)
        insert_step(tx, new.id, MovementAct.refuse, by="")
        return refused
    begun = begin_movement(new)
    insert_movement(tx, begun, person_id=by.person_id, department_id=by.department_id)
    if begun.state is MovementState.asked:
        filling = {"note": begun.subject[:FILLING_MAX]}
        heads = [each for each in list_heads(tx, by.department_id, DECIDES) if each != by.person_id]
        insert_messages(tx, [Message(each, WAITING, begun.id, f"/movements/{begun.id}", filling) for each in heads])
    return begun


def _as_movement(tx: Tx, asked: AskedMovement, demand: Demand, login: str) -> Movement:
    return Movement(
        asked.id,
        asked.handling,
        asked.subject.strip(),
        asked.class_id,
        demand,
        login,
        tx.now,
        asked.reason.strip(),
        asked.until_at or tx.now,
        asked.from_tier,
        asked.to_tier if asked.handling is Handling.move else "",
        asked.place.strip(),
    )


def _find_faults(tx: Tx, asked: AskedMovement, register: Register, tiers: Collection[str]) -> list[ZoneFault]:
    faults = []
    needed = {"subject": asked.subject, "reason": asked.reason}
    if asked.handling is Handling.take_out:
        needed["place"] = asked.place
    for field, text in needed.items():
        if not text.strip():
            faults.append(ZoneFault(field, ZoneWhy.no_reason))
    for field, text in {**needed, "place": asked.place}.items():
        if len(text) > TEXT_MAX:
            faults.append(ZoneFault(field, ZoneWhy.too_long, {"most": TEXT_MAX}))
    if register.find(asked.class_id, civil_minute(tx.now)[0]) is None:
        faults.append(ZoneFault("class_id", ZoneWhy.malformed, {"expected": "1–3, 3A–1"}))
    placed = {"from_tier": asked.from_tier}
    if asked.handling is Handling.move:
        placed["to_tier"] = asked.to_tier
    faults += [
        ZoneFault(field, ZoneWhy.unknown_tier, {"found": tier}) for field, tier in placed.items() if tier not in tiers
    ]
    if asked.until_at is None:
        faults.append(ZoneFault("until_at", ZoneWhy.malformed, {"expected": "2026-04-01T17:15"}))
    elif asked.until_at <= tx.now:
        faults.append(ZoneFault("until_at", ZoneWhy.over))
    return faults
