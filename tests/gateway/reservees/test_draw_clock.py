"""The clock draws what is due, once, and leaves a round to whoever holds another seed."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from domain.facilities.lottery import hash_seed
from gateway.bookings.draw_file import find_differences, read_draw_file, write_draw_file
from gateway.bookings.round_seed import derive_seed, is_seed_ours
from gateway.draw_clock import DRAWER, DrawClock
from store.lotteries import list_due_rounds, list_entries, list_wins, load_round
from store.tx import Store
from tests.domain.facilities.booking import NOW
from tests.gateway.reservees.test_rounds import END, ROUND, enter, opened


def key_in(folder: Path) -> Path:
    path = folder / "names.key"
    path.write_text("7e" * 32)
    return path


def test_a_round_is_drawn_when_entering_is_over_and_once(store: Store, tmp_path: Path) -> None:
    key = key_in(tmp_path)
    opened(store, replace(ROUND, seed_hash=hash_seed(derive_seed(key, ROUND.id))))
    enter(store, 1, "half-am")
    now: list[datetime] = [END - timedelta(seconds=1)]
    woken: list[str] = []
    clocks = [
        DrawClock(store, lambda: now[0], key, committed=lambda each=each: woken.append(each)) for each in ("one", "two")
    ]
    assert [clock.look() for clock in clocks] == [0, 0]
    now[0] = END
    assert [clock.look() for clock in clocks] == [1, 0]
    assert woken == ["one"]
    with store.reading(END) as tx:
        drawn = load_round(tx, ROUND.id)
        entries, wins = list_entries(tx, ROUND.id), list_wins(tx, ROUND.id)
    assert drawn is not None
    assert (drawn.drawn_at, len(wins), wins[0].reservation_id is not None) == (END, 1, True)
    told = write_draw_file(drawn, (each.entry for each in entries), (each.win for each in wins))
    assert find_differences(read_draw_file(told)) == []


def test_what_another_gateway_drew_meanwhile_is_not_drawn_again(store: Store, tmp_path: Path) -> None:
    key = key_in(tmp_path)
    opened(store, replace(ROUND, seed_hash=hash_seed(derive_seed(key, ROUND.id))))
    late: list[DrawClock] = []
    first = DrawClock(store, lambda: END, key, committed=lambda: None)

    def now() -> datetime:  # the second gateway looks, and before it draws the first one does
        if late:
            late.pop()
            return END
        first.look()
        return END + timedelta(seconds=1)

    second = DrawClock(store, now, key, committed=lambda: None)
    late.append(second)
    assert second.look() == 0
    with store.reading(END) as tx:
        drawn = load_round(tx, ROUND.id)
    assert drawn is not None
    assert drawn.drawn_at == END


def test_a_seed_that_somebody_else_holds_is_waited_for(store: Store, tmp_path: Path, caplog) -> None:
    key = key_in(tmp_path)
    opened(store)
    clock = DrawClock(store, lambda: END, key, committed=lambda: None)
    assert (clock.look(), clock.look()) == (0, 0)
    assert caplog.text.count(ROUND.id) == 1
    assert not is_seed_ours(key, ROUND.id, ROUND.seed_hash)
    assert DRAWER not in caplog.text
    with store.reading(NOW) as tx:
        assert list_due_rounds(tx) == []
    with store.reading(END) as tx:
        assert list_due_rounds(tx) == [ROUND.id]


def test_seeds_of_rounds_have_nothing_in_common(tmp_path: Path) -> None:
    key = key_in(tmp_path)
    assert derive_seed(key, "a") == derive_seed(key, "a")
    assert derive_seed(key, "a") != derive_seed(key, "b")
    assert len(derive_seed(key, "a")) == 64
