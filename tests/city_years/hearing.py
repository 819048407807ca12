"""Taps as the centre hears them: at once, or late from a box that had no network."""

from collections import defaultdict
from collections.abc import Iterable

from domain.attendance.adjustment import Cause
from domain.attendance.spans import civil_date, minute_from
from domain.civil import civil_minute, instant
from store.changed_days import ChangedDay, mark_changed, past_month_until
from store.month_checks import DoubtfulFact, insert_doubtful_taps
from store.punches import PunchFact, insert_punches
from store.records import Record, insert_records
from tests.city_years.city import City
from tests.city_years.habits import Tap

EPOCH = 1


def hear_taps(city: City, taps: Iterable[Tap]) -> int:
    """Write taps down as taking them in does, each box's in the order of its journal; gives how many."""
    by_reader: dict[str, list[Tap]] = defaultdict(list)
    for tap in sorted(taps, key=lambda each: (each.minute, each.second, each.person_id)):
        by_reader[tap.reader].append(tap)
    for reader, some in by_reader.items():
        _write(city, reader, some)
    return sum(len(some) for some in by_reader.values())


def _write(city: City, reader: str, taps: list[Tap]) -> None:
    records, punches, doubtful, late = [], [], [], []
    with city.act() as tx:
        until = past_month_until(tx.now)
        for tap in taps:
            city.heard[reader] = seq = city.heard.get(reader, 0) + 1
            on = civil_date(tap.minute)
            at = instant(on, minute_from(on, tap.minute)).replace(second=tap.second)
            key = (reader, EPOCH, seq)
            records.append(
                Record(
                    *key, "tap.observed", at, tx.now, live=False, hash=b"", body=b"", access_point_id=reader,
                    person_id=tap.person_id, granted=True,
                )
            )  # fmt: skip
            if tap.direction is not None:
                punches.append(PunchFact(*key, tap.person_id, at, tap.direction, reader))
            if tap.doubtful and tap.direction is not None:
                doubtful.append(DoubtfulFact(*key, tap.person_id, at))
                city.doubtful.setdefault((tap.person_id, tap.minute), []).append(key)
            if at < until:
                late.append(ChangedDay(tap.person_id, civil_minute(at)[0], Cause.late_tap))
        insert_records(tx, records)
        insert_punches(tx, punches)
        insert_doubtful_taps(tx, doubtful)
        mark_changed(tx, late)
