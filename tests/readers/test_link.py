"""The link's thread over the real journal and a small centre: loss, refusal, forgery, regress."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from readers.clock import SystemClock
from readers.events import AlarmFound, Moment
from readers.journal import Journal, JournalFailedError
from readers.link import Identity, Link
from readers.space import Reserve
from readers.transports.port import Arrived, Disconnected
from tests.readers.cases import CENTRE_KEY, DEVICE, DEVICE_KEY
from tests.readers.centre import Centre, StubTransport, until


class JumpingClock(SystemClock):
    """The machine's clock with a wall that a test may move."""

    jump = timedelta(0)

    def now(self) -> Moment:
        moment = super().now()
        return replace(moment, at=moment.at + self.jump)


class Ends:
    """A link between a journal and a centre, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal.open(folder / "journal.db", DEVICE, new_epoch=5)
        self.centre = Centre()
        self.transport = StubTransport(self.centre)
        self.alarms: list[AlarmFound] = []
        self.policy_version = 0
        self.policy: list[tuple[str, bytes]] = []
        self.commands: list[bytes] = []
        self.clock = JumpingClock()
        self.link = Link(
            self.journal,
            self.transport,
            Identity(DEVICE, DEVICE_KEY, CENTRE_KEY.public_key(), "test"),
            keep=timedelta(days=30),
            reserve=Reserve(folder / "reserve", 4096),
            state_dir=folder,
            found=self.alarms.append,
            hear_policy=lambda what, payload: self.policy.append((what, payload)),
            offer_command=self.commands.append,
            policy_edition=lambda: (self.policy_version, None),
            clock=self.clock,
        )

    def append(self, count: int, *, size: int = 20) -> None:
        from time import monotonic

        first = self.journal.next_seq
        self.journal.append([b'{"n":%d%s}' % (number, b" " * size) for number in range(count)], datetime.now(UTC))
        self.link.wrote(first, monotonic())

    def said(self, alarm: str) -> int:
        return sum(found.alarm == alarm for found in self.alarms)

    def drained(self) -> bool:
        return self.journal.receipted_upto == self.journal.next_seq - 1 == len(self.centre.records.get(5, []))


@pytest.fixture
def ends(tmp_path: Path) -> Ends:
    return Ends(tmp_path)


@contextmanager
def linked(ends: Ends) -> Iterator[Ends]:
    ends.link.start()
    try:
        yield ends
    finally:
        ends.link.stop()


def test_a_live_record_goes_at_once_and_is_marked_live(ends: Ends) -> None:
    with linked(ends):
        until(lambda: ends.centre.births)
        ends.append(1)
        until(ends.drained, 2)
    assert [header.mode for header in ends.centre.headers] == ["live"]


def test_a_backlog_goes_in_batches_marked_catch_up(ends: Ends) -> None:
    ends.journal.append([b"{}"] * 1234, datetime.now(UTC))
    with linked(ends):
        until(ends.drained)
        assert {header.mode for header in ends.centre.headers} == {"catch_up"}
        assert max(header.count for header in ends.centre.headers) == 200
        ends.append(1)
        until(ends.drained)
    assert ends.centre.headers[-1].mode == "live"


def test_long_records_keep_a_batch_under_its_bytes(ends: Ends) -> None:
    ends.append(50, size=5000)
    with linked(ends):
        until(ends.drained)
    assert max(header.count for header in ends.centre.headers) * 5000 < 64 * 1024


@pytest.mark.parametrize("lost", ["lose_batches", "lose_answers"])
def test_what_is_lost_on_the_way_is_sent_again(ends: Ends, lost: str) -> None:
    setattr(ends.transport, lost, 2)
    ends.append(300)
    with linked(ends):
        until(ends.drained)
    assert ends.alarms == []


def test_a_lost_connection_is_no_loss(ends: Ends) -> None:
    with linked(ends):
        until(lambda: ends.centre.births)
        ends.transport.report(Disconnected("cable"))
        ends.append(3)
        until(lambda: not ends.drained(), 1)
        ends.transport.start(ends.transport.report, lambda: b"")
        until(ends.drained)


def test_a_rejection_is_said_once_and_not_repeated_in_a_loop(ends: Ends) -> None:
    ends.centre.refuse = True
    ends.append(5)
    with linked(ends):
        until(lambda: ends.said("batch_rejected"))
        for _ in range(5):
            ends.append(1)
        before = ends.transport.batches
        assert before <= 3
    assert ends.said("batch_rejected") == 1
    assert ends.journal.receipted_upto == 0


def test_forged_and_misdirected_answers_are_not_believed(ends: Ends) -> None:
    with linked(ends):
        until(lambda: ends.centre.births)
        ends.transport.lose_answers = 10**6
        ends.append(5)
        until(lambda: ends.centre.headers)
        good = ends.centre.receipt(5)
        stranger = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
        for payload in (
            b"\0garbage",
            good.signed(stranger).encoded(),
            good.model_copy(update={"upto_seq": 4}).encoded(),
            good.model_copy(update={"signature": None}).encoded(),
            good.model_copy(update={"device": "east-1"}).signed(CENTRE_KEY).encoded(),
        ):
            ends.transport.report(Arrived("answer", payload))
        until(lambda: ends.said("answer_not_trusted"))
        assert ends.journal.receipted_upto == 0
        ends.transport.report(Arrived("answer", good.encoded()))
        until(lambda: ends.journal.receipted_upto == 5)
    assert ends.said("answer_not_trusted") == 1


def test_a_receipt_of_another_epoch_is_ignored(ends: Ends) -> None:
    with linked(ends):
        until(lambda: ends.centre.births)
        ends.transport.report(Arrived("answer", ends.centre.receipt(4).encoded()))
        ends.append(1)
        until(ends.drained)
    assert ends.alarms == []


def test_a_receipt_that_diverges_is_an_alarm_and_nothing_is_given_up(ends: Ends) -> None:
    with linked(ends):
        until(lambda: ends.centre.births)
        ends.transport.lose_answers = 10**6
        ends.append(5)
        until(lambda: ends.centre.headers)
        wrong = ends.centre.receipt(5).model_copy(update={"head": "0" * 64}).signed(CENTRE_KEY)
        ends.transport.report(Arrived("answer", wrong.encoded()))
        until(lambda: ends.said("receipt_diverges"))
    assert ends.journal.receipted_upto == 0


def test_a_rolled_back_storage_ends_the_journal(ends: Ends) -> None:
    with linked(ends):
        until(lambda: ends.centre.births)
        beyond = ends.centre.receipt(5).model_copy(update={"upto_seq": 9, "head": "0" * 64}).signed(CENTRE_KEY)
        ends.transport.report(Arrived("answer", beyond.encoded()))
        until(lambda: ends.said("storage_rolled_back"))
    with pytest.raises(JournalFailedError):
        ends.journal.append([b"{}"], datetime.now(UTC))


def test_a_centre_restored_from_a_backup_is_fed_again(ends: Ends) -> None:
    with linked(ends):
        ends.append(50)
        until(ends.drained)
        with ends.centre.lock:
            ends.centre.records[5] = ends.centre.records[5][:10]
            ends.centre.heads[5] = ends.journal.head_at(10)
        ends.transport.report(Arrived("answer", ends.centre.receipt(5).encoded()))
        until(lambda: len(ends.centre.records[5]) == 50)
        until(ends.drained)


def test_births_say_what_is_held(ends: Ends) -> None:
    ends.append(3)
    with linked(ends):
        until(ends.drained)
        until(lambda: ends.centre.births[-1].pending == 0)
    born = ends.centre.births[-1]
    assert (born.epoch, born.first_seq, born.next_seq) == (5, 1, 4)
    born.require_signature(DEVICE_KEY.public_key())


def test_a_wall_clock_that_runs_ahead_prunes_nothing(ends: Ends) -> None:
    with linked(ends):
        ends.append(3)
        until(ends.drained)
        ends.clock.jump = timedelta(days=400)
        ends.link._upkeep_due_mono = 0.0
        ends.append(1)
        until(ends.drained)
        until(lambda: ends.link._upkeep_due_mono > 0)
    assert ends.journal.first_seq == 1


def test_a_policy_that_took_effect_is_told_with_its_record(ends: Ends) -> None:
    ends.transport.status_seconds = 1000.0
    with linked(ends):
        until(lambda: ends.centre.births)
        ends.policy_version = 4
        ends.append(1)
        until(lambda: [born.policy_version for born in ends.centre.births] == [0, 4], 10)


def test_what_comes_of_the_policy_is_handed_on_as_what_it_is(ends: Ends) -> None:
    with linked(ends):
        for what in ("pointer", "offer", "part"):
            ends.transport.report(Arrived(what, what.encode()))  # type: ignore[arg-type]
        until(lambda: len(ends.policy) == 3)
    assert ends.policy == [("pointer", b"pointer"), ("offer", b"offer"), ("part", b"part")]
    assert ends.alarms == []
