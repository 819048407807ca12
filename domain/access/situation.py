"""What a decision looks at besides policy and card: the facts of one instant at one controller.

The edge gathers them, decides, and writes them into the record, so that the centre decides again from the same facts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.access.door import DoorMode
from domain.access.threat import ThreatLevel
from domain.ids import AreaId, DoorId

COMPANION_AGE = timedelta(minutes=1)
"""For so long the first of two persons, or an escort, stands for the next tap at the same access point."""


class Pin(StrEnum):
    """What was keyed in beside the card."""

    none = "none"
    right = "right"
    wrong = "wrong"
    duress = "duress"  # right, and the person is being forced


class Code(StrEnum):
    """What stands of a one-time code; a card is none."""

    none = "none"
    fresh = "fresh"
    used = "used"
    early = "early"
    over = "over"


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts.

    ``place`` is where the person is known to be and ``entered_at`` their last taken entry into the area asked for, None
    where it is not known; ``inside`` counts the other persons in that area. ``companions`` counts the different other
    persons who asked here within COMPANION_AGE and only lacked a second; ``escort`` tells whether somebody who needs no
    escort went through here within it. ``open_doors`` are the other doors of the interlock group that are open or free.
    ``locked_out`` follows too many wrong PINs. ``threat`` is the site's level as this controller was last told.
    """

    place: AreaId | None = None
    entered_at: datetime | None = None
    inside: int = 0
    companions: int = 0
    escort: bool = False
    open_doors: tuple[DoorId, ...] = ()
    mode: DoorMode = DoorMode.locked
    pin: Pin = Pin.none
    code: Code = Code.none
    locked_out: bool = False
    threat: ThreatLevel = ThreatLevel.normal


NOTHING_KNOWN = Situation()
"""No place, nobody about, the door locked: what a decision over the policy alone assumes."""
