"""What stands on the paper of one taking: whose, for which use, of which price, and who signs."""

from dataclasses import dataclass
from datetime import datetime

from domain.facilities.facility import Facility, Room
from domain.facilities.fee_quote import Quote, tax_inside
from domain.facilities.takings import Series, Taking, TakingKind


@dataclass(frozen=True, slots=True)
class Receipt:
    """A taking with what stands around it; ``quote`` is the price that it was paid for."""

    taking: Taking
    facility: Facility
    room: Room
    from_at: datetime
    until_at: datetime
    quote: Quote
    issuer: str
    invoice_number: str

    @property
    def is_refund(self) -> bool:
        """Tell whether money went: the paper is signed by whoever was given it."""
        return self.taking.series is Series.refund

    @property
    def tax_yen(self) -> int | None:
        """Give the tax inside; None where none is told."""
        if self.taking.kind is not TakingKind.fee or self.taking.tax_percent is None:
            return None
        return tax_inside(self.taking.yen, self.taking.tax_percent)
