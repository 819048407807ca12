"""How far a month is, as its page tells it: four steps with who and when, what is unsettled, what came after. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.attendance.adjustment import AdjustmentState
from domain.attendance.check_sheet import Blocker, OpenRequest, list_unsettled
from domain.attendance.closing import CONFIRMED, IN_FORCE, MonthAct, MonthStanding, MonthState
from domain.attendance.month import PersonMonth
from domain.attendance.month_fault import WORDS, MonthWhy
from domain.attendance.requests import RequestKind
from domain.workflow.states import IN_EFFECT, WAITING, State
from gateway.pages.words import Language
from store.applications import Filed
from store.closings import MonthStep, MonthVersion
from store.month_adjustments import MonthAdjustment

STEPS = ("open", "self", "head", "closed")
"""開始, 本人確認, 所属長確認, 締め."""

_REACHED = {
    MonthState.open: 0,
    MonthState.self_confirmed: 1,
    MonthState.head_confirmed: 2,
    MonthState.closed: 3,
    MonthState.reopening: 3,
}
_ACT_OF = {"self": MonthAct.confirm, "head": MonthAct.confirm_as_head, "closed": MonthAct.close}
_BACK = frozenset({MonthAct.lapse, MonthAct.send_back, MonthAct.agree_reopening})


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four: whether it is done, and by whom and when (empty: by rule)."""

    name: str
    is_done: bool
    is_current: bool
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An adjustment since the closing, with the names of those who proposed it and agreed."""

    adjustment: MonthAdjustment
    proposed_by: str
    agreed_by: str


@dataclass(frozen=True, slots=True)
class StandingView:
    """The state of a month.

    ``back`` is what set it back last, if nothing was confirmed since. ``content_hash`` names the count that a
    confirmation would hold for; it is empty while the month goes on and after it was closed. ``changed``: it was
    confirmed, but for another count. ``by_rule``: nothing is unsettled, and the city lets such a month confirm itself.
    """

    standing: MonthStanding
    steps: tuple[Step, ...]
    is_over: bool
    unsettled: tuple[Blocker, ...] = ()
    back: MonthStep | None = None
    back_by: str = ""
    content_hash: str = ""
    changed: bool = False
    by_rule: bool = False
    unrecorded: tuple[date, ...] = ()
    version: MonthVersion | None = None
    adjusted: tuple[Adjusted, ...] = ()

    @property
    def wants_word(self) -> bool:
        """Tell whether the person is to confirm the month now."""
        return self.is_over and self.standing.state is MonthState.open and not self.by_rule


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """What is known of a month's end: the standing, acts, the last version, adjustments, and names by person."""

    standing: MonthStanding
    steps: Sequence[MonthStep] = ()
    version: MonthVersion | None = None
    adjustments: Sequence[MonthAdjustment] = ()


def derive_standing(
    facts: StandingFacts,
    month: PersonMonth,
    filed: Iterable[Filed],
    names: Mapping[str, str],
    *,
    is_over: bool,
    content_hash: str,
    self_confirm: bool,
    unrecorded: tuple[date, ...] = (),
) -> StandingView:
    """Tell how far a month is.

    Args:
        facts: what is known of its end.
        month: the month as it is counted now.
        filed: the person's applications that speak of it.
        names: by person, of those who acted.
        is_over: whether it may be confirmed.
        content_hash: of the count, where anybody may have to confirm it; else empty.
        self_confirm: whether the city asks each person for a click.
        unrecorded: days of duty of which nothing is known.
    """
    standing, filed = facts.standing, tuple(filed)
    unsettled = () if standing.state in IN_FORCE else tuple(_list_unsettled(month, filed))
    back = facts.steps[-1] if facts.steps and facts.steps[-1].act in _BACK else None
    return StandingView(
        standing=standing,
        steps=tuple(_list_steps(standing, facts.steps, names)),
        is_over=is_over,
        unsettled=unsettled,
        back=back,
        back_by="" if back is None else names.get(back.done_by, ""),
        content_hash=content_hash,
        changed=standing.state in CONFIRMED and bool(content_hash) and standing.seen_hash != content_hash,
        by_rule=not self_confirm and not (unsettled or unrecorded) and standing.version == 0 and back is None,
        unrecorded=unrecorded,
        version=facts.version,
        adjusted=tuple(
            Adjusted(each, names.get(each.decision.proposed_by or "", ""), names.get(each.decision.agreed_by or "", ""))
            for each in facts.adjustments
            if each.decision.state is not AdjustmentState.dismissed
        ),
    )


def name_actors(facts: StandingFacts) -> frozenset[str]:
    """Give the persons who acted, whose names the page needs."""
    decisions = (each.decision for each in facts.adjustments)
    decided = (person for each in decisions for person in (each.proposed_by, each.agreed_by) if person)
    return frozenset({*(step.done_by for step in facts.steps if step.done_by), *decided})


def tell_why(why: MonthWhy, language: Language) -> str:
    """Tell in one language why an act was refused and what to do."""
    japanese, _, english = WORDS[why].partition(" / ")
    return japanese if language is Language.ja else english


def _list_unsettled(month: PersonMonth, filed: Collection[Filed]) -> Iterable[Blocker]:
    explained = RequestKind.divergence.value
    accepted = frozenset(
        each.matter.subject
        for each in filed
        if each.application.kind == explained and each.application.state in IN_EFFECT
    )
    waiting = (
        OpenRequest(each.application.id, each.matter.from_on)
        for each in filed
        if each.application.state in WAITING | {State.returned}
    )
    return list_unsettled(month, accepted, waiting)


def _list_steps(standing: MonthStanding, acts: Sequence[MonthStep], names: Mapping[str, str]) -> Iterable[Step]:
    reached = _REACHED[standing.state]
    for number, name in enumerate(STEPS):
        act = _ACT_OF.get(name)
        done = next((each for each in reversed(acts) if each.act is act), None) if number <= reached else None
        by = "" if done is None else names.get(done.done_by, "")
        at = None if done is None else done.done_at
        yield Step(name, number < reached or 0 < number == reached, number == reached, by, at)
