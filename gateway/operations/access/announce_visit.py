"""Announce a visitor: who comes to whom, from when until when, what the visitor may open, and who has to agree."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.access.visits import (
    Approval,
    VisitFault,
    VisitFaultError,
    VisitState,
    demand_approval,
    judge_times,
)
from gateway.operations.access.visit_notes import note_step, tell_visit
from gateway.site.description import Site
from store.people import load_person
from store.tx import Tx
from store.visits import GuestVisit, insert_visit

NAME_LENGTH_MAX = 80
PURPOSE_LENGTH_MAX = 200
PHONE_LENGTH_MAX = 20
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""The signs of a visitor's number: none that is taken for another over the telephone."""

CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What somebody announces; ``id`` is made by the form. ``valid_from`` is inside, ``valid_until`` no longer is."""

    id: str
    name: str
    organisation: str
    purpose: str
    host_id: str
    host_phone: str
    valid_from: datetime
    valid_until: datetime
    levels: tuple[str, ...] = ()
    escorted: bool = False


def announce_visit(tx: Tx, site: Site, asked: NewVisit, *, by: str, draw: Callable[[str], str]) -> GuestVisit:
    """Keep a visit that is to come; announcing twice with one id is announcing once.

    Without levels the visitor opens nothing and goes with the host alone.

    Args:
        tx: the transaction.
        site: its levels say which are for visitors and whose word they need.
        asked: what was entered.
        by: the account that announces.
        draw: draws one sign of an alphabet, unpredictably (``secrets.choice``).

    Raises:
        VisitFaultError: a field is missing, too long or names nothing, or the times make no visit.
    """
    asked = _tidy(asked)
    if (fault := _find_fault(tx, site, asked)) is not None:
        raise VisitFaultError(fault)
    given = {level.id: level.visitor_approval for level in site.levels if level.id in asked.levels}
    approval = demand_approval(given.values())
    visit = GuestVisit(
        id=asked.id,
        code="".join(draw(CODE_ALPHABET) for _ in range(CODE_LENGTH)),
        name=asked.name,
        organisation=asked.organisation,
        purpose=asked.purpose,
        host_id=asked.host_id,
        host_phone=asked.host_phone,
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
        levels=tuple(sorted(given)),
        escorted=asked.escorted,
        approval=approval,
        state=VisitState.announced if approval is Approval.none else VisitState.awaiting,
        announced_by=by,
        announced_at=tx.now,
    )
    if insert_visit(tx, visit):
        note_step(tx, visit.id, by, "announce", " ".join(visit.levels))
        tell_visit(tx, visit, "announced")
    return visit


def _tidy(asked: NewVisit) -> NewVisit:
    name, organisation, purpose, phone = (
        " ".join(text.split()) for text in (asked.name, asked.organisation, asked.purpose, asked.host_phone)
    )
    times = asked.valid_from, asked.valid_until
    return NewVisit(asked.id, name, organisation, purpose, asked.host_id, phone, *times, asked.levels, asked.escorted)


def _find_fault(tx: Tx, site: Site, asked: NewVisit) -> VisitFault | None:
    if not asked.name:
        return VisitFault.no_name
    lengths = (
        (asked.name, NAME_LENGTH_MAX),
        (asked.organisation, NAME_LENGTH_MAX),
        (asked.purpose, PURPOSE_LENGTH_MAX),
        (asked.host_phone, PHONE_LENGTH_MAX),
    )
    if any(len(text) > most for text, most in lengths):
        return VisitFault.too_long
    host = load_person(tx, asked.host_id)
    if host is None or host.kind != "staff":
        return VisitFault.no_host
    if not set(asked.levels) <= {level.id for level in site.levels if level.visitors}:
        return VisitFault.no_level
    return judge_times(asked.valid_from, asked.valid_until, tx.now)
