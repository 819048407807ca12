"""What of one booking's money can be done now: what may go back for which reason, and who may grant what. Pure."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from domain.facilities.fee_table import FeeTable, Reduction, RefundReason
from domain.facilities.refunds import Refund
from domain.facilities.reservation import ReservationAct, ReservationState
from domain.facilities.takings import BY_PROVIDER, Method
from gateway.operations.facilities.grant_reduction import may_grant
from gateway.payouts.layout import PayoutLayout
from store.reservations import ReservationStep

_R = RefundReason

REASONS: Mapping[ReservationState, tuple[RefundReason, ...]] = MappingProxyType(
    {
        ReservationState.cancelled: (_R.reservee, _R.facility, _R.disaster, _R.revoked),
        ReservationState.no_show: (_R.no_show, _R.facility, _R.disaster),
    }
)
"""The reasons that make a difference where a booking has ended; while it goes on there is none to choose."""


class RefundChoice(NamedTuple):
    """A reason, and what would go back for it now."""

    reason: RefundReason
    due: Refund

    @property
    def yen(self) -> int:
        """Give the whole of it."""
        return self.due.fee_yen + self.due.deposit_yen


class ReductionLine(NamedTuple):
    """A reduction of the table: whether it stands granted, and whether the visitor may decide about it."""

    reduction: Reduction
    is_granted: bool
    may_decide: bool


class Provider(NamedTuple):
    """A provider of payments as the form names it."""

    name: str
    title: str


def list_reasons(state: ReservationState) -> tuple[RefundReason, ...]:
    """Give the reasons for which money may go back; the first one where there is nothing to choose."""
    return REASONS.get(state, (_R.reservee,))


def propose_reason(state: ReservationState, steps: Iterable[ReservationStep]) -> RefundReason:
    """Give the likeliest reason: what the house took back itself is the house's."""
    last = max(steps, key=lambda step: step.done_at, default=None)
    if state is ReservationState.cancelled and last is not None and last.act is ReservationAct.revoke:
        return _R.facility
    return list_reasons(state)[0]


def view_reductions(table: FeeTable, granted: Collection[str], duties: Collection[str]) -> tuple[ReductionLine, ...]:
    """Give the table's reductions in their order."""
    return tuple(
        ReductionLine(each, each.id in granted, may_grant(each, duties) and bool(duties)) for each in table.reductions
    )


def list_providers(layouts: Mapping[str, PayoutLayout]) -> tuple[Provider, ...]:
    """Give the providers of payments that the city knows."""
    return tuple(Provider(each.name, each.title) for each in layouts.values() if each.methods & BY_PROVIDER)


def read_method(text: str) -> Method | None:
    """Give a way to pay; None where a form names none."""
    return Method(text) if text in set(Method) else None
