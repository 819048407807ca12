"""What the site's description says of areas, as far as bookings of rooms go by it: a copy that follows the description.

Whoever books, permits or cancels does so without the description at hand; the gateway writes down here what holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from store.bulk import insert_rows
from store.facility_tables import site_area
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class SiteArea:
    """An area: ``level_id`` is what a booking of a room in it gives, if anything; ``points`` lead into it.

    ``code_points`` are those of them at which a QR code is read.
    """

    id: str
    level_id: str | None
    points: tuple[str, ...]
    code_points: tuple[str, ...] = ()


def save_site_areas(tx: Tx, areas: Sequence[SiteArea]) -> bool:
    """Let these be the areas that there are; False where they are so already."""
    wanted = sorted(areas, key=lambda area: area.id)
    if list(list_site_areas(tx).values()) == wanted:
        return False
    tx.connection.execute(delete(site_area))
    rows = [(area.id, area.level_id, " ".join(area.points), " ".join(area.code_points), tx.now) for area in wanted]
    insert_rows(tx, site_area, ("id", "level_id", "points", "code_points", "told_at"), rows)
    return True


def list_site_areas(tx: Tx) -> dict[str, SiteArea]:
    """Give the areas by id, in that order; none before a gateway ran with a description."""
    rows = tx.connection.execute(select(site_area).order_by(site_area.c.id))
    return {
        row.id: SiteArea(row.id, row.level_id, tuple(row.points.split()), tuple(row.code_points.split()))
        for row in rows
    }


def load_site_told_at(tx: Tx) -> datetime | None:
    """Give since when the areas are as they are; None before a gateway ran with a description."""
    told_at: datetime | None = tx.connection.scalar(select(func.max(site_area.c.told_at)))
    return told_at
