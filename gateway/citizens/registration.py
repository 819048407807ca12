"""Registering by oneself: who it is and where letters go; the address is confirmed by a code at once."""

import secrets
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from domain.facilities.check_reservee import ReserveeEntry, assess_entry, tidy_entry
from domain.facilities.facility import UserClass
from domain.facilities.reservee import ReserveeKind
from domain.facilities.reservee_fault import ReserveeFault, ReserveeFaultsError, ReserveeWhy
from gateway.bookings.acting import SELF
from gateway.citizens.guard import Form, Formed, Guested
from gateway.citizens.guest import Guest, House
from gateway.citizens.sessions import begin_session, demand_patience, hand_over, read_cookie, send_code, tell_faults
from gateway.operations.facilities.register_reservee import register_reservee
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.entrance.origins import safe_path, see_other
from store.facilities import list_user_classes

router = APIRouter()

KINDS = (ReserveeKind.citizen, ReserveeKind.group)


@router.get("/register")
def get_register(guest: Guested, then: str = "/bookings") -> Response:
    """Show the form of who somebody is."""
    if guest.reservee is not None:
        return see_other(then)
    return _show(guest, {"then": safe_path(then), "id": secrets.token_hex(16)})


@router.post("/register")
def post_register(request: Request, guest: Guested, form: Formed) -> Response:
    """Register somebody, and send a code to the address."""
    demand_patience(guest)
    entry, context = _read_entry(form), guest.house.context
    try:
        with context.store.transaction(context.now()) as tx:
            demand_own_entry(guest.house, entry)
            new = register_reservee(tx, form.get("id", ""), entry, by=SELF)
            send_code(tx, guest.house, new.id)
            cookie = begin_session(tx, new.id, is_confirmed=False, former=read_cookie(request, guest))
    except ReserveeFaultsError as error:
        return _show(guest, form, faults=tell_faults(guest, error.faults))
    return hand_over(guest, see_other(f"/code?then={quote(safe_path(form.get('then', '/bookings')))}"), cookie)


def _read_entry(form: Form) -> ReserveeEntry:
    kind = ReserveeKind(form["kind"]) if form.get("kind") in set(KINDS) else ReserveeKind.citizen
    names = ("user_class", "name", "kana", "contact_name", "email", "phone")
    return ReserveeEntry(kind, **{name: form.get(name, "") for name in names})


def demand_own_entry(house: House, entry: ReserveeEntry) -> None:
    """Ask for what somebody who registers alone has to give: a code goes by mail, and not every class is to be had.

    Raises:
        ReserveeFaultsError: it names every fault of the entry.
    """
    faults = assess_entry(tidy_entry(entry), frozenset(house.settings.user_classes))
    if not entry.email.strip() and not any(fault.field == "email" for fault in faults):
        faults = (*faults, ReserveeFault("email", ReserveeWhy.bad_email))
    if faults:
        raise ReserveeFaultsError(faults)


def _show(guest: Guest, typed: Form, *, faults: FieldFaults | None = None) -> Response:
    return guest.render(
        "register.html",
        typed=typed,
        kinds=KINDS,
        classes=_list_classes(guest),
        faults=faults,
        then=safe_path(typed.get("then", "/bookings")),
    )


def _list_classes(guest: Guest) -> list[UserClass]:
    context, offered = guest.house.context, guest.house.settings.user_classes
    with context.store.reading(context.now()) as tx:
        known = {each.user_class.id: each.user_class for each in list_user_classes(tx) if each.retired_on is None}
    return [known[id_] for id_ in offered if id_ in known]
