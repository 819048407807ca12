"""Many at once for what only one can have: exactly one has it, everybody else is told, on both databases."""

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservation import HOLDING, ReservationAct, ReservationState
from gateway.bookings.acting import SELF, Acting
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.change_reservation import AskedChange, change_reservation
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from store.reservations import list_reservation_steps, list_reservations_in, load_reservation
from store.resource_holds import list_holds_of
from store.tx import Store, Tx
from tests.domain.facilities.booking import NOW, wish
from tests.gateway.bookings.house import DECIDER, book, booked, citizen, keep_house

CLIENTS = 200
PROCESSES = 2
THREADS = 10
WAIT_SECONDS = 240


def ask(store: Store, number: int, asked: Wish) -> str:
    """Book for ``x<number>``; gives ``booked`` or the words of what was wrong."""
    acting = Acting(SELF, reservee_id=f"x{number}")
    try:
        with store.transaction(NOW) as tx:
            book_room(
                tx,
                AskedBooking(
                    f"race-{number}",
                    asked,
                ),
                acting,
            )
    except BookingFaultsError as error:
        return " ".join(fault.why.value for fault in error.faults)
    return "booked"


def course(number: int) -> Wish:
    return wish(room_id="gym", slot_id="course", places=1, reservee_id=f"x{number}")


def race(*clients: Callable[[], str]) -> list[str]:
    """Let clients begin at one moment, each in a thread; gives what each was told."""
    barrier, told = threading.Barrier(len(clients)), [""] * len(clients)

    def run(place: int, client: Callable[[], str]) -> None:
        barrier.wait()
        told[place] = client()

    threads = [threading.Thread(target=run, args=(place, client), daemon=True) for place, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    assert all(told)
    return told


def race_in_process(url: str, numbers: range, start: Barrier, answers: "Queue[str]") -> None:
    """Be one of the gateway's processes: as many threads as it has, one client after another in each."""
    store = Store(url)
    with ThreadPoolExecutor(THREADS) as threads:
        start.wait(WAIT_SECONDS)
        for answer in threads.map(lambda number: ask(store, number, course(number)), numbers):
            answers.put(answer)
    store.close()


def test_two_hundred_race_for_the_last_place_of_a_course(store: Store) -> None:
    keep_house(store, reservees=CLIENTS)
    for number in (1, 2):
        book(
            store,
            f"r{number}",
            wish(room_id="gym", slot_id="course", places=1, reservee_id=f"u{number}"),
            citizen(number),
        )
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(PROCESSES), context.Queue()
    share = CLIENTS // PROCESSES
    parts = [range(first, first + share) for first in range(0, CLIENTS, share)]
    processes = [context.Process(target=race_in_process, args=(store.url, part, barrier, answers)) for part in parts]
    for process in processes:
        process.start()
    told = Counter(answers.get(timeout=WAIT_SECONDS) for _ in range(CLIENTS))
    for process in processes:
        process.join(WAIT_SECONDS)
    assert told == {"booked": 1, "places_left": CLIENTS - 1}
    with store.reading(NOW) as tx:
        kept = list_reservations_in(tx, ["gym"], wish().from_at, wish().until_at)
        held = sorted(hold.resource for each in kept for hold in list_holds_of(tx, each.reservation.id))
    assert len(kept) == 3
    assert held == [*(f"place:course:{number}" for number in (1, 2, 3)), *["space:gym"] * 3]


def test_hall_and_halves_at_once_go_to_one_party(store: Store) -> None:
    keep_house(store, reservees=20)
    rooms = [("half", "hall")[number % 2] for number in range(20)]
    told = race(
        *(
            lambda number=number, room=room: ask(store, number, wish(room_id=room, reservee_id=f"x{number}"))  # type: ignore[misc]
            for number, room in enumerate(rooms)
        )
    )
    assert Counter(told) == {"booked": 1, "taken": 19}


def test_one_who_sends_the_form_many_times_at_once_books_once(store: Store) -> None:
    keep_house(store, reservees=1)
    told = race(*(lambda: _again(store) for _ in range(8)))
    assert set(told) <= {"booked", "moved_on", "own_overlap"}
    assert "booked" in told
    with store.reading(NOW) as tx:
        assert len(list_reservation_steps(tx, "race-0")) == 1


def _again(store: Store) -> str:
    return ask(store, 0, wish(reservee_id="x0"))


def test_a_quota_holds_against_oneself_at_once(store: Store) -> None:
    keep_house(store)

    def client(room_id: str, start: int) -> str:
        asked = wish(start, start + 690, room_id=room_id)
        try:
            book(store, f"q-{room_id}", asked, citizen(1))
        except BookingFaultsError as error:
            return error.faults[0].why.value
        return "booked"

    told = race(lambda: client("half", 540), lambda: client("meeting", 570))
    assert sorted(told) == ["booked", "quota_reached"]


def test_deciding_and_changing_at_once_leaves_one_story(store: Store) -> None:
    keep_house(store)
    book(store, "r1", wish(), citizen(1))

    def attempt(do: Callable[[Tx], object]) -> str:
        try:
            with store.transaction(NOW) as tx:
                do(tx)
        except BookingFaultsError as error:
            return error.faults[0].why.value
        return "done"

    decision = Decision("r1", 1, ReservationAct.permit)
    change = AskedChange("r1", 1, wish(780, 900))
    race(
        lambda: attempt(lambda tx: decide_reservation(tx, decision, DECIDER)),
        lambda: attempt(lambda tx: decide_reservation(tx, decision, DECIDER)),
        lambda: attempt(lambda tx: change_reservation(tx, change, citizen(1))),
        lambda: attempt(lambda tx: cancel_reservation(tx, "r1", citizen(1))),
    )
    with store.reading(NOW) as tx:
        kept = load_reservation(tx, "r1")
        steps = list_reservation_steps(tx, "r1")
        holds = list_holds_of(tx, "r1")
    assert kept is not None
    assert kept.reservation.state is steps[-1].to_state
    assert [step.from_state for step in steps[1:]] == [step.to_state for step in steps[:-1]]
    assert bool(holds) == (kept.reservation.state in HOLDING)


def test_two_that_swap_rooms_at_once_both_get_an_answer(store: Store) -> None:
    keep_house(store)
    booked(store)
    book(store, "r2", wish(room_id="meeting", reservee_id="u2"), citizen(2))
    wishes = {"r1": wish(room_id="meeting"), "r2": wish(reservee_id="u2")}

    def swap(number: int) -> str:
        change = AskedChange(f"r{number}", 1, wishes[f"r{number}"])
        try:
            with store.transaction(NOW) as tx:
                change_reservation(tx, change, citizen(number))
        except BookingFaultsError as error:
            return error.faults[0].why.value
        return "changed"

    assert race(lambda: swap(1), lambda: swap(2)) == ["taken", "taken"]
    with store.reading(NOW) as tx:
        states = [load_reservation(tx, id_) for id_ in ("r1", "r2")]
    assert [each and each.reservation.state for each in states] == [ReservationState.permitted] * 2
