"""Which act gives a citizen something to read, and when a use is called to mind."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.notices.reservee_letter import LetterKind, choose_letter, derive_reminder_at

FROM_AT = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)  # 13:00 in Japan
DAY = timedelta(days=1)
LONG_AGO = FROM_AT - 20 * DAY


@pytest.mark.parametrize(
    ("acts", "before", "expected"),
    [
        ([("apply", "applied", "reservee")], None, LetterKind.received),
        ([("apply", "applied", "reservee"), ("permit", "permitted", "rule")], None, LetterKind.permitted),
        ([("hold", "tentative", "reservee")], None, None),
        ([("hold", "tentative", "clock")], None, LetterKind.offered),
        ([("expire", "expired", "clock")], "tentative", None),
        ([("cancel", "cancelled", "reservee")], "tentative", None),
        ([("expire", "expired", "clock")], "applied", LetterKind.expired),
        ([("ask", "applied", "decider")], "applied", LetterKind.asked),
        ([("reject", "rejected", "decider")], "applied", LetterKind.rejected),
        ([("revoke", "cancelled", "decider")], "permitted", LetterKind.revoked),
        ([("cancel", "cancelled", "desk")], "permitted", LetterKind.cancelled),
        ([("change", "applied", "desk")], "permitted", LetterKind.changed),
        ([("begin", "in_use", "desk")], "permitted", None),
        ([("complete", "completed", "clock")], "in_use", None),
        ([("miss", "no_show", "clock")], "permitted", None),
    ],
)
def test_each_act_has_one_letter_or_none(
    acts: list[tuple[str, str, str]], before: str | None, expected: LetterKind | None
) -> None:
    assert choose_letter(acts, before) is expected


def test_a_use_is_called_to_mind_a_day_before_and_not_at_night() -> None:
    assert derive_reminder_at(FROM_AT, LONG_AGO, FROM_AT - DAY - timedelta(minutes=1)) is None
    assert derive_reminder_at(FROM_AT, LONG_AGO, FROM_AT - DAY) == FROM_AT - DAY
    at_night = FROM_AT - timedelta(hours=12)  # 01:00
    assert derive_reminder_at(FROM_AT, LONG_AGO, at_night) == at_night + timedelta(hours=7)
    assert derive_reminder_at(FROM_AT, LONG_AGO, FROM_AT) is None


def test_who_was_written_to_within_the_day_needs_no_reminder() -> None:
    assert derive_reminder_at(FROM_AT, FROM_AT - timedelta(hours=23), FROM_AT - timedelta(hours=2)) is None


def test_a_use_early_in_the_morning_is_called_to_mind_before_it_all_the_same() -> None:
    early = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)  # 07:00 in Japan
    night = early - timedelta(hours=2)
    assert derive_reminder_at(early, LONG_AGO, night) == night
