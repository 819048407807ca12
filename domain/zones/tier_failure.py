"""What is done for a tier when no decision can be had: as its policy says, written beforehand and tried by faults."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.zones.decide_tier import Answer, Decision
from domain.zones.tier import FailurePolicy, Silence


class Way(StrEnum):
    """How a network server answers without a decision."""

    reject = "reject"
    silent = "silent"
    snapshot = "snapshot"


@dataclass(frozen=True, slots=True)
class Fallback:
    """The way, and the decision of the snapshot where there is one."""

    way: Way
    decision: Decision | None = None


def fall_back(policy: FailurePolicy, last: Decision | None, now: datetime, *, is_last_server: bool) -> Fallback:
    """Give what to do.

    Args:
        policy: the tier's.
        last: the last decision about this person at this terminal, if there is one.
        now: the instant.
        is_last_server: no other server will be asked; its silence would leave the terminal without an answer.
    """
    if policy.silence is Silence.silent and not is_last_server:
        return Fallback(Way.silent)
    if policy.silence is not Silence.snapshot or last is None or last.answer is not Answer.permit:
        return Fallback(Way.reject)
    is_fresh = timedelta() <= now - last.decided_at <= timedelta(minutes=policy.age_minutes_max)
    is_over = last.ends_at is not None and now >= last.ends_at
    return Fallback(Way.snapshot, last) if is_fresh and not is_over else Fallback(Way.reject)
