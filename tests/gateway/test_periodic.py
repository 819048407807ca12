"""What is done again and again waits for a database that is away, and ends with a fault of our own."""

import logging
import threading

import pytest

from gateway.periodic import run_periodically
from store.tx import Store
from tests.gateway.city import NOW
from tests.servers import free_port


def test_a_database_that_is_away_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    away = Store(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nowhere")
    stop, turns = threading.Event(), []

    def turn() -> None:
        turns.append(1)
        if len(turns) == 3:
            stop.set()
        with away.reading(NOW):
            pass

    with caplog.at_level(logging.WARNING):
        run_periodically(turn, stop, 0.01, what="the policy")
    assert len(turns) == 3
    assert caplog.messages == ["the policy: not now (OperationalError)"] * 3
    away.close()


def test_a_fault_of_our_own_ends_it() -> None:
    with pytest.raises(ZeroDivisionError):
        run_periodically(lambda: 1 // 0, threading.Event(), 0.01, what="the policy")


def test_nothing_is_done_after_the_stop() -> None:
    stop = threading.Event()
    stop.set()
    run_periodically(pytest.fail, stop, 0.01, what="the policy")
