"""Rules tried before they hold: what they would have decided in the last days, day by day, with the names.

A city's month takes seconds, so a trial runs beside the pages: whoever asked sees how far it is. What the rules of the
site alone decided (a terminal at a switch that is not known) is left out, for no rule changes it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from threading import Event, Lock, Thread

from contract.tier_decision import TierDecisionError, Written
from domain.zones.compile_rules import CompiledRules, compile_rules
from domain.zones.decide_tier import Built
from domain.zones.dry_run import Decided, DryRun, Otherwise, RulesOf, run_dry
from domain.zones.rule import RuleSet, hash_rules
from domain.zones.tier import TierPlan
from gateway.zones.decision_log import list_decisions
from store.tx import Store

TRIAL_DAYS = 30
KEPT_MAX = 8
KEPT_FOR = timedelta(minutes=10)
NOT_OF_RULES = frozenset((Built.no_tier.value, Built.stranger.value, Built.method.value, Built.rules_old.value))
"""Reasons that stand on the site's description, or on the day: other rules leave them as they are."""


@dataclass(frozen=True, slots=True)
class TriedPerson:
    """Somebody about whom rules would have decided otherwise: how often, where, by which codes, and when last.

    ``codes`` are those that would fail, or for somebody who would be let in those that failed. An empty ``person_id``
    is everybody who was not known.
    """

    person_id: str
    times: int
    tiers: tuple[str, ...]
    codes: tuple[str, ...]
    last_at: datetime


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What rules would have changed of so many decisions; the persons most concerned stand first."""

    looked_at: int
    put_off: tuple[TriedPerson, ...]
    let_in: tuple[TriedPerson, ...]


@dataclass
class Trial:
    """A trial on its way: days done, and once it is over its ``result``, or that the records could not be read."""

    since: datetime
    until: datetime
    days_done: int = 0
    result: TrialResult | None = None
    is_unreadable: bool = False
    over: Event = field(default_factory=Event)


def try_rules(store: Store, plan: TierPlan, rules: RuleSet, trial: Trial) -> None:
    """Decide a trial's days again.

    Args:
        store: where the decisions are.
        plan: the tiers as they are now.
        rules: those that are tried.
        trial: takes the days done, and the result.
    """
    try:
        tried = DryRun(0, ())
        of_day = compile_daily(rules)
        for day in range(TRIAL_DAYS):
            begin = trial.since + timedelta(days=day)
            with store.reading(trial.until) as tx:
                rows = list_decisions(tx, begin, min(begin + timedelta(days=1), trial.until))
            found = run_dry(plan, of_day, _list_decided(rows))
            tried = DryRun(tried.looked_at + found.looked_at, (*tried.otherwise, *found.otherwise))
            trial.days_done = day + 1
        trial.result = sum_up(tried)
    except TierDecisionError:
        trial.is_unreadable = True
    finally:
        trial.over.set()


def compile_daily(rules: RuleSet) -> RulesOf:
    """Give the rules of any day, each compiled once."""

    @cache
    def of_day(on: date) -> CompiledRules:
        return compile_rules(rules, on)

    return of_day


def _list_decided(rows: Iterable[tuple[int, Written]]) -> Iterable[Decided]:
    for number, written in rows:
        decision = written.decision
        if NOT_OF_RULES.isdisjoint(decision.failed):
            known = (written.person_id, written.terminal_id, decision.decided_at)
            yield Decided(str(number), *known, decision.facts, decision.failed, written.waivers)


def sum_up(tried: DryRun) -> TrialResult:
    """Give who would have been put off and who let in, each person once."""
    put_off = [(each, each.failed) for each in tried.otherwise if each.is_put_off]
    let_in = [(each, each.decided.failed) for each in tried.otherwise if each.is_let_in]
    return TrialResult(tried.looked_at, _by_person(put_off), _by_person(let_in))


def _by_person(found: Iterable[tuple[Otherwise, tuple[str, ...]]]) -> tuple[TriedPerson, ...]:
    mine: dict[str, list[tuple[Decided, tuple[str, ...]]]] = defaultdict(list)
    for each, codes in found:
        mine[each.decided.person_id].append((each.decided, codes))
    persons = [
        TriedPerson(
            person_id,
            len(each),
            tuple(sorted({decided.facts.tier for decided, _ in each})),
            tuple(sorted({code for _, codes in each for code in codes})),
            max(decided.at for decided, _ in each),
        )
        for person_id, each in mine.items()
    ]
    return tuple(sorted(persons, key=lambda each: (-each.times, each.person_id)))


class RuleTrials:
    """The trials of one gateway process, each asked for once a while; may be asked from any thread."""

    def __init__(self) -> None:
        self._kept: dict[str, Trial] = {}
        self._lock = Lock()

    def begin(self, store: Store, plan: TierPlan, rules: RuleSet, now: datetime) -> Trial:
        """Give the trial of a rule set: the one that runs or was run lately, else a new one."""
        key = hash_rules(rules)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and not kept.is_unreadable and timedelta() <= now - kept.until < KEPT_FOR:
                return kept
            trial = Trial(now - timedelta(days=TRIAL_DAYS), now)
            self._kept.pop(key, None)
            while len(self._kept) >= KEPT_MAX:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = trial
        Thread(target=try_rules, args=(store, plan, rules, trial), name="rule-trial", daemon=True).start()
        return trial
