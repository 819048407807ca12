"""The edge process: its parts, made once and wired here."""

import logging
import secrets
import signal
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from types import FrameType

from domain.access.door import Override
from domain.ids import DoorId
from readers.agent import Agent
from readers.clock import Clock, SystemClock
from readers.command_ear import CommandEar
from readers.drivers.open import open_driver
from readers.drivers.port import Driver, Observation, ReaderHealth
from readers.events import AlarmFound, Event, Recalled, Started
from readers.journal import Journal, JournalFailedError
from readers.link import Identity, Link
from readers.loss_count import LossCount
from readers.outputs.port import Outputs
from readers.policy_cache import HeldPolicy, PolicyCache, PolicyRefusedError
from readers.policy_watch import PolicyWatch
from readers.recollection import recall_scene, recent_lines
from readers.scene import EMPTY_SCENE
from readers.settings import EdgeSettings
from readers.space import Reserve
from readers.standing import load_standing, save_standing
from readers.state import ControllerState
from readers.transports.https import fetch_policy
from readers.transports.port import Transport
from readers.wiring import Wiring

EPOCH_BITS = 48
SWITCH_SECONDS = 0.0005
"""How long one Python thread may keep the others waiting: a new policy's decoding must not delay a tap."""

_log = logging.getLogger(__name__)


def run_edge(settings: EdgeSettings) -> int:
    """Run one edge controller until SIGTERM or SIGINT; gives the exit code.

    70 says that the journal failed: doors were served by their areas' rule for a while, and a restart is wanted.

    Raises:
        SettingsError: a key file does not hold what it should.
        JournalError: the journal belongs to another process, device or newer software.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    clock = SystemClock()
    identity = Identity(
        settings.device_id, settings.read_device_key(), settings.read_centre_key(), f"sekisho {version('sekisho')}"
    )
    wiring = settings.read_wiring()
    drivers = [(reader.id, open_driver(reader)) for reader in settings.readers]
    outputs = _open_outputs(settings)
    reserve = Reserve(settings.state_dir / "journal.reserve")
    reserve.ensure()
    journal = _open_journal(settings, reserve)
    loss = LossCount(settings.state_dir / "journal.lost")
    loss.ensure()
    cache = PolicyCache(settings.state_dir, identity.device, identity.centre_key)
    held, trouble = _load_policy(cache)
    state = ControllerState(wiring)
    if held is not None:
        state = ControllerState(wiring, held.confirmed_at, clock.now().mono)
    link: Link | None = None
    agent = Agent(
        state,
        held,
        journal,
        outputs,
        clock,
        wrote=lambda first, mono: link.wrote(first, mono) if link else None,
        keep=lambda standing: save_standing(settings.state_dir, standing.overrides, clock.now()),
        loss=loss,
    )
    watch = PolicyWatch(cache, partial(fetch_policy, settings.https), took=agent.take_policy, found=agent.report)
    if journal is not None:
        link = Link(
            journal,
            _open_transport(settings),
            identity,
            keep=timedelta(days=settings.keep_days),
            reserve=reserve,
            state_dir=settings.state_dir,
            found=agent.report,
            offer_pointer=watch.offer,
            offer_command=CommandEar(identity.device, identity.centre_key, agent.report).hear,
            policy_version=lambda: agent.policy_version,
            clock=clock,
        )
    previous, aside = (journal.previous_epoch, journal.set_aside) if journal else (None, "")
    agent.report(Started(identity.software, previous, aside))
    if loss.lost:
        agent.report(AlarmFound("records_lost", f"{loss.lost} records could not be written before this start"))
    for event in _recall(settings, wiring, held, journal, clock):
        agent.report(event)
    if trouble:
        agent.report(AlarmFound("policy_refused", trouble))
    return _run(agent, drivers, watch, link, journal)


def _run(
    agent: Agent, drivers: list[tuple[str, Driver]], watch: PolicyWatch, link: Link | None, journal: Journal | None
) -> int:
    stop = threading.Event()

    def handle_signal(_number: int, _frame: FrameType | None) -> None:
        agent.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle_signal)
    watch.start()
    if link is not None:
        link.start()
    for reader, driver in drivers:
        threading.Thread(target=_drive, args=(reader, driver, agent.report, stop), name=reader, daemon=True).start()
    try:
        return agent.run()
    finally:
        stop.set()
        watch.stop()
        if link is not None:
            link.stop()
        if journal is not None:
            journal.close()


def _drive(reader: str, driver: Driver, report: Callable[[Observation], None], stop: threading.Event) -> None:
    try:
        driver.run(report, stop)
    except Exception:  # noqa: BLE001 (whatever it was, it ends one reader and not the doors)
        # A driver promises not to raise; should one do it all the same, the other readers go on and people are told.
        _log.exception("the driver of %s ended", reader)
        report(ReaderHealth(reader, "failing", "driver_ended"))


def _open_journal(settings: EdgeSettings, reserve: Reserve) -> Journal | None:
    new_epoch = secrets.randbits(EPOCH_BITS) or 1
    try:
        return Journal.open(settings.state_dir / "journal.db", settings.device_id, new_epoch=new_epoch, reserve=reserve)
    except JournalFailedError:
        _log.exception("the journal cannot be opened; doors follow their areas' rule until the restart")
        return None


def _recall(
    settings: EdgeSettings, wiring: Wiring, held: HeldPolicy | None, journal: Journal | None, clock: Clock
) -> list[Event]:
    """Give what is still known of the last life: overrides, places, used codes."""
    found: list[Event] = []
    overrides: tuple[tuple[DoorId, Override], ...] = ()
    try:
        overrides = load_standing(settings.state_dir, clock.now())
    except (OSError, ValueError) as error:
        found.append(AlarmFound("standing_lost", str(error)))
    policy = held.snapshot if held else None
    scene = recall_scene(recent_lines(journal), wiring, policy) if journal else EMPTY_SCENE
    return [Recalled(scene, overrides), *found]


def _load_policy(cache: PolicyCache) -> tuple[HeldPolicy | None, str]:
    try:
        return cache.load(), ""
    except (PolicyRefusedError, OSError) as error:
        return None, str(error)


def _open_transport(settings: EdgeSettings) -> Transport:
    if settings.transport == "mqtt" and settings.mqtt is not None:
        from readers.transports.mqtt import MqttTransport

        return MqttTransport(settings.mqtt, settings.device_id)
    from readers.transports.https import HttpsTransport

    return HttpsTransport(settings.https)


def _open_outputs(settings: EdgeSettings) -> Outputs:
    if settings.outputs.kind == "console":
        from readers.outputs.console import ConsoleOutputs

        return ConsoleOutputs()
    from readers.outputs.silent import SilentOutputs

    return SilentOutputs()
