"""Registering a reservee and changing what is known of one; who may be the same is shown before anybody is doubled."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.booking import REASON_LENGTH_MAX
from domain.facilities.check_reservee import EMAIL_LENGTH_MAX, NAME_LENGTH_MAX, ReserveeEntry, tidy_entry
from domain.facilities.duplicates import Likely
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.facilities.reservee_fault import ReserveeFaultsError, ReserveeWhy, refuse_reservee
from gateway.operations.facilities.change_reservee import change_reservee
from gateway.operations.facilities.register_reservee import list_likely, register_reservee
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.reservees.counter import demand_seen, read_counter, tell_faults
from gateway.pages.reservees.reservee import ReserveeId
from store.facilities import list_user_classes
from store.reservee_search import is_seen

router = APIRouter()

KINDS = (ReserveeKind.citizen, ReserveeKind.group)
Text = Annotated[str, Field(max_length=1000)]


class ReserveeForm(BaseModel):
    """What is known of a reservee, as it was typed."""

    kind: Text = ""
    user_class: Text = ""
    name: Text = ""
    kana: Text = ""
    contact_name: Text = ""
    email: Text = ""
    phone: Text = ""

    def entry(self) -> ReserveeEntry:
        """Give it as an entry; a kind that nobody knows is a citizen."""
        kind = ReserveeKind(self.kind) if self.kind in set(ReserveeKind) else ReserveeKind.citizen
        typed = (self.user_class, self.name, self.kana, self.contact_name, self.email, self.phone)
        return ReserveeEntry(kind, *typed)


class NewForm(ReserveeForm):
    """A new one; ``id`` is the form's, ``sure`` that it is nobody who is known already."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    sure: Text = ""


class ChangeForm(ReserveeForm):
    """Other fields, and why."""

    reason: Text = ""


@router.get("/reservees/new")
def get_new(visit: Visitor, name: str = "") -> Response:
    """Give the form that registers one."""
    return _show(visit, ReserveeEntry(ReserveeKind.citizen, "", name[:NAME_LENGTH_MAX]), None)


@router.post("/reservees")
def post_reservee(
    visit: Visitor,
    form: Annotated[NewForm, Form()],
) -> Response:
    """Register one; where somebody may be the same, only when the counter is sure."""
    context = visit.pages.context
    entry = form.entry()
    if not form.sure and (likely := _list_seen_likely(visit, form.id, entry)):
        return _show(visit, entry, None, likely=likely)
    try:
        with context.store.transaction(context.now()) as tx:
            register_reservee(tx, form.id, entry, by=visit.signed_in.login)
    except ReserveeFaultsError as error:
        return _show(visit, entry, None, faults=tell_faults(visit, error.faults))
    return see_other(f"/reservees/{form.id}")


@router.get("/reservees/{reservee_id}/edit")
def get_edit(visit: Visitor, reservee_id: ReserveeId) -> Response:
    """Give the form that changes one, filled in."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        one = demand_seen(tx, visit, reservee_id)
    entry = ReserveeEntry(one.kind, one.user_class, one.name, one.kana, one.contact_name, one.email, one.phone)
    return _show(visit, entry, one)


@router.post("/reservees/{reservee_id}/change")
def post_change(
    visit: Visitor,
    reservee_id: ReserveeId,
    form: Annotated[ChangeForm, Form()],
) -> Response:
    """Keep other fields."""
    context = visit.pages.context
    entry, flat = form.entry(), " ".join(form.reason.split())
    try:
        with context.store.transaction(context.now()) as tx:
            one = demand_seen(tx, visit, reservee_id)
            if len(flat) > REASON_LENGTH_MAX:
                raise refuse_reservee("reason", ReserveeWhy.text_too_long, most=REASON_LENGTH_MAX)
            change_reservee(tx, reservee_id, entry, by=visit.signed_in.login, reason=flat)
    except ReserveeFaultsError as error:
        return _show(visit, entry, one, faults=tell_faults(visit, error.faults), reason=form.reason)
    return see_other(f"/reservees/{reservee_id}")


def _list_seen_likely(visit: Visit, id_: str, entry: ReserveeEntry) -> list[Likely]:
    """Give those that may be the one that is entered, as far as the visitor may see them."""
    context, told = visit.pages.context, tidy_entry(entry)
    who = (told.name, context.now(), visit.signed_in.login, told.kana, told.contact_name, told.email, told.phone)
    with context.store.reading(context.now()) as tx:
        counter = read_counter(tx, visit)
        likely = list_likely(tx, Reservee(id_, told.kind, told.user_class, *who))
        return [each for each in likely if is_seen(tx, each.reservee.id, counter)]


def _show(
    visit: Visit,
    entry: ReserveeEntry,
    one: Reservee | None,
    *,
    faults: FieldFaults | None = None,
    likely: list[Likely] | None = None,
    reason: str = "",
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        classes = [
            each.user_class
            for each in list_user_classes(tx)
            if each.retired_on is None or (one is not None and one.user_class == each.user_class.id)
        ]
    return visit.render(
        "reservees/reservee_form.html",
        one=one,
        entry=tidy_entry(entry) if likely else entry,
        classes=classes,
        kinds=KINDS,
        likely=likely or [],
        reason=reason,
        faults=faults or {},
        fault="reservees.fault" if faults or likely else None,
        name_max=NAME_LENGTH_MAX,
        email_max=EMAIL_LENGTH_MAX,
        reason_max=REASON_LENGTH_MAX,
        today=civil_minute(context.now())[0],
    )
