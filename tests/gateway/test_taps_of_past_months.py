"""What ingest notes of taps for months that may be over: late ones, interior ones too, and those of an unset clock."""

from datetime import timedelta

from sqlalchemy import select

from domain.attendance.adjustment import Cause
from domain.civil import civil_minute
from gateway.intake.ingest import Ingest
from store.changed_days import ChangedDay, claim_changed_days, past_month_until
from store.closing_tables import doubtful_tap
from store.tx import Store
from tests.gateway.city import NOW, PEOPLE, Journal, make_tap

PAST = past_month_until(NOW) - timedelta(minutes=1)


def changed(store: Store) -> list[ChangedDay]:
    with store.transaction(NOW) as tx:
        return claim_changed_days(tx, 100)


def test_a_tap_that_can_reach_an_earlier_month_is_marked_wherever_it_was(
    store: Store, ingest: Ingest, journal: Journal
) -> None:
    for point in ("main-in", "server-in", "main-in"):
        journal.append(make_tap(PEOPLE[0], point, PAST))
    journal.append(make_tap(PEOPLE[-1], "server-in", PAST))  # refused
    journal.append(make_tap(PEOPLE[1], "main-in", PAST + timedelta(minutes=1)))
    journal.append(make_tap(None, "main-in", PAST))
    ingest.take([journal.message()])
    assert changed(store) == [ChangedDay(PEOPLE[0], civil_minute(PAST)[0], Cause.late_tap)]
    ingest.take([journal.message()])
    assert changed(store) == []


def test_a_tap_of_a_clock_that_nobody_set_is_doubtful(store: Store, ingest: Ingest, journal: Journal) -> None:
    for clock in ("synced", "free", "unset"):
        journal.append(make_tap(PEOPLE[0]).model_copy(update={"clock": clock}))
    ingest.take([journal.message()])
    with store.reading(NOW) as tx:
        rows = tx.connection.execute(select(doubtful_tap.c.seq, doubtful_tap.c.person_id)).all()
    assert [tuple(row) for row in rows] == [(3, PEOPLE[0])]
