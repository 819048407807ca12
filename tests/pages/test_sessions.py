"""No request with an old session succeeds, whatever happened in whichever order (stateful, on both databases)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gateway.operations.identity.change_password import change_password
from gateway.operations.identity.change_roles import change_roles
from gateway.operations.identity.create_account import create_account
from gateway.operations.identity.disable_account import disable_account
from gateway.operations.identity.roles import Role
from gateway.operations.identity.session_tokens import (
    SESSION_AGE_MAX,
    SESSION_IDLE_MAX,
    SessionTokens,
    hash_token,
)
from gateway.operations.identity.sign_in import FAILURES_MAX, LOCK_TIME, Attempt, sign_in
from gateway.operations.identity.sign_out import sign_out
from store.sessions import load_session, save_seen
from store.tx import Store
from tests.pages.city import NOW

LOGINS = ("one", "two")


class Sessions(RuleBasedStateMachine):
    """The operations beside the plainest model of what a session is worth."""

    store: Store

    cookies = Bundle("cookies")

    @initialize()
    def begin(self) -> None:
        self.now = NOW
        self.drawn = 0
        self.live: dict[str, dict] = {}
        self.ever: set[str] = set()
        self.accounts = {login: {"hash": "h0", "disabled": False, "failures": 0, "locked": NOW} for login in LOGINS}
        with self.store.transaction(NOW) as tx:
            for table in ("session", "account"):
                tx.connection.exec_driver_sql(f"DELETE FROM {table}")
            for login in LOGINS:
                create_account(tx, login, password_hash="h0", roles={Role.employee})

    @rule(target=cookies, login=st.sampled_from(LOGINS), right=st.booleans(), old=st.none() | cookies)
    def signs_in(self, login: str, right: bool, old: str | None) -> str:
        self.drawn += 1
        cookie, account = f"cookie-{self.drawn}", self.accounts[login]
        with self.store.transaction(self.now) as tx:
            attempt = Attempt(login, account["hash"], right=right)
            opened = sign_in(tx, attempt, SessionTokens(cookie, "csrf"), old_cookie=old)
        free = not account["disabled"] and account["locked"] <= self.now
        assert opened == (right and free)
        if opened:
            account["failures"] = 0
            self.live.pop(old or "", None)
            self.live[cookie] = {"login": login, "seen": self.now, "born": self.now}
        elif free:
            account["failures"] += 1
            if account["failures"] == FAILURES_MAX:
                account["failures"], account["locked"] = 0, self.now + LOCK_TIME
        self.ever.add(cookie)
        return cookie

    @rule(cookie=cookies)
    def signs_out(self, cookie: str) -> None:
        with self.store.transaction(self.now) as tx:
            sign_out(tx, cookie)
        self.live.pop(cookie, None)

    @rule(cookie=cookies)
    def uses(self, cookie: str) -> None:
        with self.store.transaction(self.now) as tx:
            if load_session(tx, hash_token(cookie), idle_max=SESSION_IDLE_MAX):
                save_seen(tx, hash_token(cookie))
        if self._counts(cookie):
            self.live[cookie]["seen"] = self.now

    @rule(login=st.sampled_from(LOGINS))
    def loses_a_role(self, login: str) -> None:
        with self.store.transaction(self.now) as tx:
            change_roles(tx, login, {Role.employee})
        self._end(login)

    @rule(login=st.sampled_from(LOGINS))
    def is_disabled(self, login: str) -> None:
        with self.store.transaction(self.now) as tx:
            disable_account(tx, login)
        self.accounts[login]["disabled"] = True
        self._end(login)

    @rule(target=cookies, login=st.sampled_from(LOGINS), current=st.booleans())
    def changes_password(self, login: str, current: bool) -> str:
        self.drawn += 1
        cookie, account = f"cookie-{self.drawn}", self.accounts[login]
        new_hash = f"h{self.drawn}"
        checked = account["hash"] if current else "stale"
        with self.store.transaction(self.now) as tx:
            tokens = SessionTokens(cookie, "csrf")
            changed = change_password(tx, login, checked_hash=checked, new_hash=new_hash, tokens=tokens)
        assert changed == (current and not account["disabled"])
        if changed:
            self._end(login)
            account |= {"hash": new_hash, "failures": 0, "locked": NOW}
            self.live[cookie] = {"login": login, "seen": self.now, "born": self.now}
        self.ever.add(cookie)
        return cookie

    @rule(minutes=st.sampled_from([1, 14, 16, 29, 31, 400]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def only_live_sessions_count(self) -> None:
        with self.store.reading(self.now) as tx:
            for cookie in self.ever:
                session = load_session(tx, hash_token(cookie), idle_max=SESSION_IDLE_MAX)
                assert (session is not None) == self._counts(cookie), cookie

    def _counts(self, cookie: str) -> bool:
        held = self.live.get(cookie)
        return (
            held is not None
            and self.now - held["seen"] < SESSION_IDLE_MAX
            and self.now - held["born"] < SESSION_AGE_MAX
        )

    def _end(self, login: str) -> None:
        self.live = {cookie: held for cookie, held in self.live.items() if held["login"] != login}


@pytest.fixture
def machine(store: Store) -> type[Sessions]:
    """The machine on the database at hand."""
    return type("OnStore", (Sessions,), {"store": store})


def test_sessions(machine: type[Sessions]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_only_the_hash_of_a_cookie_is_stored(store: Store) -> None:
    with store.transaction(NOW) as tx:
        create_account(tx, "one", password_hash="h", roles={Role.employee})
        assert sign_in(tx, Attempt("one", "h", right=True), SessionTokens("the-cookie", "csrf"))
        row = tx.connection.exec_driver_sql("SELECT * FROM session").one()
    assert "the-cookie" not in map(str, row)
    assert hash_token("the-cookie") in row
