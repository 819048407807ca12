"""What a wish would cost before anybody reserves it, by the same table and the same arithmetic as afterwards."""

from domain.civil import civil_minute, minute_on
from domain.facilities.booking import Wish
from domain.facilities.closures import list_national_holidays
from domain.facilities.facility import SlotKind
from domain.facilities.fee_quote import FeeWish, Quote
from domain.facilities.fees import price_wish
from gateway.fees.pricing import Tariff, Wanted
from store.calendar import list_calendar
from store.tx import Tx


def quote_wish(tx: Tx, wish: Wish, slot: SlotKind | None, tariff: Tariff, wanted: Wanted) -> Quote:
    """Give what a wish costs without any reduction that is still to be granted; nothing is kept.

    Args:
        tx: the transaction.
        wish: what somebody wishes.
        slot: its slot, where it is of one.
        tariff: the facility's on that day (``gateway.fees.pricing.find_tariff``).
        wanted: what a wish does not say itself.

    Raises:
        FeeFaultsError: it cannot be priced; every fault is named.
    """
    on, from_minute = civil_minute(wish.from_at)
    asked = FeeWish(
        room_id=wish.room_id,
        on=on,
        is_holiday=on in list_national_holidays({day.day_on for day in list_calendar(tx, on, on)}),
        from_minute=from_minute,
        to_minute=minute_on(wish.until_at, on),
        user_class=wish.user_class,
        purpose=wanted.purpose,
        slot=None if slot is None else (slot.id, slot.from_minute, slot.to_minute),
        places=wish.places or 1,
        people=wish.party,
        units=tuple(sorted(wish.units)),
        options=wanted.options,
    )
    return price_wish(asked, tariff.table)
