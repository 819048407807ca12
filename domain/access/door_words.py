"""The door's words: each tells of one difference between the state before an event and the state after it.

A word is therefore said exactly on a change, and a repeated input is no news. ``WORDS`` stands in the order of telling.
"""

from collections.abc import Callable
from dataclasses import dataclass

from domain.access.door_table import DoorEvent, DoorState, DoorWord, ExitRequested, OpenAlarm, Reported
from domain.access.overrides import FIRE


@dataclass(frozen=True, slots=True)
class Change:
    """One event at ``mono`` seconds: the state before, with the input taken in (``asked``), and settled (``after``)."""

    before: DoorState
    asked: DoorState
    after: DoorState
    event: DoorEvent
    mono: float


def tell_words(change: Change) -> tuple[Reported, ...]:
    """Give every word that the change is worth."""
    return tuple(Reported(word, cause) for word, causes in WORDS for cause in causes(change))


Causes = Callable[[Change], tuple[int, ...]]
"""The causes to name with a word: none when it is not said, (0,) when it is said without one."""


def _said(when: object, cause: int = 0) -> tuple[int, ...]:
    return (cause,) if when else ()


def _exit_asked(change: Change) -> tuple[int, ...]:
    # A detector asks as long as somebody stands before it; a way out that is free already is no news.
    runs = any(grant.egress and grant.until_mono > change.mono for grant in change.before.grants)
    return _said(isinstance(change.event, ExitRequested) and not runs)


def _released(change: Change) -> tuple[int, ...]:
    if change.after.row.frees:
        return ()
    known = {grant.cause for grant in change.before.grants}
    new = tuple(grant.cause for grant in change.after.grants if grant.cause not in known | {0})
    return new or _said(change.after.is_free and not change.before.is_free)


def _last_cause(state: DoorState) -> int:
    return next((grant.cause for grant in reversed(state.grants) if grant.cause), 0)


def _ended(*, taken: bool) -> Causes:
    def causes(change: Change) -> tuple[int, ...]:
        after = change.after
        waiting = {grant.cause for grant in after.grants if grant.pending}
        ended = (grant for grant in change.asked.grants if grant.pending and grant.cause not in waiting)
        return tuple(g.cause for g in ended if taken is bool(after.is_open and (g.egress or after.row.admits)))

    return causes


def _alarm_is(word: OpenAlarm) -> Causes:
    return lambda change: _said(change.before.alarm != word == change.after.alarm)


WORDS: tuple[tuple[DoorWord, Causes], ...] = (
    ("tampered", lambda c: _said(c.after.tampered and not c.before.tampered)),
    ("tamper_cleared", lambda c: _said(c.before.tampered and not c.after.tampered)),
    ("fire_release", lambda c: _said(FIRE in c.after.overrides and FIRE not in c.before.overrides)),
    ("fire_cleared", lambda c: _said(FIRE in c.before.overrides and FIRE not in c.after.overrides)),
    ("mode_changed", lambda c: _said(c.after.standing_mode is not c.before.standing_mode)),
    ("request_to_exit", _exit_asked),
    ("released", _released),
    ("opened", lambda c: _said(c.after.is_open and not c.before.is_open, _last_cause(c.before))),
    ("closed", lambda c: _said(c.after.is_open is False and c.before.is_open is not False)),
    ("taken", _ended(taken=True)),
    ("not_taken", _ended(taken=False)),
    ("relocked", lambda c: _said(c.before.is_free and not c.after.is_free, _last_cause(c.before))),
    ("forced_open", _alarm_is("forced_open")),
    ("held_open_prealarm", _alarm_is("held_open_prealarm")),
    ("held_open", _alarm_is("held_open")),
    ("restored", lambda c: _said(c.before.alarm and not c.after.alarm)),
)
