"""An application as its page shows it: the boxes of its route with their stamps, its course, and what may be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.attendance.leave_kinds import LeaveKind
from domain.workflow.application import Application, list_waited_for
from domain.workflow.route import Organisation
from domain.workflow.states import TRANSITIONS, Act, Who
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.requests.application_lines import tell_filed
from gateway.pages.requests.deed_view import DeedView, list_deeds
from gateway.pages.requests.request_view import RequestView
from gateway.pages.requests.route_boxes import Box, list_boxes
from store.applications import Filed
from store.directory import list_names
from store.tx import Tx


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
        request=tell_filed(filed, phrases, kinds),
        person=names.get(one.person_id, one.person_id),
        applicant=names.get(one.applicant_id, one.applicant_id),
        boxes=tuple(list_boxes(one, names, waits_for, phrases)),
        deeds=list_deeds(tx, one, names, phrases, kinds),
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
