"""Where one is told beside these pages, in which language, and when one wants no disturbance."""

import re
from http import HTTPStatus
from typing import Annotated, Literal, NamedTuple

from fastapi import APIRouter, Form, HTTPException
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from domain.civil import format_clock, parse_clock
from domain.notices.due import Habits, HabitsError
from domain.notices.message import WAYS
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.notices.messages import person_of
from store.addresses import LANGUAGES, TARGET_MAX, Address, AddressError, delete_address, list_addresses, save_address

router = APIRouter()

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class AddressForm(BaseModel):
    """A way's form as it is sent; times are ``HH:MM`` or empty."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True, str_max_length=1000)

    target: str = ""
    language: Literal["ja", "en"] = "ja"
    quiet_from: str = ""
    quiet_until: str = ""
    digest: str = ""


class FieldFault(NamedTuple):
    """What is wrong with a way's form: the field's name in it, and words in both languages."""

    way: str
    field: str
    words: str


@router.get("/messages/addresses")
def get_addresses(visit: Visitor) -> Response:
    """Show each way with what stands for it."""
    return _show(visit)


@router.post("/messages/addresses/{way}")
def post_address(visit: Visitor, way: str, form: Annotated[AddressForm, Form()]) -> Response:
    """Keep the address of a way with its hours, or say what is wrong with it."""
    _demand_way(way)
    context = visit.pages.context
    try:
        habits = Habits(
            _read_minute("quiet_from", form.quiet_from),
            _read_minute("quiet_until", form.quiet_until),
            _read_minute("digest", form.digest),
        )
        with context.store.transaction(context.now()) as tx:
            save_address(tx, Address(person_of(visit), way, form.target, habits, form.language))
    except (AddressError, HabitsError) as error:
        words = str(error).removeprefix(f"{error.field}: ")
        return _show(visit, entered={way: form}, fault=FieldFault(way, error.field.removesuffix("_minute"), words))
    return see_other("/messages/addresses")


@router.post("/messages/addresses/{way}/remove")
def post_removal(visit: Visitor, way: str) -> Response:
    """Forget the address of a way."""
    _demand_way(way)
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        delete_address(tx, person_of(visit), way)
    return see_other("/messages/addresses")


def _show(visit: Visit, *, entered: dict[str, AddressForm] | None = None, fault: FieldFault | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        kept = {each.way: each for each in list_addresses(tx, person_of(visit))}
    forms = {way: _enter(kept[way]) if way in kept else AddressForm(language=visit.language.value) for way in WAYS}
    return visit.render(
        "notices/addresses.html",
        forms=forms | (entered or {}),
        kept=frozenset(kept),
        languages=LANGUAGES,
        target_max=TARGET_MAX,
        wrong=fault,
        fault=fault.words if fault else None,
    )


def _enter(kept: Address) -> AddressForm:
    habits = kept.habits
    return AddressForm(
        target=kept.target,
        language="en" if kept.language == "en" else "ja",
        quiet_from=_write_clock(habits.quiet_from_minute),
        quiet_until=_write_clock(habits.quiet_until_minute),
        digest=_write_clock(habits.digest_minute),
    )


def _write_clock(minute: int | None) -> str:
    return "" if minute is None else f"{format_clock(minute):0>5}"


def _read_minute(name: str, text: str) -> int | None:
    if not text:
        return None
    if _CLOCK.fullmatch(text) is None:
        raise HabitsError(name, "00:00〜23:59 で指定してください / expected a time from 00:00 to 23:59")
    return parse_clock(text)


def _demand_way(way: str) -> None:
    if way not in WAYS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
