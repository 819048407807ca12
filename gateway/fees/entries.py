"""Write a taking down: under the facility's till, on the day that is open, with the next number."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.civil import civil_minute
from domain.facilities.fee_fault import FeeFault, FeeFaultsError, FeeWhy, refuse
from domain.facilities.takings import BY_PROVIDER, SERIES, Method, Taking, TakingKind
from store.takings import draw_number, insert_taking, load_taking
from store.takings_days import find_last_closed
from store.tx import Tx

ID_LENGTH_MAX = 64
TEXT_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Slip:
    """How money comes or goes: ``provider`` and ``reference`` are of the provider's own slip (card, e-money, QR)."""

    method: Method
    provider: str = ""
    reference: str = ""
    payer: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is to be written down; ``id`` is made by the form."""

    id: str
    facility_id: str
    reservation_id: str
    kind: TakingKind
    yen: int
    slip: Slip
    rule_id: str = ""
    tax_percent: int | None = None
    of_kind: TakingKind | None = None
    corrects: str | None = None


def check_slip(id_: str, slip: Slip) -> list[FeeFault]:
    """Give what is wrong with a form's id and slip."""
    faults = [
        FeeFault(field, FeeWhy.too_long, {"most_characters": TEXT_LENGTH_MAX})
        for field in ("provider", "reference", "payer", "reason")
        if len(getattr(slip, field)) > TEXT_LENGTH_MAX
    ]
    if not 0 < len(id_) <= ID_LENGTH_MAX:
        faults.append(FeeFault("id", FeeWhy.too_long, {"most_characters": ID_LENGTH_MAX}))
    if slip.method in BY_PROVIDER and not (slip.provider.strip() and slip.reference.strip()):
        faults.append(FeeFault("reference", FeeWhy.reference_missing))
    return faults


def find_repeat(tx: Tx, entry: NewEntry) -> Taking | None:
    """Give the entry that stands under the same id and says the same.

    Raises:
        FeeFaultsError: the id stands for something else.
    """
    standing = load_taking(tx, entry.id)
    if standing is None:
        return None
    ours = (entry.reservation_id, entry.kind, entry.yen, entry.slip.method, entry.slip.reference, entry.corrects)
    slip = (standing.method, standing.reference, standing.corrects)
    if (standing.reservation_id, standing.kind, standing.yen, *slip) != ours:
        raise refuse("id", FeeWhy.id_taken)
    return standing


def write_entry(tx: Tx, entry: NewEntry, *, by: str) -> Taking:
    """Write an entry down with the next number of its series; the till is held (``store.takings.lock_desk``).

    It belongs to today, or to the day after the last one that is closed.
    """
    counted_on = find_open_day(tx, entry.facility_id)
    number = draw_number(tx, entry.facility_id, counted_on, SERIES[entry.kind])
    slip = entry.slip
    taken = Taking(
        id=entry.id,
        facility_id=entry.facility_id,
        reservation_id=entry.reservation_id,
        kind=entry.kind,
        of_kind=entry.of_kind or entry.kind,
        method=slip.method,
        yen=entry.yen,
        taken_at=tx.now,
        taken_by=by,
        counted_on=counted_on,
        number=number,
        provider=slip.provider,
        reference=slip.reference,
        payer=slip.payer,
        reason=slip.reason,
        rule_id=entry.rule_id,
        tax_percent=entry.tax_percent,
        corrects=entry.corrects,
    )
    insert_taking(tx, taken)
    return taken


def find_open_day(tx: Tx, facility_id: str) -> date:
    """Give the day that an entry of now belongs to."""
    today, last = civil_minute(tx.now)[0], find_last_closed(tx, facility_id)
    return today if last is None else max(today, last + timedelta(days=1))


def raise_faults(faults: list[FeeFault]) -> None:
    """Refuse where there is any fault.

    Raises:
        FeeFaultsError: there is.
    """
    if faults:
        raise FeeFaultsError(faults)
