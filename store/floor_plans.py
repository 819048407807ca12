"""Floor plans and where the doors are on them."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select, update

from store.bulk import insert_rows, upsert_rows
from store.safety_tables import floor_plan, plan_marker
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """A plan without its picture; ``markers`` is how many doors are placed on it."""

    id: int
    name: str
    width: int
    height: int
    uploaded_at: datetime
    uploaded_by: str
    markers: int


class Picture(NamedTuple):
    """A plan's picture as it is sent."""

    media_type: str
    image: bytes


class Marker(NamedTuple):
    """A door on a plan, in ten-thousandths of its width from the left and of its height from above."""

    door_id: str
    x: int
    y: int


_PLAN = (
    floor_plan.c.id,
    floor_plan.c.name,
    floor_plan.c.width,
    floor_plan.c.height,
    floor_plan.c.uploaded_at,
    floor_plan.c.uploaded_by,
    select(func.count()).where(plan_marker.c.plan_id == floor_plan.c.id).scalar_subquery().label("markers"),
)


def list_plans(tx: Tx) -> list[FloorPlan]:
    """Give the plans by name."""
    return [FloorPlan(*row) for row in tx.connection.execute(select(*_PLAN).order_by(floor_plan.c.name))]


def load_plan(tx: Tx, plan_id: int) -> FloorPlan | None:
    """Give one plan; None when there is none."""
    row = tx.connection.execute(select(*_PLAN).where(floor_plan.c.id == plan_id)).one_or_none()
    return None if row is None else FloorPlan(*row)


def load_picture(tx: Tx, plan_id: int) -> Picture | None:
    """Give a plan's picture; None when there is none."""
    query = select(floor_plan.c.media_type, floor_plan.c.image).where(floor_plan.c.id == plan_id)
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else Picture(row.media_type, bytes(row.image))


def save_plan(tx: Tx, name: str, picture: Picture, size: tuple[int, int], *, by: str) -> int:
    """Keep a plan; one of that name gets the new picture and keeps its markers. Gives its id."""
    values = {"media_type": picture.media_type, "image": picture.image, "width": size[0], "height": size[1]}
    values |= {"uploaded_at": tx.now, "uploaded_by": by}
    named = floor_plan.c.name == name
    known = tx.connection.scalar(select(floor_plan.c.id).where(named).with_for_update())
    if known is not None:
        tx.connection.execute(update(floor_plan).where(floor_plan.c.id == known).values(values))
        return int(known)
    columns = ("name", *values)
    insert_rows(tx, floor_plan, columns, [(name, *values.values())])
    return int(tx.connection.execute(select(floor_plan.c.id).where(named)).scalar_one())


def delete_plan(tx: Tx, plan_id: int) -> None:
    """Remove a plan with its markers; the doors themselves are not touched."""
    tx.connection.execute(delete(plan_marker).where(plan_marker.c.plan_id == plan_id))
    tx.connection.execute(delete(floor_plan).where(floor_plan.c.id == plan_id))


def list_markers(tx: Tx, plan_id: int) -> list[Marker]:
    """Give the doors on a plan."""
    columns = (plan_marker.c[name] for name in Marker._fields)
    query = select(*columns).where(plan_marker.c.plan_id == plan_id)
    return [Marker(*row) for row in tx.connection.execute(query.order_by(plan_marker.c.door_id))]


def save_marker(tx: Tx, plan_id: int, marker: Marker, *, by: str) -> None:
    """Place a door on a plan, or move it there."""
    columns = ("plan_id", *Marker._fields, "placed_at", "placed_by")
    upsert_rows(tx, plan_marker, columns, [(plan_id, *marker, tx.now, by)])


def delete_marker(tx: Tx, plan_id: int, door_id: str) -> None:
    """Take a door off a plan."""
    tx.connection.execute(delete(plan_marker).where(plan_marker.c.plan_id == plan_id, plan_marker.c.door_id == door_id))
