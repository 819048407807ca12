"""How far a change of the policy has come, as the screens tell it: who confirmed, who did not, and until when. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.access.policy import Credential, CredentialStatus, StaleRule
from domain.ids import CredentialToken
from gateway.policy.changed_cards import ChangedCards
from gateway.site.description import DeviceDescription, Site
from gateway.site.places import AccessPointDescription, DoorDescription
from store.devices import DeviceStatus
from store.publications import CardAct, CardHolder, Publication


class Reached(StrEnum):
    """What is known of one controller; in the order of trouble."""

    silent = "silent"  # it has not confirmed and cannot be reached
    waiting = "waiting"  # it is there and has not confirmed yet
    confirmed = "confirmed"
    unborn = "unborn"  # it has never come: it has no policy at all and refuses everybody


@dataclass(frozen=True, slots=True)
class DoorUntil:
    """A door of a controller that has not confirmed: at ``refuses_at`` at the latest it refuses by itself.

    ``refuses_at`` None: it only lets people out, which nothing refuses. ``emergency``: cards with an emergency level
    still enter then.
    """

    door: DoorDescription
    refuses_at: datetime | None
    emergency: bool


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One controller and its doors; ``since`` is since when it is silent, or was last heard."""

    device: DeviceDescription
    state: Reached
    since: datetime | None
    version: int
    doors: tuple[DoorUntil, ...]

    @property
    def refuses_at(self) -> datetime | None:
        """When its last door refuses at the latest; None where it has only ways out."""
        return max((door.refuses_at for door in self.doors if door.refuses_at is not None), default=None)

    @property
    def emergency(self) -> bool:
        """Tell whether cards with an emergency level still enter somewhere after that."""
        return any(door.emergency for door in self.doors)


@dataclass(frozen=True, slots=True)
class Progress:
    """Every controller of the site against one publication."""

    publication: Publication
    devices: tuple[DeviceView, ...]

    @property
    def total(self) -> int:
        """How many controllers have to confirm: those that ever held a policy."""
        return sum(1 for view in self.devices if view.state is not Reached.unborn)

    @property
    def confirmed(self) -> int:
        """How many have."""
        return len(self.those(Reached.confirmed))

    @property
    def done(self) -> bool:
        """Tell whether none is left that has not."""
        return self.confirmed == self.total

    @property
    def state(self) -> str:
        """Give what stands in one word: done, waiting or silent."""
        return "done" if self.done else "silent" if self.those(Reached.silent) else "waiting"

    def those(self, state: str) -> list[DeviceView]:
        """Give the controllers in a state."""
        return [view for view in self.devices if view.state == state]


@dataclass(frozen=True, slots=True)
class ChangedCard:
    """A card and what doors know of it now: ``status`` is empty where it was taken away; ``act`` is who asked."""

    token: CredentialToken
    status: str
    holder: CardHolder | None
    act: CardAct | None

    @property
    def stops(self) -> bool:
        """Tell whether it opens nothing any more."""
        return self.status != CredentialStatus.active


def derive_progress(site: Site, statuses: Iterable[DeviceStatus], publication: Publication) -> Progress:
    """Compare what each controller said that it holds with a publication; the slowest to refuse come first."""
    known: Mapping[str, DeviceStatus] = {status.device_id: status for status in statuses}
    views = [_view(site, device, known.get(device.id), publication) for device in site.devices]
    order = list(Reached)
    views.sort(key=lambda view: (order.index(view.state), -(view.refuses_at.timestamp() if view.refuses_at else 0)))
    return Progress(publication, tuple(views))


def _view(site: Site, device: DeviceDescription, status: DeviceStatus | None, publication: Publication) -> DeviceView:
    if status is None:
        return DeviceView(device, Reached.unborn, None, 0, ())
    if status.policy_version >= publication.version:
        return DeviceView(device, Reached.confirmed, status.changed_at, status.policy_version, ())
    state = Reached.waiting if status.online else Reached.silent
    # From this instant on nobody tells the box any more that what it holds is still in force.
    stood_by_at = publication.issued_at if status.online else min(status.changed_at, publication.issued_at)
    doors = tuple(_door_until(site, device, door, stood_by_at) for door in site.doors_of(device.id))
    return DeviceView(device, state, status.changed_at, status.policy_version, doors)


def _door_until(site: Site, device: DeviceDescription, door: DoorDescription, stood_by_at: datetime) -> DoorUntil:
    readers = site.readers_of(device.id)
    points: Sequence[AccessPointDescription] = [site.access_point(reader.access_point) for reader in readers]
    areas = [site.area(point.area_to) for point in points if point.door == door.id and not point.egress]
    return DoorUntil(
        door,
        max((stood_by_at + area.offline_age_max for area in areas), default=None),
        any(area.on_stale is StaleRule.emergency for area in areas),
    )


def derive_cards(
    changed: ChangedCards, holders: Mapping[str, CardHolder], acts: Iterable[CardAct]
) -> tuple[ChangedCard, ...]:
    """Put the cards together with whose they are and who did it; those that stop come first."""
    last = {act.token: act for act in acts}  # of several acts the last one is what doors learn of
    cards = [
        ChangedCard(token, _status(credential), holders.get(token), last.get(token))
        for token, credential in changed.items()
    ]
    return tuple(sorted(cards, key=lambda card: (not card.stops, card.holder.person_id if card.holder else card.token)))


def _status(credential: Credential | None) -> str:
    return "" if credential is None else credential.status.value
