"""利用者: found by name, reading, address or number; the register as a file."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.contact import spell_search
from domain.zones.export import Export
from gateway.operations.facilities.export_reservees import HEADER, ROWS_MAX, list_unheld, write_register
from gateway.pages.access.rights import Right
from gateway.pages.drawing.csv_file import Encoding, send_csv
from gateway.pages.entrance.guard import Visitor
from gateway.pages.information.let_out import let_out
from gateway.pages.reservees.counter import read_counter
from store.facilities import list_user_classes
from store.read_log import insert_reading
from store.reservee_search import count_uses, find_reservees

router = APIRouter()

SHOWN_MAX = 50
LATEST_SHOWN = 15
UNHELD_SHOWN = 12

Words = Annotated[str, Query(max_length=100)]


@router.get("/reservees")
def get_reservees(visit: Visitor, q: Words = "") -> Response:
    """Show who is found; with nothing asked the latest registered and those who are blocked."""
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    spellings = spell_search(q)
    with context.store.reading(context.now()) as tx:
        counter = read_counter(tx, visit)
        found = find_reservees(tx, spellings, counter, limit=SHOWN_MAX + 1 if spellings else LATEST_SHOWN)
        blocked = [] if spellings else find_reservees(tx, (), counter, limit=SHOWN_MAX, blocked_on=today)
        uses = count_uses(tx, {each.id for each in (*found, *blocked)}, counter)
        classes = {each.user_class.id: each.user_class for each in list_user_classes(tx)}
    return visit.render(
        "reservees/reservees.html",
        q=q,
        found=found[:SHOWN_MAX],
        is_more=len(found) > SHOWN_MAX,
        blocked=blocked,
        uses=uses,
        classes=classes,
        today=today,
        keeps=visit.may(Right.keep_reservees),
        now=context.now(),
    )


@router.get("/reservees/file")
def get_file(visit: Visitor, q: Words = "", encoding: Encoding = "utf8") -> Response:
    """Give the register, or what is found in it, as CSV; that it was taken is written down."""
    context = visit.pages.context
    leaving = let_out(visit, Export.reservees)
    with context.store.transaction(context.now()) as tx:
        found = find_reservees(tx, spell_search(q) or ("",), read_counter(tx, visit), limit=ROWS_MAX)
        insert_reading(tx, visit.signed_in.login, "reservees", person_id=None, query=f"rows={len(found)}")
    name = visit.phrases.say("reservees.title")
    return send_csv(leaving, name, civil_minute(context.now())[0], HEADER, write_register(found), encoding=encoding)


@router.get("/reservees/export")
def get_export(visit: Visitor, q: Words = "") -> Response:
    """Say what the file will have, and what CP932 cannot hold of it, before it is taken."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        found = find_reservees(tx, spell_search(q) or ("",), read_counter(tx, visit), limit=ROWS_MAX)
    rows = write_register(found)
    unheld = list_unheld(rows)
    return visit.render(
        "reservees/export.html",
        q=q,
        number=len(rows),
        header=HEADER,
        unheld=list(unheld.items())[:UNHELD_SHOWN],
        unheld_number=len(unheld),
    )
