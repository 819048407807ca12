"""Who has which duty in which facility: the scope of a contracted desk (窓口委託) or of a 指定管理者."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, update

from store.opening_tables import facility_duty
from store.tx import Tx


class Duty(StrEnum):
    """What somebody does for a facility."""

    decide = "decide"  # 許可・不許可
    desk = "desk"  # 窓口: books for others, takes fees
    keys = "keys"  # 鍵の受渡し


@dataclass(frozen=True, slots=True)
class FacilityDuty:
    """A duty of an account in a facility, from ``given_at`` until it was ended."""

    login: str
    facility_id: str
    duty: Duty
    given_by: str
    given_at: datetime


def insert_duty(tx: Tx, login: str, facility_id: str, duty: Duty, *, by: str) -> bool:
    """Give a duty at ``tx.now``; False when it stands already."""
    if holds_duty(tx, login, facility_id, duty):
        return False
    tx.connection.execute(
        insert(facility_duty).values(
            login=login, facility_id=facility_id, duty=duty.value, given_by=by, given_at=tx.now
        )
    )
    return True


def end_duty(tx: Tx, login: str, facility_id: str, duty: Duty, *, by: str) -> bool:
    """End a duty at ``tx.now``; False when there is none that stands."""
    standing = (
        (facility_duty.c.login == login)
        & (facility_duty.c.facility_id == facility_id)
        & (facility_duty.c.duty == duty.value)
        & facility_duty.c.ended_at.is_(None)
    )
    ended = update(facility_duty).where(standing).values(ended_by=by, ended_at=tx.now)
    return tx.connection.execute(ended).rowcount == 1


def holds_duty(tx: Tx, login: str, facility_id: str, duty: Duty) -> bool:
    """Tell whether somebody has a duty in a facility."""
    return facility_id in list_facilities_of(tx, login, duty)


def list_facilities_of(tx: Tx, login: str, duty: Duty | None = None) -> frozenset[str]:
    """Give the ids of the facilities in which somebody has a duty, or any."""
    query = select(facility_duty.c.facility_id).where(
        facility_duty.c.login == login, facility_duty.c.ended_at.is_(None)
    )
    if duty is not None:
        query = query.where(facility_duty.c.duty == duty.value)
    return frozenset(tx.connection.scalars(query))


def list_duties(tx: Tx, facility_id: str) -> list[FacilityDuty]:
    """Give the duties that stand in a facility, by duty and login."""
    columns = (facility_duty.c[name] for name in ("login", "facility_id", "duty", "given_by", "given_at"))
    query = select(*columns).where(facility_duty.c.facility_id == facility_id, facility_duty.c.ended_at.is_(None))
    rows = tx.connection.execute(query.order_by(facility_duty.c.duty, facility_duty.c.login))
    return [FacilityDuty(row.login, row.facility_id, Duty(row.duty), row.given_by, row.given_at) for row in rows]
