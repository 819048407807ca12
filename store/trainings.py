"""Trainings, who attended which, and who fell for a phishing drill."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from domain.zones.training import Attendance, Training
from store.bulk import upsert_rows
from store.rosters import rows_of
from store.tx import Tx
from store.zone_tables import phishing_drill, training, training_attendance


@dataclass(frozen=True, slots=True)
class DrillFailure:
    """Somebody fell for the drill of a day; ``made_good_on`` None: it was not made good yet."""

    person_id: str
    failed_on: date
    made_good_on: date | None = None


def save_trainings(tx: Tx, trainings: Iterable[Training]) -> None:
    """Keep trainings, new ones and changed ones."""
    rows = [(each.id, each.name, each.name_en, each.months) for each in trainings]
    upsert_rows(tx, training, ("id", "name", "name_en", "months"), rows)


def list_trainings(tx: Tx) -> list[Training]:
    """Give every training, by id."""
    query = select(training.c.id, training.c.name, training.c.name_en, training.c.months).order_by(training.c.id)
    return [Training(*row) for row in tx.connection.execute(query)]


def save_attendances(tx: Tx, attendances: Iterable[Attendance], *, by: str) -> None:
    """Keep who attended what on which day; the same day entered again is what was entered last."""
    last = {(each.person_id, each.training_id, each.on): each.passed for each in attendances}
    columns = ("person_id", "training_id", "attended_on", "passed", "entered_by", "entered_at")
    upsert_rows(tx, training_attendance, columns, [(*key, passed, by, tx.now) for key, passed in last.items()])


def list_attendances(tx: Tx, person_ids: Collection[str] | None) -> Mapping[str, list[Attendance]]:
    """Give what persons attended, by person, the first day first; None is everybody."""
    columns = (training_attendance.c[name] for name in ("person_id", "training_id", "attended_on", "passed"))
    query = select(*columns).order_by(training_attendance.c.attended_on, training_attendance.c.training_id)
    found: dict[str, list[Attendance]] = defaultdict(list)
    for row in rows_of(tx, query, training_attendance.c.person_id, person_ids):
        found[row.person_id].append(Attendance(*row))
    return found


def save_drill_failures(tx: Tx, person_ids: Iterable[str], on: date, *, by: str) -> None:
    """Keep who fell for the drill of a day; somebody who stands already stays as it is."""
    columns = ("person_id", "failed_on", "entered_by", "entered_at")
    known = set(
        tx.connection.execute(select(phishing_drill.c.person_id).where(phishing_drill.c.failed_on == on)).scalars()
    )
    upsert_rows(tx, phishing_drill, columns, [(each, on, by, tx.now) for each in sorted({*person_ids} - known)])


def save_made_good(tx: Tx, person_id: str, on: date) -> int:
    """Let everything somebody fell for be made good on a day; gives how many that were."""
    open_ = (phishing_drill.c.person_id == person_id) & phishing_drill.c.made_good_on.is_(None)
    return tx.connection.execute(update(phishing_drill).where(open_).values(made_good_on=on)).rowcount


def save_drill_made_good(tx: Tx, failure: DrillFailure) -> None:
    """Let what somebody fell for on one day be made good, where it was not yet."""
    meant = (phishing_drill.c.person_id == failure.person_id) & (phishing_drill.c.failed_on == failure.failed_on)
    standing = meant & phishing_drill.c.made_good_on.is_(None)
    tx.connection.execute(update(phishing_drill).where(standing).values(made_good_on=failure.made_good_on))


def list_drills(tx: Tx, person_ids: Collection[str]) -> list[DrillFailure]:
    """Give what persons fell for, the last day first."""
    query = select(phishing_drill.c.person_id, phishing_drill.c.failed_on, phishing_drill.c.made_good_on)
    found = [DrillFailure(*row) for row in rows_of(tx, query, phishing_drill.c.person_id, person_ids)]
    return sorted(found, key=lambda each: (-each.failed_on.toordinal(), each.person_id))


def list_open_drills(tx: Tx, person_ids: Collection[str] | None) -> frozenset[str]:
    """Give those of these persons who have not made good what they fell for; None is everybody."""
    query = select(phishing_drill.c.person_id).where(phishing_drill.c.made_good_on.is_(None))
    return frozenset(row.person_id for row in rows_of(tx, query, phishing_drill.c.person_id, person_ids))
