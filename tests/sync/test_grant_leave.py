"""Leave granted by the rule on both databases: once a year and person, HR's word first, carried to the minute."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from contract.leave_kind_file import shipped_leave_rules
from domain.attendance.leave_balance import Lot
from domain.attendance.leave_grants import LeaveTerms
from domain.attendance.leave_minutes import LeaveAmount, to_amount
from domain.attendance.leave_report import LeaveRow, list_leave
from store.job_runs import list_job_runs
from store.leave_ledgers import load_leave_ledgers
from store.leave_tables import leave_grant, leave_taken
from store.leaves import insert_correction, list_leave_days, list_lots, list_takings, save_terms
from store.people import Department, Person, list_persons, upsert_departments, upsert_persons
from store.tx import Store, Tx
from sync.jobs.grant_leave import GrantedLeave, grant_leave
from sync.jobs.table import JOBS, run_grant_leave
from sync.schedule import Clock
from tests.profiles import HAGI
from tests.sync.desks import desk, settings

DAY = 465
NOW = datetime(2026, 1, 5, tzinfo=UTC)
RULES = shipped_leave_rules()
ANNUAL = RULES.kinds["annual"]
NEW_YEAR = date(2026, 1, 1)


@pytest.fixture
def city(store: Store) -> Store:
    people = [
        Person("full", "萩 太郎", "ハギ タロウ", "general", joined_on=date(2019, 4, 1)),
        Person("new", "萩 次郎", "ハギ ジロウ", "general", joined_on=date(2026, 4, 1)),
        Person("part", "萩 三郎", "ハギ サブロウ", "general", "part_time", joined_on=date(2025, 4, 1)),
        Person("left", "萩 四郎", "ハギ シロウ", "general", left_on=date(2025, 12, 31)),
        Person("guest", "客", "キャク", "general", kind="contractor"),
    ]
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("general", "総務課")])
        upsert_persons(tx, people)
    return store


def run(store: Store, on: date, since: date = date(2025, 1, 1)) -> GrantedLeave:
    with store.transaction(NOW) as tx:
        return grant_leave(tx, on, RULES, HAGI, rule_from_on=since)


def put_taking(tx: Tx, name: str, person_id: str, on: date, minutes: int, kind: str = "annual") -> None:
    values = {"id": name, "person_id": person_id, "kind": kind, "day_on": on, "minutes": minutes}
    tx.connection.execute(insert(leave_taken).values(values))


def lots(store: Store, person_id: str) -> list[tuple[int, date, str]]:
    with store.reading(NOW) as tx:
        found = list_lots(tx, [person_id], "annual", since=date(2020, 1, 1)).get(person_id, ())
    return [(lot.minutes, lot.from_on, source) for lot, source in found]


def rows(store: Store, year: int, on: date) -> dict[str, LeaveRow]:
    with store.reading(NOW) as tx:
        ledgers = load_leave_ledgers(tx, list_persons(tx), ANNUAL, year, schemes=RULES.schemes, profile=HAGI)
    return {row.person_id: row for row in list_leave(ledgers, on)}


def test_a_year_is_granted_once(city: Store) -> None:
    assert run(city, NEW_YEAR) == GrantedLeave(1, 0, ("part",))
    assert run(city, NEW_YEAR) == GrantedLeave(0, 0, ("part",))
    assert run(city, date(2026, 6, 1)).granted == 1  # who joined in April
    assert lots(city, "full") == [(20 * DAY, NEW_YEAR, "grant")]
    assert lots(city, "new") == [(15 * DAY, date(2026, 4, 1), "grant")]
    assert lots(city, "left") == lots(city, "guest") == lots(city, "part") == []


def test_a_grant_is_known_before_it_holds(city: Store) -> None:
    assert run(city, date(2026, 2, 20)).granted == 2
    assert run(city, date(2026, 12, 1)).granted == 2
    assert [from_on for _, from_on, _ in lots(city, "full")] == [NEW_YEAR, date(2027, 1, 1)]


def test_a_part_timers_terms_say_what_is_granted(city: Store) -> None:
    with city.transaction(NOW) as tx:
        save_terms(tx, date(2025, 4, 1), {"part": LeaveTerms("part_time", None, 4, 345)})
    assert run(city, NEW_YEAR).without_terms == ()
    assert lots(city, "part") == [(7 * 345, date(2025, 10, 1), "grant")]
    row = rows(city, 2025, NEW_YEAR)["part"]
    assert (row.granted, row.left) == ((7, 0), (7, 0))


def test_terms_of_an_unknown_scheme_are_told(city: Store) -> None:
    with city.transaction(NOW) as tx:
        save_terms(tx, date(2025, 4, 1), {"part": LeaveTerms("teachers", None, 4, 345)})
    assert run(city, NEW_YEAR) == GrantedLeave(1, 0, ("part",))


def test_what_hr_says_of_a_year_stands_in_place_of_the_grant(city: Store) -> None:
    said = {"person_id": "full", "kind": "annual", "minutes": 31 * DAY + 45, "from_on": date(2026, 3, 1)}
    with city.transaction(NOW) as tx:
        more = {"source": "hr", "reason": "file", "given_by": "", "given_at": NOW, "until_on": date(2026, 12, 31)}
        tx.connection.execute(insert(leave_grant).values(said | more))
    assert run(city, NEW_YEAR).granted == 0
    assert run(city, date(2027, 1, 1)) == GrantedLeave(2, 1, ("part",))
    assert lots(city, "full")[1:] == [(20 * DAY, date(2027, 1, 1), "grant"), (20 * DAY, date(2027, 1, 1), "carried")]


def test_l16_the_carry_over_keeps_minutes_and_follows_late_changes(city: Store) -> None:
    run(city, NEW_YEAR)
    with city.transaction(NOW) as tx:
        put_taking(tx, "t1", "full", date(2026, 5, 1), 8 * DAY + 285)
        put_taking(tx, "t2", "full", date(2026, 12, 28), DAY)
    january = date(2027, 1, 4)
    assert run(city, january).carried == 1
    assert run(city, january).carried == 0
    assert rows(city, 2027, january)["full"].carried == (10, 180)
    with city.transaction(NOW) as tx:
        tx.connection.execute(update(leave_taken).where(leave_taken.c.id == "t2").values(ended_at=NOW))
        put_taking(tx, "t3", "full", date(2026, 12, 25), 3 * DAY)
    assert run(city, january).carried == 1
    assert run(city, january).carried == 0
    row = rows(city, 2027, january)["full"]
    assert (row.granted, row.carried, row.left) == ((20, 0), (8, 180), (28, 180))
    assert run(city, date(2028, 1, 4)).carried == 2
    assert rows(city, 2028, date(2028, 1, 4))["full"].carried == (20, 0)


def test_a_kind_with_so_many_days_a_year_is_listed_without_a_grant(city: Store) -> None:
    summer = RULES.kinds["special.summer"]
    with city.transaction(NOW) as tx:
        put_taking(tx, "t1", "full", date(2026, 8, 3), 2 * DAY, "special.summer")
        ledgers = load_leave_ledgers(tx, list_persons(tx), summer, 2026, schemes=RULES.schemes, profile=HAGI)
    row = next(row for row in list_leave(ledgers, date(2026, 8, 31)) if row.person_id == "full")
    assert (row.granted, row.taken, row.left, row.share_per_mille) == ((5, 0), (2, 0), (3, 0), 400)


def test_corrections_by_hand_say_why(city: Store) -> None:
    run(city, NEW_YEAR)
    with city.transaction(NOW) as tx:
        insert_correction(tx, "full", "annual", Lot("", -60, NEW_YEAR), reason="誤付与", by="hr-1")
        with pytest.raises(ValueError, match="expected minutes other than 0"):
            insert_correction(tx, "full", "annual", Lot("", 60, NEW_YEAR), reason=" ", by="hr-1")
    assert rows(city, 2026, NOW.date())["full"].left == (19, 405)


def test_leave_in_force_by_person_and_day(city: Store) -> None:
    with city.transaction(NOW) as tx:
        put_taking(tx, "t1", "full", date(2026, 5, 1), DAY)
        put_taking(tx, "t2", "full", date(2026, 5, 7), DAY)
        put_taking(tx, "t3", "new", date(2026, 5, 1), 60)
        tx.connection.execute(update(leave_taken).where(leave_taken.c.id == "t2").values(ended_at=NOW))
        found = list_takings(tx, None, since=date(2026, 5, 1), until=date(2026, 5, 31))
        assert {who: [each.id for each in mine] for who, mine in found.items()} == {"full": ["t1"], "new": ["t3"]}
        assert list_takings(tx, ["full"], since=date(2026, 5, 2)) == {}
        assert list(list_leave_days(tx, ["new"], date(2026, 5, 1), date(2026, 5, 1))) == ["new"]


def test_the_job_runs_by_the_clock(city: Store, tmp_path: Path) -> None:
    later = desk(city, tmp_path, datetime(2026, 1, 2, tzinfo=UTC), leave_rule_from_on=NEW_YEAR)
    Clock(later, {"grant_leave": JOBS["grant_leave"]}).look("grant_leave")
    Clock(later, {"grant_leave": JOBS["grant_leave"]}).look("grant_leave")
    with city.reading(NOW) as tx:
        outcomes = {run.outcome for run in list_job_runs(tx, "grant_leave", since=datetime(2025, 1, 1, tzinfo=UTC))}
        assert tx.connection.scalar(select(leave_grant.c.minutes).where(leave_grant.c.person_id == "full")) == 20 * DAY
    assert "done: granted 1, carried over 0, terms untold: 1" in outcomes


def test_until_a_city_says_from_when_its_hr_grants(city: Store, tmp_path: Path) -> None:
    assert run_grant_leave(city, settings(tmp_path, city.url), NEW_YEAR, NOW).startswith("no leave_rule_from_on")
    assert run(city, date(2025, 12, 1), since=NEW_YEAR).granted == 1
    assert lots(city, "full") == [(20 * DAY, NEW_YEAR, "grant")]


def test_a_citys_own_file_of_kinds(city: Store, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "contract" / "profiles" / "leave_kinds.toml").read_text(encoding="utf-8")
    (tmp_path / "kinds.toml").write_text(text.replace("days = 20\n", "days = 22\n"), encoding="utf-8")
    own = settings(tmp_path, city.url, leave_kinds_file="kinds.toml", leave_rule_from_on=NEW_YEAR)
    assert run_grant_leave(city, own, NEW_YEAR, NOW) == "granted 1, carried over 0, terms untold: 1"
    assert to_amount(lots(city, "full")[0][0], DAY) == LeaveAmount(22, 0)
