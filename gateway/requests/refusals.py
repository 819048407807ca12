"""Why a request or an order was not taken; nothing was changed then."""

from collections.abc import Mapping

from domain.attendance.request_fault import RequestFault


class RequestFaultsError(Exception):
    """A request has faults: every one of them, each with its field."""

    def __init__(self, faults: tuple[RequestFault, ...]) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.why.value}" for fault in faults))
        self.faults = faults


class OrderFaultsError(Exception):
    """Nobody was ordered anything, because it cannot be ordered of these persons; their faults by person."""

    def __init__(self, by_person: Mapping[str, tuple[RequestFault, ...]]) -> None:
        super().__init__(f"{len(by_person)} of those named cannot be ordered this")
        self.by_person = by_person


class UnknownApplicationError(LookupError):
    """There is no application of this id."""


class ApplicationConflictError(Exception):
    """An application of this id stands already for another person; ids are made anew for each form."""


class BrokenContentError(Exception):
    """The stored content is not what was submitted: its hash is another. It decides nothing."""
