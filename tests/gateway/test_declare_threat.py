"""The site's threat level: declared by one or by two, told until answered and again at a birth, counted."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.commands import ThreatTold
from contract.records import CommandAnswered, ThreatChanged
from domain.access.second_person import CONFIRM_WITHIN
from domain.access.threat import ThreatLevel
from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from gateway.mqtt.commander import LOOK_SECONDS, RESEND_SECONDS, Commander
from gateway.operations.access.declare_threat import (
    DECLARED,
    ThreatFault,
    ThreatFaultError,
    ThreatRequest,
    confirm_threat,
    declare_threat,
)
from gateway.orders.command_post import CommandPost
from gateway.orders.place_mail import PlaceMail
from gateway.orders.threat_post import BORN_WITHIN
from gateway.site.description import Site, load_site
from gateway.site.threats import ThreatsDescription
from store.alarms import list_open_alarms
from store.devices import DeviceStatus, save_device_status
from store.outbox import Notice
from store.threats import (
    StoredThreat,
    list_answers,
    list_shelters,
    load_latest_threat,
    load_next_change,
    load_threat,
    load_waiting_threat,
)
from store.tx import Store
from tests.gateway.city import NOW, Journal
from tests.gateway.ingesting import CENTRE, enroll, notices_of, receipt

SITE = load_site(Path(__file__).parents[2] / "firmware_configs/sites/demo/site.yaml")
TWO = SITE.model_copy(update={"threats": ThreatsDescription(two_person=(ThreatLevel.lockdown,))})
WEST, EAST = DeviceId("west-1"), DeviceId("east-1")
SECOND = timedelta(seconds=1)


def asked(name: str = "t1", level: ThreatLevel = ThreatLevel.lockdown, **changes: Any) -> ThreatRequest:
    return ThreatRequest(name, level, **({"by": "desk", "name": "青木", "reason": "訓練"} | changes))


def declare(
    store: Store, request: ThreatRequest | None = None, *, at: datetime = NOW, site: Site = SITE
) -> StoredThreat:
    with store.transaction(at) as tx:
        return declare_threat(tx, site, request or asked())


def confirm(store: Store, name: str = "t1", *, at: datetime = NOW, by: str = "chief") -> StoredThreat | None:
    with store.transaction(at) as tx:
        return confirm_threat(tx, name, by=by, name="井上")


def latest(store: Store) -> StoredThreat | None:
    with store.reading(NOW) as tx:
        return load_latest_threat(tx)


def box(store: Store, name: str) -> Journal:
    journal = Journal(DeviceId(name))
    with store.transaction(NOW) as tx:
        enroll(tx, journal)
    return journal


def be_born(store: Store, device: DeviceId, at: datetime) -> None:
    with store.transaction(at) as tx:
        save_device_status(tx, DeviceStatus(device, True, "s", 1, 0, 0, "test", at))


def answers(store: Store, name: str = "t1") -> dict[str, bool | None]:
    with store.reading(NOW) as tx:
        return {answer.device_id: answer.obeyed for answer in list_answers(tx, name)}


def stamp(at: datetime = NOW) -> dict[str, Any]:
    return {"at": at, "mono_ms": 1, "boot": "boot-1", "clock": "synced"}


def answer(store: Store, ingest: Ingest, journal: Journal, *, obeyed: bool = True, name: str = "t1") -> None:
    first = len(journal.lines) + 1
    journal.append(CommandAnswered(**stamp(), command=name, obeyed=obeyed, cause="" if obeyed else "older"))
    receipt(ingest.take([journal.message(first)])[0])


# ---- declared --------------------------------------------------------------------------------------------------------


def test_it_holds_at_once_and_rings_and_a_repeat_changes_nothing(store: Store) -> None:
    threat = declare(store, asked(hours=2))
    assert (threat.declared_at, threat.until) == (NOW, NOW + timedelta(hours=2))
    assert declare(store, asked(hours=2), at=NOW + SECOND) == latest(store) == threat
    assert [(notice.kind, notice.subject) for notice in notices_of(store)] == [(DECLARED, "t1")]


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (asked(reason=""), ThreatFault.no_reason),
        (asked(name="t", level=ThreatLevel.normal, reason=""), ThreatFault.no_reason),
        (asked(reason="x" * 201), ThreatFault.too_long),
        (asked(level=ThreatLevel.shelter), ThreatFault.no_end),
        (asked(level=ThreatLevel.shelter, hours=73), ThreatFault.bad_time),
        (asked(hours=0), ThreatFault.bad_time),
        (asked(level=ThreatLevel.normal, hours=1), ThreatFault.bad_time),
    ],
)
def test_what_is_missing_or_out_of_bounds_declares_nothing(
    store: Store, request_: ThreatRequest, fault: ThreatFault
) -> None:
    with pytest.raises(ThreatFaultError) as refused:
        declare(store, request_)
    assert refused.value.fault is fault
    assert latest(store) is None


def test_a_level_of_two_persons_holds_once_another_account_confirms(store: Store) -> None:
    declare(store, site=TWO)
    assert latest(store) is None
    with pytest.raises(ThreatFaultError, match="own_word"):
        confirm(store, by="desk")
    with store.reading(NOW) as tx:
        assert load_waiting_threat(tx) == load_threat(tx, "t1")
    confirmed = confirm(store, at=NOW + SECOND)
    assert confirmed is not None
    assert (confirmed.declared_at, confirmed.confirmed_by) == (NOW + SECOND, "chief")
    assert confirm(store, at=NOW + SECOND * 2, by="third") == confirmed


def test_after_two_minutes_nobody_can_confirm_it(store: Store) -> None:
    declare(store, site=TWO)
    with pytest.raises(ThreatFaultError, match="too_late"):
        confirm(store, at=NOW + CONFIRM_WITHIN)
    assert latest(store) is None
    with store.reading(NOW + CONFIRM_WITHIN) as tx:
        assert load_waiting_threat(tx) is None


def test_one_person_alone_ends_a_level_of_two(store: Store) -> None:
    declare(store, site=TWO)
    confirm(store)
    assert declare(store, asked("t2", ThreatLevel.normal), site=TWO, at=NOW + SECOND) == latest(store)


def test_declarations_of_one_instant_have_an_order(store: Store) -> None:
    declare(store)
    second = declare(store, asked("t2", ThreatLevel.normal))
    assert second.declared_at is not None
    assert second.declared_at > NOW
    assert latest(store) == second


# ---- told ------------------------------------------------------------------------------------------------------------


class Desk:
    """A commander on a clock of the test's own."""

    def __init__(self, store: Store) -> None:
        self.seconds = 0.0
        clock = lambda: self.seconds  # noqa: E731
        self.post = CommandPost(store, CENTRE, self.now, PlaceMail(SITE, self.now, clock=clock))
        self.commander = Commander(self.post, range(16), clock=clock)

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def due(self, after: float = LOOK_SECONDS) -> list[tuple[str, str]]:
        self.seconds += after
        told = [each.message for each in self.commander.due()]
        for message in told:
            assert isinstance(message, ThreatTold)
            message.require_signature(CENTRE.public_key())
        return sorted((message.device, message.id) for message in told if isinstance(message, ThreatTold))


def test_told_at_once_and_again_to_who_could_hear_it_until_it_answers(store: Store, ingest: Ingest) -> None:
    desk, west = Desk(store), box(store, "west-1")
    box(store, "east-1")
    be_born(store, WEST, NOW)
    assert desk.due() == []
    declare(store)
    desk.post.hear(Notice(DECLARED, "t1", "{}"))
    assert desk.due(0) == [(EAST, "t1"), (WEST, "t1")]
    assert desk.due() == []
    assert desk.due(RESEND_SECONDS) == [(WEST, "t1")]
    assert [told.id for told in desk.post.threats.list_for(EAST)] == ["t1"]
    answer(store, ingest, west)
    assert desk.due(RESEND_SECONDS) == []
    assert answers(store) == {"east-1": None, "west-1": True}
    be_born(store, EAST, desk.now())
    assert desk.due() == [(EAST, "t1")]
    be_born(store, WEST, desk.now())
    assert (WEST, "t1") in desk.due()
    assert (WEST, "t1") not in desk.due(RESEND_SECONDS)
    assert desk.post.list_for(WEST) != []
    desk.seconds += BORN_WITHIN.total_seconds()
    assert desk.post.list_for(WEST) == []
    desk.commander.close()


def test_a_later_yes_takes_the_place_of_a_no_and_not_the_other_way(store: Store, ingest: Ingest) -> None:
    west = box(store, "west-1")
    declare(store)
    answer(store, ingest, west, obeyed=False)
    assert answers(store) == {"west-1": False}
    answer(store, ingest, west, obeyed=True)
    answer(store, ingest, west, obeyed=False)
    assert answers(store) == {"west-1": True}


# ---- shelters that cards open ----------------------------------------------------------------------------------------


def changed(level: ThreatLevel, source: Any, at: datetime = NOW, **more: Any) -> ThreatChanged:
    return ThreatChanged(level=level, source=source, declaration="tap-1", declared_at=at, **stamp(at), **more)


def test_a_shelter_opened_by_a_card_is_known_with_its_end_and_can_be_ended(store: Store, ingest: Ingest) -> None:
    west, ahead = box(store, "west-1"), NOW + timedelta(minutes=5)
    west.append(changed(ThreatLevel.shelter, "card", ahead, until=ahead + timedelta(hours=1), cause_seq=1))
    receipt(ingest.take([west.message(1)])[0])
    with store.reading(NOW) as tx:
        [shelter] = list_shelters(tx, limit=10)
        assert [(each.alarm.kind, each.alarm.subject) for each in list_open_alarms(tx)] == [
            ("shelter_opened", "west-1")
        ]
        assert load_next_change(tx, shelter) is None
    ended = declare(store, asked(level=ThreatLevel.normal))
    assert ended.declared_at is not None
    assert ended.declared_at > shelter.declared_at
    west.append(changed(ThreatLevel.normal, "centre", ahead + SECOND))
    receipt(ingest.take([west.message(2)])[0])
    with store.reading(NOW) as tx:
        after = load_next_change(tx, shelter)
    assert after is not None
    assert after.seq == 2
