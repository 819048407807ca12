"""Which way each kind of request goes: the roles whose word it needs, in order, as data.

The words are those of ``domain.workflow.route.StepRole``: contexts do not import each other.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.attendance.requests import LeaveRequest, Request, RequestKind, kind_of

ROUTES: Mapping[RequestKind, tuple[str, ...]] = MappingProxyType(
    {
        RequestKind.overtime: ("head",),
        RequestKind.overtime_after: ("head", "hr"),
        RequestKind.leave: ("head",),
        RequestKind.punch: ("head",),
        RequestKind.wrong_tap: ("head",),
        RequestKind.divergence: ("head", "hr"),
        RequestKind.swap: ("head",),
        RequestKind.compensatory: ("head",),
        RequestKind.hours_off: ("head", "hr"),
        RequestKind.elsewhere: ("head",),
    }
)
"""What was worked without an order and what HR must judge goes on to HR (R14); the rest is the head's word (L19)."""


def route_of(request: Request, leave_routes: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> tuple[str, ...]:
    """Give a request's steps; ``leave_routes`` are those of kinds of leave that go another way than to the head."""
    if isinstance(request, LeaveRequest) and request.kind in leave_routes:
        return leave_routes[request.kind]
    return ROUTES[kind_of(request)]
