"""The forms of what a facility's definition is made of: a thing, what it is a value of, and its fields. Data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.facilities.booking_rules import BookingWindow, OpensBy, Terms
from domain.facilities.closures import ClosureKind, ClosureRule, OnHoliday
from domain.facilities.entry import EntryRule, Way
from domain.facilities.facility import Equipment, Facility, Permits, Room, SlotKind
from domain.facilities.facility_fault import Thing
from domain.facilities.opening import Opening, SpecialDays, SpecialKind
from domain.facilities.quotas import Counts, Per, Quota
from domain.facilities.rules import FacilityRules
from gateway.bookings.rule_edits import Kept
from gateway.pages.facilities.form_fields import FormField, Kind

_WEEK = tuple(str(day) for day in range(7))


@dataclass(frozen=True, slots=True)
class ThingForm:
    """The form of a thing; ``is_rule``: it bears no id of its own and ends by being retired."""

    makes: type[Kept]
    fields: tuple[FormField, ...]
    is_rule: bool = True


_ID, _NAME, _NAME_EN = (
    FormField("id", Kind.id),
    FormField("name", Kind.text),
    FormField("name_en", Kind.text),
)
_RETIRED = FormField("retired_on", Kind.day, optional=True)
_IN_FORCE = (FormField("valid_from", Kind.day, optional=True), FormField("valid_until", Kind.day, optional=True))
_ROOM = FormField("room_id", Kind.room, optional=True)
_CLASS = FormField("user_class", Kind.user_class, optional=True)
_TIMES = (FormField("from_minute", Kind.clock), FormField("to_minute", Kind.clock))
_EVERY_DAY = FormField("weekdays", Kind.weekdays, begins=_WEEK)


def _count(name: str, begins: str, *, optional: bool = False) -> FormField:
    return FormField(name, Kind.number, optional, begins=(begins,) if begins else ())


FORMS: Mapping[Thing, ThingForm] = MappingProxyType(
    {
        Thing.facility: ThingForm(
            Facility,
            (
                *(_ID, _NAME, _NAME_EN),
                FormField("department_id", Kind.department),
                FormField("operator", Kind.text, optional=True),
                FormField("is_public", Kind.tick, begins=("true",)),
                _RETIRED,
            ),
            is_rule=False,
        ),
        Thing.room: ThingForm(
            Room,
            (
                *(_ID, _NAME, _NAME_EN),
                FormField("spaces", Kind.rooms, optional=True),
                _count("capacity", ""),
                *(_count("step_minutes", "30"), _count("minutes_min", "30"), _count("minutes_max", "720")),
                *(_count("before_minutes", "0"), _count("after_minutes", "0")),
                FormField("permits", Kind.choice, words=Permits, begins=("decider",)),
                FormField("area_id", Kind.area, optional=True),
                _RETIRED,
            ),
            is_rule=False,
        ),
        Thing.slot: ThingForm(
            SlotKind,
            (
                *(_ID, _NAME, _NAME_EN),
                FormField("room_id", Kind.room),
                *_TIMES,
                _EVERY_DAY,
                _count("places", "", optional=True),
                *_IN_FORCE,
            ),
            is_rule=False,
        ),
        Thing.equipment: ThingForm(
            Equipment, (_ID, _NAME, _NAME_EN, _count("units", ""), _ROOM, _RETIRED), is_rule=False
        ),
        Thing.opening: ThingForm(
            Opening, (_EVERY_DAY, *_TIMES, _ROOM, FormField("months", Kind.months, optional=True), *_IN_FORCE)
        ),
        Thing.closure: ThingForm(
            ClosureRule,
            (
                _NAME,
                FormField("kind", Kind.choice, words=ClosureKind, begins=("weekly",)),
                FormField("weekdays", Kind.weekdays),
                FormField("nths", Kind.nths),
                FormField("from_day", Kind.year_day, optional=True),
                FormField("to_day", Kind.year_day, optional=True),
                FormField("on_holiday", Kind.choice, words=OnHoliday, begins=("closed",)),
                _ROOM,
                *_IN_FORCE,
            ),
        ),
        Thing.special_days: ThingForm(
            SpecialDays,
            (
                FormField("kind", Kind.choice, words=SpecialKind, begins=("closed",)),
                *(FormField("first_on", Kind.day), FormField("last_on", Kind.day, optional=True)),
                FormField("reason", Kind.text),
                *(
                    FormField("from_minute", Kind.clock, optional=True),
                    FormField("to_minute", Kind.clock, optional=True),
                ),
                _ROOM,
            ),
        ),
        Thing.window: ThingForm(
            BookingWindow,
            (
                *(_CLASS, _ROOM),
                FormField("opens_by", Kind.choice, words=OpensBy, begins=("month_day",)),
                *(_count("opens_before", "3"), _count("opens_day", "1")),
                FormField("opens_minute", Kind.clock, begins=("09:00",)),
                FormField("closes", Kind.deadline, begins=("days", "3", "17:00")),
                FormField("desk_closes", Kind.deadline, optional=True),
                *_IN_FORCE,
            ),
        ),
        Thing.quota: ThingForm(
            Quota,
            (
                FormField("counts", Kind.choice, words=Counts, begins=("reservations",)),
                FormField("per", Kind.choice, words=Per, begins=("month",)),
                _count("most", "4"),
                *(_CLASS, _ROOM),
                *_IN_FORCE,
            ),
        ),
        Thing.terms: ThingForm(
            Terms,
            (
                FormField("cancel", Kind.deadline, begins=("days", "7", "17:00")),
                *(_count("no_shows_to_block", "0"), _count("no_show_days", "365"), _count("block_days", "0")),
                _count("no_show_after_minutes", "30", optional=True),
                FormField("contact_confirmed", Kind.tick, begins=("true",)),
                _count("tentative_minutes", "30"),
                FormField("valid_from", Kind.day, optional=True),
            ),
        ),
        Thing.entry: ThingForm(
            EntryRule,
            (
                FormField("ways", Kind.ways, words=Way, begins=("card", "code", "key")),
                _ROOM,
                *(_count("early_minutes", "0"), _count("late_minutes", "0")),
                FormField("valid_from", Kind.day, optional=True),
            ),
        ),
    }
)
"""In the order in which a facility's page shows them."""


def list_kept(rules: FacilityRules, thing: Thing) -> tuple[Kept, ...]:
    """Give what stands of a thing, in the order of lists; the facility is one of its kind."""
    opening = rules.opening
    found: Mapping[Thing, tuple[Kept, ...]] = {
        Thing.facility: (rules.facility,),
        Thing.room: rules.rooms,
        Thing.slot: rules.slots,
        Thing.equipment: rules.equipment,
        Thing.opening: opening.openings,
        Thing.closure: opening.closures,
        Thing.special_days: opening.special_days,
        Thing.window: rules.windows,
        Thing.quota: rules.quotas,
        Thing.terms: rules.terms,
        Thing.entry: rules.entries,
    }
    return found[thing]
