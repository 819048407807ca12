"""Handing rows to a payroll service so that each is taken once: ask before repeating, give up in good order.

A port says what it knows after each request; this module alone decides what to do next.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.attendance.pay_line import LineState, PayRow

TRIES_MAX = 6


class Verdict(StrEnum):
    """What is known of a row after a request."""

    taken = "taken"  # the other side has it
    not_there = "not_there"  # asked: it has something else
    unproven = "unproven"  # asked: what it shows would be the same without it
    refused = "refused"  # it will not take it as it is
    not_reached = "not_reached"  # nothing was done
    busy = "busy"  # nothing was done, and it asks for a pause
    unknown = "unknown"  # it may have been done


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict, in words for HR without personal data, and the pause asked for."""

    verdict: Verdict
    words: str = ""
    pause_seconds: float = 0.0


class PayrollPort(Protocol):
    """A payroll service that takes a person's month as a whole and overwrites what it had."""

    def send(self, row: PayRow) -> Told:
        """Hand over a row; never ``not_there`` or ``unproven``."""

    def ask(self, row: PayRow) -> Told:
        """Ask whether it has the row; ``busy`` and ``unknown`` mean that there was no answer."""


class PortClosedError(Exception):
    """The service takes nothing from us at all (a token that ran out, a right that is missing): stop, and say so."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a row: ``sent`` means that nobody knows, ``made`` that it never got there."""

    row: PayRow
    state: LineState
    words: str = ""


def deliver_row(
    row: PayRow, port: PayrollPort, *, doubtful: bool, pause: Callable[[float], None], tries_max: int = TRIES_MAX
) -> Delivered:
    """Hand over one row.

    Args:
        row: what is due.
        port: the service.
        doubtful: an earlier run may have sent it; it asks first.
        pause: waits so many seconds.
        tries_max: requests of either kind until it gives up.

    Raises:
        PortClosedError: the service takes nothing from us; this row may or may not have been taken before.
    """
    in_doubt = doubtful
    ask_next = doubtful
    words = ""
    for turn in range(tries_max):
        told = port.ask(row) if ask_next else port.send(row)
        words = told.words or words
        match told.verdict:
            case Verdict.taken:
                return Delivered(row, LineState.confirmed, told.words)
            case Verdict.refused:
                return Delivered(row, LineState.sent if in_doubt else LineState.refused, told.words)
            case Verdict.not_there:
                in_doubt = ask_next = False
            case Verdict.unproven:  # it overwrites, so the same again changes nothing
                ask_next = False
            case Verdict.unknown:
                in_doubt = ask_next = True
                pause(_back_off_seconds(turn))
            case Verdict.not_reached | Verdict.busy:
                pause(max(told.pause_seconds, _back_off_seconds(turn)))
    return Delivered(row, LineState.sent if in_doubt else LineState.made, words)


def _back_off_seconds(turn: int) -> float:
    return float(min(60, 2**turn))
