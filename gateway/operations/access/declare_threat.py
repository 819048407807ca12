"""Declare the site's threat level: who, why and until when; where the site wants it, a second person confirms.

Ending a level takes one person and a reason, for nobody may be locked in because a colleague is not at hand.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.access.second_person import CONFIRM_WITHIN, NAME_LENGTH_MAX, find_second_person_fault
from domain.access.threat import SHELTER_TIME_MAX, ThreatLevel
from gateway.site.description import Site
from store.outbox import Notice, insert_notices
from store.threats import (
    StoredThreat,
    insert_threat,
    load_latest_change_at,
    load_latest_threat,
    load_threat,
    lock_threats,
    save_declared,
)
from store.tx import Tx

REASON_LENGTH_MAX = 200
HOURS_MAX = int(SHELTER_TIME_MAX.total_seconds()) // 3600

DECLARED = "threat.declared"
"""The outbox kind that rings: another level holds, or waits for its second person."""

_TICK = timedelta(milliseconds=1)


class ThreatFault(StrEnum):
    """Why a level is not declared."""

    no_reason = "no_reason"
    no_name = "no_name"
    too_long = "too_long"
    no_end = "no_end"
    bad_time = "bad_time"
    own_word = "own_word"
    too_late = "too_late"


class ThreatFaultError(Exception):
    """Nothing was declared."""

    def __init__(self, fault: ThreatFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class ThreatRequest:
    """What a person asks. ``id`` is made by the form, so that sending it twice is harmless.

    ``by`` is the account, ``name`` the person behind it. ``hours`` ends it by itself; None lasts, but not for shelters.
    """

    id: str
    level: ThreatLevel
    by: str
    name: str
    reason: str
    hours: int | None = None


def declare_threat(tx: Tx, site: Site, asked: ThreatRequest) -> StoredThreat:
    """Declare a level, or ask for the second person whom the site wants; gives what was written, also at a repeat.

    Raises:
        ThreatFaultError: a reason, a name or a shelter's end is missing, or out of bounds; nothing is changed.
    """
    _check(asked)
    lock_threats(tx)
    if known := load_threat(tx, asked.id):
        return known
    two = asked.level in site.threats.two_person
    threat = StoredThreat(
        asked.id,
        asked.level,
        None if asked.hours is None else tx.now + timedelta(hours=asked.hours),
        asked.reason,
        tx.now,
        asked.by,
        asked.name,
        confirm_by_at=tx.now + CONFIRM_WITHIN if two else None,
        declared_at=None if two else _next_instant(tx),
    )
    insert_threat(tx, threat)
    _ring(tx, threat.id)
    return threat


def confirm_threat(tx: Tx, threat_id: str, *, by: str, name: str) -> StoredThreat | None:
    """Let a second account confirm a level; from now on it holds. Gives it; None when there is none of that id.

    Raises:
        ThreatFaultError: it is the same account, its name is missing, or the two minutes are over; nothing is changed.
    """
    lock_threats(tx)
    threat = load_threat(tx, threat_id)
    if threat is None or threat.confirm_by_at is None or threat.declared_at is not None:
        return threat
    until = threat.confirm_by_at
    fault = find_second_person_fault(asked_by=threat.asked_by, confirm_by_at=until, by=by, name=name, now=tx.now)
    if fault is not None:
        raise ThreatFaultError(ThreatFault(fault.value))
    save_declared(tx, threat_id, declared_at=_next_instant(tx), by=by, name=name)
    _ring(tx, threat_id)
    return load_threat(tx, threat_id)


def _check(asked: ThreatRequest) -> None:
    fault = None
    if not asked.reason:
        fault = ThreatFault.no_reason
    elif not asked.name:
        fault = ThreatFault.no_name
    elif len(asked.reason) > REASON_LENGTH_MAX or len(asked.name) > NAME_LENGTH_MAX:
        fault = ThreatFault.too_long
    elif asked.level is ThreatLevel.shelter and asked.hours is None:
        fault = ThreatFault.no_end
    elif asked.hours is not None and not (asked.level is not ThreatLevel.normal and 1 <= asked.hours <= HOURS_MAX):
        fault = ThreatFault.bad_time
    if fault is not None:
        raise ThreatFaultError(fault)


def _next_instant(tx: Tx) -> datetime:
    """Give an instant later than every declaration's: a device whose clock leads must hear this one as the latest."""
    latest = load_latest_threat(tx)
    known = [latest.declared_at if latest else None, load_latest_change_at(tx)]
    return max([tx.now, *(at + _TICK for at in known if at is not None)])


def _ring(tx: Tx, threat_id: str) -> None:
    insert_notices(tx, [Notice(DECLARED, threat_id, "{}")])
