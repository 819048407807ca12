"""The timed job that asks every door of the settings for HR's files and writes down what is new."""

from datetime import date, datetime

from store.alarms import Alarm, insert_alarms, restore_alarms
from store.hr_sources import load_source_mark, save_source_state
from store.tx import Store
from sync.hr.fetched import Fetched, FetchError
from sync.hr.https_door import fetch_by_https
from sync.hr.sftp_door import fetch_by_sftp
from sync.hr.source_settings import HrSource, SftpSource
from sync.jobs.bring_hr_file import Arrival, bring_file
from sync.settings import SyncSettings


def fetch_hr_files(store: Store, settings: SyncSettings, on: date, now: datetime) -> str:
    """Ask each door; a file and its door's mark are written in one commit, so one that was fetched is never lost.

    A door that gives nothing raises an alarm and keeps no other back.
    """
    told = [f"{source.name} {_ask(store, settings, source, on, now)}" for source in settings.hr_sources]
    return ", ".join(told) or "no sources"


def _ask(store: Store, settings: SyncSettings, source: HrSource, on: date, now: datetime) -> str:
    with store.reading(now) as tx:
        mark = load_source_mark(tx, source.name)
    try:
        fetched = _fetch(source, mark)
    except FetchError as error:
        with store.transaction(now) as tx:
            save_source_state(tx, source.name, mark=mark, trouble=str(error))
            insert_alarms(tx, [Alarm("hr_source_failed", source.name, str(error))])
        return "failed"
    with store.transaction(now) as tx:
        restore_alarms(tx, [("hr_source_failed", source.name)])
        save_source_state(tx, source.name, mark=mark if fetched is None else fetched.mark)
        if fetched is None:
            return "unchanged"
        arrival = Arrival(source.kind, source.name, source.name, fetched.data, on)
        _, is_new = bring_file(tx, settings.load_site_key(), arrival)
    return "brought" if is_new else "known"


def _fetch(source: HrSource, mark: str) -> Fetched | None:
    return fetch_by_sftp(source, mark) if isinstance(source, SftpSource) else fetch_by_https(source, mark)
