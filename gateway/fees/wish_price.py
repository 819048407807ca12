"""What a wish would cost before anybody reserves it, by the same table and the same arithmetic as afterwards."""

from domain.civil import civil_minute, minute_on
from domain.facilities.booking import Wish
from domain.facilities.facility import SlotKind
from domain.facilities.fee_quote import FeeWish, Quote
from domain.facilities.fees import price_wish
from gateway.fees.pricing import Tariff, Wanted


def quote_wish(wish: Wish, slot: SlotKind | None, tariff: Tariff, wanted: Wanted, *, is_holiday: bool) -> Quote:
    """Give what a wish costs without any reduction, for those are granted afterwards.

    Args:
        wish: what somebody wishes.
        slot: its slot, where it is of one.
        tariff: the facility's on that day (``gateway.fees.pricing.find_tariff``).
        wanted: what a wish does not say itself.
        is_holiday: the day is a national holiday.

    Raises:
        FeeFaultsError: it cannot be priced; every fault is named.
    """
    on, from_minute = civil_minute(wish.from_at)
    asked = FeeWish(
        room_id=wish.room_id,
        on=on,
        is_holiday=is_holiday,
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
