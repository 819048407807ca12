"""The past month brought to its end as people would: put right, explained, confirmed, decided and closed."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime

from domain.attendance.closing import IN_FORCE
from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.facts import Direction
from domain.attendance.requests import DivergenceAnswer, Explanation, PunchRequest, Request, divergence_subject
from domain.civil import civil_minute
from domain.workflow.application import Wish
from domain.workflow.route import Organisation, StepRole, list_deciders
from domain.workflow.states import Act
from gateway.months.checking import CheckedPerson, check_people, list_late_readers
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.operations.attendance.close_month import Closing, close_departments
from gateway.operations.attendance.confirm_month import SeenMonth, confirm_months_as_head, confirm_own_month
from gateway.operations.attendance.decide_application import decide_application
from gateway.requests.refusals import RequestFaultsError
from gateway.requests.rules import Rules
from store.closings import load_standings
from store.deciders import load_organisation
from store.people import Person, list_persons
from store.tx import Store, Tx

ROUNDS = 3
"""A punch by hand may leave a stay to explain; after so many rounds nothing of a demo's month is unsettled."""
_LEFT_MINUTE = 17 * 60 + 20
_NOT_WAITED_FOR = "見本の月のため / the demo's month"


def end_month(store: Store, period: str, people: Collection[str], rules: Rules, now: datetime) -> int:
    """Bring a month that is over to its end; gives how many people's months are closed. Again changes nothing.

    Raises:
        RefusedMonthError: the month still goes on.
    """
    with store.reading(now) as tx:
        closed = {who for who, each in load_standings(tx, period).items() if each.state in IN_FORCE}
        organisation = load_organisation(tx, civil_minute(now)[0])
        late = frozenset(each.device_id for each in list_late_readers(tx, period, rules.profiles))
    open_ones = sorted(set(people) - closed)
    if open_ones:
        for number in range(ROUNDS):
            with store.transaction(now) as tx:
                if not _settle(tx, period, open_ones, rules, organisation, first_time=number == 0):
                    break
        with store.transaction(now) as tx:
            _confirm(tx, period, open_ones, rules, organisation)
        closing = Closing(period, rules.profiles, min(organisation.hr), late, _NOT_WAITED_FOR)
        for part in close_departments(store, lambda: now, closing, organisation=organisation):
            closed |= set(part.closed)
    return len(closed)


def _settle(
    tx: Tx, period: str, people: Collection[str], rules: Rules, organisation: Organisation, *, first_time: bool
) -> int:
    """Answer what is unsettled, and decide each answer; gives how many there were."""
    persons = {who.id: who for who in list_persons(tx)}
    asked = 0
    for checked in list(check_people(tx, people, period, rules.profiles)):
        for request in _list_answers(checked, by_hand=first_time):
            _ask(tx, persons[checked.check.person_id], request, rules, organisation)
            asked += 1
    return asked


def _list_answers(checked: CheckedPerson, *, by_hand: bool) -> Iterator[Request]:
    unsettled = {each.subject for each in checked.check.blockers}
    for day in checked.counted.month.days if checked.counted.month else ():
        for item in day.divergences:
            if divergence_subject(day.on, item) in unsettled:
                yield _answer(day.on, item, by_hand=by_hand)


def _answer(on: date, item: Divergence, *, by_hand: bool) -> Request:
    if by_hand and item.kind is DivergenceKind.missing_out:
        return PunchRequest(on, _LEFT_MINUTE, Direction.clock_out, "カードを忘れたため")
    why = Explanation.private
    return DivergenceAnswer(on, item.kind, item.from_minute, item.to_minute, why, "後片付けのため在席していました")


def _ask(tx: Tx, person: Person, request: Request, rules: Rules, organisation: Organisation) -> None:
    on = request.on if isinstance(request, PunchRequest | DivergenceAnswer) else date.min
    kind = type(request).__name__[:5].lower()
    part = getattr(request, "from_minute", None) or getattr(request, "to_minute", None) or 0
    asked = Asked(f"demo-{kind}-{person.id}-{on:%Y%m%d}-{part}", person.id, person.id, request)
    try:
        application = apply_request(tx, asked, rules)
    except RequestFaultsError:  # the next round explains it instead
        return
    for role in application.route:
        by = _decider(role, person, organisation)
        wish = Wish(Act.approve, by, application.content_hash, len(application.deeds))
        application = decide_application(tx, application.id, wish, rules)


def _confirm(tx: Tx, period: str, people: Collection[str], rules: Rules, organisation: Organisation) -> None:
    persons = {who.id: who for who in list_persons(tx)}
    by_head: dict[str, list[SeenMonth]] = defaultdict(list)
    for checked in list(check_people(tx, people, period, rules.profiles)):
        person_id, seen = checked.check.person_id, checked.check.content_hash
        confirm_own_month(tx, person_id, period, rules.profiles, by=person_id, seen_hash=seen)
        head = _decider(StepRole.head, persons[person_id], organisation)
        by_head[head].append(SeenMonth(person_id, seen))
    for head, months in by_head.items():
        confirm_months_as_head(tx, months, period, rules.profiles, by=head, organisation=organisation)


def _decider(role: StepRole, person: Person, organisation: Organisation) -> str:
    return list_deciders(role, person.department_id, organisation, frozenset({person.id}))[0].person_id
