"""The edge process: its parts, made and wired. It is one module because wiring is read in one piece."""

import logging
import random
import secrets
import signal
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import version
from types import FrameType

from domain.access.door import Override
from domain.access.threat import NOTHING_DECLARED
from domain.ids import DoorId
from readers.agent import Agent, Inbox
from readers.assembly import Assembly, assemble
from readers.client_pair import ClientPair
from readers.clock import Clock, SystemClock
from readers.command_ear import CommandEar
from readers.drivers.port import Driver, Observation, ReaderHealth
from readers.events import AlarmFound, Recalled, Started
from readers.fitness import Fitness
from readers.heartbeat import Heartbeat
from readers.journal import Journal, JournalFailedError
from readers.link import EPOCH_OF_UNIX, Identity, Link
from readers.loss_count import LossCount
from readers.policy_cache import HeldPolicy, PolicyCache
from readers.policy_files import PolicyRefusedError
from readers.policy_watch import PolicyWatch
from readers.recollection import recall_scene, recent_lines
from readers.renewal import Renewal
from readers.scene import EMPTY_SCENE
from readers.settings import EdgeSettings
from readers.space import Reserve
from readers.standing import load_standing, load_threat, save_standing
from readers.state import ControllerState
from readers.transports.port import Transport
from readers.updates.birth import BirthMark, watch_birth
from readers.watchdog import start_watchdog
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
    clock, inbox, heartbeat = SystemClock(), Inbox(), Heartbeat()
    mark = BirthMark.from_environment()
    identity = Identity(
        settings.device_id, settings.read_device_key(), settings.read_centre_key(), _name_software(mark)
    )
    reserve = Reserve(settings.state_dir / "journal.reserve")
    reserve.ensure()
    journal = _open_journal(settings, reserve)
    loss = LossCount(settings.state_dir / "journal.lost")
    loss.ensure()
    begun_seq = journal.next_seq if journal else 0
    previous, aside = (journal.previous_epoch, journal.set_aside) if journal else (None, "")
    inbox.put(Started(identity.software, previous, aside))  # before any part can report: a life's first record
    if loss.lost:
        inbox.put(AlarmFound("records_lost", f"{loss.lost} records could not be written before this start"))
    if mark and mark.returned:
        inbox.put(AlarmFound("update_returned", mark.returned))
    wiring = settings.read_wiring()
    cache = PolicyCache(settings.state_dir, identity.device, identity.centre_key)
    held = _load_policy(cache, inbox)
    _recall(settings, wiring, held, journal, clock, inbox)
    box = assemble(settings, inbox.put, heartbeat.lives)
    link: Link | None = None
    agent = Agent(
        ControllerState(wiring, held.confirmed_at, clock.now().mono) if held else ControllerState(wiring),
        held,
        journal,
        box.outputs,
        clock,
        wrote=lambda first, mono: link.wrote(first, mono) if link else None,
        keep=lambda standing: save_standing(settings.state_dir, standing.overrides, clock.now(), standing.threat),
        loss=loss,
        inbox=inbox,
        heartbeat=heartbeat,
    )
    pair = ClientPair(settings.https.certificate_file, settings.https.key_file, settings.state_dir)
    transport = _open_transport(settings, pair)
    watch = PolicyWatch(cache, identity, clock, send=transport.send_wanted, took=agent.take_policy, found=inbox.put)
    if journal is not None:
        link = _open_link(settings, journal, transport, identity, agent, watch, reserve, clock)
    fitness = Fitness(
        [reader.id for reader in settings.readers],
        lives=heartbeat.lives,
        records=lambda: journal is not None and journal.next_seq > begun_seq,
        policy_version=lambda: agent.policy_version,
        is_heard=lambda: link is not None and link.is_heard,
    )
    renewal = _open_renewal(settings, pair, identity, clock, transport, agent, link)
    return _run(agent, box, watch, link, journal, heartbeat, fitness, mark, renewal)


def _name_software(mark: BirthMark | None) -> str:
    """Give what the agent is to the centre: its own version, and the release that a starter runs it as."""
    own = f"sekisho {version('sekisho')}"
    return f"{own} ({mark.release})" if mark and mark.release else own


def _open_renewal(  # noqa: PLR0917 (what main has made)
    settings: EdgeSettings,
    pair: ClientPair,
    identity: Identity,
    clock: Clock,
    transport: Transport,
    agent: Agent,
    link: Link | None,
) -> Renewal:
    return Renewal(
        pair,
        settings.https,
        identity,
        settings.state_dir,
        clock=clock,
        centre_at=lambda: link.centre_at if link else EPOCH_OF_UNIX,
        found=agent.report,
        reconnect=transport.reconnect,
        chance=random.random(),  # noqa: S311 (spreads load, guards nothing)
    )


def _open_link(  # noqa: PLR0917 (what main has made)
    settings: EdgeSettings,
    journal: Journal,
    transport: Transport,
    identity: Identity,
    agent: Agent,
    watch: PolicyWatch,
    reserve: Reserve,
    clock: Clock,
) -> Link:
    return Link(
        journal,
        transport,
        identity,
        keep=timedelta(days=settings.keep_days),
        reserve=reserve,
        state_dir=settings.state_dir,
        found=agent.report,
        hear_policy=watch.hear,
        offer_command=CommandEar(identity.device, identity.centre_key, agent.report).hear,
        policy_edition=lambda: agent.policy_edition,
        clock=clock,
    )


def _run(  # noqa: PLR0917 (what main has made)
    agent: Agent,
    box: Assembly,
    watch: PolicyWatch,
    link: Link | None,
    journal: Journal | None,
    heartbeat: Heartbeat,
    fitness: Fitness,
    mark: BirthMark | None,
    renewal: Renewal,
) -> int:
    stop = threading.Event()

    def handle_signal(_number: int, _frame: FrameType | None) -> None:
        agent.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle_signal)
    watch.start()
    if link is not None:
        link.start()
    report = fitness.listen(agent.report)
    for name, driver in box.drivers:
        threading.Thread(target=_drive, args=(name, driver, report, stop), name=name, daemon=True).start()
    threading.Thread(target=renewal.run, args=(stop,), name="renewal", daemon=True).start()
    start_watchdog(heartbeat, stop)
    if mark is not None:
        watch_birth(mark, fitness.lacking, stop)
    try:
        return agent.run()
    finally:
        stop.set()
        box.outputs.close()
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


def _recall(  # noqa: PLR0917 (what main has made)
    settings: EdgeSettings,
    wiring: Wiring,
    held: HeldPolicy | None,
    journal: Journal | None,
    clock: Clock,
    inbox: Inbox,
) -> None:
    """Tell what is still known of the last life: overrides, places, used codes."""
    overrides: tuple[tuple[DoorId, Override], ...] = ()
    threat = NOTHING_DECLARED
    try:
        overrides = load_standing(settings.state_dir, clock.now())
        threat = load_threat(settings.state_dir)
    except (OSError, ValueError) as error:
        inbox.put(AlarmFound("standing_lost", str(error)))
    policy = held.snapshot if held else None
    scene = recall_scene(recent_lines(journal), wiring, policy) if journal else EMPTY_SCENE
    inbox.put(Recalled(scene, overrides, threat))


def _load_policy(cache: PolicyCache, inbox: Inbox) -> HeldPolicy | None:
    try:
        return cache.load()
    except (PolicyRefusedError, OSError) as error:
        inbox.put(AlarmFound("policy_refused", str(error)))
        return None


def _open_transport(settings: EdgeSettings, pair: ClientPair) -> Transport:
    if settings.transport == "mqtt" and settings.mqtt is not None:
        from readers.transports.mqtt import MqttTransport

        return MqttTransport(settings.mqtt, settings.device_id, pair)
    from readers.transports.https import HttpsTransport

    return HttpsTransport(settings.https, pair)
