"""What changes in a city: people come, leave, move and are promoted, as HR's staff file says it; and disasters."""

from dataclasses import replace
from datetime import date, timedelta

from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.requests import ElsewhereRequest, OvertimeRequest
from domain.civil import civil_minute
from domain.workflow.application import RefusedActError
from domain.workflow.route import StepRole, list_deciders
from gateway.operations.attendance.join_pattern import join_pattern, leave_pattern
from gateway.operations.attendance.order_overtime import order_overtime
from gateway.requests.refusals import OrderFaultsError
from store.deciders import load_organisation
from store.people import Department, list_persons
from store.rosters import PatternMember
from sync.hr.staff_csv import StaffFile, StaffLine
from sync.jobs.import_staff import preview_staff, write_staff
from tests.city_years.asking import hand_in
from tests.city_years.city import RULES, City, person_of
from tests.city_years.staff import HR_OFFICE, TOP, Worker
from tests.profiles import HAGI

COLUMNS = frozenset({"staff_no", "name", "kana", "department_id", "department_name", "head", "employment", "manager",
                     "joined_on", "left_on"})  # fmt: skip


def change_staff(city: City, on: date) -> None:
    """Bring HR's staff file of a day in: in April much changes, else a little."""
    staff, april = city.staff, on.month == 4
    leaving = on - timedelta(days=1)
    for worker in list(staff.workers.values()):
        head = staff.offices[worker.department_id].head_id == worker.id
        if worker.department_id in {TOP, HR_OFFICE} or worker.left_on is not None:
            continue
        if city.happens(0.04 if april else 0.003):
            staff.workers[worker.id] = replace(worker, left_on=leaving)
            if head:
                _promote(city, worker.department_id)
            else:
                _join(city, worker, on)
        elif not head and worker.pattern is None and city.happens(0.06 if april else 0.002):
            others = [each.id for each in staff.offices.values() if each.id.startswith("office")]
            staff.workers[worker.id] = replace(worker, department_id=city.random.choice(others))
            city.count("moved")
        elif worker.employment == "part_time" and april and city.happens(0.1):
            staff.workers[worker.id] = replace(worker, employment="full_time", pattern=None)
    _import(city, on)


def _promote(city: City, office_id: str) -> None:
    staff = city.staff
    heads = {each.head_id for each in staff.offices.values()}
    own = [each for each in staff.workers.values() if each.left_on is None and each.id not in heads]
    mine = [each for each in own if each.department_id == office_id and each.employment == "full_time"]
    anybody = [each for each in own if each.employment == "full_time" and each.department_id != HR_OFFICE]
    successor = city.random.choice(mine or anybody)
    staff.workers[successor.id] = replace(successor, department_id=office_id, is_manager=True, pattern=None)
    staff.offices[office_id] = replace(staff.offices[office_id], head_id=successor.id)
    city.count("promoted")


def _join(city: City, former: Worker, on: date) -> None:
    number = len(city.staff.workers) + 1
    worker = replace(former, id=f"s{number:04d}", joined_on=on, left_on=None)
    city.staff.workers[worker.id] = worker
    city.count("joined")


def _import(city: City, on: date) -> None:
    staff = city.staff
    offices = tuple(Department(each.id, each.name, each.head_id) for each in staff.offices.values())
    lines = tuple(
        StaffLine(number, person_of(worker), None, "", None)
        for number, worker in enumerate(staff.workers.values(), start=2)
    )
    with city.act() as tx:
        before = {each.id for each in list_persons(tx)}
        changes = preview_staff(tx, StaffFile(COLUMNS, offices, lines), on)
        write_staff(tx, changes)
    city.count("changed_by_hr", len(changes.changed))
    for before_change, after in changes.changed:
        if (before_change.employment, before_change.is_manager) != (after.employment, after.is_manager):
            _leave_pattern(city, after.id, on)
    for worker in staff.workers.values():
        if worker.id not in before and worker.pattern is not None:
            with city.act() as tx:
                join_pattern(tx, PatternMember(worker.id, worker.pattern, worker.offset, on), by="chief", profile=HAGI)


def _leave_pattern(city: City, person_id: str, on: date) -> None:
    with city.act() as tx:
        leave_pattern(tx, person_id, on - timedelta(days=1), by="chief", profile=HAGI)


def strike_disaster(city: City, on: date) -> None:
    """Let a typhoon come in the evening of a day: standby for some, and their heads order work in the night."""
    city.go_to(on, 16 * 60)
    organisation = city.look(lambda tx: load_organisation(tx, civil_minute(city.now)[0]))
    by_head: dict[str, list[str]] = {}
    for worker in city.staff.workers.values():
        if worker.pattern is not None or worker.is_manager or not worker.is_employed(on) or not city.happens(0.3):
            continue
        hand_in(city, worker.id, ElsewhereRequest(on, ElsewhereKind.standby, 1200, 1440 + 480, "台風"))
        head = list_deciders(StepRole.head, worker.department_id, organisation, frozenset({worker.id}))[0].person_id
        by_head.setdefault(head, []).append(worker.id)
    for head, people in by_head.items():
        for who in people:
            order = OvertimeRequest(on, 1320, 1440 + 150, "避難所の開設", ((1440, 1440 + 30),))
            try:
                with city.act() as tx:
                    order_overtime(tx, f"typhoon-{on.isoformat()}", [who], order, by=head, rules=RULES)
            except OrderFaultsError:
                city.count("not_ordered")
                continue
            except RefusedActError as error:
                raise AssertionError(f"{head} cannot order {who}: {error}") from error
            city.count("ordered")
