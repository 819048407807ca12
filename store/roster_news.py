"""Telling people in the same commit that somebody changed their roster: once an act, of days that are not over."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import select

from domain.attendance.profile import InForce
from domain.attendance.roster_changes import list_changed_days
from domain.civil import civil_minute, duty_day
from domain.notices.message import Message
from domain.notices.roster_notice import BY_FILE, BY_OFFICE, RosterNotice, derive_roster_messages
from store.calendar import list_calendar
from store.messages import insert_messages
from store.rosters import Days, load_shifts
from store.tables import account, person
from store.tx import Tx


@contextmanager
def telling_roster_changes(
    tx: Tx, person_ids: Collection[str], days: Days, *, by: str, profile: InForce
) -> Iterator[None]:
    """Tell these persons, after the block, which of their days it changed; if it raises, nobody.

    Args:
        tx: the transaction.
        person_ids: whose rosters the block may change.
        days: the first and the last day that it may change.
        by: the login that plans; empty for a file.
        profile: the rules, for days that no roster plans.
    """
    today = duty_day(tx.now, date_change_minutes=profile.on(civil_minute(tx.now)[0]).date_change_minutes)
    coming = max(days[0], today), days[1]
    if coming[0] > coming[1]:
        yield
        return
    before = load_shifts(tx, person_ids, coming)
    yield
    after = load_shifts(tx, person_ids, coming)
    holidays = frozenset(day.day_on for day in list_calendar(tx, *coming))
    by_id, planner = _find_planner(tx, by)
    messages: list[Message] = []
    for who in sorted(before.keys() | after.keys()):
        changed = list_changed_days(before.get(who, {}), after.get(who, {}), coming, profile=profile, holidays=holidays)
        if changed:
            messages += derive_roster_messages(RosterNotice(who, changed, tx.now.isoformat(), planner, by_id))
    insert_messages(tx, messages)


def _find_planner(tx: Tx, login: str) -> tuple[str, str]:
    if not login:
        return "", BY_FILE
    query = select(person.c.id, person.c.name).join_from(account, person, person.c.id == account.c.person_id)
    row = tx.connection.execute(query.where(account.c.login == login)).one_or_none()
    return ("", BY_OFFICE) if row is None else (row.id, row.name)
