"""Settings, people and a lived month for the tests of the connector."""

from datetime import UTC, date, datetime
from pathlib import Path

from domain.civil import instant, parse_clock
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store
from sync.firing import Desk
from sync.settings import SyncSettings
from tests.store.test_months import put_seed

DECEMBER = datetime(2025, 12, 3, 1, tzinfo=UTC)
KEY = bytes(range(32))


def settings(folder: Path, url: str, **more: object) -> SyncSettings:
    key = folder / "site.key"
    key.write_text(KEY.hex())
    key.chmod(0o600)
    data = {
        "database_url": url,
        "site_key_file": "site.key",
        "inbox_dir": "inbox",
        "payroll_dir": "payroll",
        **more,
    }
    return SyncSettings.model_validate(data, context={"folder": folder})


def desk(store: Store, folder: Path, now: datetime = DECEMBER, **more: object) -> Desk:
    return Desk(store, settings(folder, store.url, **more), lambda: now)


def at(day: int, clock: str) -> datetime:
    return instant(date(2025, 11, day), parse_clock(clock))


def put_city(store: Store, *names: str) -> None:
    """People p1, p2 … with these names; p1 has lived the seed month."""
    with store.transaction(DECEMBER) as tx:
        upsert_departments(tx, [Department("general", "総務課")])
        upsert_persons(tx, [Person(f"p{n}", name, "カナ", "general") for n, name in enumerate(names, start=1)])
        put_seed(tx, "p1")
