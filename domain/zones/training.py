"""Trainings that a tier asks for: what somebody has done, until when it counts, and what is missing or ends soon."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.civil import instant, month_end


@dataclass(frozen=True, slots=True)
class Training:
    """A training (情報セキュリティ研修, 標的型メール訓練 …); it counts for so many months after its day."""

    id: str
    name: str
    name_en: str
    months: int


@dataclass(frozen=True, slots=True)
class Attendance:
    """Somebody's training on a day; one that was not passed counts for nothing."""

    person_id: str
    training_id: str
    on: date
    passed: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody has of the trainings asked for: the ids ``missing``, and when the first of the others lapses."""

    missing: frozenset[str]
    ends_at: datetime | None


def lapses_at(training: Training, on: date) -> datetime:
    """Give the instant from which a training of a day counts no more: the midnight after the same day months later."""
    last = month_end(on, months=training.months)
    return instant(last.replace(day=min(on.day, last.day)), 24 * 60)


def assess_training(asked: Iterable[Training], done: Iterable[Attendance], now: datetime) -> Standing:
    """Give what is missing of the trainings ``asked`` for now; ``done`` are one person's."""
    passed = [each for each in done if each.passed]
    ends = {}
    for training in asked:
        ends[training.id] = max(
            (lapses_at(training, each.on) for each in passed if each.training_id == training.id), default=None
        )
    missing = frozenset(id_ for id_, at in ends.items() if at is None or at <= now)
    return Standing(
        missing, min((at for id_, at in ends.items() if at is not None and id_ not in missing), default=None)
    )


def list_lapsing(
    asked: Iterable[Training], done: Iterable[Attendance], now: datetime, within: timedelta
) -> list[tuple[str, datetime]]:
    """Give the trainings of one person that lapse within a time, with the instant, the first one first."""
    every, mine = tuple(asked), tuple(done)
    found = [(each.id, assess_training([each], mine, now).ends_at) for each in every]
    return sorted(((id_, at) for id_, at in found if at is not None and at <= now + within), key=lambda each: each[1])
