"""Departments' caps on both databases, and that a person's month goes by them."""

from datetime import UTC, date, datetime

from domain.attendance.facts import Move, Workplace
from store.months import load_month_facts
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store
from store.workplaces import list_workplaces, save_workplace
from tests.profiles import HAGI

NOW = datetime(2025, 12, 3, 1, tzinfo=UTC)
APRIL = date(2025, 4, 1)


def test_what_was_said_of_a_department_reaches_its_peoples_months(store: Store) -> None:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("bosai", "防災課", None), Department("somu", "総務課", None)])
        upsert_persons(
            tx, [Person("p1", "萩 太郎", "ハギ タロウ", "bosai"), Person("p2", "長門 花", "ナガト ハナ", "somu")]
        )
        save_workplace(tx, "bosai", APRIL, Workplace.ordinary, by="jinji")
        save_workplace(tx, "bosai", APRIL, Workplace.externally_driven, by="jinji")
        assert [(each.from_on, each.kind) for each in list_workplaces(tx, "bosai")] == [
            (APRIL, Workplace.externally_driven)
        ]
        staff = {each: load_month_facts(tx, each, "2025-11", HAGI).staff for each in ("p1", "p2")}
    assert (staff["p1"].workplace, staff["p1"].moves) == (
        Workplace.ordinary,
        (Move(APRIL, Workplace.externally_driven),),
    )
    assert (staff["p2"].workplace, staff["p2"].moves) == (Workplace.ordinary, ())
