"""The decision thread over the real journal: order of effects, one commit for what gathered, failure and restart."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contract.commands import DoorCommand
from contract.records import DoorMoved, PolicyApplied, TapObserved, decode_record
from domain.access.door import DoorSpec
from readers.agent import EXIT_JOURNAL_FAILED, EXIT_STOPPED, Agent
from readers.clock import SystemClock
from readers.drivers.port import CardSeen
from readers.events import Alarm, CommandCame, Notice, Present, Release, Relock, Started
from readers.journal import Journal
from readers.outputs.recording import RecordingOutputs, Told
from readers.policy_cache import HeldPolicy
from readers.state import ControllerState
from tests.readers import cases
from tests.readers.cases import MAIN, SERVER, number_of
from tests.readers.crash_disk import RecordingDisk


def held(version: int = 3) -> HeldPolicy:
    now = SystemClock().now().at
    shifted = now - cases.NOW
    snapshot = cases.policy(version)
    schedules = {
        key: replace(
            schedule,
            opens_at=tuple(opens + shifted for opens in schedule.opens_at),
            closes_at=tuple(closes + shifted for closes in schedule.closes_at),
        )
        for key, schedule in snapshot.schedules.items()
    }
    return HeldPolicy(replace(snapshot, schedules=schedules), now)


def card(reader: str = "r-in", name: str = "anna", *, assurance: int = 2) -> CardSeen:
    return CardSeen(reader, "simulated", number_of(name), assurance, time.monotonic())


class Running:
    """An agent on a thread, its outputs and its journal."""

    def __init__(self, journal: Journal | None, policy: HeldPolicy | None, release_seconds: float = 0.2) -> None:
        self.told: list[Told] = []
        self.heard = threading.Condition()
        self.seqs_at_release: list[int] = []
        self.journal = journal
        wiring = replace(cases.wiring(), doors={door: DoorSpec(door, release_seconds) for door in (MAIN, SERVER)})
        state = ControllerState(wiring, *((policy.confirmed_at, time.monotonic()) if policy else ()))
        self.agent = Agent(state, policy, journal, RecordingOutputs(self._listen), SystemClock())
        self.code: int | None = None
        self.thread = threading.Thread(target=self._run)

    def _listen(self, told: Told) -> None:
        with self.heard:
            if isinstance(told, Release) and self.journal is not None:
                self.seqs_at_release.append(self.journal.next_seq - 1)
            self.told.append(told)
            self.heard.notify_all()

    def _run(self) -> None:
        self.code = self.agent.run()

    def wait_for(self, kind: type, count: int = 1) -> list[Told]:
        def found() -> list[Told]:
            return [told for told in self.told if isinstance(told, kind)]

        with self.heard:
            assert self.heard.wait_for(lambda: len(found()) >= count, 10), self.told
        return found()


@contextmanager
def running(journal: Journal | None, policy: HeldPolicy | None, **options: float) -> Iterator[Running]:
    run = Running(journal, policy, **options)
    run.thread.start()
    try:
        yield run
    finally:
        run.agent.stop()
        run.thread.join(10)
        assert not run.thread.is_alive()


@pytest.fixture
def disk() -> RecordingDisk:
    return RecordingDisk(f"agent-{uuid.uuid4().hex}")


@pytest.fixture
def journal(tmp_path: Path, disk: RecordingDisk) -> Journal:
    return Journal.open(tmp_path / "journal.db", cases.DEVICE, new_epoch=5, vfs=disk.name)


def kinds(journal: Journal) -> list[str]:
    return [decode_record(line).kind for _, line in journal.pending(0, 100, 10**6)]


def test_a_tap_is_in_the_journal_when_the_lock_moves(journal: Journal) -> None:
    with running(journal, held()) as run:
        run.agent.report(Started("test"))
        run.agent.report(card())
        run.wait_for(Release)
        run.wait_for(Relock, 3)
    assert run.code == EXIT_STOPPED
    assert run.seqs_at_release == [4]
    at_start = ["agent.started", "door.moved", "door.moved"]
    assert kinds(journal) == [*at_start, "tap.observed", "door.moved", "door.moved"]
    released, relocked = (decode_record(line) for _, line in journal.pending(4, 9, 10**6))
    assert isinstance(released, DoorMoved)
    assert isinstance(relocked, DoorMoved)
    assert (released.state, released.cause_seq, relocked.state) == ("released", 4, "relocked")
    assert [type(told) for told in run.told][2:5] == [Notice, Release, Present]


def test_what_gathered_is_written_by_one_commit(journal: Journal, disk: RecordingDisk) -> None:
    run = Running(journal, held())
    for _ in range(20):
        run.agent.report(card(name="stranger"))
    before = sum(1 for operation in disk.log if type(operation).__name__ == "Sync")
    run.thread.start()
    run.wait_for(Present, 20)
    run.agent.stop()
    run.thread.join(10)
    assert sum(1 for operation in disk.log if type(operation).__name__ == "Sync") - before == 1
    assert kinds(journal) == ["tap.observed"] * 20


def test_a_failing_disk_ends_with_the_code_that_asks_for_a_restart(journal: Journal, disk: RecordingDisk) -> None:
    with running(journal, held()) as run:
        run.agent.report(Started("test"))
        run.wait_for(Relock, 2)
        run.agent.report(card(name="stranger"))
        run.wait_for(Present)
        disk.failing_syncs = True
        run.agent.report(card())
        run.thread.join(10)
    assert run.code == EXIT_JOURNAL_FAILED
    shown = run.wait_for(Present, 2)[1]
    assert isinstance(shown, Present)
    assert shown.signal == "unrecorded"
    assert run.wait_for(Alarm)
    assert not [told for told in run.told if isinstance(told, Release)]


def test_a_failing_disk_still_opens_where_the_area_says_so_and_waits_for_the_door(
    journal: Journal, disk: RecordingDisk
) -> None:
    with running(journal, held(), release_seconds=0.5) as run:
        run.agent.report(card(name="stranger"))
        run.wait_for(Present)
        disk.failing_syncs = True
        run.agent.report(card("r-vault"))
        run.wait_for(Release)
        run.thread.join(10)
        assert run.code == EXIT_JOURNAL_FAILED
    assert isinstance(run.told[-1], Relock)


def test_without_a_journal_egress_is_free_and_nothing_says_recorded() -> None:
    with running(None, held()) as run:
        run.agent.report(card("r-out", "stranger"))
        assert run.wait_for(Release) == [Release(MAIN, 0.2)]
        (shown,) = run.wait_for(Present)
        assert isinstance(shown, Present)
        assert shown.signal == "unrecorded"
        run.agent.report(card())
        run.wait_for(Present, 2)
    assert run.code == EXIT_JOURNAL_FAILED
    assert len([told for told in run.told if isinstance(told, Release)]) == 1


def test_a_revoked_card_stops_with_the_next_tap(journal: Journal) -> None:
    with running(journal, held(3)) as run:
        run.agent.report(card())
        run.wait_for(Release)
        newer = held(4)
        gone = dict(newer.snapshot.credentials)
        del gone[cases.name_of("anna")]
        run.agent.take_policy(replace(newer, snapshot=replace(newer.snapshot, credentials=gone)))
        run.agent.report(card())
        shown = run.wait_for(Present, 2)[1]
        assert isinstance(shown, Present)
        assert shown.signal == "refused"
        run.agent.take_policy(held(3))
        run.agent.report(card())
        shown = run.wait_for(Present, 3)[2]
        assert isinstance(shown, Present)
        assert shown.signal == "refused", "an older policy never comes back"
        assert run.agent.policy_version == 4
    taps = [body for _, line in journal.pending(0, 99, 10**6) if isinstance(body := decode_record(line), TapObserved)]
    assert [(tap.granted, tap.policy_version) for tap in taps] == [(True, 3), (False, 4), (False, 4)]


@pytest.fixture
def stuck(journal: Journal, disk: RecordingDisk) -> Iterator[threading.Event]:
    """A disk whose syncs do not end before this is set."""
    gate = threading.Event()
    disk.before_sync = lambda: gate.wait(20)
    yield gate
    gate.set()


def test_a_disk_that_hangs_keeps_nobody_in(journal: Journal, stuck: threading.Event) -> None:
    with running(journal, held()) as run:
        run.agent.report(card(name="stranger"))  # its sync hangs
        run.agent.report(card("r-out", "stranger"))
        assert run.wait_for(Release) == [Release(MAIN, 0.2)]
        run.wait_for(Relock)
        assert not [told for told in run.told if isinstance(told, Present)], "nothing is said to be recorded"
        stuck.set()
        run.wait_for(Present, 2)
    assert kinds(journal)[:2] == ["tap.observed", "tap.observed"]


def test_a_disk_that_hangs_keeps_no_door_from_locking(journal: Journal, stuck: threading.Event) -> None:
    with running(journal, held()) as run:
        run.agent.report(card(name="stranger"))
        now = SystemClock().now().at
        run.agent.report(
            CommandCame(
                DoorCommand(
                    device=cases.DEVICE,
                    id="c-1",
                    doors=(SERVER,),
                    action="lock_down",
                    by="chief",
                    issued_at=now,
                    expires_at=now + timedelta(minutes=1),
                )
            )
        )
        run.agent.report(card("r-vault"))
        stuck.set()
        run.wait_for(Present, 2)
    taps = [body for _, line in journal.pending(0, 99, 10**6) if isinstance(body := decode_record(line), TapObserved)]
    assert [tap.reason for tap in taps] == ["unknown_credential", "threat_level"]


def test_what_gathers_while_the_disk_hangs_is_written_by_one_commit(
    journal: Journal, disk: RecordingDisk, stuck: threading.Event
) -> None:
    with running(journal, held()) as run:
        for _ in range(20):
            run.agent.report(card(name="stranger"))
        before = sum(1 for operation in disk.log if type(operation).__name__ == "Sync")
        stuck.set()
        run.wait_for(Present, 20)
        assert sum(1 for operation in disk.log if type(operation).__name__ == "Sync") - before <= 2


def test_stopping_waits_for_what_is_being_written(journal: Journal, stuck: threading.Event) -> None:
    run = Running(journal, held())
    run.thread.start()
    run.agent.report(card(name="stranger"))
    run.agent.stop()
    time.sleep(0.1)
    assert run.thread.is_alive()
    stuck.set()
    run.thread.join(10)
    assert (run.code, kinds(journal)) == (EXIT_STOPPED, ["tap.observed"])


def test_the_policy_in_force_may_come_again_laid_flat(journal: Journal) -> None:
    with running(journal, held(3)) as run:
        flat = held(3)
        run.agent.take_policy(flat)
        run.agent.report(card())
        run.wait_for(Release)
        assert run.agent._policy is flat.snapshot
    assert not any(isinstance(decode_record(line), PolicyApplied) for _, line in journal.pending(0, 99, 10**6))
