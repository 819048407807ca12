"""How a payroll service lets us in: one sealed pair of tokens, renewed by one process at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from store.conflicts import insert_new
from store.paper_tables import payroll_access
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class PayrollAccess:
    """A pair of tokens as it stands: its number, its sealed bytes, when the one for requests ends.

    ``refusal`` is why the service renews it no more, Japanese / English; empty while it does.
    """

    service: str
    number: int
    sealed: bytes
    ends_at: datetime
    refusal: str


def load_payroll_access(tx: Tx, service: str) -> PayrollAccess | None:
    """Give the pair that stands; None where nobody ever authorised us."""
    columns = (payroll_access.c[name] for name in PayrollAccess.__slots__)
    row = tx.connection.execute(select(*columns).where(payroll_access.c.service == service)).one_or_none()
    return None if row is None else PayrollAccess(row[0], row[1], bytes(row[2]), *row[3:])


def save_payroll_access(tx: Tx, service: str, sealed: bytes, ends_at: datetime) -> None:
    """Keep the pair that somebody authorised; it takes the place of whatever stood."""
    first = {"service": service, "number": 1, "sealed": sealed, "ends_at": ends_at, "refusal": ""}
    if not insert_new(tx, payroll_access, first):
        _replace(tx, payroll_access.c.service == service, sealed, ends_at)


def claim_renewal(tx: Tx, seen: PayrollAccess, *, stale_before: datetime) -> bool:
    """Claim the renewal of the pair that was seen: True for one caller until it ends, or until it is thought dead."""
    free = or_(payroll_access.c.renewing_at.is_(None), payroll_access.c.renewing_at < stale_before)
    claim = update(payroll_access).where(_still(seen), free).values(renewing_at=tx.now)
    return tx.connection.execute(claim).rowcount == 1


def save_renewed(tx: Tx, seen: PayrollAccess, sealed: bytes, ends_at: datetime) -> bool:
    """Keep the pair that took the place of the one that was seen; False when another one stands there by now."""
    return _replace(tx, _still(seen), sealed, ends_at)


def save_not_renewed(tx: Tx, seen: PayrollAccess, *, refusal: str = "") -> None:
    """End a claim without a new pair; with a ``refusal`` nobody tries again."""
    tx.connection.execute(update(payroll_access).where(_still(seen)).values(renewing_at=None, refusal=refusal))


def _still(seen: PayrollAccess) -> ColumnElement[bool]:
    return and_(payroll_access.c.service == seen.service, payroll_access.c.number == seen.number)


def _replace(tx: Tx, which: ColumnElement[bool], sealed: bytes, ends_at: datetime) -> bool:
    values: dict[str, Any] = {"sealed": sealed, "ends_at": ends_at, "renewing_at": None, "refusal": ""}
    changed = update(payroll_access).where(which).values(number=payroll_access.c.number + 1, **values)
    return tx.connection.execute(changed).rowcount == 1
