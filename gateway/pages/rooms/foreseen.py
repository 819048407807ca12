"""What is known of a form before it is sent, or when it cannot be had: for whom, when, at what price, what is wrong."""

from dataclasses import dataclass

from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingFaultsError, BookingWhy
from domain.facilities.reservee_fault import ReserveeFault
from gateway.fees.pricing import Wanted
from gateway.pages.entrance.visit import Visit
from gateway.pages.rooms.entered import BookAct, Entered
from gateway.pages.rooms.fault_words import Fault
from gateway.pages.rooms.outlook import STILL_TO_TYPE, Outlook, look_ahead
from gateway.pages.rooms.room_visitor import Place
from gateway.pages.rooms.series_plan import SeriesPlan, make_series, plan_series
from gateway.pages.rooms.whom import Whom, find_whom
from gateway.pages.rooms.wishing import read_wish
from store.tx import Tx

_OF_ALL = frozenset({"party", "purpose", "places", "units"})
"""What is wrong with every day of a series, so that it is said once."""

_OF_SOMEBODY = frozenset(
    {BookingWhy.no_window, BookingWhy.not_open_yet, BookingWhy.window_over, BookingWhy.quota_reached}
)
"""What depends on whose booking it is."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What is known of a form; ``plan`` are the days of a series, ``faults`` everything that is wrong."""

    whom: Whom
    wish: Wish | None = None
    outlook: Outlook | None = None
    plan: SeriesPlan | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def told(self) -> tuple[Fault, ...]:
        """Give what is told before the form is sent: nothing of what is still to be typed."""
        return tuple(
            fault
            for fault in self.faults
            if fault.why not in STILL_TO_TYPE
            and not isinstance(fault, ReserveeFault)
            and (fault.field != "reservee_id" or self.whom.reservee is not None)
        )

    @property
    def can_wait(self) -> bool:
        """Tell whether one may wait for it."""
        return self.plan is None and self.outlook is not None and self.outlook.can_wait


def wanted_of(entered: Entered) -> Wanted:
    """Give what a wish does not say of its price."""
    return Wanted(entered.purpose_class, tuple((id_, None) for id_ in entered.options if id_))


def foresee(tx: Tx, visit: Visit, place: Place, entered: Entered) -> Foreseen:
    """Give what is known of a form as things stand; nothing is kept."""
    whom = find_whom(tx, visit, entered, serves=place.serves)
    read = read_wish(entered, place.room, place.slots, whom.reservee)
    wish = read.wish
    if wish is None:
        return Foreseen(whom, faults=(*read.faults, *whom.faults))
    outlook = look_ahead(tx, place, wish, whom, wanted_of(entered))
    said = {fault.field for fault in read.faults}
    if whom.reservee is None or whom.faults:
        said |= {"reservee_id", "user_class"}
    unasked = _OF_SOMEBODY if whom.reservee is None else frozenset[BookingWhy]()
    faults: list[Fault] = [each for each in outlook.faults if each.field not in said and each.why not in unasked]
    plan: SeriesPlan | None = None
    if entered.comes_again and entered.act is not BookAct.search and whom.reservee is not None:
        try:
            plan = plan_series(tx, place, make_series(entered, wish), whom, wanted_of(entered))
        except BookingFaultsError as error:
            faults += error.faults
        else:
            faults = [fault for fault in faults if fault.field in _OF_ALL]
    return Foreseen(whom, wish, outlook, plan, (*read.faults, *faults, *whom.faults))
