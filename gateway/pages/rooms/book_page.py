"""The page of the form that books a room: how it begins, and how it is shown."""

import secrets
from collections.abc import Sequence

from starlette.responses import Response

from domain.civil import civil_minute, format_clock, parse_clock
from domain.validity import is_in_force
from gateway.pages.entrance.visit import Visit
from gateway.pages.rooms.day_choice import DayChoice, load_day_choice
from gateway.pages.rooms.entered import BookAct, Entered, Repeat
from gateway.pages.rooms.fault_words import Fault, tell_faults
from gateway.pages.rooms.foreseen import foresee
from gateway.pages.rooms.looks import BOOKABLE
from gateway.pages.rooms.open_lots import find_open_rounds
from gateway.pages.rooms.room_visitor import Place, find_place
from gateway.pages.rooms.segments import HOUR
from gateway.pages.rooms.signs import draw_signs
from gateway.pages.rooms.wishing import choose_time
from store.facilities import list_user_classes
from store.tx import Tx

_USUAL = "09:00"
"""Where nothing of a day is free, so that what is free near it can be told."""


def begin_form(tx: Tx, place: Place, on: str, slot_id: str, from_at: str) -> Entered:
    """Give the form as it opens: the day and time that the calendar led here with, or the first that is free."""
    choice = load_day_choice(tx, place, on)
    given = {"id": secrets.token_hex(8), "on": choice.on.isoformat(), "until_on": choice.on.isoformat()}
    table = choice.table
    given |= {"purpose_class": table.purposes[0].id} if table is not None and table.purposes else {}
    if choice.has_slots:
        free = [each.slot.id for each in choice.segments if each.slot is not None and each.look in BOOKABLE]
        known = [slot.id for slot in place.slots if is_in_force(slot, choice.on)]
        return Entered.model_validate(given | {"slot_id": slot_id or (free or known)[0]})
    return Entered.model_validate(given | _choose_times(place, choice, from_at))


def show_form(
    visit: Visit,
    room_id: str,
    entered: Entered,
    *,
    refused: Sequence[Fault] | None = None,
    template: str = "rooms/book.html",
) -> Response:
    """Show the form; with ``refused`` it was sent and nothing was done, and everything that is wrong is told.

    ``refused`` are faults that only sending it showed: somebody was faster.
    """
    context = visit.pages.context
    now = context.now()
    with context.store.reading(now) as tx:
        place = find_place(tx, visit, room_id, books=True)
        entered = choose_time(entered, place.room)
        seen = foresee(tx, visit, place, entered)
        day = load_day_choice(tx, place, entered.on)
        classes = [each.user_class for each in list_user_classes(tx) if each.retired_on is None]
        rounds = find_open_rounds(tx, place.rules.facility.id, room_id)
    faults = () if refused is None else (*seen.faults, *(each for each in refused if each not in seen.faults))
    sent = tell_faults(faults, visit.language, has_slots=day.has_slots)
    not_all = refused is not None and entered.act is BookAct.series and bool(seen.plan and seen.plan.refused)
    return visit.render(
        template,
        fault="faults" if sent or not_all else None,
        not_all=not_all,
        place=place,
        entered=entered,
        seen=seen,
        day=day,
        classes=classes,
        rounds=rounds,
        repeats=tuple(Repeat),
        faults=sent,
        ahead={} if sent else tell_faults(seen.told, visit.language, has_slots=day.has_slots),
        minutes=_minutes(entered),
        tell=lambda each: [
            text for texts in tell_faults(each, visit.language, has_slots=True).values() for text in texts
        ],
        rooms={room.id: room for room in place.rules.rooms},
        slots={slot.id: slot for slot in place.rules.slots},
        signs=draw_signs(visit.phrases),
        acts=BookAct,
        today=civil_minute(now)[0],
        now=now,
    )


def _choose_times(place: Place, choice: DayChoice, from_at: str) -> dict[str, str]:
    """Give an hour, or the least that can be had, from what the calendar led here with or what is free first."""
    free = [each for each in choice.segments if each.look in BOOKABLE]
    step, least = max(place.room.step_minutes, 1), place.room.minutes_min
    starts = [each.text for each in choice.starts if each.is_free]
    begins = from_at or next(iter(starts), _USUAL)
    start = int(begins[:2]) * HOUR + int(begins[3:])
    ends = [each.to_minute for each in free if each.from_minute <= start < each.to_minute]
    length = -(-max(HOUR, least) // step) * step
    return {"from_at": begins, "until_at": format_clock(min([start + length, *ends[:1]]))}


def _minutes(entered: Entered) -> tuple[int, int]:
    """Give the times of a form as minutes, for the days beside its own; a whole day where it has none."""
    found = [_minute(text) for text in (entered.from_at, entered.until_at)]
    return (found[0] or 0, found[1] or 0)


def _minute(text: str) -> int | None:
    try:
        return parse_clock(text)
    except ValueError:
        return None
