"""Visits: who is to come, who is here with which pass, and what was done about it by whom."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from domain.access.visits import EXPECTED, Approval, VisitState, VisitTimes
from store.bulk import insert_rows
from store.conflicts import insert_new
from store.tables import department, person
from store.tx import Tx
from store.visit_tables import guest_visit, visit_step

FORGOTTEN = ("code", "name", "organisation", "purpose", "host_phone")
"""What tells who a visitor was; emptied when the visit's time is over."""


@dataclass(frozen=True, slots=True)
class GuestVisit:
    """One visit; fields as the columns of ``store.visit_tables.guest_visit`` describe them."""

    id: str
    code: str
    name: str
    organisation: str
    purpose: str
    host_id: str
    host_phone: str
    valid_from: datetime
    valid_until: datetime
    levels: tuple[str, ...]
    escorted: bool
    approval: Approval
    state: VisitState
    announced_by: str
    announced_at: datetime
    decided_by: str | None = None
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    person_id: str | None = None
    pass_kind: str | None = None
    token: str | None = None
    pass_label: str = ""
    code_id: str | None = None
    passed_at: datetime | None = None
    card_lost: bool = False
    overstay_told_at: datetime | None = None
    forgotten_at: datetime | None = None

    @property
    def times(self) -> VisitTimes:
        """What its state depends on."""
        return VisitTimes(self.state, self.valid_from, self.valid_until, self.arrived_at, self.left_at)


class VisitLine(NamedTuple):
    """A visit with the names that a list shows beside it."""

    visit: GuestVisit
    host: str
    department: str


class VisitStep(NamedTuple):
    """Who did what about a visit. ``detail`` names no visitor, for it is kept longer than the name."""

    visit_id: str
    done_at: datetime
    done_by: str
    act: str
    detail: str


_NAMES = tuple(field.name for field in fields(GuestVisit))
_COLUMNS = tuple(guest_visit.c[name] for name in _NAMES)


def insert_visit(tx: Tx, visit: GuestVisit) -> bool:
    """Keep a new visit; False when one of that id stands already, and nothing is changed."""
    values = {name: getattr(visit, name) for name in _NAMES}
    return insert_new(tx, guest_visit, values | _as_columns(values))


def save_visit(tx: Tx, visit_id: str, **values: Any) -> None:
    """Change columns of a visit."""
    tx.connection.execute(update(guest_visit).where(guest_visit.c.id == visit_id).values(values | _as_columns(values)))


def load_visit(tx: Tx, visit_id: str, *, lock: bool = False) -> GuestVisit | None:
    """Give one visit; None when there is none of that id. With ``lock`` nobody else changes it until the commit."""
    query = select(*_COLUMNS).where(guest_visit.c.id == visit_id)
    row = tx.connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _visit(row)


def load_visit_line(tx: Tx, visit_id: str) -> VisitLine | None:
    """Give one visit with its names; None when there is none of that id."""
    return next(iter(_lines(tx, guest_visit.c.id == visit_id)), None)


def list_visits_between(tx: Tx, begins_at: datetime, ends_at: datetime) -> list[VisitLine]:
    """Give the visits whose time touches a span, and all whose visitor has not left, by beginning."""
    touches = (guest_visit.c.valid_from < ends_at) & (guest_visit.c.valid_until > begins_at)
    return _lines(tx, or_(touches, guest_visit.c.state == VisitState.arrived.value))


def list_visits_of(tx: Tx, *, host_id: str, login: str, since: datetime) -> list[VisitLine]:
    """Give the visits to a person or announced by a login that end after an instant, by beginning."""
    mine = or_(guest_visit.c.host_id == host_id, guest_visit.c.announced_by == login)
    return _lines(tx, mine & (guest_visit.c.valid_until > since))


def list_hosted_visits(tx: Tx, host_id: str) -> list[GuestVisit]:
    """Give the visits to a person that are not over, by beginning: to come, or the visitor has not left."""
    expected = guest_visit.c.state.in_(sorted(EXPECTED)) & (guest_visit.c.valid_until > tx.now)
    here = guest_visit.c.state == VisitState.arrived.value
    query = select(*_COLUMNS).where(guest_visit.c.host_id == host_id, or_(expected, here))
    rows = tx.connection.execute(query.order_by(guest_visit.c.valid_from, guest_visit.c.id))
    return [_visit(row) for row in rows]


def list_awaiting_visits(tx: Tx, *, departments: Collection[str] | None) -> list[VisitLine]:
    """Give the visits that wait for a decision and are not over, of hosts in departments; None: of all."""
    waits = (guest_visit.c.state == VisitState.awaiting.value) & (guest_visit.c.valid_until > tx.now)
    if departments is not None:
        waits &= (guest_visit.c.approval == Approval.head.value) & person.c.department_id.in_(sorted(departments))
    return _lines(tx, waits)


def search_visits(tx: Tx, words: str, begins_at: datetime, ends_at: datetime, *, limit: int) -> list[VisitLine]:
    """Give the visits of a span whose visitor, organisation, host or code is as the words say."""
    wanted = "".join(words.split())
    found = or_(
        guest_visit.c.code == wanted.upper().replace("-", ""),
        *(
            func.replace(func.replace(column, " ", ""), "\u3000", "").contains(wanted, autoescape=True)
            for column in (guest_visit.c.name, guest_visit.c.organisation, person.c.name)
        ),
    )
    touches = (guest_visit.c.valid_from < ends_at) & (guest_visit.c.valid_until > begins_at)
    here = or_(touches, guest_visit.c.state == VisitState.arrived.value)
    return _lines(tx, here & (guest_visit.c.forgotten_at.is_(None)) & found, limit=limit)


def load_visit_of_card(tx: Tx, token: str) -> GuestVisit | None:
    """Give the visit whose visitor holds this card or code now, held against others until the commit."""
    held = (guest_visit.c.token == token) & (guest_visit.c.state == VisitState.arrived.value)
    row = tx.connection.execute(select(*_COLUMNS).where(held).with_for_update()).first()
    return None if row is None else _visit(row)


def load_visit_of_person(tx: Tx, person_id: str) -> GuestVisit | None:
    """Give the visit for which somebody is known at the doors, held against others until the commit."""
    query = select(*_COLUMNS).where(guest_visit.c.person_id == person_id).with_for_update()
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else _visit(row)


def load_last_phone(tx: Tx, host_id: str) -> str:
    """Give the phone that was last named for a host; empty when there is none."""
    named = select(guest_visit.c.host_phone).where(guest_visit.c.host_id == host_id, guest_visit.c.host_phone != "")
    return tx.connection.scalar(named.order_by(guest_visit.c.announced_at.desc()).limit(1)) or ""


def list_overstaying(tx: Tx, before: datetime) -> list[GuestVisit]:
    """Give the visitors still here whose time ended before an instant and of whom nobody was told."""
    inside = guest_visit.c.state == VisitState.arrived.value
    late = inside & (guest_visit.c.valid_until < before) & guest_visit.c.overstay_told_at.is_(None)
    return [_visit(row) for row in tx.connection.execute(select(*_COLUMNS).where(late).order_by(guest_visit.c.id))]


def forget_visits(tx: Tx, before: datetime) -> int:
    """Empty what tells who came, of visits that were over before an instant; gives how many.

    Whoever has a card still is remembered until it is back or written off. What the doors recorded stays, under the
    visit's own number.
    """
    ended_at = func.coalesce(guest_visit.c.left_at, guest_visit.c.valid_until)
    over = guest_visit.c.forgotten_at.is_(None) & (guest_visit.c.state != VisitState.arrived.value)
    emptied: dict[str, Any] = dict.fromkeys(FORGOTTEN, "") | {"forgotten_at": tx.now}
    gone = update(guest_visit).where(over, ended_at < before).values(emptied)
    people = tx.connection.execute(gone.returning(guest_visit.c.person_id)).scalars().all()
    if known := [each for each in people if each is not None]:
        tx.connection.execute(update(person).where(person.c.id.in_(known)).values(name="", kana=""))
    return len(people)


def insert_visit_step(tx: Tx, step: VisitStep) -> None:
    """Write down what was done."""
    insert_rows(tx, visit_step, VisitStep._fields, [step])


def list_visit_steps(tx: Tx, visit_id: str) -> list[VisitStep]:
    """Give what was done about a visit, in order."""
    query = select(*(visit_step.c[name] for name in VisitStep._fields)).where(visit_step.c.visit_id == visit_id)
    return [VisitStep(*row) for row in tx.connection.execute(query.order_by(visit_step.c.id))]


def _lines(tx: Tx, wanted: ColumnElement[bool], *, limit: int | None = None) -> list[VisitLine]:
    query: Select[Any] = (
        select(*_COLUMNS, person.c.name.label("host"), department.c.name.label("department"))
        .join_from(guest_visit, person, person.c.id == guest_visit.c.host_id)
        .join(department, department.c.id == person.c.department_id)
        .where(wanted)
        .order_by(guest_visit.c.valid_from, guest_visit.c.id)
        .limit(limit)
    )
    return [VisitLine(_visit(row[:-2]), row[-2], row[-1]) for row in tx.connection.execute(query)]


def _visit(row: Any) -> GuestVisit:
    values = dict(zip(_NAMES, row, strict=True))
    values["levels"] = tuple(values["levels"].split())
    values["approval"], values["state"] = Approval(values["approval"]), VisitState(values["state"])
    return GuestVisit(**values)


def _as_columns(values: dict[str, Any]) -> dict[str, Any]:
    """Write what a column keeps as text."""
    written = {name: str(values[name]) for name in ("approval", "state") if name in values}
    return written | ({"levels": " ".join(values["levels"])} if "levels" in values else {})
