"""Closed versions on both databases: written once, never changed; of two who close at once one does."""

import re
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.attendance.closing import MonthStanding, MonthState
from store.closings import (
    MonthVersion,
    claim_standings,
    insert_versions,
    list_versions,
    load_standings,
    save_standings,
)
from store.tx import Store
from tests.gateway.months.city import PERIOD, CityHall
from tests.store.test_months import put_people

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2025, 12, 3, tzinfo=UTC)
VERSION = MonthVersion("p1", PERIOD, 1, "hagi", b"{}", "a" * 64, "hr1", NOW)


@pytest.mark.parametrize("table", ["month_version", "month_step"])
def test_no_statement_changes_or_deletes_what_was_closed(table: str) -> None:
    changing = re.compile(
        rf"(update|delete|upsert_rows)\((tx, )?{table}\b|{table}\.(update|delete)\(|(UPDATE|FROM) {table}"
    )
    for path in (ROOT / "store").glob("*.py"):
        assert not changing.search(path.read_text(encoding="utf-8")), path


def test_a_version_is_written_once(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_people(tx, "p1")
        insert_versions(tx, [VERSION])
    with pytest.raises(Exception, match="month_version"), store.transaction(NOW) as tx:
        insert_versions(tx, [MonthVersion("p1", PERIOD, 1, "hagi", b"[]", "b" * 64, "hr2", NOW)])
    with store.reading(NOW) as tx:
        assert list_versions(tx, PERIOD) == [VERSION]
        assert list_versions(tx, "2025-12") == list_versions(tx, PERIOD, ["p2"]) == []


def test_standings_are_kept_by_month_and_claimed_once(store: Store) -> None:
    kept = MonthStanding("p1", PERIOD, MonthState.reopening, "a" * 64, 2, "hr1")
    with store.transaction(NOW) as tx:
        put_people(tx, "p1", "p2")
        assert claim_standings(tx, PERIOD, ["p2", "p1", "p1"]) == {
            each: MonthStanding(each, PERIOD) for each in ("p1", "p2")
        }
        save_standings(tx, [kept])
    with store.reading(NOW) as tx:
        assert load_standings(tx, PERIOD, ["p1"]) == {"p1": kept}
        assert load_standings(tx, "2025-12") == {}
    with store.transaction(NOW) as tx:
        assert claim_standings(tx, PERIOD, ["p1"]) == {"p1": kept}


def test_of_two_who_close_at_once_each_month_is_closed_by_one(store: Store) -> None:
    hall = CityHall(store).found("p1", "p2", "head", "hr1", "hr2")
    for each in ("p1", "p2"):
        hall.confirm(each)
    assert hall.confirm_as_head("p1", "p2") == {}
    closed: list[str] = []

    def run(by: str) -> None:
        for part in CityHall(store, hall.now).close(by):
            closed.extend(part.closed)

    threads = [threading.Thread(target=run, args=(by,)) for by in ("hr1", "hr2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(closed) == ["p1", "p2"]
    with store.reading(hall.now) as tx:
        assert [(each.person_id, each.version) for each in list_versions(tx, PERIOD)] == [("p1", 1), ("p2", 1)]
