"""What an update is at, as a table: idle → staged → on_trial → kept | returned.

One slot holds what is proven, the other what comes. A release on trial has to prove itself (``Born``) before its time
or its starts are over; else the proven one is back. Nothing that was tried once is tried again: serials only grow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from readers.updates.switch import Failure, Phase, Release, Switch

STARTS_MAX = 3
"""How often a release on trial is started before it is given up: power cuts and crashes are starts too."""

CAUSE_MAX = 100


@dataclass(frozen=True, slots=True)
class Cleared:
    """The free slot is about to be overwritten."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The free slot holds ``release``, whole and synced."""

    release: Release


@dataclass(frozen=True, slots=True)
class Applied:
    """A person or a timer wants the staged release."""


@dataclass(frozen=True, slots=True)
class Started:
    """A process is about to be started."""


@dataclass(frozen=True, slots=True)
class Born:
    """A process of ``release`` (None: the first installation) has proven itself; what it had to tell is written."""

    release: Release | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A release on trial did not prove itself."""

    release: Release | None
    cause: str


Event = Cleared | Unpacked | Applied | Started | Born | Failed


class TrialError(ValueError):
    """The event has no place in this phase; the text says why and what to do."""


def step(switch: Switch, event: Event, now: datetime) -> Switch:
    """Give the state after an event.

    Raises:
        TrialError: there is no such row, or the release is not newer than all that were tried.
    """
    row = TABLE.get((switch.phase, type(event)))
    if row is None:
        raise TrialError(
            f"今（{switch.phase}）はできません / not possible in phase {switch.phase}: {_WANTED[type(event)]}"
        )
    after = row(switch, event)
    return after if after.phase is switch.phase else replace(after, since_at=now)


def require_newer(switch: Switch, release: Release) -> None:
    """Refuse what was tried already, or is older than what was.

    Raises:
        TrialError: its serial is not above every one that was ever on trial.
    """
    if release.serial <= switch.floor:
        raise TrialError(
            f"{release.name} (#{release.serial}): 既に試した版 #{switch.floor} より新しくありません"
            f" / not newer than #{switch.floor}, which was tried; publish it under a higher serial"
        )


def _clear(switch: Switch, _event: Event) -> Switch:
    return replace(switch, phase=Phase.idle, candidate=None, starts=0)


def _stage(switch: Switch, event: Event) -> Switch:
    assert isinstance(event, Unpacked)  # noqa: S101 (the table's key)
    require_newer(switch, event.release)
    return replace(switch, phase=Phase.staged, candidate=event.release)


def _try(switch: Switch, _event: Event) -> Switch:
    assert switch.candidate is not None  # noqa: S101 (only _stage leads to staged)
    return replace(switch, phase=Phase.on_trial, starts=0, floor=max(switch.floor, switch.candidate.serial))


def _start_trial(switch: Switch, _event: Event) -> Switch:
    if switch.starts >= STARTS_MAX:
        return _return(switch, Failed(switch.candidate, "starts_spent"))
    return replace(switch, starts=switch.starts + 1)


def _keep(switch: Switch, event: Event) -> Switch:
    assert isinstance(event, Born)  # noqa: S101 (the table's key)
    if event.release != switch.candidate:  # the one before, which is about to be ended
        return switch
    return replace(
        switch,
        phase=Phase.kept,
        active=switch.free,
        proven=switch.candidate,
        candidate=None,
        starts=0,
        failure=None,
    )


def _return(switch: Switch, event: Event) -> Switch:
    assert isinstance(event, Failed) and switch.candidate is not None  # noqa: S101, PT018 (the table's key)
    if event.release != switch.candidate:
        return switch
    failure = Failure(switch.candidate, event.cause[:CAUSE_MAX])
    return replace(switch, phase=Phase.returned, candidate=None, starts=0, failure=failure)


def _tell(switch: Switch, event: Event) -> Switch:
    assert isinstance(event, Born)  # noqa: S101 (the table's key)
    failure = switch.failure
    return (
        switch
        if failure is None or event.release != switch.proven
        else replace(switch, failure=replace(failure, told=True))
    )


def _stay(switch: Switch, _event: Event) -> Switch:
    return switch


_REST = (Phase.idle, Phase.staged, Phase.kept, Phase.returned)

TABLE: Mapping[tuple[Phase, type[Event]], Callable[[Switch, Event], Switch]] = MappingProxyType(
    {
        **{(phase, Cleared): _clear for phase in _REST},
        (Phase.idle, Unpacked): _stage,
        (Phase.staged, Applied): _try,
        (Phase.on_trial, Started): _start_trial,
        (Phase.on_trial, Born): _keep,
        (Phase.on_trial, Failed): _return,
        **{(phase, Started): _stay for phase in _REST},
        **{(phase, Born): _tell for phase in _REST},
    }
)
"""(phase, event) → what becomes of it; a pair that is not here is refused."""

_WANTED: Mapping[type[Event], str] = MappingProxyType(
    {
        Cleared: "試行が終わるまで待つ / wait until the trial is over",
        Unpacked: "もう一度取得する / fetch again",
        Applied: "先に sekisho update fetch / first: sekisho update fetch",
        Started: "-",
        Born: "-",
        Failed: "試行中ではない / nothing is on trial",
    }
)
