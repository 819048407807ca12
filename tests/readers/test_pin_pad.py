"""A card and its PIN: asked, right, wrong, under duress, given up, locked out."""

from datetime import timedelta

import pytest

from contract.records import AlarmRaised
from domain.access.policy import ALWAYS, CredentialStatus
from domain.access.situation import Pin
from readers.drivers.port import CardSeen
from readers.events import Alarm, Present, Recorded, Resumed
from readers.pin_pad import KEYS_MAX, PIN_SECONDS
from readers.scene import LOCKOUT_SECONDS, WRONG_PINS_MAX
from readers.words import ASK_PIN
from tests.readers.building import DURESS_PIN, LAB_DOOR, OFFICE, PIN, building, people
from tests.readers.cases import number_of
from tests.readers.played import Played, released, shown

KEYPAD = {"lab-in": {"pin": ALWAYS}}


@pytest.fixture
def box() -> Played:
    return Played(policy=building(points=KEYPAD))


def test_a_card_waits_for_its_pin_and_nothing_is_recorded_meanwhile(box: Played) -> None:
    lines = len(box.lines)
    effects = box.tap("pina", "lab-in")
    assert shown(effects) == [Present("lab-in", "retry", ASK_PIN)]  # type: ignore[arg-type]
    assert len(box.lines) == lines
    box.keys("lab-in", "12")
    assert (released(box.keys("lab-in", "34")), len(box.lines)) == ([], lines)
    assert released(box.keys("lab-in", "#")) == [LAB_DOOR]
    facts = box.last_tap.situation
    assert facts is not None
    assert facts.pin is Pin.right


@pytest.mark.parametrize("keys", ["1234#", "9*1234#", "12345678*1234#"])
def test_the_right_pin_opens_also_after_clearing(box: Played, keys: str) -> None:
    box.tap("pina", "lab-in")
    assert released(box.keys("lab-in", keys)) == [LAB_DOOR]


@pytest.mark.parametrize("keys", ["#", "1235#", "123#", "12340#", "1234" * 3 + "#", "*#"])
def test_a_wrong_pin_is_refused_and_recorded(box: Played, keys: str) -> None:
    box.tap("pina", "lab-in")
    assert released(box.keys("lab-in", keys)) == []
    assert (box.last_tap.granted, box.last_tap.reason) == (False, "pin_wrong")
    assert box.state.asked == {}


def test_keys_beyond_the_longest_pin_are_not_kept(box: Played) -> None:
    box.tap("pina", "lab-in")
    box.keys("lab-in", "1" * 5000)
    (asked,) = box.state.asked.values()
    assert len(asked.keys) == KEYS_MAX + 1


def test_keys_without_a_card_are_nothing(box: Played) -> None:
    assert box.keys("lab-in", "1234#") == []
    assert box.state.scene.wrong_pins == {}


def test_the_person_may_take_their_time_with_the_keys(box: Played) -> None:
    box.tap("pina", "lab-in")
    box.wait(PIN_SECONDS - 0.1)
    assert released(box.keys("lab-in", "1234#")) == [LAB_DOOR]
    assert box.last_tap.at == box.moment.at, "from the PIN on the tap's age counts"


def test_a_slow_disk_after_the_pin_still_does_not_open_late(box: Played) -> None:
    box.tap("pina", "lab-in")
    box.holding = True
    box.keys("lab-in", "1234#")
    box.seconds += 2.1
    box.holding = False
    assert released(box.write()) == []


def test_a_pin_that_does_not_come_is_recorded_as_missing(box: Played) -> None:
    box.tap("pina", "lab-in")
    effects = box.wait(PIN_SECONDS)
    assert (box.last_tap.granted, box.last_tap.reason) == (False, "pin_required")
    assert [present.signal for present in shown(effects)] == ["refused"]
    assert released(box.keys("lab-in", "1234#")) == []


def test_keys_after_a_suspension_do_not_open(box: Played) -> None:
    box.tap("pina", "lab-in")
    box.seconds += 600
    box.tell(Resumed(600.0))
    assert released(box.keys("lab-in", "1234#")) == []
    assert box.last_tap.reason == "pin_required"


def test_keys_that_lay_about_beyond_their_time_do_not_open(box: Played) -> None:
    box.tap("pina", "lab-in")
    box.seconds += PIN_SECONDS + 1  # the keys are taken from the queue before the time that passed
    assert released(box.keys("lab-in", "1234#")) == []
    box.wait(0)
    assert box.last_tap.reason == "pin_required"


def test_another_card_ends_the_wait_of_the_first(box: Played) -> None:
    box.tap("pina", "lab-in")
    box.tap("anna", "lab-in")
    first, second = box.recorded(type(box.last_tap))[-2:]
    assert (first.credential != second.credential, first.reason, second.reason) == (
        True,
        "pin_required",
        "pin_required",
    )
    assert released(box.keys("lab-in", "1234#")) == []


def test_the_same_card_again_starts_anew(box: Played) -> None:
    box.tap("pina", "lab-in")
    box.keys("lab-in", "99")
    box.tap("pina", "lab-in")
    assert released(box.keys("lab-in", "1234#")) == [LAB_DOOR]


def test_keys_of_one_reader_say_nothing_at_another() -> None:
    box = Played(policy=building(points={**KEYPAD, "vault-in": {"pin": ALWAYS}}))
    box.tap("pina", "lab-in")
    assert released(box.keys("vault-in", "1234#")) == []
    assert released(box.keys("lab-in", "1234#")) == [LAB_DOOR]


def test_a_card_without_a_pin_is_refused_at_once(box: Played) -> None:
    assert released(box.tap("anna", "lab-in")) == []
    assert (box.last_tap.reason, box.state.asked) == ("pin_required", {})


def test_no_pin_is_asked_of_a_card_that_is_refused_anyway() -> None:
    lost = {"pina": people()["pina"].__class__(people()["pina"].person, (), CredentialStatus.lost, pin="0" * 32)}
    box = Played(policy=building(points=KEYPAD, cards=lost))
    box.tap("pina", "lab-in")
    assert (box.last_tap.reason, box.state.asked) == ("lost", {})


def test_no_pin_is_asked_out_of_its_schedule() -> None:
    box = Played(policy=building(points={"lab-in": {"pin": OFFICE}}, areas={"lab": {"offline_age_max": timedelta(1)}}))
    box.seconds = 9 * 3600.0
    assert released(box.tap("pina", "lab-in")) == [LAB_DOOR]


# ---- duress ----------------------------------------------------------------------------------------------------------


def test_under_duress_the_door_opens_and_nothing_on_the_spot_gives_it_away(box: Played) -> None:
    box.tap("pina", "lab-in")
    right = [effect for effect in box.keys("lab-in", f"{PIN}#") if not _is_record(effect)]
    box.wait(60)
    box.tap("pina", "lab-in")
    forced = [effect for effect in box.keys("lab-in", f"{DURESS_PIN}#") if not _is_record(effect)]
    assert forced == right, "lock, lamp, tone and words are the same"
    (alarm,) = box.recorded(AlarmRaised)
    assert (alarm.alarm, alarm.detail) == ("duress", "lab-in")
    assert not [effect for effect in box.effects if isinstance(effect, Alarm)]
    facts = box.last_tap.situation
    assert facts is not None
    assert facts.pin is Pin.duress


def test_duress_is_told_also_where_the_door_stays_shut() -> None:
    box = Played(policy=building(points=KEYPAD, areas={"lab": {"occupancy_max": 1}}))
    box.hear_place("p-bert", "lab")
    box.tap("pina", "lab-in")
    assert released(box.keys("lab-in", f"{DURESS_PIN}#")) == []
    assert box.last_tap.reason == "occupancy_max"
    assert box.alarms() == ["duress"]


def test_duress_is_told_also_when_the_disk_took_too_long(box: Played) -> None:
    box.tap("pina", "lab-in")
    box.holding = True
    box.keys("lab-in", f"{DURESS_PIN}#")
    box.seconds += 5
    box.holding = False
    assert released(box.write()) == []
    assert "duress" in box.alarms()


def _is_record(effect: object) -> bool:
    return type(effect).__name__ == "Append" or isinstance(effect, Recorded)


# ---- lock-out --------------------------------------------------------------------------------------------------------


def wrong(box: Played, times: int) -> None:
    for _ in range(times):
        box.tap("pina", "lab-in")
        box.keys("lab-in", "0000#")


def test_too_many_wrong_pins_lock_the_card_out_everywhere_for_a_while() -> None:
    box = Played(policy=building(points={**KEYPAD, "vault-in": {"pin": ALWAYS}}))
    wrong(box, WRONG_PINS_MAX)
    for reader in ("lab-in", "vault-in", "main-in"):
        box.tap("pina", reader)
        assert (box.last_tap.reason, box.state.asked) == ("lockout", {})
    box.wait(LOCKOUT_SECONDS)
    box.tap("pina", "lab-in")
    assert released(box.keys("lab-in", "1234#")) == [LAB_DOOR]
    assert box.state.scene.wrong_pins == {}


def test_a_right_pin_forgets_the_wrong_ones(box: Played) -> None:
    for _ in range(3):
        wrong(box, WRONG_PINS_MAX - 1)
        box.tap("pina", "lab-in")
        assert released(box.keys("lab-in", "1234#")) == [LAB_DOOR]
        box.wait(60)


def test_after_a_lock_out_counting_starts_anew(box: Played) -> None:
    wrong(box, WRONG_PINS_MAX)
    box.wait(LOCKOUT_SECONDS)
    wrong(box, WRONG_PINS_MAX - 1)
    box.tap("pina", "lab-in")
    assert released(box.keys("lab-in", "1234#")) == [LAB_DOOR]


def test_a_locked_out_card_may_leave() -> None:
    box = Played(policy=building(points=KEYPAD))
    wrong(box, WRONG_PINS_MAX)
    assert released(box.tap("pina", "main-out")) == ["main"]


def test_no_key_is_ever_recorded(box: Played) -> None:
    box.tap("pina", "lab-in")
    box.keys("lab-in", "73918264#")
    box.tap("pina", "lab-in")
    box.keys("lab-in", f"{DURESS_PIN}#")
    box.wait(60)
    told = b"".join(box.lines) + repr(box.effects).encode()
    assert b"73918264" not in told
    assert number_of("pina").hex().encode() not in b"".join(box.lines)
    assert isinstance(box.last_tap.at, type(box.moment.at))


def test_a_card_seen_twice_by_one_driver_thread_is_two_taps(box: Played) -> None:
    box.tell(CardSeen("lab-in", "simulated", number_of("anna"), 1, box.moment.mono))
    box.tell(CardSeen("lab-in", "simulated", number_of("anna"), 1, box.moment.mono))
    assert len(box.recorded(type(box.last_tap))) == 2
