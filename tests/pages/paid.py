"""Money of the example civic hall: what was paid in cash and by card, taken back, ended, and a provider's file."""

from datetime import datetime

from domain.facilities.takings import Method, Taking
from gateway.bookings.acting import Acting
from gateway.fees.entries import Slip
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.take_fee import Payment, take_fee
from tests.pages.city import City

CASH = Slip(Method.cash, payer="青木合唱団")
PROVIDER = "generic"
HEAD = "利用日,伝票番号,利用額,手数料,入金額,入金日\r\n"


def card(reference: str) -> Slip:
    """A payment by card through the provider of the generic form."""
    return Slip(Method.card, provider=PROVIDER, reference=reference, payer="佐藤 花子")


def pay(city: City, id_: str, of: str, yen: int, slip: Slip = CASH, *, at: datetime | None = None) -> Taking:
    """Take a payment at the counter."""
    with city.store.transaction(at or city.clock()) as tx:
        return take_fee(tx, Payment(id_, of, yen, slip), by="counter")


def cancel(city: City, of: str, acting: Acting) -> None:
    """Cancel a booking."""
    with city.store.transaction(city.clock()) as tx:
        cancel_reservation(tx, of, acting, reason="都合により")


def payout_file(*lines: tuple[str, str, int]) -> bytes:
    """A provider's file: day (``2025/11/20``), reference and yen of each line, with 3 % of commission."""
    rows = []
    for day, reference, yen in lines:
        commission = yen * 3 // 100
        rows.append(f"{day},{reference},{yen},{commission},{yen - commission},2025/12/15\r\n")
    return ("\ufeff" + HEAD + "".join(rows)).encode()
