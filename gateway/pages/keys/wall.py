"""The key wall: what hangs where and who has the rest, as a board and as a list; what is overdue, also as a file."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from domain.civil import JST, civil_minute
from domain.keys.key import Cabinet, Key
from domain.zones.export import Export
from gateway.custody.standing import Hanging, list_hangings
from gateway.pages.access.rights import Right
from gateway.pages.drawing.csv_file import Encoding, send_csv
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from gateway.pages.keys.emergency_view import view_emergencies
from gateway.pages.keys.key_scope import read_key_scope
from gateway.pages.keys.late_view import LateLoan, list_late
from gateway.pages.keys.openings import list_opened, name_openings
from gateway.pages.keys.wall_view import Choice, Look, derive_wall
from store.facilities import list_facilities
from store.key_counts import list_open_counts
from store.keys import list_cabinets, list_keys, list_lock_groups
from store.rekey_cases import list_open_cases
from store.tx import Tx

router = APIRouter()

Shape = Literal["board", "list"]
Id = Annotated[str, Query(max_length=63)]
Words = Annotated[str, Query(max_length=80)]
LookWord = Annotated[str, Query(max_length=20)]


@router.get("/keys")
def get_keys(
    visit: Visitor, *, shape: Shape = "board", cabinet: Id = "", facility: Id = "", look: LookWord = "", q: Words = ""
) -> Response:
    """Show the wall."""
    return _show(visit, "keys/wall.html", shape, _choose(cabinet, facility, look, q))


@router.get("/keys/part")
def get_keys_part(
    visit: Visitor, *, shape: Shape = "board", cabinet: Id = "", facility: Id = "", look: LookWord = "", q: Words = ""
) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "keys/parts/wall.html", shape, _choose(cabinet, facility, look, q))


@router.get("/keys/overdue")
def get_overdue(visit: Visitor) -> Response:
    """Show which loans are late, and whom to ask."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        scope = read_key_scope(tx, visit)
        late, emergencies = _load_late(visit, tx), view_emergencies(tx, scope.seen)
    return visit.render("keys/overdue.html", late=late, emergencies=emergencies, whole=scope.whole, now=tx.now)


@router.get("/keys/overdue/file")
def get_overdue_file(visit: Visitor, encoding: Encoding = "utf8") -> Response:
    """Give the same as a file."""
    context, phrases = visit.pages.context, visit.phrases
    with context.store.reading(context.now()) as tx:
        late = _load_late(visit, tx)
    columns = (
        "keys.key",
        "keys.stamped",
        "keys.holder",
        "keys.since",
        "keys.due",
        "keys.late_minutes",
        "keys.custodian",
    )
    rows = [
        (
            phrases.name_of(each),
            " ".join(each.stamped),
            each.holder,
            each.since_at.astimezone(JST).strftime("%Y-%m-%d %H:%M"),
            each.due_at.astimezone(JST).strftime("%Y-%m-%d %H:%M"),
            each.late_minutes,
            phrases.comma.join(each.custodians),
        )
        for each in late
    ]
    header = [phrases.say(each) for each in columns]
    leaving = let_out(visit, Export.keys)
    return send_csv(
        leaving, phrases.say("keys.overdue"), civil_minute(context.now())[0], header, rows, encoding=encoding
    )


def _choose(cabinet: str, facility: str, look: str, words: str) -> Choice:
    return Choice(cabinet, facility, Look(look) if look in set(Look) else None, words)


def _load_late(visit: Visit, tx: Tx) -> tuple[LateLoan, ...]:
    return list_late(tx, list_hangings(tx, read_key_scope(tx, visit).seen))


def _show(visit: Visit, template: str, shape: Shape, choice: Choice) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        scope = read_key_scope(tx, visit)
        hangings = list_hangings(tx, scope.seen)
        cabinets = list_cabinets(tx)
        told, facilities = _tell_keys(visit, tx, {each.key.id: each.key for each in hangings})
        wall = derive_wall(hangings, cabinets.values(), list_open_counts(tx), choice, told, empty_hooks=scope.whole)
        emergencies = view_emergencies(tx, scope.seen)
        cases = len(list_open_cases(tx)) if scope.whole else 0
    return visit.render(
        template,
        shape=shape,
        choice=choice,
        wall=wall,
        cabinets=cabinets,
        choices=_list_choices(cabinets, hangings, whole=scope.whole),
        facilities=facilities,
        query=_query(choice),
        whole=scope.whole,
        cases=cases,
        emergencies=emergencies,
        keeps=visit.may(Right.keep_keys),
        registers=visit.may(Right.keep_key_register),
        now=tx.now,
    )


def _list_choices(
    cabinets: Mapping[str, Cabinet], hangings: Iterable[Hanging], *, whole: bool
) -> Mapping[str, Cabinet]:
    """Give the cabinets to choose from: those that hold anything that the visitor may see."""
    theirs = {each.copy.home.cabinet_id for each in hangings}
    return {id_: each for id_, each in cabinets.items() if whole or id_ in theirs}


def _query(choice: Choice) -> Mapping[str, str]:
    given = {"cabinet": choice.cabinet, "facility": choice.facility, "look": choice.look or "", "q": choice.words}
    return {name: str(value) for name, value in given.items() if value}


def _tell_keys(
    visit: Visit, tx: Tx, shown: Mapping[str, Key]
) -> tuple[Mapping[str, frozenset[str]], list[tuple[str, str]]]:
    """Give the words by which each key is found, and the facilities that any of them is of, by name."""
    keys, groups = list_keys(tx), list_lock_groups(tx)
    opened = {id_: list_opened(key, keys, groups) for id_, key in shown.items()}
    named = name_openings(tx, visit.pages.context.site, {each for every in opened.values() for each in every})
    told = {
        id_: frozenset(
            word for each in every for word in (named[each].name, named[each].name_en, named[each].facility_id) if word
        )
        for id_, every in opened.items()
    }
    ids = {each.facility_id for each in named.values() if each.facility_id}
    houses = [(each.id, visit.phrases.name_of(each)) for each in list_facilities(tx, ids)]
    return told, houses
