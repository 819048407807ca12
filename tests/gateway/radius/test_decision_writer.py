"""Requests that share a commit: none is answered without it, none takes the others with it, none waits for ever."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.tier_decision import Written, find_break
from gateway.operations.zones.book_session import Booked
from gateway.radius.decision_writer import ROOM, WAITS_SECONDS, DecisionWriter, Done, UnwrittenError
from store.accounts import insert_account
from store.migrate import migrate
from store.tier_decisions import stream_chain
from store.tx import Store, Tx
from tests.domain.zones.cases import NOW, decide


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def store_file(tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/sekisho.db"
    migrate(url)
    store = Store(url)
    yield store
    store.close()


def permit(number: int) -> Done[int]:
    return Done(number, [Booked(Written(decide(), f"s{number}", "t", "switch"))])


def count_decisions(store: Store) -> int:
    with store.reading(NOW) as tx:
        rows = list(stream_chain(tx))
    assert find_break(rows) is None
    return len(rows)


async def run_all(writer: DecisionWriter, *acts: object) -> list[object]:
    """Let all wait before the writer begins, so that they share a commit."""
    waiting = [asyncio.create_task(writer.do(act)) for act in acts]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    stop = threading.Event()
    thread = threading.Thread(target=writer.run, args=(stop,))
    thread.start()
    try:
        return await asyncio.gather(*waiting, return_exceptions=True)
    finally:
        stop.set()
        await asyncio.to_thread(thread.join)


def test_those_who_wait_share_a_commit(store_file: Store) -> None:
    commits = []
    writer = DecisionWriter(store_file, lambda: NOW, committed=lambda: commits.append(count_decisions(store_file)))
    found = asyncio.run(run_all(writer, *(lambda _, number=number: permit(number) for number in range(10))))
    assert (found, commits) == (list(range(10)), [10])


def test_one_that_cannot_be_written_does_not_take_the_others_with_it(store_file: Store) -> None:
    def fails(_: Tx) -> Done[int]:
        raise ValueError

    def breaks(tx: Tx) -> Done[int]:
        tx.connection.exec_driver_sql("INSERT INTO tier_rule_set VALUES (NULL, NULL, NULL, NULL)")
        return permit(0)

    writer = DecisionWriter(store_file, lambda: NOW)
    found = asyncio.run(run_all(writer, lambda _: permit(1), fails, breaks, lambda _: permit(2)))
    assert [each if isinstance(each, int) else type(each) for each in found] == [1, UnwrittenError, UnwrittenError, 2]
    assert count_decisions(store_file) == 2


def test_what_fails_as_it_is_committed_was_never_answered(store_file: Store) -> None:
    """Everything was decided and written; the database says no at the very end."""

    def breaks_last(tx: Tx) -> Done[int]:
        tx.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        insert_account(tx, "nobody", person_id="is nowhere", password_hash="x", roles=())
        return permit(1)

    found = asyncio.run(run_all(DecisionWriter(store_file, lambda: NOW), breaks_last))
    assert [type(each) for each in found] == [UnwrittenError]
    assert count_decisions(store_file) == 0


def test_what_waited_too_long_is_dropped_undecided(store_file: Store) -> None:
    clock = Clock()
    writer = DecisionWriter(store_file, lambda: NOW, clock=clock)

    async def wait() -> list[object]:
        late = asyncio.create_task(writer.do(lambda _: permit(1)))
        await asyncio.sleep(0)
        clock.seconds = WAITS_SECONDS + 0.1
        return [*await run_all(writer, lambda _: permit(2)), *await asyncio.gather(late, return_exceptions=True)]

    timely, late = asyncio.run(wait())
    assert (timely, type(late)) == (2, UnwrittenError)
    assert count_decisions(store_file) == 1


def test_when_too_many_wait_more_are_refused_at_once_and_at_the_end_all(store_file: Store) -> None:
    writer = DecisionWriter(store_file, lambda: NOW)

    async def crowd() -> list[object]:
        waiting = [asyncio.create_task(writer.do(lambda _: permit(0))) for _ in range(ROOM)]
        await asyncio.sleep(0)
        with pytest.raises(UnwrittenError):
            await writer.do(lambda _: permit(0))
        stop = threading.Event()
        stop.set()
        await asyncio.to_thread(writer.run, stop)
        with pytest.raises(UnwrittenError):
            await writer.do(lambda _: permit(0))
        return await asyncio.gather(*waiting, return_exceptions=True)

    assert {type(each) for each in asyncio.run(crowd())} == {UnwrittenError}
    assert count_decisions(store_file) == 0
