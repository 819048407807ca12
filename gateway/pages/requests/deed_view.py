"""What was done about an application, by whom and when, and what each new submission changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from contract.request_content import RequestContentError, read_content
from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.requests import RequestKind
from domain.workflow.application import Application
from domain.workflow.states import Act
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.requests.request_view import Line, tell_request
from gateway.pages.requests.route_boxes import tell_when
from store.applications import load_submitted
from store.tx import Tx


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


def list_deeds(
    tx: Tx, one: Application, names: Mapping[str, str], phrases: Phrases, kinds: Mapping[str, LeaveKind]
) -> tuple[DeedView, ...]:
    """Give what was done about an application, oldest first; each new submission with what it changed."""
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
            tell_when(deed.at, phrases),
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
