"""The sender's rules, without a network."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from readers import sending
from readers.sending import Freshness, Sender, Wanted, decide_batch

ON = Sender(10, 10, connected=True)


def test_nothing_leaves_without_a_connection_or_records() -> None:
    assert decide_batch(Sender(0, 0), 5, 0.0) is None
    assert decide_batch(ON, 10, 0.0) is None
    assert decide_batch(ON, 11, 0.0) == Wanted(10, 200)


def test_the_window_bounds_what_is_unconfirmed() -> None:
    assert decide_batch(replace(ON, sent=910), 5000, 0.0) == Wanted(910, 100)
    assert decide_batch(replace(ON, sent=1010), 5000, 0.0) is None


def test_a_stall_goes_back_and_waits_longer_each_time() -> None:
    sender = sending.step_sent(ON, 30, 100.0)
    assert sending.step_time(sender, 101.9, 0.5) == sender
    sender = sending.step_time(sender, 102.0, 0.5)
    assert (sender.sent, sender.stalls) == (10, 1)
    assert decide_batch(sender, 30, 102.0) == Wanted(10, 200), "the first stall is sent again at once"
    holds = []
    mono = 102.0
    for _ in range(8):
        sender = sending.step_sent(sender, 30, mono)
        mono += 2.0
        sender = sending.step_time(sender, mono, 1.0)
        holds.append(sender.hold_until_mono - mono)
        mono = sender.hold_until_mono
    assert holds == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]


def test_a_receipt_is_progress() -> None:
    sender = sending.step_sent(ON, 30, 100.0)
    sender = sending.step_receipt(sender, 20, 101.5)
    assert (sender.confirmed, sender.sent) == (20, 30)
    assert sending.step_time(sender, 103.0, 0.5).sent == 30, "the clock runs from the last progress"
    assert sending.step_receipt(replace(sender, stalls=3, hold_until_mono=900), 30, 104.0).hold_until_mono == 104.0


def test_a_receipt_that_repeats_is_no_progress() -> None:
    sender = sending.step_sent(ON, 30, 100.0)
    assert sending.step_receipt(sender, 10, 101.9) == sender


def test_a_centre_that_lost_records_gets_them_again() -> None:
    sender = sending.step_receipt(replace(ON, confirmed=50, sent=80), 20, 1.0)
    assert (sender.confirmed, sender.sent) == (20, 20)


def test_a_refusal_waits_long_and_never_loops() -> None:
    sender, mono, tries = ON, 0.0, 0
    while mono < 3600.0:
        if decide_batch(sender, 11, mono) is not None:
            tries += 1
            sender = sending.step_refused(sending.step_sent(sender, 11, mono), mono, 0.0)
        mono += 1.0
    assert tries < 15


def test_a_new_connection_sends_again_what_was_under_way() -> None:
    sender = sending.step_disconnected(replace(ON, sent=90))
    assert (sender.sent, decide_batch(sender, 99, 0.0)) == (10, None)
    assert decide_batch(sending.step_connected(sender, 0.0), 99, 0.0) == Wanted(10, 200)


def test_overload_waits_at_least_what_is_asked() -> None:
    sender = sending.step_overloaded(ON, 7.0, 100.0, 0.0)
    assert sender.hold_until_mono == 107.0


def test_live_is_what_this_process_wrote_just_now() -> None:
    freshness = Freshness()
    assert freshness.mode_of(1, 0.0) == "catch_up", "records of an earlier life"
    freshness.wrote(5, 100.0)
    freshness.wrote(6, 103.0)
    assert freshness.mode_of(5, 104.0) == "live"
    assert freshness.mode_of(4, 104.0) == "catch_up"
    assert freshness.mode_of(5, 106.0) == "catch_up"
    assert freshness.mode_of(6, 106.0) == "live"
    assert freshness.mode_of(6, 109.0) == "catch_up"


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(1, 300)),
        st.tuples(st.just("send"), st.just(0)),
        st.tuples(st.just("receipt"), st.integers(0, 400)),
        st.tuples(st.just("time"), st.integers(0, 30)),
        st.tuples(st.just("drop"), st.just(0)),
        st.tuples(st.just("refuse"), st.just(0)),
    ),
    max_size=60,
)


@given(STEPS, st.floats(0, 1))
def test_whatever_happens_the_window_holds_and_a_healed_line_drains(
    steps: list[tuple[str, int]], chance: float
) -> None:
    sender, last, mono = Sender(0, 0, connected=True), 0, 0.0
    for what, size in steps:
        match what:
            case "write":
                last += size
            case "send":
                if wanted := decide_batch(sender, last, mono):
                    sender = sending.step_sent(sender, min(last, wanted.after_seq + wanted.limit), mono)
            case "receipt":
                sender = sending.step_receipt(sender, min(sender.confirmed + size, sender.sent), mono)
            case "time":
                mono += size
                sender = sending.step_time(sender, mono, chance)
            case "drop":
                sender = sending.step_connected(sending.step_disconnected(sender), mono)
            case "refuse":
                sender = sending.step_refused(sender, mono, chance)
        assert sender.confirmed <= sender.sent <= last
        assert sender.sent - sender.confirmed <= sending.WINDOW_RECORDS
    for _ in range(2000):
        if sender.confirmed == last:
            break
        if wanted := decide_batch(sender, last, mono):
            sender = sending.step_sent(sender, min(last, wanted.after_seq + wanted.limit), mono)
            sender = sending.step_receipt(sender, sender.sent, mono)
        else:
            mono += 1.0
            sender = sending.step_time(sender, mono, chance)
    assert sender.confirmed == last
