"""Looks at events are forgotten when the settings' days are over, and not an instant before."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from store.read_log import insert_reading, list_readings
from store.tx import Store
from sync.jobs.table import JOBS
from tests.sync.desks import DECEMBER, put_city, settings


def test_the_job_forgets_after_the_days_of_the_settings(store: Store, tmp_path: Path) -> None:
    put_city(store, "石井 一郎")
    days = (0, 1, 400)
    for day in days:
        with store.transaction(DECEMBER + timedelta(days=day)) as tx:
            insert_reading(tx, "kansa", "events", person_id="p1", query="person=p1")
    mine = settings(tmp_path, store.url, reading_days=365)
    for since, outcome, left in ((365, "forgotten: 0", 3), (366, "forgotten: 1", 2), (367, "forgotten: 1", 1)):
        now = DECEMBER + timedelta(days=since)
        assert JOBS["forget_readings"].run(store, mine, now.date(), now) == outcome
        with store.reading(now) as tx:
            assert len(list_readings(tx, limit=9)) == left


def test_three_years_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    assert settings(tmp_path, "sqlite:///x.db").reading_days == 1095
    with pytest.raises(ValidationError, match="reading_days"):
        settings(tmp_path, "sqlite:///x.db", reading_days=0)
