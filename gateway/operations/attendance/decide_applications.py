"""Decide many applications at once (the head's select-all): each in a transaction of its own, each with its answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.attendance.request_fault import RequestFault
from domain.workflow.application import Refusal, RefusedActError, Wish
from domain.workflow.states import State
from gateway.operations.attendance.decide_application import decide_application
from gateway.requests.refusals import BrokenContentError, RequestFaultsError, UnknownApplicationError
from gateway.requests.rules import Rules
from store.tx import Store


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one: its state after the act, or why it stays as it was."""

    application_id: str
    state: State | None = None
    refusal: Refusal | None = None
    faults: tuple[RequestFault, ...] = ()
    is_unknown: bool = False


def decide_applications(
    store: Store, now: Callable[[], datetime], wishes: Iterable[tuple[str, Wish]], rules: Rules
) -> tuple[Decided, ...]:
    """Do an act on each application, in the order given; one that cannot be keeps none of the others back."""
    return tuple(_decide(store, now(), application_id, wish, rules) for application_id, wish in wishes)


def _decide(store: Store, now: datetime, application_id: str, wish: Wish, rules: Rules) -> Decided:
    try:
        with store.transaction(now) as tx:
            return Decided(application_id, decide_application(tx, application_id, wish, rules).state)
    except RefusedActError as error:
        return Decided(application_id, refusal=error.refusal)
    except RequestFaultsError as error:
        return Decided(application_id, faults=error.faults)
    except BrokenContentError:
        return Decided(application_id, refusal=Refusal.content_changed)
    except UnknownApplicationError:
        return Decided(application_id, is_unknown=True)
