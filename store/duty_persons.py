"""The members of staff behind the accounts that have a duty in a facility, and behind those of the city's own house."""

from sqlalchemy import exists, select

from store.facility_duties import Duty
from store.opening_tables import facility_duty
from store.tables import account
from store.tx import Tx

ADMIN = "facility_admin"
"""The role of an account that looks after facilities and keys."""


def list_duty_persons(tx: Tx, facility_id: str, duty: Duty) -> list[str]:
    """Give the persons whose accounts have a duty in a facility and are in use; accounts without a person have none."""
    query = (
        select(account.c.person_id)
        .join(facility_duty, facility_duty.c.login == account.c.login)
        .where(
            facility_duty.c.facility_id == facility_id,
            facility_duty.c.duty == duty.value,
            facility_duty.c.ended_at.is_(None),
            account.c.person_id.is_not(None),
            account.c.disabled_at.is_(None),
        )
    )
    return [person_id for person_id in tx.connection.scalars(query.order_by(account.c.person_id)) if person_id]


def list_house_persons(tx: Tx) -> list[str]:
    """Give the persons who look after every house: facility admins whose account has no duty that bounds it."""
    bounded = exists().where(facility_duty.c.login == account.c.login, facility_duty.c.ended_at.is_(None))
    query = select(account.c.person_id, account.c.roles).where(
        account.c.person_id.is_not(None), account.c.disabled_at.is_(None), ~bounded, account.c.roles.contains(ADMIN)
    )
    return sorted({row.person_id for row in tx.connection.execute(query) if ADMIN in row.roles.split()})
