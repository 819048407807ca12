"""Where new rules begin: a stay over the night before is cut where the rules of the day that ends had duty begin.

Both months at the change cut it there, so that no minute of it is lost between them or counted in both.
"""

from dataclasses import replace
from datetime import date, timedelta

from domain.attendance.facts import MonthFacts
from domain.attendance.plan import ImpossiblePlanError, derive_plan, planned_range


def starts_before_change(facts: MonthFacts) -> dict[date, int | None]:
    """Give, of each first day of another week of hours, the scheduled start that the rules before would have had."""
    found: dict[date, int | None] = {}
    if not facts.former_profiles:
        return found
    first_on, last_on = planned_range(facts)
    for number, former in enumerate(facts.former_profiles):
        begins = former.until_on + timedelta(days=1)
        if not first_on <= begins <= last_on or former.profile.week == facts.rules.on(begins).week:
            continue
        before = replace(facts, profile=former.profile, former_profiles=facts.former_profiles[:number])
        try:
            day = derive_plan(before).get(begins)
        except ImpossiblePlanError:  # what was agreed fits the new week alone
            continue
        if day is not None:
            found[begins] = day.starts
    return found
