"""決裁欄: a box for each step of a route, with the seal of whoever gave the word, or whom it waits for. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.civil import civil_minute, format_clock, format_era
from domain.workflow.application import Application, Deed
from domain.workflow.route import StepRole
from domain.workflow.states import Act, State
from gateway.pages.drawing.phrases import Phrases

_SURNAME_MAX = 4
"""So many characters find room in a seal."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Somebody's seal: the family name and the day in the era's numbers, ``7.11.20``."""

    name: str
    surname: str
    day: str
    at: datetime
    when: str
    acting_for: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the route: the applicant's (``role`` None) or a role's, with its stamp, or whom it waits for."""

    role: StepRole | None
    stamp: Stamp | None = None
    waits_for: tuple[str, ...] = ()


def list_boxes(
    one: Application, names: Mapping[str, str], waits_for: tuple[str, ...], phrases: Phrases
) -> Iterator[Box]:
    """Yield the applicant's box and one for each step, stamped as far as the last submission came."""
    sent = max((number for number, deed in enumerate(one.deeds) if deed.act is Act.submit), default=None)
    if sent is None:
        yield Box(None)
        return
    yield Box(None, _stamp(one.deeds[sent], names, phrases))
    approvals = [deed for deed in one.deeds[sent:] if deed.act is Act.approve and deed.state is not State.cancelled]
    for step, role in enumerate(one.route):
        # Who takes a step takes those after it that would be his own, too.
        given = next((deed for deed in reversed(approvals) if deed.step <= step), None)
        passed = one.state not in {State.submitted, State.returned, State.rejected, State.withdrawn} or step < one.step
        if given is not None and passed:
            yield Box(role, _stamp(given, names, phrases))
        else:
            yield Box(role, waits_for=waits_for if one.state is State.submitted and step == one.step else ())


def _stamp(deed: Deed, names: Mapping[str, str], phrases: Phrases) -> Stamp:
    name = names.get(deed.by, deed.by)
    era = format_era(civil_minute(deed.at)[0])
    day = era[2:].replace("年", ".").replace("月", ".").removesuffix("日")
    acting_for = "" if deed.acting_for is None else names.get(deed.acting_for, deed.acting_for)
    return Stamp(
        name, name.split()[0][:4] if name.split() else name, day, deed.at, tell_when(deed.at, phrases), acting_for
    )


def tell_when(at: datetime, phrases: Phrases) -> str:
    """Write an instant to the minute with its day."""
    on, minute = civil_minute(at)
    return f"{phrases.day(on)} {format_clock(minute)}"
