"""The port that ways to the centre stand behind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Connected:
    """Messages can leave; what was handed over before counts as lost."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """Messages cannot leave; the transport tries again by itself."""

    cause: str


PolicyMessage = Literal["pointer", "offer", "part"]
"""What a message about the policy is: a pointer to one, an offer or a part of one."""

Meaning = Literal["answer", "command"] | PolicyMessage
"""What a message from the centre is, by where it came: a receipt or rejection, a command, or about the policy."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message from the centre, unchecked."""

    what: Meaning
    payload: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """Broker or centre will not have us or what we sent, for a reason that waiting alone does not mend."""

    cause: str


@dataclass(frozen=True, slots=True)
class Overloaded:
    """The centre asks for a pause."""

    seconds: float


TransportEvent = Connected | Disconnected | Arrived | Refused | Overloaded
Report = Callable[[TransportEvent], None]


class Transport(Protocol):
    """Bytes out, answers in. Calls return at once; reports come from the transport's own thread."""

    status_seconds: float
    """How often a status should be sent."""

    def start(self, report: Report, will: Callable[[], bytes]) -> None:
        """Begin to connect and stay connected; ``will`` gives the signed last will of each new session."""

    def send_batch(self, payload: bytes) -> None:
        """Hand a batch over; lost without a word if there is no connection."""

    def send_status(self, payload: bytes) -> None:
        """Hand a birth over."""

    def send_wanted(self, payload: bytes) -> None:
        """Hand over what is wanted of the policy (``contract.policy.PolicyWanted``); offers and parts are reported."""

    def reconnect(self) -> None:
        """Begin a new connection, with the certificate that is to be shown now."""

    def stop(self) -> None:
        """End the connection and the thread."""
