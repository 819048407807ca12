"""What must hold of doors (I14-I19 and commands), checked at every move of a lock, every policy and every restart.

It knows the truth that no box knows: true time, what the centre published and when, what stood on the disk. Boxes are
told apart by their label, for a clone is a box of its own. What a lying disk took (``lied_to``) excuses what only the
disk could have remembered.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from contract.commands import DoorCommand, PlacesTold
from contract.records import AccessEnded, Body, CommandAnswered, TapObserved
from domain.access.door import FIRE_SOURCE, DoorMode, Override
from domain.access.policy import CredentialStatus, PolicySnapshot
from domain.access.threat import NOTHING_DECLARED, SHUTTING, Declaration
from domain.ids import AccessPointId, DoorId, PersonId
from tests.sim import city
from tests.sim.broken import InvariantBrokenError
from tests.sim.rulebook import Named, Rulebook
from tests.sim.timeline import MINUTE, SECOND, STARTS_AT

if TYPE_CHECKING:
    from tests.sim.box import Box

TAP_AGE_MAX = 2.0
CLOCK_SLACK = 3 * MINUTE
"""A box believes its clock up to two minutes behind the centre's word; drift and rounding take the rest."""

COMMAND_SLACK = 10 * SECOND
SHUT = frozenset((DoorMode.locked_down, DoorMode.blocked))


@dataclass(slots=True)
class _Known:
    """What is known of one box."""

    applied: int = 0  # the highest policy version that was in force
    issued: dict[int, datetime | None] = field(default_factory=dict)  # when each that was in force was issued
    blind: bool = False  # at start no policy could be trusted, and none has come since
    standing: tuple[tuple[DoorId, Override], ...] = ()
    threat: Declaration = NOTHING_DECLARED
    obeyed: Counter[str] = field(default_factory=Counter)
    inside: dict[PersonId, bool] = field(default_factory=dict)  # who entered a lab here and did not leave it since


class DoorWatch:
    """Sees every move of a lock, and knows why it may."""

    def __init__(self, rulebook: Rulebook, lied_to: set[str]) -> None:
        self._rulebook = rulebook
        self._lied_to = lied_to
        self._boxes: dict[str, _Known] = {}
        self.commands_over: dict[str, int | None] = {}
        """When each command's time is truly over; None where the centre's own clock was wrong."""

        self.opened = 0

    def known_of(self, box: "Box") -> _Known:
        """Give what is known of a box."""
        return self._boxes.setdefault(box.label, _Known())

    # ---- policies ----------------------------------------------------------------------------------------------------

    def on_start(self, box: "Box", version: int, issued_at: datetime | None) -> None:
        """A life begins with this version of the policy; 0 is none that could be trusted."""
        known = self.known_of(box)
        known.inside.clear()
        if box.device in self._lied_to or box.policy_lost == "all":
            known.applied = version
            known.issued.pop(version, None)
        elif not version and not box.policy_lost:
            raise InvariantBrokenError("I16", f"{box.label} has lost policy {known.applied}")
        if version:
            self.on_applied(box, version, issued_at)
        known.blind = not version

    def on_applied(self, box: "Box", version: int, issued_at: datetime | None) -> None:
        """A version is in force at a box: none before was higher, and none of its number was another edition (I16)."""
        known = self.known_of(box)
        if known.issued.setdefault(version, issued_at) != issued_at:
            raise InvariantBrokenError("I16", f"{box.label} takes an edition {version} for another of that number")
        if version < known.applied:
            raise InvariantBrokenError("I16", f"{box.label} applies policy {version} after {known.applied}")
        known.applied, known.blind = version, False

    # ---- locks -------------------------------------------------------------------------------------------------------

    def on_pulse(self, box: "Box", door: DoorId, seconds: float) -> None:
        """A pulse has its maximum (I19)."""
        longest = city.EXTENDED_SECONDS
        if not 0 < seconds <= longest:
            raise InvariantBrokenError("I19", f"{box.label} frees {door} for {seconds} s, {longest} at most")

    def on_tap_opens(self, box: "Box", tap: TapObserved, age_seconds: float) -> None:
        """A lock was freed for a card at a door that is no way out."""
        self.opened += 1
        if not tap.granted:
            raise InvariantBrokenError("I14", f"{box.label} opened though the verdict was no")
        if age_seconds > TAP_AGE_MAX:
            raise InvariantBrokenError("I14", f"{box.label} opened for a tap {age_seconds:.1f} s old")
        known = self.known_of(box)
        if known.blind:
            raise InvariantBrokenError("I17", f"{box.label} opened without a policy to trust")
        if self._name(known, tap.policy_version) not in self._rulebook.published:
            raise InvariantBrokenError("I14", f"{box.label} opened by policy {tap.policy_version}, which nobody signed")
        self._require_fresh_policy(box, tap, known)
        self._require_not_revoked(box, tap, known)
        self._require_no_lock_down(box, _door_of(tap), known)
        if known.threat.level in SHUTTING:
            raise InvariantBrokenError("threat", f"{box.label} opened while the site is in {known.threat.level}")
        self._require_outside(box, tap, known)

    def policy_of(self, known: _Known) -> PolicySnapshot:
        """Give the policy in force at a box, whole."""
        return self._rulebook.snapshot(self._name(known, known.applied))

    @staticmethod
    def _name(known: _Known, version: int) -> Named:
        return version, known.issued.get(version) or STARTS_AT

    def _require_fresh_policy(self, box: "Box", tap: TapObserved, known: _Known) -> None:
        name = self._name(known, tap.policy_version)
        if self._rulebook.is_another_confirmed(box.device, tap.policy_confirmed_at, name):
            raise InvariantBrokenError("I14", f"{box.label} opened by {name} and the centre stood by another of it")
        if tap.policy_confirmed_at not in self._rulebook.pointed_at:
            raise InvariantBrokenError("I14", f"{box.label} decides from a confirmation that the centre never gave")
        pointed = self._rulebook.pointed_at[tap.policy_confirmed_at]
        age = 0 if pointed is None else box.timeline.now - pointed
        if box.clock_is_right() and age > self._age_max(tap, known) + CLOCK_SLACK:
            raise InvariantBrokenError("I14", f"{box.label} opened by a policy confirmed {age / MINUTE:.0f} min ago")

    def _require_not_revoked(self, box: "Box", tap: TapObserved, known: _Known) -> None:
        card = city.resolve(box.device, tap.credential)
        held = self.policy_of(known).credentials.get(card)
        if held is None or held.status is not CredentialStatus.active:
            raise InvariantBrokenError("I15", f"{box.label} opened for a card that its policy {known.applied} refuses")
        since = self._rulebook.revoked_since(card)
        is_dated = self._rulebook.pointed_at[tap.policy_confirmed_at] is not None
        gone = box.timeline.now - since if since is not None and is_dated else 0
        if box.clock_is_right() and gone > self._age_max(tap, known) + CLOCK_SLACK:
            raise InvariantBrokenError("I15", f"{box.label} opened for a card revoked {gone / MINUTE:.0f} min ago")

    def _age_max(self, tap: TapObserved, known: _Known) -> int:
        policy = self._rulebook.snapshot(self._name(known, tap.policy_version))
        area = policy.areas[policy.points[AccessPointId(tap.access_point)].area_to]
        return int(area.offline_age_max.total_seconds()) * SECOND

    def _require_outside(self, box: "Box", tap: TapObserved, known: _Known) -> None:
        """Hard anti-passback, as one box alone can know it (a wrong clock mixes up the order of its news)."""
        person = PersonId(self._rulebook.person_of(city.resolve(box.device, tap.credential)))
        if tap.access_point.endswith("-lab-in"):
            if known.inside.get(person) and box.clock_was_always_right:
                raise InvariantBrokenError("passback", f"{box.label} lets {person} into the lab twice")
            known.inside[person] = True

    def on_recorded(self, box: "Box", body: Body) -> None:
        """A box wrote this down."""
        known = self.known_of(box)
        match body:
            case CommandAnswered(obeyed=True):
                known.obeyed[body.command] += 1
                if known.obeyed[body.command] > 1 and box.device not in self._lied_to:
                    raise InvariantBrokenError("once", f"{box.label} obeyed {body.command} twice")
            case TapObserved() if body.granted and not body.access_point.endswith("-lab-in"):
                known.inside.clear()  # whoever it was may have left the lab
            case AccessEnded(taken=True):
                known.inside.clear()

    def on_freed_by_nobody(self, box: "Box", door: DoorId, cause: str) -> None:
        """A lock was freed and no rule says why (I14)."""
        raise InvariantBrokenError("I14", f"{box.label} freed {door} because of {cause}")

    def on_way_out(self, box: "Box", door: DoorId, *, free: bool) -> None:
        """Somebody asked for a way out: it is free when the agent has dealt with that (I18)."""
        if not free:
            raise InvariantBrokenError("I18", f"{box.label} keeps {door} shut before somebody who wants out")

    def on_turn(self, box: "Box", door: DoorId, *, free: bool, known_free: bool) -> None:
        """After each turn a lock is free only where the agent knows of it, and will lock it (I19)."""
        if free and not known_free:
            raise InvariantBrokenError("I19", f"{box.label} left {door} free and does not know of it")

    # ---- commands ----------------------------------------------------------------------------------------------------

    def on_command_frees(self, box: "Box", command: DoorCommand, door: DoorId) -> None:
        """A command frees a lock for one passage."""
        self.on_command_holds(box, command)
        self._require_no_lock_down(box, door, self.known_of(box))

    def on_command_holds(self, box: "Box", command: DoorCommand) -> None:
        """A command frees a lock: in its time alone."""
        over = self.commands_over[command.id]
        late = 0 if over is None else box.timeline.now - over
        if box.clock_is_right() and late > COMMAND_SLACK:
            raise InvariantBrokenError("once", f"{box.label} obeyed {command.id} {late / SECOND:.0f} s too late")

    def on_hours_hold(self, box: "Box", door: DoorId) -> None:
        """A door's hours free it: there is a policy that says so."""
        if self.known_of(box).blind:
            raise InvariantBrokenError("I17", f"{box.label} unlocks {door} without a policy to trust")

    def on_standing(self, box: "Box", standing: tuple[tuple[DoorId, Override], ...], threat: Declaration) -> None:
        """These overrides and this threat level are on the disk now: no restart and no older word undoes them."""
        known = self.known_of(box)
        if known.threat.is_later_than(threat):
            raise InvariantBrokenError(
                "threat", f"{box.label} holds {threat.id} after {known.threat.id}, which is later"
            )
        known.standing, known.threat = standing, threat

    def on_disk_changed(self, box: "Box") -> None:
        """The disk is another one now: what stood on it is not known."""
        self._boxes.pop(box.label, None)

    def _require_no_lock_down(self, box: "Box", door: DoorId, known: _Known) -> None:
        standing = [override for each, override in known.standing if each == door]
        burns = any(override.source == FIRE_SOURCE for override in standing)
        if not burns and any(override.mode in SHUT and override.until_mono is None for override in standing):
            raise InvariantBrokenError("lock-down", f"{box.label} opened {door}, which is locked down")

    def on_places(self, box: "Box", told: PlacesTold) -> None:
        """News from elsewhere: what this box alone knew of these people no longer holds."""
        for place in told.places:
            self.known_of(box).inside.pop(PersonId(place.person), None)


def _door_of(tap: TapObserved) -> DoorId:
    device, _, reader = tap.access_point.partition("-lab-")
    return DoorId(f"{device}-lab") if reader else DoorId(f"{tap.access_point.rpartition('-')[0]}-door")
