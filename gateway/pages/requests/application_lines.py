"""Applications as a list shows them, with whose word they wait for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contract.request_content import RequestContentError
from domain.attendance.leave_kinds import LeaveKind
from domain.workflow.application import list_waited_for
from domain.workflow.route import Organisation
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.requests.request_view import RequestView, tell_request
from gateway.requests.content import read_request
from gateway.requests.refusals import BrokenContentError
from store.applications import Filed
from store.directory import list_names
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application in a list: what it asks for, whom it is about, and by name whose word it waits for."""

    filed: Filed
    request: RequestView | None
    person: str
    waits_for: tuple[str, ...]


def tell_filed(filed: Filed, phrases: Phrases, kinds: Mapping[str, LeaveKind]) -> RequestView | None:
    """Tell what an application asks for; None where its stored content is not what was submitted."""
    try:
        return tell_request(read_request(filed), phrases, kinds)
    except (BrokenContentError, RequestContentError):
        return None


def list_lines(
    tx: Tx, filed: Iterable[Filed], organisation: Organisation, phrases: Phrases, kinds: Mapping[str, LeaveKind]
) -> list[ApplicationLine]:
    """Give applications as a list shows them, in the order given; the names in one query."""
    waiting = [(each, [one.person_id for one in list_waited_for(each.application, organisation)]) for each in filed]
    names = list_names(tx, {who for each, ids in waiting for who in (each.application.person_id, *ids)})
    return [
        ApplicationLine(
            each,
            tell_filed(each, phrases, kinds),
            names.get(each.application.person_id, each.application.person_id),
            tuple(names.get(who, who) for who in ids),
        )
        for each, ids in waiting
    ]
