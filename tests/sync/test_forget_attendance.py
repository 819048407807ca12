"""Messages and time records are forgotten when their days are over, on both databases; closed months stay."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from domain.notices.message import Message
from store.closing_tables import doubtful_tap
from store.computers import ComputerLog, save_computer_logs
from store.messages import insert_messages, list_messages
from store.month_checks import DoubtfulFact, insert_doubtful_taps
from store.notice_tables import address, delivery
from store.punch_judgements import insert_judgement
from store.punches import PunchFact, insert_punches
from store.roster_tables import computer_use, punch_judgement
from store.tables import punch
from store.tx import Store, Tx
from sync.jobs.forget_attendance import MESSAGE_DAYS, Forgotten, forget_attendance
from tests.gateway.months.city import CityHall
from tests.profiles import HAGI

NOW = datetime(2031, 3, 10, 19, tzinfo=UTC)
ON = date(2031, 3, 11)
LAST_OLD = datetime(2026, 1, 31, 14, 59, tzinfo=UTC)


def put_records(tx: Tx, seq: int, at: datetime) -> None:
    insert_punches(tx, [PunchFact("west-1", 1, seq, "p1", at, "in", "west")])
    insert_doubtful_taps(tx, [DoubtfulFact("west-1", 1, seq, "p1", at)])
    insert_judgement(tx, ("west-1", 1, seq), counts=True, by="hr1", reason="見た")
    save_computer_logs(tx, [ComputerLog("p1", at, "on", "pc")])


def count(tx: Tx) -> list[int]:
    tables = (punch, doubtful_tap, punch_judgement, computer_use)
    return [tx.connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.fixture
def hall(store: Store) -> CityHall:
    return CityHall(store, NOW - timedelta(days=3000)).found("p1")


def test_months_beyond_the_years_of_the_profile_are_forgotten_whole(hall: CityHall) -> None:
    with hall.store.transaction(NOW) as tx:
        put_records(tx, 1, LAST_OLD)
        put_records(tx, 2, LAST_OLD + timedelta(minutes=1))
        assert forget_attendance(tx, ON, HAGI, message_days=MESSAGE_DAYS) == Forgotten(0, 4)
        assert count(tx) == [1, 1, 1, 1]
        assert forget_attendance(tx, ON, HAGI, message_days=MESSAGE_DAYS) == Forgotten(0, 0)


def test_messages_go_with_what_became_of_them(hall: CityHall) -> None:
    with hall.store.transaction(NOW - timedelta(days=MESSAGE_DAYS)) as tx:
        values = {"person_id": "p1", "way": "mail", "target": "p1@city.example", "language": "ja"}
        tx.connection.execute(address.insert().values(**values))
        insert_messages(tx, [Message("p1", "month_to_confirm", "2029-12", "/")])
    with hall.store.transaction(NOW) as tx:
        insert_messages(tx, [Message("p1", "month_to_confirm", "2030-12", "/")])
        assert forget_attendance(tx, ON, HAGI, message_days=MESSAGE_DAYS).messages == 0
    with hall.store.transaction(NOW + timedelta(seconds=1)) as tx:
        assert forget_attendance(tx, ON, HAGI, message_days=MESSAGE_DAYS).messages == 1
        assert [each.message.subject for each in list_messages(tx, "p1")] == ["2030-12"]
        assert tx.connection.scalar(select(func.count()).select_from(delivery)) == 1
