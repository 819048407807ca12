"""The places of a site's description: areas, doors and their two sides."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contract.fields import Id
from domain.access.door import FailureMode
from domain.access.policy import AttendanceMeaning, JournalFailureRule, PassbackMode, StaleRule

Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=80)]
"""What people read; one line, for it stands in comments of rendered files too."""


class Description(BaseModel):
    """One thing of a site's description; its fields' docstrings become the schema's."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class AreaDescription(Description):
    """A zone of the building."""

    id: Id
    name: Name
    name_en: Name
    offline_minutes_max: Annotated[int, Field(ge=1, le=60 * 24 * 30)]
    """How long doors into this area may decide without hearing from the centre, in minutes."""
    on_journal_failure: JournalFailureRule = JournalFailureRule.deny
    """What doors into this area do when a tap cannot be recorded. Ways out are always free."""
    on_stale: StaleRule = StaleRule.deny
    """What they do when the centre was not heard for longer: deny, or open for levels marked ``emergency`` alone."""
    passback: PassbackMode = PassbackMode.off
    """Entering where one already is: off, soft (granted and noted), hard (refused)."""
    passback_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    """Minutes after which an entry no longer counts against the next one; without it, it never fades."""
    occupancy_max: Annotated[int, Field(ge=1, le=100000)] | None = None
    """How many people may be inside at once."""
    two_person: bool = False
    """Nobody enters it alone: the first two come together."""
    booked_level: Id | None = None
    """予約者に与える権限 · The level that a booking of a room in it gives for its time, by a way on the schedule
    ``always``; without it, none."""
    floor: Name | None = None
    """階 · Where it stands in lists of who is inside."""
    outside: bool = False
    """庁舎の外 · Not inside: whoever was last let into it is not looked for in an evacuation."""
    muster_point: bool = False
    """避難場所 · A tap on the way into it says that somebody is safe."""

    @property
    def offline_age_max(self) -> timedelta:
        """The same limit as a length of time."""
        return timedelta(minutes=self.offline_minutes_max)


class DoorDescription(Description):
    """A door, its timings and its hours."""

    id: Id
    name: Name
    name_en: Name
    release_seconds: Annotated[float, Field(ge=0.5, le=60)]
    """Seconds for which the lock is released after a granted tap."""
    extended_release_seconds: Annotated[float, Field(ge=0.5, le=60)] = 15
    """The same for a card with extended time (barrier-free)."""
    open_seconds: Annotated[float, Field(ge=1, le=3600)] = 30
    """Seconds for which it may stand open before it alarms."""
    extended_open_seconds: Annotated[float, Field(ge=1, le=3600)] = 60
    """The same after a card with extended time."""
    pre_alarm_seconds: Annotated[float, Field(ge=0, le=600)] = 5
    """Seconds before that alarm at which it warns on the spot; 0 is no warning."""
    relock_delay_seconds: Annotated[float, Field(ge=0, le=60)] = 0.5
    """Seconds from its opening until the lock secures again."""
    failure: FailureMode = FailureMode.fail_secure
    """What the lock does without power: fail_safe opens, fail_secure stays locked."""
    interlock: Id | None = None
    """Of the doors of one interlock group only one may be open or free."""
    unlocked: Id | None = None
    """The schedule in which it stands unlocked for everybody."""
    first_card: bool = False
    """It stands unlocked only from the first granted tap of each opening on."""
    remote_unlock: Literal["one_person", "two_person"] = "one_person"
    """遠隔解錠 · two_person: from the pages it opens only once a second account has confirmed within two minutes."""


class AccessPointDescription(Description):
    """One side of a door: from which area to which a tap there leads, and what it means for working time."""

    id: Id
    name: Name
    name_en: Name
    door: Id
    area_from: Id
    area_to: Id
    minimum_assurance: Annotated[int, Field(ge=0, le=3)] = 1
    """The least assurance a card reading must have here, 0 (simulated) to 3."""
    egress: bool = False
    """Leads to safety: the lock frees whatever the verdict says."""
    attendance: AttendanceMeaning = AttendanceMeaning.none
    """What a granted tap says about working time: none, in, out, or presence (direction-less)."""
    pin: Id | None = None
    """The schedule in which the card alone is not enough and its PIN is asked for."""
