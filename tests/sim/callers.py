"""People at the centre who ask something of doors, and the places that the centre tells: signed, sent a few times."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from contract.commands import DoorAction, DoorCommand, PersonPlace, PlacesTold, ThreatTold
from contract.records import TapObserved, decode_record
from domain.access.threat import ThreatLevel
from domain.ids import DeviceId, DoorId
from tests.sim import city
from tests.sim.centre import Centre
from tests.sim.timeline import SECOND, Timeline, Trace

VALID = timedelta(seconds=30)
THREAT_VALID = timedelta(minutes=10)
TELL_AGAIN = 5 * SECOND
TELLINGS = 3
ACTIONS: tuple[DoorAction, ...] = ("open_once", "unlock", "lock", "block", "lock_down", "lock_open", "resume")
Reach = Callable[[DeviceId, bytes], None]
"""Sends a command on its way to a device, by whichever transport it has."""


class Callers:
    """Makes commands; each is told again until its time is over, for nobody here waits for an answer."""

    def __init__(self, timeline: Timeline, trace: Trace, centre: Centre, devices: int, reach: Reach) -> None:
        self._timeline = timeline
        self._trace = trace
        self._centre = centre
        self._devices = [city.device_id(number) for number in range(devices)]
        self._reach = reach
        self._asked = 0
        self._declared_at = datetime.min.replace(tzinfo=UTC)
        self.said: list[tuple[DeviceId, bytes]] = []

    def ask(self, device: DeviceId, action: DoorAction, door: DoorId, seconds: int | None, delay: int = 0) -> None:
        """Ask something of a door; with a ``delay`` the network keeps the command for so long."""
        if not self._centre.up:
            return
        self._asked += 1
        at = self._centre.clock.wall()
        command = DoorCommand(
            device=device,
            id=f"command-{self._asked}",
            doors=(door,),
            action=action,
            seconds=seconds,
            by="chief",
            issued_at=at,
            expires_at=at + VALID,
        ).signed(city.centre_key())
        is_ahead = self._centre.clock.offset > SECOND
        over = self._timeline.now + int(VALID.total_seconds()) * SECOND
        self._centre.watch.doors.commands_over[command.id] = None if is_ahead else over
        payload = command.encoded()
        self.said.append((device, payload))
        self._trace.note("caller", "asks", f"{device} {command.id} {action} {door} {seconds}")
        for telling in range(TELLINGS):
            self._timeline.after(delay + telling * TELL_AGAIN, lambda: self._tell(device, payload))

    def declare(self, level: ThreatLevel, delay: int) -> None:
        """Declare a level for the whole site; the network keeps it for up to ``delay``, for each device otherwise."""
        if not self._centre.up:
            return
        self._asked += 1
        at = self._centre.clock.wall()
        self._declared_at = max(at, self._declared_at + timedelta(milliseconds=1))
        self._trace.note("caller", "declares", level)
        for number, device in enumerate(self._devices):
            told = ThreatTold(
                device=device,
                id=f"threat-{self._asked}",
                level=level,
                declared_at=self._declared_at,
                by="chief",
                issued_at=at,
                expires_at=at + THREAT_VALID,
            )
            payload = told.signed(city.centre_key()).encoded()
            self.said.append((device, payload))
            late = delay * (number + 1) // len(self._devices)
            for telling in range(TELLINGS):
                self._timeline.after(late + telling * TELL_AGAIN, partial(self._tell, device, payload))

    def tell_places(self) -> None:
        """Tell the other devices who entered and left labs, as far as the centre has heard since the last time."""
        heard, self._centre.watch.lab_taps = self._centre.watch.lab_taps, []
        for device, line in heard:
            tap = decode_record(line)
            assert isinstance(tap, TapObserved)
            person = self._centre.rulebook.person_of(city.resolve(DeviceId(device), tap.credential))
            area = "lab" if tap.access_point.endswith("-in") else "hall"
            places = (PersonPlace(person=person, area=area, at=tap.at),)
            at = self._centre.clock.wall()
            for other in self._devices:
                if other != device:
                    told = PlacesTold(device=other, places=places, issued_at=at, expires_at=at + VALID)
                    self._tell(other, told.signed(city.centre_key()).encoded())

    def _tell(self, device: DeviceId, payload: bytes) -> None:
        if self._centre.up:
            self._reach(device, payload)
