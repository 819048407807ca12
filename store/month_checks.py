"""What a check sheet looks at besides the count: explanations, open requests, readers; doubtful taps as they come."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from domain.attendance.check_sheet import OpenRequest
from domain.attendance.completeness import ReaderProgress
from domain.attendance.requests import RequestKind
from domain.workflow.states import IN_EFFECT, WAITING, State
from store.application_tables import application
from store.bulk import batched, insert_rows
from store.closing_tables import doubtful_tap
from store.devices import DeviceState
from store.tables import device, person, punch, watermark
from store.tx import Tx

_OPEN = tuple(sorted(state.value for state in WAITING | {State.returned}))
_ACCEPTED = tuple(sorted(state.value for state in IN_EFFECT))


class DoubtfulFact(NamedTuple):
    """A granted tap of somebody at a box whose clock was never set."""

    device_id: str
    epoch: int
    seq: int
    person_id: str
    tapped_at: datetime


def insert_doubtful_taps(tx: Tx, taps: Collection[DoubtfulFact]) -> None:
    """Keep which of new records are doubtful."""
    if taps:
        insert_rows(tx, doubtful_tap, DoubtfulFact._fields, taps)


def list_department_people(tx: Tx, department_id: str, first_on: date, last_on: date) -> list[str]:
    """Give the staff of a department who are employed on any of these days, by id."""
    employed = (person.c.joined_on.is_(None) | (person.c.joined_on <= last_on)) & (
        person.c.left_on.is_(None) | (person.c.left_on >= first_on)
    )
    mine = (person.c.department_id == department_id) & (person.c.kind == "staff") & employed
    return [str(each) for each in tx.connection.scalars(select(person.c.id).where(mine).order_by(person.c.id))]


def list_accepted(tx: Tx, first_on: date, last_on: date, person_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Give by person the divergences whose explanation was accepted, by subject."""
    accepted = (
        (application.c.kind == RequestKind.divergence.value)
        & application.c.state.in_(_ACCEPTED)
        & (application.c.from_on <= last_on)
        & (application.c.until_on >= first_on)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in _each(tx, (application.c.person_id, application.c.subject), accepted, person_ids):
        found[row.person_id].add(row.subject)
    return {person_id: frozenset(subjects) for person_id, subjects in found.items()}


def list_open_requests(
    tx: Tx, first_on: date, last_on: date, person_ids: Collection[str]
) -> dict[str, list[OpenRequest]]:
    """Give by person the applications that speak of the days and that nobody has decided."""
    waiting = application.c.state.in_(_OPEN) & (application.c.from_on <= last_on) & (application.c.until_on >= first_on)
    found: dict[str, list[OpenRequest]] = defaultdict(list)
    for row in _each(tx, (application.c.person_id, application.c.id, application.c.from_on), waiting, person_ids):
        found[row.person_id].append(OpenRequest(row.id, row.from_on))
    return found


def list_reader_users(tx: Tx, since: datetime, until: datetime) -> dict[str, frozenset[str]]:
    """Give by box who gave a punch at it from ``since`` up to but not including ``until``."""
    used = (punch.c.punched_at >= since) & (punch.c.punched_at < until)
    found: dict[str, set[str]] = defaultdict(set)
    for device_id, person_id in tx.connection.execute(
        select(punch.c.device_id, punch.c.person_id).where(used).distinct()
    ):
        found[device_id].add(person_id)
    return {device_id: frozenset(people) for device_id, people in found.items()}


def list_reader_progress(tx: Tx) -> list[ReaderProgress]:
    """Give how far each box that may still speak is complete, by its latest journal."""
    latest = func.max(watermark.c.complete_through_at)
    rows = tx.connection.execute(
        select(device.c.id, latest)
        .select_from(device.outerjoin(watermark, watermark.c.device_id == device.c.id))
        .where(device.c.state != DeviceState.revoked.value)
        .group_by(device.c.id)
        .order_by(device.c.id)
    )
    return [ReaderProgress(device_id, complete_through_at) for device_id, complete_through_at in rows]


def _each(
    tx: Tx, columns: Iterable[ColumnElement[Any]], wanted: ColumnElement[bool], person_ids: Collection[str]
) -> Iterator[Any]:
    columns = tuple(columns)
    person_id = columns[0]
    for some in batched(sorted(set(person_ids))):
        yield from tx.connection.execute(select(*columns).where(wanted, person_id.in_(some)).order_by(*columns[:2]))
