"""The form of one key of the register, new or changed: names, lock group and level, what it opens, its terms."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.civil import format_clock
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.key import Key, Opening, OpeningKind
from domain.keys.key_fault import KeyFaultError
from gateway.operations.keys.register_key import DEPOSIT_YEN_MAX, LEVELS_MAX, NAME_LENGTH_MAX, register_key
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.key_faults import tell_refusal
from gateway.pages.keys.key_scope import read_key_scope
from gateway.pages.keys.openings import list_site_openings
from store.keys import list_keys, list_lock_groups, load_key

router = APIRouter()

OPENS_MAX = 500
Id = Annotated[str, Field(max_length=63)]
Name = Annotated[str, Field(max_length=1000)]
Number = Annotated[str, Field(max_length=12)]


class KeyForm(BaseModel):
    """A key as it was typed; ``opens`` are a kind and an id with a slash between."""

    id: Id = ""
    name: Name = ""
    name_en: Name = ""
    group: Id = ""
    level: Number = ""
    opens: list[Annotated[str, Field(max_length=100)]] = Field(default_factory=list, max_length=OPENS_MAX)
    early_hours: Number = ""
    due_kind: Annotated[str, Field(max_length=20)] = ""
    due_minutes: Number = ""
    due_clock: Number = ""
    deposit_yen: Number = ""
    two_person: bool = False


@router.get("/keys/register/key")
def get_key_form(visit: Visitor, key: Annotated[str, Query(max_length=63)] = "") -> Response:
    """Give the form, empty or with what is kept about a key."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        kept = load_key(tx, key) if key else None
    if key and (kept is None or kept.retired_on is not None):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return _show(visit, KeyForm(due_kind=DueKind.end_of_reservation, due_minutes="30") if kept is None else _fill(kept))


@router.post("/keys/register/keys")
def post_key(visit: Visitor, form: Annotated[KeyForm, Form()]) -> Response:
    """Keep the key."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            read_key_scope(tx, visit).demand_whole()
            is_new = load_key(tx, form.id) is None
            register_key(tx, _read(form))
    except KeyFaultError as error:
        return _show(visit, form, tell_refusal(error, visit.language))
    context.committed.set()
    return see_other(f"/keys/{form.id}#new-copy" if is_new else f"/keys/{form.id}")


def choose_english(name_en: str, name: str) -> str:
    """Give the English name: the Japanese one where none was typed; where that lacks, too, it is the one to ask for."""
    return name_en.strip() or name.strip() or "-"


def _show(visit: Visit, form: KeyForm, faults: FieldFaults | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        read_key_scope(tx, visit).demand_whole()
        groups = list_lock_groups(tx)
        openings = list_site_openings(tx, context.site, _read_openings(form))
        known = form.id in list_keys(tx)
    return visit.render(
        "keys/key_form.html",
        form=form,
        known=known,
        groups=groups,
        openings=openings,
        chosen=set(form.opens),
        levels=range(LEVELS_MAX + 1),
        name_max=NAME_LENGTH_MAX,
        deposit_max=DEPOSIT_YEN_MAX,
        faults=faults or {},
        fault="key" if faults else None,
        whole=True,
    )


def _fill(key: Key) -> KeyForm:
    by_day = key.due.kind is DueKind.office_day
    return KeyForm(
        id=key.id,
        name=key.name,
        name_en=key.name_en,
        group=key.lock_group_id,
        level=str(key.master_level),
        opens=[f"{each.kind}/{each.id}" for each in sorted(key.opens)],
        early_hours=f"{key.early_minutes / 60:g}",
        due_kind=key.due.kind.value,
        due_minutes="" if by_day else str(key.due.minutes),
        due_clock=format_clock(key.due.minutes).zfill(5) if by_day else "",
        deposit_yen=str(key.deposit_yen),
        two_person=key.two_person,
    )


def _read(form: KeyForm) -> Key:
    """Read what was typed; what is no number becomes one that the register refuses beside its field."""
    return Key(
        form.id,
        form.name.strip(),
        choose_english(form.name_en, form.name),
        form.group,
        _read_openings(form),
        _number(form.level),
        form.two_person,
        _number(form.deposit_yen),
        _hours(form.early_hours),
        _rule(form),
    )


def _read_openings(form: KeyForm) -> frozenset[Opening]:
    kinds = {kind.value for kind in OpeningKind}
    told = (each.partition("/") for each in form.opens)
    return frozenset(Opening(OpeningKind(kind), id_) for kind, _, id_ in told if kind in kinds)


def _rule(form: KeyForm) -> DueRule:
    if form.due_kind == DueKind.office_day:
        hours, _, minutes = form.due_clock.partition(":")
        whole = hours.isascii() and hours.isdecimal() and minutes.isascii() and minutes.isdecimal()
        return DueRule(DueKind.office_day, int(hours) * 60 + int(minutes) if whole else -1)
    return DueRule(DueKind.end_of_reservation, _number(form.due_minutes))


def _number(text: str) -> int:
    digits = text.strip().replace(",", "") or "0"
    return int(digits) if digits.isascii() and digits.isdecimal() else -1


def _hours(text: str) -> int:
    whole, _, part = (text.strip() or "0").partition(".")
    digits = f"{whole or '0'}{part}"
    return int(float(f"{whole or '0'}.{part or '0'}") * 60) if digits.isascii() and digits.isdecimal() else -1
