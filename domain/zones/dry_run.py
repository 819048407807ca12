"""Past decisions made again: to prove that each can be, and to show whom other rules would have put off or let in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from domain.civil import civil_minute
from domain.zones.compile_rules import CompiledRules
from domain.zones.decide_tier import Waiver, judge_facts
from domain.zones.facts import Facts
from domain.zones.tier import TierPlan

RulesOf = Callable[[date], CompiledRules]
"""Gives the rules of a day."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it was recorded: about whom, when, on what, and what failed. ``waivers`` are those it was given."""

    id: str
    person_id: str
    terminal_id: str
    at: datetime
    facts: Facts
    failed: tuple[str, ...]
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A decision that other rules make otherwise: what fails now."""

    decided: Decided
    failed: tuple[str, ...]

    @property
    def is_put_off(self) -> bool:
        """Tell whether somebody who was let in would not be."""
        return bool(self.failed) and not self.decided.failed

    @property
    def is_let_in(self) -> bool:
        """Tell whether somebody who was refused would be let in."""
        return not self.failed and bool(self.decided.failed)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What other rules would have changed: ``otherwise`` in the order of time, of so many decisions looked at."""

    looked_at: int
    otherwise: tuple[Otherwise, ...]

    @property
    def put_off(self) -> tuple[str, ...]:
        """The persons who would have been put off at least once."""
        return tuple(sorted({each.decided.person_id for each in self.otherwise if each.is_put_off}))

    @property
    def let_in(self) -> tuple[str, ...]:
        """The persons who would have been let in at least once where they were refused."""
        return tuple(sorted({each.decided.person_id for each in self.otherwise if each.is_let_in}))


def run_dry(plan: TierPlan, rules_of: RulesOf, decisions: Iterable[Decided]) -> DryRun:
    """Make decisions again with other rules; only those that change are given."""
    looked_at, found = 0, []
    for each in decisions:
        looked_at += 1
        failed = judge_facts(plan, rules_of(civil_minute(each.at)[0]), each.facts, each.at, each.waivers).failed
        if failed != each.failed:
            found.append(Otherwise(each, failed))
    return DryRun(looked_at, tuple(sorted(found, key=lambda each: (each.decided.at, each.decided.id))))
