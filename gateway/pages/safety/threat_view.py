"""The threat level as the pages tell it: which level holds, and which controllers have not confirmed it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.access.threat import ThreatLevel
from gateway.site.description import DeviceDescription, Site
from gateway.site.places import AccessPointDescription
from store.threats import DeviceAnswer, ShelterTap, StoredThreat, ThreatChange


class BoxAnswer(NamedTuple):
    """One controller's answer; ``device`` None for one that the site's file no longer names."""

    answer: DeviceAnswer
    device: DeviceDescription | None


@dataclass(frozen=True, slots=True)
class ThreatView:
    """``latest`` is None before the first declaration; ``level`` holds now."""

    latest: StoredThreat | None
    level: ThreatLevel
    answers: tuple[BoxAnswer, ...]

    @property
    def total(self) -> int:
        """How many controllers are to hold it."""
        return len(self.answers)

    @property
    def confirmed(self) -> int:
        """How many say that they do."""
        return sum(box.answer.obeyed is True for box in self.answers)

    @property
    def silent(self) -> list[BoxAnswer]:
        """Give those that have not answered."""
        return [box for box in self.answers if box.answer.answered_at is None]

    @property
    def refused(self) -> list[BoxAnswer]:
        """Give those that hold another level: a card opened a shelter there later."""
        return [box for box in self.answers if box.answer.obeyed is False]


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody let in; ``point`` None for an access point that the site's file no longer names."""

    tap: ShelterTap
    point: AccessPointDescription | None


@dataclass(frozen=True, slots=True)
class ShelterView:
    """A shelter that a card opened. ``ended_at`` None: it is open, as far as is known here."""

    opened: ThreatChange
    device: DeviceDescription | None
    ended_at: datetime | None
    passed: tuple[Passed, ...]

    @property
    def path(self) -> str:
        """Where its report is."""
        return f"/threats/shelters/{self.opened.device_id}/{self.opened.epoch}/{self.opened.seq}"

    @property
    def opener(self) -> Passed | None:
        """Give who opened it; None where that record has not come."""
        return next((each for each in self.passed if each.tap.seq == self.opened.cause_seq), None)

    @property
    def persons(self) -> int:
        """How many different people were let in."""
        return len({each.tap.person_id for each in self.passed})


def view_threat(latest: StoredThreat | None, answers: Iterable[DeviceAnswer], site: Site, now: datetime) -> ThreatView:
    """Put the latest declaration beside the site's controllers."""
    level = ThreatLevel.normal if latest is None else latest.declaration.level_at(now)
    return ThreatView(latest, level, tuple(BoxAnswer(answer, _device(site, answer.device_id)) for answer in answers))


def view_shelter(
    opened: ThreatChange, ended: ThreatChange | None, taps: Sequence[ShelterTap], site: Site, now: datetime
) -> ShelterView:
    """Put a shelter together; without its controller's word it is over when its time is."""
    over = opened.until if opened.until is not None and opened.until <= now else None
    points = {point.id: point for point in site.access_points}
    passed = tuple(Passed(tap, points.get(tap.access_point_id)) for tap in taps)
    return ShelterView(opened, _device(site, opened.device_id), ended.changed_at if ended else over, passed)


def _device(site: Site, device_id: str) -> DeviceDescription | None:
    return next((device for device in site.devices if device.id == device_id), None)
