"""Days of force of whatever a city lays down: from a day, until a day, both included; None is no bound."""

from datetime import date
from typing import Protocol


class Dated(Protocol):
    """Whatever has days of force."""

    @property
    def valid_from(self) -> date | None:
        """The first day."""

    @property
    def valid_until(self) -> date | None:
        """The last day."""


def is_in_force(rule: Dated, on: date) -> bool:
    """Tell whether a rule holds on a day."""
    if rule.valid_from is not None and on < rule.valid_from:
        return False
    return rule.valid_until is None or on <= rule.valid_until


def share_days(one: Dated, other: Dated) -> bool:
    """Tell whether there are days on which both rules hold."""
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    return first <= min(one.valid_until or date.max, other.valid_until or date.max)
