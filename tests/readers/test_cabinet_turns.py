"""Key cabinets at the controller: nothing is freed before it is written down, and what shuts doors shuts them too."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from contract.cabinet_records import CabinetAsked, CabinetCounted, KeyRemoved, KeyRemovedUnauthorised
from contract.commands import ThreatTold
from contract.records import AlarmRaised, Body, decode_record
from domain.access.policy import Credential, CredentialStatus
from domain.access.threat import ThreatLevel
from domain.ids import AccessPointId, DoorId, PersonId
from domain.key_boxes import KeyBox, KeyHook, KeyRight
from domain.keys.cabinet import CabinetSpec, Refusal
from readers.cabinet_words import BRING_BACK, REFUSED
from readers.cabinets.settings import contact_of, hook_of
from readers.drivers.port import HookSeen
from readers.events import Alarm, Append, CommandCame, Hold, Notice, Present, Release, Relock, Started, Stopping
from readers.naming import name_number
from readers.wiring import Wiring
from readers.words import RETRY, UNRECORDED
from tests.readers.building import building
from tests.readers.cases import DEVICE, NAMES_KEY, NOW, SITE_KEY, number_of
from tests.readers.played import Played

BOX, DOOR = "keys-1", DoorId("keys-1")
SPEC = CabinetSpec(BOX, 3, has_hook_locks=True, has_contact=True)
HOUR = timedelta(hours=1)
WIRING = Wiring(
    SITE_KEY,
    NAMES_KEY,
    {"keys_in": AccessPointId(BOX)},
    {},
    cabinets={BOX: SPEC},
    cabinet_inputs={contact_of(BOX): (BOX, None), str(hook_of(BOX, 3)): (BOX, 3)},
)


def tag(name: str) -> str:
    return name_number(WIRING, "simulated", number_of(name)).name


def box(**changes: object) -> KeyBox:
    hooks = (
        KeyHook(1, "key/hall", ("hall-0",), tag("hall-0")),
        KeyHook(2, "key/hall", ("hall-1",), tag("hall-1")),
        KeyHook(3, "key/vault", ("vault-0",), tag("vault-0")),
    )
    return replace(KeyBox(BOX, timedelta(hours=8), hooks=hooks), **changes)  # type: ignore[arg-type]


def played(card: Credential | None = None, **changes: object) -> Played:
    right = KeyRight("e-1", "key/hall", NOW - HOUR, NOW + 2 * HOUR)
    anna = card or Credential(PersonId("p-anna"), (), keys=(right,))
    policy = replace(building(cards={"anna": anna}), cabinets={BOX: box(**changes)})
    made = Played(policy=policy, wiring=WIRING)
    made.input(contact_of(BOX), active=False)
    for position, name in enumerate(("hall-0", "hall-1", "vault-0"), start=1):
        made.tell(HookSeen(BOX, position, occupied=True, technology="simulated", tag=number_of(name)))
    made.effects.clear()
    return made


def bodies(made: Played) -> list[Body]:
    return [decode_record(line) for line in made.lines]


def last(made: Played, kind: type[Body]) -> Body:
    return [body for body in bodies(made) if isinstance(body, kind)][-1]


def freed(made: Played) -> set[str]:
    return {door for door, until in made.free_until.items() if until > made.seconds}


def test_the_answer_is_written_down_before_anything_is_freed() -> None:
    made = played()
    made.holding = True
    assert made.tap("anna", "keys_in") == [Notice(AccessPointId(BOX)), made.waiting[0]]
    assert freed(made) == set()
    done = made.write()
    assert done[:3] == [
        Release(DOOR, 10.0),
        Release(hook_of(BOX, 1), 60.0),
        Present(AccessPointId(BOX), "granted", done[2].words),  # type: ignore[union-attr]
    ]
    asked = last(made, CabinetAsked)
    assert isinstance(asked, CabinetAsked)
    assert (asked.granted, asked.reason, asked.entitlements, asked.mode) == (True, "granted", ("e-1",), "online")


def test_what_cannot_be_written_down_is_not_handed_out() -> None:
    made = played()
    made.writes = False
    done = made.tap("anna", "keys_in")
    assert done[-1] == Present(AccessPointId(BOX), "unrecorded", UNRECORDED)
    assert freed(made) == set()
    assert Alarm("journal_failed", "disk full") in done


def test_a_card_that_was_written_too_late_frees_nothing() -> None:
    made = played()
    made.holding = True
    made.tap("anna", "keys_in")
    made.seconds += 3
    made.holding = False
    done = made.write()
    assert Present(AccessPointId(BOX), "retry", RETRY) in done
    assert freed(made) == set()
    assert isinstance(last(made, AlarmRaised), AlarmRaised)


def threat(made: Played, level: ThreatLevel, name: str = "t-1") -> None:
    at = made.moment.at
    expires = at + timedelta(seconds=30)
    told = ThreatTold(device=DEVICE, id=name, level=level, declared_at=at, by="chief", issued_at=at, expires_at=expires)
    made.tell(CommandCame(told))
    made.wait(1)


def test_a_lock_down_shuts_the_cabinet_also_between_answer_and_record() -> None:
    made = played()
    made.holding = True
    made.tap("anna", "keys_in")
    asked = made.waiting.pop()
    made.holding = False
    threat(made, ThreatLevel.lockdown)
    made.waiting.append(asked)
    assert made.write() == [Present(AccessPointId(BOX), "refused", REFUSED[Refusal.threat_level])]
    made.tap("anna", "keys_in")
    assert last(made, CabinetAsked).reason == "threat_level"  # type: ignore[union-attr]
    assert freed(made) == set()


def test_a_lock_down_locks_what_is_free() -> None:
    made = played()
    made.tap("anna", "keys_in")
    made.input(contact_of(BOX), active=True)
    assert freed(made) == {BOX, str(hook_of(BOX, 1))}
    threat(made, ThreatLevel.lockdown)
    assert freed(made) == set()
    made.tell(HookSeen(BOX, 1, occupied=False))
    assert isinstance(bodies(made)[-1], KeyRemovedUnauthorised)


def test_a_shelters_box_stands_open_while_it_lasts_also_without_the_centre() -> None:
    made = played(shelter=True)
    threat(made, ThreatLevel.shelter)
    assert freed(made) == {BOX, *(str(hook_of(BOX, each)) for each in (1, 2, 3))}
    assert Hold(DOOR) in made.effects
    made.tell(HookSeen(BOX, 3, occupied=False))
    taken = last(made, KeyRemoved)
    assert isinstance(taken, KeyRemoved)
    assert (taken.grounds, taken.copies, taken.entitlement) == ("shelter", ("vault-0",), None)
    made.wait(24 * 3600)
    assert BOX in freed(made)
    threat(made, ThreatLevel.normal, "t-2")
    assert freed(made) == set()


def test_another_box_stays_shut_in_a_shelter() -> None:
    made = played()
    threat(made, ThreatLevel.shelter)
    assert freed(made) == set()


def test_offline_it_hands_out_for_as_long_as_it_may() -> None:
    made = played()
    made.wait(3600)
    made.tap("anna", "keys_in")
    assert last(made, CabinetAsked).mode == "cached"  # type: ignore[union-attr]
    assert BOX in freed(made)
    made.wait(8 * 3600)
    made.tap("anna", "keys_in")
    assert last(made, CabinetAsked).reason == "policy_stale"  # type: ignore[union-attr]


def refusals() -> Iterator[tuple[str, Credential, dict[str, object]]]:
    right = KeyRight("e-1", "key/hall", NOW - HOUR, NOW + HOUR)
    card = Credential(PersonId("p-anna"), (), keys=(right,))
    yield "card_unusable", replace(card, status=CredentialStatus.lost), {}
    yield "card_unusable", replace(card, valid_from=NOW + HOUR), {}
    yield "card_unusable", replace(card, valid_until=NOW), {}
    yield "assurance_too_low", card, {"minimum_assurance": 2}
    yield "no_key_right", replace(card, keys=()), {}
    yield "key_too_early", replace(card, keys=(replace(right, from_at=NOW + HOUR, until_at=NOW + 2 * HOUR),)), {}
    yield "key_right_over", replace(card, keys=(replace(right, until_at=NOW),)), {}


@pytest.mark.parametrize(("reason", "card", "changes"), list(refusals()))
def test_each_refusal_is_written_down_and_said(reason: str, card: Credential, changes: dict[str, object]) -> None:
    made = played(card, **changes)
    done = made.tap("anna", "keys_in")
    assert last(made, CabinetAsked).reason == reason  # type: ignore[union-attr]
    assert done[-1] == Present(AccessPointId(BOX), "refused", REFUSED[Refusal(reason)])
    assert freed(made) == set()


def test_a_code_for_one_time_takes_no_keys() -> None:
    made = played()
    made.tap("anna", "keys_in", once=(NOW, NOW + HOUR))
    assert last(made, CabinetAsked).reason == "card_unusable"  # type: ignore[union-attr]


def test_every_refusal_has_words() -> None:
    assert set(REFUSED) == set(Refusal)
    assert all(words.ja and words.en and len(words.en) <= 40 for words in REFUSED.values())


def test_a_keys_tag_at_the_reader_opens_for_bringing_back() -> None:
    made = played()
    done = made.tap("hall-0", "keys_in")
    assert Present(AccessPointId(BOX), "granted", BRING_BACK) in done
    assert freed(made) == {BOX}


def test_a_hook_that_only_tells_whether_something_hangs_there_is_heard() -> None:
    made = played()
    made.input(str(hook_of(BOX, 3)), active=True)
    gone = last(made, KeyRemovedUnauthorised)
    assert isinstance(gone, KeyRemovedUnauthorised)
    assert (gone.copies, gone.credential) == (("vault-0",), None)
    assert Alarm("key_removed_unauthorised", f"{BOX} 3") in made.effects


def test_a_start_locks_everything_and_counts_what_it_finds() -> None:
    made = played()
    counted = last(made, CabinetCounted)
    assert isinstance(counted, CabinetCounted)
    assert [(hung.position, hung.copies) for hung in counted.hanging] == [
        (1, ("hall-0",)),
        (2, ("hall-1",)),
        (3, ("vault-0",)),
    ]
    locks = [Relock(DOOR), *(Relock(hook_of(BOX, each)) for each in (1, 2, 3))]
    started = made.tell(Started("again"))
    assert started[:4] == locks
    assert isinstance(started[4], Append)
    assert made.tell(Stopping()) == locks


def test_without_a_policy_nobody_is_handed_anything() -> None:
    made = played()
    made.policy = None
    made.tap("anna", "keys_in")
    assert last(made, CabinetAsked).reason == "policy_stale"  # type: ignore[union-attr]


def test_words_name_the_hooks() -> None:
    made = played()
    (said,) = [each for each in made.tap("anna", "keys_in") if isinstance(each, Present)]
    assert (said.words.ja, said.words.en) == ("1番の鍵をどうぞ", "Take 1")
