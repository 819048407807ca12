"""Publishing the policy and enrolling devices, on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.signatures import public_key_text
from domain.access.decide import Tap, decide
from domain.access.policy import CredentialStatus, PolicySnapshot
from domain.civil import JST, instant
from domain.ids import AccessPointId, CredentialToken, DeviceId
from domain.verdict import Denied, Granted, Reason
from gateway.operations.access.enroll_devices import KeyChangedError, enroll_devices, read_device_keys
from gateway.operations.access.publish_policy import load_pointer, publish_policy
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import OneRevision, Revision
from gateway.site.description import Site, load_site
from gateway.site.layout import FIRMWARE_CONFIGS
from store.cards import Verifiers, save_allowances, save_verifiers
from store.devices import (
    DeviceState,
    DeviceStatus,
    list_device_statuses,
    list_devices,
    load_device,
    load_device_status,
    save_device_lost,
    save_device_state,
    save_device_status,
)
from store.hr_grants import save_level_grants
from store.tables import calendar_day, credential, department, person
from store.tx import Store, Tx

SITE = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")
REVISION = Revision("test", SITE)
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # Tuesday noon in Japan
CARD, LEAVER, LOST = (CredentialToken(digit * 32) for digit in "abc")
WEST = DeviceId("west-1")
KEYS = [public_key_text(Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32).public_key()) for n in range(3)]


@pytest.fixture
def tx(store: Store) -> Iterator[Tx]:
    with store.transaction(NOW) as opened:
        put = opened.connection.execute
        put(department.insert(), [{"id": "somu", "name": "総務課"}])
        people = [("p1", None), ("p2", date(2026, 11, 30))]
        put(
            person.insert(),
            [
                {
                    "id": id_,
                    "name": id_,
                    "kana": id_,
                    "department_id": "somu",
                    "employment": "full_time",
                    "is_manager": False,
                    "joined_on": date(2026, 4, 1),
                    "left_on": left_on,
                }
                for id_, left_on in people
            ],
        )
        cards = [(CARD, "p1", "active"), (LEAVER, "p2", "active"), (LOST, "p1", "lost")]
        put(
            credential.insert(),
            [{"token": token, "person_id": id_, "label": "", "status": status} for token, id_, status in cards],
        )
        save_level_grants(opened, {"p1": ("staff", "abolished"), "p2": ("staff", "it")})
        put(calendar_day.insert(), [{"day_on": date(2026, 11, 23), "kind": "holiday", "name": "勤労感謝の日"}])
        yield opened


def published(tx: Tx, site: Site = SITE, now: datetime = NOW) -> PolicySnapshot:
    policy = publish_policy(tx, Revision("test", site), now=now)
    assert policy is not None
    return policy


def test_what_is_published_is_what_devices_read(tx: Tx) -> None:
    policy = published(tx)
    assert PolicyShelf().load(tx, 1) == policy
    assert PolicyShelf().load(tx, 2) is None


def test_what_the_desk_says_of_a_card_reaches_the_doors(tx: Tx) -> None:
    publish_policy(tx, REVISION, now=NOW)
    save_verifiers(tx, CARD, Verifiers("1" * 32, "2" * 32))
    save_allowances(tx, CARD, escorted=True, passback_exempt=True, extended=True)
    policy = publish_policy(tx, REVISION, now=NOW)
    assert policy is not None
    stored = PolicyShelf().load(tx, policy.version)
    assert stored is not None
    known = stored.credentials[CARD]
    assert (known.pin, known.duress_pin) == ("1" * 32, "2" * 32)
    assert known.escorted
    assert known.passback_exempt
    assert known.extended


def test_the_pointer_names_it(tx: Tx) -> None:
    key = Ed25519PrivateKey.generate()
    assert load_pointer(tx, OneRevision(REVISION), WEST, key, NOW) is None
    published(tx)
    pointer = load_pointer(tx, OneRevision(REVISION), WEST, key, NOW + timedelta(seconds=20))
    assert pointer is not None
    pointer.require_signature(key.public_key())
    assert (pointer.device, pointer.policy_version) == (WEST, 1)
    assert pointer.confirmed_at == NOW + timedelta(seconds=20)


def test_doors_decide_by_it(tx: Tx) -> None:
    policy = published(tx)

    def verdict(card: CredentialToken, point: str, on: date, minute: int) -> object:
        at = instant(on, minute)
        found = decide(policy, Tap(card, AccessPointId(point), at, confirmed_at=at))
        return found.reason if isinstance(found, Denied) else found

    tuesday, holiday, sunday = date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 29)
    assert verdict(CARD, "west_in", tuesday, 7 * 60 + 30) == Granted("staff/office_hours")
    assert verdict(CARD, "west_in", tuesday, 7 * 60 + 29) is Reason.out_of_schedule
    assert verdict(CARD, "west_in", tuesday, 19 * 60) is Reason.out_of_schedule
    assert verdict(CARD, "west_in", holiday, 600) is Reason.out_of_schedule
    assert verdict(CARD, "west_in", sunday, 600) is Reason.out_of_schedule
    assert verdict(CARD, "main_in", sunday, 600) == Granted("staff/always")
    assert verdict(CARD, "staff_in", sunday, 0) == Granted("staff/always")
    assert verdict(CARD, "server_in", tuesday, 600) is Reason.no_access_rights
    assert verdict(LEAVER, "server_in", date(2026, 11, 30), 22 * 60) == Granted("it/extended")
    assert verdict(LEAVER, "staff_in", date(2026, 12, 1), 0) is Reason.expired
    assert verdict(LEAVER, "staff_in", date(2026, 3, 31), 1439) is Reason.not_yet_active
    assert verdict(LOST, "staff_in", tuesday, 600) is Reason.lost


def test_a_level_that_the_site_does_not_define_opens_nothing(tx: Tx, caplog: pytest.LogCaptureFixture) -> None:
    policy = published(tx)
    assert policy.credentials[CARD].levels == ("staff",)
    assert "abolished" in caplog.text
    assert "p1" not in caplog.text


def test_only_a_change_makes_a_version(tx: Tx) -> None:
    published(tx)
    assert publish_policy(tx, REVISION, now=NOW) is None
    assert publish_policy(tx, REVISION, now=NOW + timedelta(days=5)) is None  # still the same week
    tx.connection.execute(credential.update().where(credential.c.token == CARD).values(status="stolen"))
    second = published(tx)
    assert second.version == 2
    assert second.credentials[CARD].status is CredentialStatus.stolen
    assert publish_policy(tx, REVISION, now=NOW) is None
    assert published(tx, now=NOW + timedelta(days=7)).version == 3  # the windows move on with the week


def test_a_change_of_the_site_makes_a_version(tx: Tx) -> None:
    published(tx)
    slower = SITE.areas[-1].model_copy(update={"offline_minutes_max": 30})
    changed = SITE.model_copy(update={"areas": (*SITE.areas[:-1], slower)})
    assert published(tx, changed).version == 2


@pytest.mark.parametrize("horizon_days", [1, 30, 90])
def test_the_horizon_is_reached_from_any_day_of_the_week(tx: Tx, horizon_days: int) -> None:
    sunday_night = datetime(2026, 11, 29, 23, 0, tzinfo=JST)
    policy = publish_policy(tx, REVISION, now=sunday_night, horizon_days=horizon_days)
    assert policy is not None
    last = policy.schedules[next(iter(k for k in policy.schedules if k == "extended"))].closes_at[-1]
    assert last >= sunday_night + timedelta(days=horizon_days) - timedelta(hours=24)


def test_enrolling_twice_changes_nothing(tx: Tx) -> None:
    keys = {WEST: KEYS[0], DeviceId("east-1"): KEYS[1]}
    assert enroll_devices(tx, keys).added == ("east-1", "west-1")
    assert enroll_devices(tx, keys).added == ()
    assert [device.id for device in list_devices(tx)] == ["east-1", "west-1"]
    west = load_device(tx, WEST)
    assert west is not None
    assert (west.public_key, west.state, west.enrolled_at) == (KEYS[0], DeviceState.active, NOW)


def test_a_changed_key_is_refused_unless_asked_for(tx: Tx) -> None:
    enroll_devices(tx, {WEST: KEYS[0]})
    save_device_state(tx, WEST, DeviceState.quarantined)
    with pytest.raises(KeyChangedError, match="west-1: 登録済みの鍵と違います"):
        enroll_devices(tx, {WEST: KEYS[1], DeviceId("new-1"): KEYS[2]})
    assert [device.public_key for device in list_devices(tx)] == [KEYS[0]]
    assert enroll_devices(tx, {WEST: KEYS[1]}, replace=True).replaced == ("west-1",)
    assert [(device.public_key, device.state) for device in list_devices(tx)] == [(KEYS[1], DeviceState.active)]


def test_enrolling_brings_no_revoked_device_back(tx: Tx) -> None:
    enroll_devices(tx, {WEST: KEYS[0]})
    save_device_state(tx, WEST, DeviceState.revoked)
    assert enroll_devices(tx, {WEST: KEYS[0]}).revoked == ("west-1",)
    west = load_device(tx, WEST)
    assert west is not None
    assert west.state is DeviceState.revoked


def test_no_key_no_enrollment(tx: Tx, tmp_path: Path) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the library's sentence)
        enroll_devices(tx, {WEST: "not a key"})
    assert load_device(tx, WEST) is None
    (tmp_path / "west-1.pub").write_text(f"{KEYS[0]}\n")
    assert read_device_keys(tmp_path) == {WEST: KEYS[0]}
    (tmp_path / "east-1.pub").write_text("not a key\n")
    with pytest.raises(ValueError, match=r"east-1\.pub"):
        read_device_keys(tmp_path)
    (tmp_path / "east-1.pub").rename(tmp_path / "East 1.pub")
    with pytest.raises(ValueError, match=r"East 1\.pub"):
        read_device_keys(tmp_path)


def test_a_devices_last_word(tx: Tx) -> None:
    enroll_devices(tx, {WEST: KEYS[0]})
    assert load_device_status(tx, WEST) is None
    born = DeviceStatus(WEST, True, "s-2", 2**52, 3, 7, "0.1.0", NOW)
    save_device_status(tx, DeviceStatus(WEST, True, "s-1", 1, 0, 0, "0.0.9", NOW - timedelta(hours=1)))
    save_device_status(tx, born)
    assert list_device_statuses(tx) == [born]
    assert not save_device_lost(tx, WEST, "s-1")  # the will of an older session says nothing
    assert load_device_status(tx, WEST) == born
    assert save_device_lost(tx, WEST, "s-2")
    assert not save_device_lost(tx, WEST, "s-2")
    lost = load_device_status(tx, WEST)
    assert lost is not None
    assert not lost.online
