"""What people do about what is unsettled after a month: punches by hand, overtime afterwards, explanations."""

from collections.abc import Iterable
from datetime import date
from functools import partial

from domain.attendance.check_sheet import Blocker, BlockerKind
from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.facts import Direction
from domain.attendance.month import PersonMonth
from domain.attendance.requests import (
    DivergenceAnswer,
    Explanation,
    OvertimeRequest,
    PunchRequest,
    divergence_subject,
)
from domain.attendance.spans import axis_minute, intersect
from domain.civil import civil_minute
from gateway.months.checking import CheckedPerson, check_people
from gateway.operations.attendance.judge_punch import judge_punch
from store.deciders import load_organisation
from store.tx import Tx
from tests.city_years.asking import hand_in
from tests.city_years.city import City
from tests.city_years.deciding import decide_everything
from tests.city_years.habits import Stay
from tests.profiles import HAGI

ROUNDS = 8
WAITS = frozenset({BlockerKind.unconfirmed, BlockerKind.head_unconfirmed, BlockerKind.reader})


def settle_month(city: City, period: str, people: Iterable[str], stays: dict[str, list[Stay]]) -> None:
    """Let everybody settle the month, in rounds, until only confirmations and readers are missing."""
    left = set(people)
    tried: set[str] = set()
    for _ in range(ROUNDS):
        checked = city.look(partial(_check, left, period))
        open_ones = [each for each in checked if not each.check.is_settled and _others(each)]
        if not open_ones:
            return
        for each in open_ones:
            _settle(city, each, stays.get(each.check.person_id, []), tried)
        decide_everything(city)
        left = {each.check.person_id for each in open_ones}
    still = {each.check.person_id: each.check.blockers for each in open_ones}
    raise AssertionError(f"{period}: never settled: {still}")


def _check(people: Iterable[str], period: str, tx: Tx) -> list[CheckedPerson]:
    return list(check_people(tx, set(people), period, HAGI))


def _others(each: CheckedPerson) -> list[Blocker]:
    return [blocker for blocker in each.check.blockers if blocker.kind not in WAITS]


def _settle(city: City, each: CheckedPerson, stays: list[Stay], tried: set[str]) -> None:
    month = each.counted.month
    if month is None:
        raise AssertionError(f"{each.check.person_id}: an impossible plan came through")
    subjects = {blocker.subject for blocker in _others(each)}
    for day in month.days:
        for item in day.divergences:
            subject = divergence_subject(day.on, item)
            if subject not in subjects:
                continue
            if item.kind is DivergenceKind.uncertain_clock:
                _judge(city, month, day.on, item)
            else:
                _answer(city, month.person_id, day.on, item, stays, tried)


def _answer(city: City, person_id: str, on: date, item: Divergence, stays: list[Stay], tried: set[str]) -> None:
    name = f"{person_id}/{divergence_subject(on, item)}"
    city.count(f"divergence.{item.kind.value}")
    first_time = name not in tried
    tried.add(name)
    if first_time and item.kind in {DivergenceKind.missing_in, DivergenceKind.missing_out}:
        done = _punch(city, person_id, on, item, stays)
    else:
        done = first_time and _work_afterwards(city, person_id, on, item, stays)
    if done:
        return
    explanation = Explanation.private if first_time else Explanation.wrong_punch
    hand_in(
        city, person_id, DivergenceAnswer(on, item.kind, item.from_minute, item.to_minute, explanation, "本人確認済み")
    )


def _work_afterwards(city: City, person_id: str, on: date, item: Divergence, stays: list[Stay]) -> bool:
    if item.kind not in {DivergenceKind.unordered_stay, DivergenceKind.unordered_early}:
        return False
    starts, ends = item.from_minute or 0, item.to_minute or 0
    span = axis_minute(on, starts), axis_minute(on, ends)
    if not any(intersect(stay.work, (span,)) for stay in stays):
        return False
    return hand_in(city, person_id, OvertimeRequest(on, starts, ends, "急ぎの照会", afterwards=True))


def _punch(city: City, person_id: str, on: date, item: Divergence, stays: list[Stay]) -> bool:
    known = item.from_minute if item.kind is DivergenceKind.missing_out else item.to_minute
    origin = axis_minute(on)
    inside = [stay for stay in stays if known is not None and stay.starts - 1 <= origin + known <= stay.ends + 1]
    if known is None:  # only doors inside saw the person
        inside = [stay for stay in stays if stay.on == on]
    if not inside:
        return False
    stay = inside[0]
    wanted = []
    if item.kind is DivergenceKind.missing_out:
        # At the end of a stay there may be a tap of the wrong direction: the way out was after it.
        wanted = [(stay.ends - origin + 1, Direction.clock_out)]
    elif known is not None and origin + known <= stay.starts + 1:  # the tap at the beginning said the wrong direction
        wanted = [(known - 1, Direction.clock_in), (known + 1, Direction.clock_in)]
    else:
        wanted = [(stay.starts - origin, Direction.clock_in)]
        if known is None:
            wanted.append((stay.ends - origin, Direction.clock_out))
    done = [
        hand_in(city, person_id, PunchRequest(on, minute, direction, "カード忘れ"))
        for minute, direction in wanted
        if 0 <= minute < 2880
    ]
    return any(done)


def _judge(city: City, month: PersonMonth, on: date, item: Divergence) -> None:
    at = axis_minute(on, item.from_minute if item.from_minute is not None else item.to_minute or 0)
    organisation = city.look(lambda tx: load_organisation(tx, civil_minute(city.now)[0]))
    by = next(each for each in city.staff.hr if each != month.person_id)
    for key in city.doubtful.pop((month.person_id, at)):
        counts = city.happens(0.7)
        with city.act() as tx:
            judge_punch(tx, key, counts=counts, reason="監視カメラで確認", by=by, login=by, organisation=organisation)
        city.count("judged")
