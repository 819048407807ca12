"""The way into freee: tokens that are good once, renewed by one at a time, and what becomes of every failure.

It is one module because every failure is seen from the same service, clock and way in.
"""

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from store.accounts import insert_account
from store.alarms import list_open_alarms
from store.messages import list_messages
from store.payroll_access import claim_renewal, load_payroll_access
from store.tx import Store
from sync.jobs.keep_payroll_access import keep_payroll_access
from sync.payroll.delivery import PortClosedError
from sync.payroll.freee_access import CLAIM_STALE_AFTER, RENEW_BEFORE, SERVICE, FreeeAccess
from sync.payroll.freee_settings import FreeeSettings
from sync.payroll.freee_tokens import ClientRefusedError, GrantRefusedError, NoTokensError
from sync.payroll.token_pair import Brought, read_brought
from sync.payroll.wire import NotReachedError, Wire
from tests.gateway.months.city import CityHall
from tests.sync.desks import DECEMBER, KEY
from tests.sync.faulty_payroll import CODE, LIFE_SECONDS, PayrollService, freee_settings, payroll_service

SHOWN = Brought(CODE, is_code=True)
LIFE = timedelta(seconds=LIFE_SECONDS)
PASSING = ("busy", "fail_before", "forbidden", "close_before")
USED_UP = ("close_after", "fail_after", "cut", "bare")
"""The other side gave a pair that never came."""


class Watch:
    """A clock that goes on when somebody waits."""

    def __init__(self) -> None:
        self.now = DECEMBER

    def __call__(self) -> datetime:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def service() -> Iterator[PayrollService]:
    with payroll_service() as one:
        yield one


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def access(store: Store, service: PayrollService, watch: Watch, tmp_path: Path) -> FreeeAccess:
    settings = FreeeSettings.model_validate(freee_settings(service, tmp_path))
    return FreeeAccess(store, settings, KEY, watch, watch.pause)


def test_a_code_lets_us_in_and_its_tokens_follow_each_other(
    access: FreeeAccess, service: PayrollService, watch: Watch
) -> None:
    assert access.authorise(SHOWN) == watch.now + LIFE
    assert access.token() == access.token() == "access-1"
    watch.now += LIFE - RENEW_BEFORE
    assert access.token() == "access-2"
    watch.now += LIFE - RENEW_BEFORE
    assert access.keep()
    assert not access.keep()
    assert access.token() == service.token == "access-3"
    assert service.grant_requests == ["authorization_code", "refresh_token", "refresh_token"]


def test_a_pair_that_somebody_brought_is_renewed_at_once(access: FreeeAccess, service: PayrollService) -> None:
    service.refresh = "brought"
    access.authorise(read_brought('{"access_token": "old", "refresh_token": "brought"}'))
    assert access.token() == service.token == "access-1"


def test_without_authorisation_there_is_no_way_in(access: FreeeAccess) -> None:
    for ask in (access.token, access.keep, lambda: access.renew("x")):
        with pytest.raises(PortClosedError, match="freee-authorise"):
            ask()


@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_is_tried_again_and_the_token_serves_meanwhile(
    access: FreeeAccess, service: PayrollService, watch: Watch, fault: str
) -> None:
    access.authorise(SHOWN)
    watch.now += LIFE - RENEW_BEFORE
    service.grant_faults = [fault]
    assert access.token() == "access-1"
    assert access.token() == "access-2"


def test_a_token_that_ended_and_could_not_be_renewed_is_not_reached(
    access: FreeeAccess, service: PayrollService, watch: Watch
) -> None:
    access.authorise(SHOWN)
    watch.now += LIFE
    service.grant_faults = ["busy", "fail_before"]
    with pytest.raises(NotReachedError) as busy:
        access.token()
    assert busy.value.pause_seconds == 7
    with pytest.raises(NotReachedError, match="500"):
        access.token()
    assert access.token() == "access-2"


@pytest.mark.parametrize("fault", USED_UP)
def test_a_pair_that_got_lost_is_told_and_not_asked_for_again(
    access: FreeeAccess, service: PayrollService, watch: Watch, fault: str
) -> None:
    access.authorise(SHOWN)
    watch.now += LIFE - RENEW_BEFORE
    service.grant_faults = [fault]
    with pytest.raises(NotReachedError):
        access.keep()
    for _ in range(3):
        with pytest.raises(PortClosedError, match=r"invalid_grant.*freee-authorise"):
            access.keep()
    assert len(service.grant_requests) == 3
    assert access.token() == "access-1"  # as long as it holds
    watch.now += RENEW_BEFORE
    with pytest.raises(PortClosedError, match="freee-authorise"):
        access.token()
    service.code = CODE
    access.authorise(SHOWN)
    assert access.token() == service.token


def test_a_wrong_secret_is_told_and_ends_nothing(access: FreeeAccess, service: PayrollService, watch: Watch) -> None:
    access.authorise(SHOWN)
    watch.now += LIFE - RENEW_BEFORE
    access.settings.client_secret_file.write_text("another")
    with pytest.raises(PortClosedError, match="client_secret_file"):
        access.keep()
    access.settings.client_secret_file.unlink()
    with pytest.raises(PortClosedError, match="client_secret_file"):
        access.keep()
    access.settings.client_secret_file.write_text(service.secret)
    assert access.keep()


def test_what_somebody_brings_may_be_refused_and_what_stood_stands(
    access: FreeeAccess, service: PayrollService
) -> None:
    access.authorise(SHOWN)
    with pytest.raises(GrantRefusedError, match="invalid_grant"):
        access.authorise(SHOWN)
    service.secret = "another"
    with pytest.raises(ClientRefusedError):
        access.authorise(SHOWN)
    service.grant_faults = ["bare"]
    service.secret, service.code = access.settings.load_client_secret(), CODE
    with pytest.raises(NoTokensError):
        access.authorise(SHOWN)
    assert access.token() == "access-1"


def test_many_processes_renew_once(store: Store, access: FreeeAccess, service: PayrollService, watch: Watch) -> None:
    access.authorise(SHOWN)
    watch.now += LIFE - RENEW_BEFORE
    start = threading.Barrier(4)
    waits = threading.Event()
    got: list[str] = []

    def ask() -> None:
        mine = FreeeAccess(store, access.settings, KEY, watch, lambda _: waits.wait(0.05) and None)
        start.wait(10)
        got.append(mine.token())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert got == ["access-2"] * 4
    assert service.grant_requests == ["authorization_code", "refresh_token"]


def test_whoever_died_renewing_is_replaced(store: Store, access: FreeeAccess, watch: Watch) -> None:
    access.authorise(SHOWN)
    watch.now += LIFE - RENEW_BEFORE
    with store.transaction(watch.now) as tx:
        seen = load_payroll_access(tx, SERVICE)
        assert seen is not None
        assert claim_renewal(tx, seen, stale_before=watch.now - CLAIM_STALE_AFTER)
    assert access.token() == "access-1"  # waits, then does with what holds
    watch.now += CLAIM_STALE_AFTER
    assert access.token() == "access-2"


def test_a_token_refused_before_its_end_is_renewed_once(access: FreeeAccess, service: PayrollService) -> None:
    access.authorise(SHOWN)
    service.employees = {"000101": 7}
    service.token = "taken back"
    with Wire(service.url, access, timeout_seconds=5) as wire:
        assert wire.put("/x", {"a": 1}, "key").status == 200
        assert service.written == [("/x", "key")]
        service.grant_faults = ["bare"]
        service.token = "taken back again"
        with pytest.raises(NotReachedError):
            wire.put("/x", {"a": 2}, "key")
        with pytest.raises(PortClosedError, match="invalid_grant"):
            wire.put("/x", {"a": 2}, "key")
    assert len(service.written) == 1


def test_a_token_that_is_new_and_refused_is_left_to_the_port(access: FreeeAccess, service: PayrollService) -> None:
    access.authorise(SHOWN)
    service.token = "taken back"

    class Forgetful(FreeeAccess):
        def renew(self, refused: str) -> str:
            return refused

    stuck = Forgetful(access.store, access.settings, KEY, access.clock)
    with Wire(service.url, stuck, timeout_seconds=5) as wire:
        assert wire.get("/x", {}).status == 401
    assert len(service.requests) == 2


def test_a_closed_way_is_told_to_hr_once_a_day_and_rests_when_it_opens(
    store: Store, access: FreeeAccess, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    hall = CityHall(store).found("p1", "head", "hr1", "hr2")
    watch.now = hall.later()
    with store.transaction(watch.now) as tx:
        for each in ("hr1", "hr2"):
            insert_account(tx, each, person_id=each, password_hash="", roles=("hr",))

    def keep() -> str:
        return keep_payroll_access(store, access.settings, KEY, watch)

    for _ in range(2):
        with pytest.raises(PortClosedError):
            keep()
    with store.reading(watch.now) as tx:
        told = {who: [each.message.kind for each in list_messages(tx, who)] for who in ("p1", "head", "hr1", "hr2")}
        (alarm,) = [each.alarm for each in list_open_alarms(tx) if each.alarm.kind == "payroll_closed"]
    assert told == {"p1": [], "head": [], "hr1": ["payroll_closed"], "hr2": ["payroll_closed"]}
    assert "freee-authorise" in alarm.detail
    watch.now += timedelta(days=1)
    with pytest.raises(PortClosedError):
        keep()
    with store.reading(watch.now) as tx:
        assert len(list_messages(tx, "hr1")) == 2
    access.authorise(SHOWN)
    assert keep() == "holds"
    assert all(
        word not in caplog.text for word in (CODE, "access-1", "refresh-1", access.settings.load_client_secret())
    )


def test_under_another_key_it_is_told_so(store: Store, access: FreeeAccess) -> None:
    access.authorise(SHOWN)
    other = FreeeAccess(store, access.settings, bytes(32), access.clock)
    with pytest.raises(PortClosedError, match=r"site\.key"):
        other.token()
