"""One month of the city: asked, lived, settled, confirmed, closed, paid, and put right when taps come late."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from contract.leave_kind_file import shipped_leave_rules
from domain.attendance.adjustment import AdjustmentAct, AdjustmentState
from domain.attendance.closing import MonthAct, MonthState
from domain.attendance.facts import MonthFacts
from domain.attendance.month import month_bounds
from domain.attendance.spans import axis_minute, civil_date, minute_from
from domain.civil import civil_minute, instant
from domain.workflow.route import Organisation, StepRole, list_deciders
from gateway.months.checking import check_people
from gateway.months.recount import MonthRecount
from gateway.operations.attendance.adjust_month import adjust_month
from gateway.operations.attendance.close_month import Closing, close_departments, close_people
from gateway.operations.attendance.confirm_month import (
    SeenMonth,
    confirm_months_as_head,
    confirm_own_month,
    confirm_settled_months,
)
from gateway.operations.attendance.reopen_month import reopen_month
from store.computers import ComputerLog, save_computer_logs
from store.deciders import load_organisation
from store.month_adjustments import list_adjustments
from store.months import load_months_facts
from store.pay_lines import save_batch_sent
from store.people import is_employed, list_persons
from sync.jobs.grant_leave import grant_leave
from sync.jobs.hand_over_pay import make_pay_files
from sync.jobs.load_closed_pay import load_closed_pay
from sync.payroll.layout_files import load_layout
from sync.payroll.rows import Payee
from tests.city_years.asking import draw_days_off, draw_requests, hand_in, hash_of
from tests.city_years.changing import change_staff, strike_disaster
from tests.city_years.city import City
from tests.city_years.deciding import decide_everything, revoke_one
from tests.city_years.habits import Stay, Tap, draw_stays, draw_taps
from tests.city_years.hearing import hear_taps
from tests.city_years.settling import settle_month
from tests.profiles import HAGI

AT_ONCE = 200
LAYOUT = load_layout("generic")
DISASTROUS = frozenset({"07", "09", "01"})


@dataclass
class LivedMonth:
    """What is known of a month that was lived: who was there when, and taps that did not come yet."""

    period: str
    people: list[str]
    stays: dict[str, list[Stay]] = field(default_factory=dict)
    held: list[Tap] = field(default_factory=list)
    late_reader: str | None = None

    @property
    def bounds(self) -> tuple[date, date]:
        """Give the first and the last day."""
        return month_bounds(self.period)


def ask_month(city: City, period: str) -> LivedMonth:
    """Let a month begin: leave is granted, people ask for what they know beforehand, heads decide."""
    first_on, _ = month_bounds(period)
    city.go_to(first_on, 10)
    with city.act() as tx:
        grant_leave(tx, first_on, shipped_leave_rules(), HAGI, rule_from_on=date(2024, 1, 1))
    change_staff(city, first_on)
    people = [each.id for each in city.look(list_persons) if is_employed(each, *month_bounds(period))]
    month = LivedMonth(period, people)
    for facts in _facts(city, month):
        worker = city.staff.workers[facts.person_id]
        for request in (*draw_requests(city, worker, facts), *draw_days_off(city, worker, facts)):
            hand_in(city, facts.person_id, request)
    decide_everything(city)
    return month


def live_days(city: City, month: LivedMonth, ends: dict[str, int]) -> None:
    """Live through the month's days until the morning after; ``ends`` holds where each person's last stay ended."""
    if month.period[-2:] in DISASTROUS:
        strike_disaster(city, month.bounds[0] + timedelta(days=city.random.randint(5, 20)))
        decide_everything(city)
    taps: list[Tap] = []
    for facts in _facts(city, month):
        who = facts.person_id
        stays = month.stays[who] = draw_stays(city.random, facts, ends.get(who, 0))
        if stays:
            ends[who] = stays[-1].ends
        for stay in stays:
            taps += draw_taps(city.random, stay, city.staff.workers[who].reader)
            if stay.on in facts.holidays and city.staff.workers[who].pattern is None:
                city.worked_holidays.setdefault(who, []).append(stay.on)
        _use_computer(city, who, stays)
    if city.happens(0.6):
        month.late_reader = city.random.choice(city.staff.readers)
        gone = axis_minute(month.bounds[1] - timedelta(days=city.random.randint(1, 6)), 600)
        month.held = [tap for tap in taps if tap.reader == month.late_reader and tap.minute >= gone]
    held = set(map(id, month.held))
    city.go_to(month.bounds[1] + timedelta(days=1), 9)
    city.count("taps", hear_taps(city, [tap for tap in taps if id(tap) not in held]))


def _facts(city: City, month: LivedMonth) -> Iterator[MonthFacts]:
    for start in range(0, len(month.people), AT_ONCE):
        some = month.people[start : start + AT_ONCE]
        found = city.look(lambda tx, some=some: load_months_facts(tx, some, month.period, HAGI))  # type: ignore[misc]
        yield from (found[each] for each in sorted(found))


def _use_computer(city: City, who: str, stays: list[Stay]) -> None:
    """Write down when somebody logs on and off; now and then a computer is left on."""
    if hash_of(who) % 5 or city.staff.workers[who].pattern is not None:
        return
    logs = []
    for stay in stays:
        off = stay.ends - 3 if city.happens(0.97) else stay.ends + 45
        for kind, minute in (("on", stay.starts + 4), ("off", off)):
            on = civil_date(minute)
            logs.append(ComputerLog(who, instant(on, minute_from(on, minute)), kind, "pc1"))
    with city.act() as tx:
        save_computer_logs(tx, logs)


def close_month(city: City, month: LivedMonth) -> None:
    """Bring a month to its end: settled, confirmed by rule, person and head, closed by HR."""
    period, last_on = month.period, month.bounds[1]
    city.go_to(last_on + timedelta(days=1), 12 * 60)
    for reader in city.staff.readers:
        if reader != month.late_reader:
            city.hear(reader, city.now)
    if month.held and city.happens(0.4):  # the box comes back before anybody closes
        city.count("taps", hear_taps(city, month.held))
        month.held = []
    if month.late_reader and not month.held:
        city.hear(month.late_reader, city.now)
    _confirm_early(city, month)
    _recount(city)
    settle_month(city, period, month.people, month.stays)
    city.go_to(last_on + timedelta(days=3), 9 * 60)
    _recount(city)
    by_rule = [each for each in month.people if not city.happens(0.3)]
    with city.act() as tx:
        city.count("confirmed_by_rule", len(confirm_settled_months(tx, by_rule, period, HAGI)))
    _confirm(city, month)
    hr = city.staff.hr[0]
    without = frozenset({month.late_reader} if month.held and month.late_reader else ())
    for closing in (Closing(period, HAGI, hr), Closing(period, HAGI, hr, without, "通信障害")):
        left = [
            check
            for part in close_departments(city.store, city.clock, closing, organisation=_organisation(city))
            for check in part.left
        ]
        if not left:
            break
        if not without:
            break
    if left:
        raise AssertionError(f"{period}: not closed: {[(each.person_id, each.blockers) for each in left][:5]}")


def _confirm_early(city: City, month: LivedMonth) -> None:
    """Let some confirm before anything is settled: what is settled later makes it lapse."""
    early = [each for each in month.people if city.happens(0.05)]
    for each in city.look(lambda tx: list(check_people(tx, early, month.period, HAGI))):
        who, seen = each.check.person_id, each.check.content_hash
        with city.act() as tx:
            confirm_own_month(tx, who, month.period, HAGI, by=who, seen_hash=seen)


def _confirm(city: City, month: LivedMonth) -> None:
    organisation = _organisation(city)
    checks = {each.check.person_id: each.check for each in city.look(lambda tx: list(_check(tx, month)))}
    for who, check in checks.items():
        if check.standing.state is MonthState.open and not city.happens(0.05):
            with city.act() as tx:
                confirm_own_month(tx, who, month.period, HAGI, by=who, seen_hash=check.content_hash)
            city.count("confirmed_by_person")
    by_head: dict[str, list[SeenMonth]] = {}
    people = {each.id: each for each in city.look(list_persons)}
    standings = {each.check.person_id: each.check.standing for each in city.look(lambda tx: list(_check(tx, month)))}
    for who, check in checks.items():
        head = list_deciders(StepRole.head, people[who].department_id, organisation, frozenset({who}))[0].person_id
        reason = "" if standings[who].state is MonthState.self_confirmed else "長期出張のため"
        by_head.setdefault(head, []).append(SeenMonth(who, check.content_hash, reason))
    for head, months in by_head.items():
        with city.act() as tx:
            refused = confirm_months_as_head(tx, months, month.period, HAGI, by=head, organisation=organisation)
        if refused:
            raise AssertionError(f"{month.period}: {head} cannot confirm {refused}")
        city.count("confirmed_by_head", len(months))


def _check(tx, month: LivedMonth):  # type: ignore[no-untyped-def]
    return check_people(tx, month.people, month.period, HAGI)


def put_right(city: City, month: LivedMonth) -> None:
    """Let late taps come and an approval end after the closing; HR agrees to what differs, and payroll gets it."""
    city.go_to(month.bounds[1] + timedelta(days=5), 9 * 60)
    if month.held:
        city.count("late_taps", hear_taps(city, month.held))
        month.held = []
        city.hear(month.late_reader or "", city.now)
    overtime = [
        each.id
        for each in city.asked.values()
        if each.request.__class__.__name__ == "OvertimeRequest" and f"{each.request.on:%Y-%m}" == month.period
    ]
    if overtime:
        for each in city.random.sample(overtime, max(1, len(overtime) // 200)):
            revoke_one(city, each)
    _recount(city)
    _agree(city, month.period)
    reopen_one(city, month)


def reopen_one(city: City, month: LivedMonth) -> None:
    """Open one person's closed month again, by two of HR, and close it anew as its next version."""
    who = city.random.choice(month.people)
    one, other = [each for each in city.staff.hr if each != who][:2]
    organisation = _organisation(city)
    for act, by in ((MonthAct.propose_reopening, one), (MonthAct.agree_reopening, other)):
        with city.act() as tx:
            reopen_month(tx, who, month.period, act, by=by, organisation=organisation, reason="手当の誤り")
    again = LivedMonth(month.period, [who], month.stays)
    settle_month(city, month.period, [who], month.stays)
    _confirm(city, again)
    with city.act() as tx:
        closed, left = close_people(tx, [who], Closing(month.period, HAGI, one), organisation=organisation)
    if not closed:
        raise AssertionError(f"{month.period}: {who} was reopened and is not closed: {left}")
    city.count("reopened")


def _recount(city: City) -> None:
    city.count("recounted_days", MonthRecount(city.store, city.clock, HAGI).look())


def _agree(city: City, period: str) -> None:
    organisation = _organisation(city)
    waiting = city.look(lambda tx: list_adjustments(tx, period, states={AdjustmentState.found}))
    for each in waiting:
        one, other = [who for who in city.staff.hr if who != each.person_id][:2]
        for act, by in ((AdjustmentAct.propose, one), (AdjustmentAct.agree, other)):
            with city.act() as tx:
                adjust_month(
                    tx, each.id, act, by=by, seen_hash=each.content_hash, organisation=organisation, reason="遅延"
                )
    city.count("adjustments", len(waiting))


def pay_month(city: City, period: str) -> None:
    """Hand over what is due of a month."""
    payees = {each.id: Payee(each.id, each.name, each.kana, each.department_id) for each in city.look(list_persons)}
    with city.act() as tx:
        for batch in make_pay_files(tx, LAYOUT, period, load_closed_pay(tx, period), payees):
            city.count("pay_lines", save_batch_sent(tx, batch.id))


def _organisation(city: City) -> Organisation:
    return city.look(lambda tx: load_organisation(tx, civil_minute(city.now)[0]))
