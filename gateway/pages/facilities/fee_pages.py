"""料金表: every row explained; new amounts from a day on, typed into the table itself; a whole table from its file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, UploadFile
from starlette.responses import Response

from contract.fee_tables import BYTES_MAX, FeeTableFileError, load_fee_table, read_fee_toml
from domain.civil import civil_minute
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_table import Deposit, FeeTable, Rate, Reduction, Surcharge
from domain.facilities.fee_words import tell_fee_fault
from gateway.operations.facilities.keep_fees import keep_fees
from gateway.pages.access.rights import Right
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.dates import read_date
from gateway.pages.drawing.fee_sentences import FeeTeller
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.words import Language, say
from store.facilities import list_rooms, list_slots, list_user_classes, load_facility
from store.fees import list_fee_tables
from store.tx import Tx

router = APIRouter()

_AMOUNT_MAX = 100_000_000
Rows = Mapping[str, str]
"""The inputs of a form, by name: ``yen.<row>``, ``percent.<row>``, ``from_on``."""


async def read_amounts(request: Request) -> Rows:
    """Read the inputs of a table's amounts."""
    return {name: value for name, value in (await request.form()).multi_items() if isinstance(value, str)}


@router.get("/facilities/{facility_id}/fees")
def get_fees(visit: Visitor, facility_id: str, table: Annotated[str, Query(max_length=63)] = "") -> Response:
    """Show a facility's fee tables, one of them whole: the one in force, or ``table``."""
    return _show(visit, facility_id, table)


@router.post("/facilities/{facility_id}/keep-fees")
def post_amounts(visit: Visitor, facility_id: str, sent: Annotated[Rows, Depends(read_amounts)]) -> Response:
    """Keep other amounts: of the same days as a new version, from a later day on as a new table after the former."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        standing = _find(tx, visit, facility_id, sent.get("table", ""))
    if standing is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    from_on, bad = read_date(sent.get("from_on", "")), _list_unreadable(standing, sent, visit.language)
    if from_on is None or from_on < standing.from_on or bad:
        words = [say(visit.language, "facilities.fault.amount", row=row) for row in bad]
        if from_on is None or from_on < standing.from_on:
            words.append(say(visit.language, "facilities.fault.from_on", day=standing.from_on.isoformat()))
        return _show(visit, facility_id, standing.id, words, sent)
    wanted = _with_amounts(standing, sent)
    try:
        with context.store.transaction(context.now()) as tx:
            if from_on > standing.from_on:
                until_on = from_on - timedelta(days=1)
                keep_fees(tx, replace(standing, until_on=until_on), by=visit.signed_in.login)
                wanted = replace(wanted, id=f"{facility_id}-{from_on:%Y%m%d}", from_on=from_on)
            keep_fees(tx, wanted, by=visit.signed_in.login)
    except FeeFaultsError as error:
        return _show(visit, facility_id, standing.id, _tell(visit, error), sent)
    return see_other(f"/facilities/{facility_id}/fees?table={wanted.id}")


@router.post("/fee-tables")
def post_table(visit: Visitor, facility_id: Annotated[str, Form(max_length=63)], file: UploadFile) -> Response:
    """Keep a table from its file; what is wrong with it is named field by field."""
    context = visit.pages.context
    try:
        table = read_fee_toml(file.file.read(BYTES_MAX + 1))
        if table.facility_id != facility_id:
            words = [say(visit.language, "facilities.fault.other_house", house=table.facility_id)]
            return _show(visit, facility_id, "", words)
        with context.store.transaction(context.now()) as tx:
            read_scope(tx, visit).demand_read(facility_id)
            keep_fees(tx, table, by=visit.signed_in.login)
    except FeeTableFileError as error:
        return _show(visit, facility_id, "", [f"{each.field}: {each.expected}" for each in error.faults])
    except FeeFaultsError as error:
        return _show(visit, facility_id, "", _tell(visit, error))
    return see_other(f"/facilities/{facility_id}/fees?table={table.id}")


def _find(tx: Tx, visit: Visit, facility_id: str, table_id: str) -> FeeTable | None:
    read_scope(tx, visit).demand_read(facility_id)
    tables = {each.id: each for each in list_fee_tables(tx, facility_id)}
    return load_fee_table(tables[table_id].content) if table_id in tables else None


def _priced(table: FeeTable) -> list[Rate | Surcharge | Reduction | Deposit]:
    return [*table.rates, *table.surcharges, *table.reductions, *table.deposits]


def _list_unreadable(table: FeeTable, sent: Rows, language: Language) -> list[str]:
    """Give the names of the rows whose amount is none."""
    return [
        Phrases(language).name_of(row)
        for row in _priced(table)
        for unit in ("yen", "percent")
        if getattr(row, unit, None) is not None and _amount(sent.get(f"{unit}.{row.id}", "")) is None
    ]


def _amount(text: str) -> int | None:
    bare = text.replace(",", "").strip()
    return int(bare) if bare.isascii() and bare.isdigit() and int(bare) <= _AMOUNT_MAX else None


def _with_amounts(table: FeeTable, sent: Rows) -> FeeTable:
    def changed(row: Any) -> Any:
        units = {unit: _amount(sent[f"{unit}.{row.id}"]) for unit in ("yen", "percent") if f"{unit}.{row.id}" in sent}
        return replace(row, **{unit: amount for unit, amount in units.items() if getattr(row, unit, None) is not None})

    return replace(
        table,
        rates=tuple(map(changed, table.rates)),
        surcharges=tuple(map(changed, table.surcharges)),
        reductions=tuple(map(changed, table.reductions)),
        deposits=tuple(map(changed, table.deposits)),
    )


def _tell(visit: Visit, error: FeeFaultsError) -> list[str]:
    which = 0 if visit.language is Language.ja else -1
    return [tell_fee_fault(fault).split(" / ")[which] for fault in error.faults]


def _show(
    visit: Visit, facility_id: str, table_id: str, faults: list[str] | None = None, sent: Rows | None = None
) -> Response:
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    with context.store.reading(context.now()) as tx:
        read_scope(tx, visit).demand_read(facility_id)
        house, versions = load_facility(tx, facility_id), list_fee_tables(tx, facility_id)
        rooms = list_rooms(tx, facilities=[facility_id])
        slots = list_slots(tx, [room.id for room in rooms])
        classes = [each.user_class for each in list_user_classes(tx)]
    if house is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    in_force = [each for each in versions if _holds(each.from_on, each.until_on, today)]
    named = [each for each in versions if each.id == table_id]
    version = next(iter((*named, *in_force, *versions)), None)
    table, phrases = load_fee_table(version.content) if version else None, visit.phrases
    return visit.render(
        "facilities/fees.html",
        fault="refused" if faults else "",
        faults=faults or [],
        house=house,
        versions=[(each, phrases.name_of(load_fee_table(each.content)), each in in_force) for each in versions],
        version=version,
        table=table,
        teller=FeeTeller(phrases, table, rooms=rooms, slots=slots, classes=classes) if table else None,
        sent=sent or {},
        keeps=visit.may(Right.keep_facilities),
        now=context.now(),
        today=today,
    )


def _holds(from_on: date, until_on: date | None, today: date) -> bool:
    return from_on <= today and (until_on is None or today <= until_on)
