"""One thing of a facility's definition: its form, what would stand against a change, keeping it and ending it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from starlette.responses import Response

from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from domain.facilities.facility_words import describe_fault, tell_fault
from domain.facilities.rules import FacilityRules
from domain.ids import ID_PATTERN
from gateway.bookings.facility_rules import load_facility_rules
from gateway.bookings.rule_book import RefusedRulesError, UsesStandError
from gateway.operations.facilities.keep_rule import retire_rule
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.facilities.form_fields import Entered, begin_form, read_form, write_form
from gateway.pages.facilities.making import keep_thing, make_thing, values_of
from gateway.pages.facilities.thing_forms import FORMS, list_kept
from gateway.pages.words import Language, say
from store.facilities import list_user_classes
from store.facility_use import StandingUse
from store.organisation import list_units
from store.tx import Tx

router = APIRouter()

NEW = "new"
"""Stands for a facility that is not there yet."""

ThingId = Annotated[str, Query(max_length=63, pattern=f"{ID_PATTERN}|^$")]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent: what stood in its inputs, of which thing, and whether reservations in the way are known."""

    entered: Entered
    thing_id: str
    is_new: bool = False
    even_so: bool = False


async def read_sent(request: Request) -> Sent:
    """Read a form whose inputs are those of a thing."""
    form = await request.form()
    entered: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            entered.setdefault(name, []).append(value)
    thing_id = (entered.pop("thing_id", None) or [""])[0]
    is_new, even_so = ("is_new" in entered, "even_so" in entered)
    return Sent(entered, thing_id, is_new=is_new, even_so=even_so)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What speaks against what was entered: by field, of other things, and reservations in the way."""

    by_field: Mapping[str, Sequence[str]]
    others: Sequence[str] = ()
    uses: Sequence[StandingUse] = ()

    @property
    def is_any(self) -> bool:
        """Tell whether anything does."""
        return bool(self.by_field or self.others or self.uses)


_NOTHING_WRONG = Wrong({})


@router.get("/facilities/{facility_id}/edit/{thing}")
def get_thing(visit: Visitor, facility_id: str, thing: Thing, thing_id: ThingId = "") -> Response:
    """Show a thing's form; without an id it is a new one."""
    if thing not in FORMS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        rules = _load(tx, visit, facility_id)
    if not thing_id and not (thing is Thing.facility and rules is not None):
        return _show(visit, facility_id, thing, Sent(begin_form(FORMS[thing].fields), "", is_new=True))
    wanted = facility_id if thing is Thing.facility else thing_id
    kept = next((each for each in list_kept(rules, thing) if each.id == wanted), None) if rules else None
    if kept is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    entered = write_form(FORMS[thing].fields, values_of(kept))
    return _show(visit, facility_id, thing, Sent(entered, kept.id))


@router.post("/facilities/{facility_id}/keep/{thing}")
def post_thing(visit: Visitor, facility_id: str, thing: Thing, sent: Annotated[Sent, Depends(read_sent)]) -> Response:
    """Keep a thing, or say everything that speaks against it."""
    if thing not in FORMS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    form, context = FORMS[thing], visit.pages.context
    entered = {**sent.entered, "id": [sent.thing_id]} if not sent.is_new and not form.is_rule else sent.entered
    reading = read_form(form.fields, entered)
    if reading.faults:
        said = {name: (say(visit.language, f"facilities.fault.{word}"),) for name, word in reading.faults.items()}
        return _show(visit, facility_id, thing, sent, Wrong(said))
    id_ = sent.thing_id if form.is_rule else str(reading.values["id"])
    house = id_ if thing is Thing.facility else facility_id
    kept = make_thing(thing, id_, house, reading.values)
    try:
        with context.store.transaction(context.now()) as tx:
            _demand_new_or_kept(tx, visit, house, thing, sent)
            keep_thing(tx, house, kept, by=visit.signed_in.login, even_so=sent.even_so)
    except RefusedRulesError as error:
        return _show(visit, facility_id, thing, sent, _sort_faults(error.faults, thing, id_, visit.language))
    except UsesStandError as error:
        return _show(visit, facility_id, thing, sent, Wrong({}, uses=error.uses))
    return see_other(f"/facilities/{house}#{thing.value}")


@router.post("/facilities/{facility_id}/retire/{thing}")
def post_retirement(
    visit: Visitor, facility_id: str, thing: Thing, sent: Annotated[Sent, Depends(read_sent)]
) -> Response:
    """Let a rule that was a mistake hold no more."""
    form, context = FORMS.get(thing), visit.pages.context
    if form is None or not form.is_rule:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    makes: Any = form.makes
    try:
        with context.store.transaction(context.now()) as tx:
            if _load(tx, visit, facility_id) is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            retire_rule(tx, facility_id, makes, sent.thing_id, by=visit.signed_in.login, even_so=sent.even_so)
    except RefusedRulesError as error:
        faults = _sort_faults(error.faults, thing, sent.thing_id, visit.language)
        return _show_standing(visit, facility_id, thing, sent, faults)
    except UsesStandError as error:
        return _show_standing(visit, facility_id, thing, sent, Wrong({}, uses=error.uses))
    return see_other(f"/facilities/{facility_id}#{thing.value}")


def _show_standing(visit: Visit, facility_id: str, thing: Thing, sent: Sent, wrong: Wrong) -> Response:
    """Show a rule that was not ended, as it stands."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        rules = load_facility_rules(tx, [facility_id])[facility_id]
    kept = next((each for each in list_kept(rules, thing) if each.id == sent.thing_id), None)
    if kept is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    entered = write_form(FORMS[thing].fields, values_of(kept))
    return _show(visit, facility_id, thing, Sent(entered, sent.thing_id), wrong, ends=True)


def _load(tx: Tx, visit: Visit, facility_id: str) -> FacilityRules | None:
    """Give a facility's rules; None for one that is not there yet.

    Raises:
        HTTPException: 404 for one that is not there, or is not this visitor's.
    """
    if facility_id == NEW:
        return None
    read_scope(tx, visit).demand_read(facility_id)
    return load_facility_rules(tx, [facility_id])[facility_id]


def _demand_new_or_kept(tx: Tx, visit: Visit, house: str, thing: Thing, sent: Sent) -> None:
    """Let a new thing take no standing one's place, and one that is edited be there."""
    if thing is Thing.facility and sent.is_new:
        rules = load_facility_rules(tx, [house]).get(house)
    else:
        rules = _load(tx, visit, house)
        if rules is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
    standing = {each.id for each in list_kept(rules, thing)} if rules else set()
    id_ = house if thing is Thing.facility else (sent.entered.get("id") or [sent.thing_id])[0]
    if sent.is_new and not FORMS[thing].is_rule and id_ in standing:
        raise RefusedRulesError((FacilityFault(thing, id_, "id", Flaw.id_taken),))
    if not sent.is_new and sent.thing_id not in standing:
        raise HTTPException(HTTPStatus.NOT_FOUND)


def _sort_faults(faults: Sequence[FacilityFault], thing: Thing, id_: str, language: Language) -> Wrong:
    fields = {field.name for field in FORMS[thing].fields}
    here = [each for each in faults if each.thing is thing and each.id == id_ and each.field in fields]
    others = [tell_fault(each).split(" / ") for each in faults if each not in here]
    which = 0 if language is Language.ja else 1
    return Wrong(tell_by_field(here, describe_fault, language), tuple(each[which] for each in others))


def _show(
    visit: Visit, facility_id: str, thing: Thing, sent: Sent, wrong: Wrong = _NOTHING_WRONG, *, ends: bool = False
) -> Response:
    context, form = visit.pages.context, FORMS[thing]
    with context.store.reading(context.now()) as tx:
        rules = _load(tx, visit, facility_id)
        classes = [each.user_class for each in list_user_classes(tx) if each.retired_on is None]
        units = list_units(tx, context.now().date())
    rooms = rules.rooms if rules else ()
    return visit.render(
        "facilities/thing.html",
        fault="refused" if wrong.is_any else "",
        facility_id=facility_id,
        house=rules.facility if rules else None,
        thing=thing,
        form=form,
        sent=sent,
        wrong=wrong,
        ends=ends,
        rooms=rooms,
        names={room.id: visit.phrases.name_of(room) for room in rooms},
        classes=classes,
        units=units,
        areas=context.site.areas,
    )
