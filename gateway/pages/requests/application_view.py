"""An application as its page shows it: the boxes of its route with their stamps, its course, and what may be done."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from contract.request_content import RequestContentError, read_content
from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.requests import RequestKind
from domain.civil import civil_minute, format_clock, format_era
from domain.workflow.application import Application, Deed, list_waited_for
from domain.workflow.route import Organisation, StepRole
from domain.workflow.states import TRANSITIONS, Act, State, Who
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.requests.request_view import Line, RequestView, tell_request
from gateway.requests.content import read_request
from gateway.requests.refusals import BrokenContentError
from store.applications import Filed, load_submitted
from store.directory import list_names
from store.tx import Tx


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


@dataclass(frozen=True, slots=True)
class Change:
    """A field that was sent anew with another value; a side is empty where the field was not there."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DeedView:
    """An act that was done, in names, and what it changed of the content."""

    act: Act
    by: str
    at: datetime
    when: str
    acting_for: str
    reason: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application; ``request`` is None where its stored content is not what was submitted.

    ``waits_for`` are names, ``since`` is its last act, ``can`` what the visitor may do about it as the applicant.
    """

    filed: Filed
    request: RequestView | None
    person: str
    applicant: str
    boxes: tuple[Box, ...]
    deeds: tuple[DeedView, ...]
    waits_for: tuple[str, ...]
    since: datetime
    can: frozenset[Act]

    @property
    def one(self) -> Application:
        """Give the application itself."""
        return self.filed.application


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application in a list: what it asks for, whom it is about, and by name whose word it waits for."""

    filed: Filed
    request: RequestView | None
    person: str
    waits_for: tuple[str, ...]


def load_view(
    tx: Tx,
    filed: Filed,
    organisation: Organisation,
    *,
    visitor_id: str,
    phrases: Phrases,
    kinds: Mapping[str, LeaveKind],
) -> ApplicationView:
    """Give the view of an application for a visitor (a person's id, empty for nobody)."""
    one = filed.application
    waiting = [each.person_id for each in list_waited_for(one, organisation)]
    concerned = {*one.own, *waiting, *(deed.by for deed in one.deeds), *(deed.acting_for or "" for deed in one.deeds)}
    names = list_names(tx, concerned - {""})
    waits_for = tuple(names.get(each, each) for each in waiting)
    return ApplicationView(
        filed=filed,
        request=_tell(filed, phrases, kinds),
        person=names.get(one.person_id, one.person_id),
        applicant=names.get(one.applicant_id, one.applicant_id),
        boxes=tuple(_list_boxes(one, names, waits_for, phrases)),
        deeds=_list_deeds(tx, one, names, phrases, kinds),
        waits_for=waits_for,
        since=one.deeds[-1].at if one.deeds else filed.filed_at,
        can=list_acts(one, visitor_id),
    )


def list_acts(one: Application, visitor_id: str) -> frozenset[Act]:
    """Give what somebody may do about an application as the one who asks for it."""
    if visitor_id not in one.own:
        return frozenset()
    return frozenset(
        act
        for (state, act), transition in TRANSITIONS.items()
        if state is one.state and transition.who is Who.applicant
    )


def _tell(filed: Filed, phrases: Phrases, kinds: Mapping[str, LeaveKind]) -> RequestView | None:
    try:
        return tell_request(read_request(filed), phrases, kinds)
    except (BrokenContentError, RequestContentError):
        return None


def _list_boxes(
    one: Application, names: Mapping[str, str], waits_for: tuple[str, ...], phrases: Phrases
) -> Iterator[Box]:
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
    return Stamp(name, name.split()[0][:4] if name.split() else name, day, deed.at, _when(deed.at, phrases), acting_for)


def _when(at: datetime, phrases: Phrases) -> str:
    on, minute = civil_minute(at)
    return f"{phrases.day(on)} {format_clock(minute)}"


def _list_deeds(
    tx: Tx, one: Application, names: Mapping[str, str], phrases: Phrases, kinds: Mapping[str, LeaveKind]
) -> tuple[DeedView, ...]:
    sent = [number for number, deed in enumerate(one.deeds) if deed.act is Act.submit]
    changed = {
        after: tuple(_compare(_lines(tx, one, before, phrases, kinds), _lines(tx, one, after, phrases, kinds)))
        for before, after in pairwise(sent)
    }
    return tuple(
        DeedView(
            deed.act,
            names.get(deed.by, deed.by),
            deed.at,
            _when(deed.at, phrases),
            "" if deed.acting_for is None else names.get(deed.acting_for, deed.acting_for),
            deed.reason,
            changed.get(number, ()),
        )
        for number, deed in enumerate(one.deeds)
    )


def _lines(tx: Tx, one: Application, number: int, phrases: Phrases, kinds: Mapping[str, LeaveKind]) -> tuple[Line, ...]:
    content = load_submitted(tx, one.id, one.deeds[number].content_hash)
    for kind in (one.kind, *RequestKind):
        try:
            return (
                () if content is None else tell_request(read_content(RequestKind(kind), content), phrases, kinds).lines
            )
        except RequestContentError:  # it was of another kind then
            continue
    return ()


def _compare(before: tuple[Line, ...], after: tuple[Line, ...]) -> Iterator[Change]:
    old, new = dict(before), dict(after)
    for name in dict.fromkeys((*old, *new)):
        if old.get(name, "") != new.get(name, ""):
            yield Change(name, old.get(name, ""), new.get(name, ""))


def list_lines(
    tx: Tx, filed: Iterable[Filed], organisation: Organisation, phrases: Phrases, kinds: Mapping[str, LeaveKind]
) -> list[ApplicationLine]:
    """Give applications as a list shows them, in the order given; the names in one query."""
    waiting = [(each, [one.person_id for one in list_waited_for(each.application, organisation)]) for each in filed]
    names = list_names(tx, {who for each, ids in waiting for who in (each.application.person_id, *ids)})
    return [
        ApplicationLine(
            each,
            _tell(each, phrases, kinds),
            names.get(each.application.person_id, each.application.person_id),
            tuple(names.get(who, who) for who in ids),
        )
        for each, ids in waiting
    ]
