"""Cards and people live at random on both databases: old taps stay whose they were, leavers open nothing."""

import contextlib
import itertools
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contract.records import TapObserved
from domain.access.card_life import GONE_FROM_HOLDER, REASSIGNABLE, USABLE, Actor, find_move
from domain.access.decide import Tap, decide
from domain.access.policy import CredentialStatus as Status
from domain.access.rights import PostKind, Subject, SubjectKind
from domain.civil import JST
from domain.ids import AccessPointId, CredentialToken
from domain.verdict import Granted
from gateway.meaning.card_news import follow_cards
from gateway.operations.access.change_card import CardFaultError, change_status, replace_card
from gateway.operations.access.end_person import end_person, order_end
from gateway.operations.access.give_right import RightFaultError, give_grant
from gateway.operations.access.publish_policy import derive_whole
from gateway.operations.access.transfer_person import TransferFaultError, transfer_person
from gateway.people.staffing_keeper import StaffingKeeper
from store.cards import list_desk_cards, load_desk_card
from store.enrolments import Enrolment, claim_reader
from store.groups import Group, insert_group, insert_member
from store.holdings import find_holders
from store.hr_grants import save_level_grants
from store.people import Department, Person, upsert_departments, upsert_persons
from store.posts import insert_post
from store.rights import Grant, insert_grant, load_policy_inputs
from store.tx import Store
from tests.editions import REVISION
from tests.gateway.city import NOW, make_tap

worlds = itertools.count(1)
numbers = st.integers(0, 2)
LEVEL_IDS = frozenset(level.id for level in REVISION.site.levels)


class Lives(RuleBasedStateMachine):
    """Three people and three cards of their own in a database that others live in, too."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.world = next(worlds)
        self.now: datetime = NOW
        self.ids = itertools.count()
        self.people = [f"w{self.world}p{number}" for number in range(3)]
        self.cards = [f"{self.world:029x}{number:03x}" for number in range(3)]
        self.status: dict[str, Status] = {}
        self.held: dict[str, list[tuple[datetime, str]]] = {card: [] for card in self.cards}
        self.replaced: dict[str, str] = {}
        self.ended: set[str] = set()

    def id(self) -> str:
        return f"{self.world}-{next(self.ids)}"

    @initialize()
    def found(self) -> None:
        with self.store.transaction(self.now) as tx:
            upsert_departments(tx, [Department("bu", "部"), Department("ka", "課", parent_id="bu")])
            upsert_persons(tx, [Person(who, who, who, "ka") for who in self.people])
            for subject, level in (("bu", "staff"), ("ka", "it")):
                insert_grant(tx, Grant(f"world-{subject}", "department", subject, level, "desk", "組織", "hr"))
            insert_group(tx, Group("team", "班"), by="hr")
            insert_grant(tx, Grant("world-team", "group", "team", "facility", "desk", "班", "hr"))

    @rule(seconds=st.integers(1, 200_000))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        StaffingKeeper(self.store, lambda: self.now).keep()

    @rule(card=numbers, who=numbers)
    def tap_at_the_desk(self, card: int, who: int) -> None:
        token, person = self.cards[card], self.people[who]
        free = token not in self.status or (self.status[token] in REASSIGNABLE and token not in self.replaced)
        with self.store.transaction(self.now) as tx:
            reader = f"reader-{self.id()}"
            asked = Enrolment(self.id(), reader, person, token, "desk", self.now, self.now + timedelta(minutes=1))
            claim_reader(tx, asked)
            tap: TapObserved = make_tap(None, at=self.now, credential=token, reader=reader)
            follow_cards(tx, [tap])
            found = load_desk_card(tx, token)
        assert found is not None
        if free:
            assert (found.person_id, found.status) == (person, "active")
            if not self.held[token] or self.held[token][-1][1] != person:
                self.held[token].append((self.now, person))
            self.status[token] = Status.active
        self.now += timedelta(seconds=1)

    @rule(card=numbers, after=st.sampled_from(Status), reason=st.sampled_from(["", "理由"]))
    def move(self, card: int, after: Status, reason: str) -> None:
        token = self.cards[card]
        if token not in self.status:
            return
        before = self.status[token]
        step = find_move(before, after, Actor.desk, replaced=token in self.replaced)
        lawful = before is after or (step is not None and (bool(reason) or not step.needs_reason))
        with self.store.transaction(self.now) as tx:
            try:
                moved = change_status(
                    tx, token, person_id=self.held[token][-1][1], status=after, by="desk", reason=reason
                )
            except CardFaultError:
                moved = False
        assert moved == lawful
        self.status[token] = after if lawful else before

    @rule(card=numbers, former=numbers)
    def replace(self, card: int, former: int) -> None:
        new, old = self.cards[card], self.cards[former]
        if new not in self.status or old not in self.status:
            return
        with self.store.transaction(self.now) as tx:
            try:
                done = replace_card(tx, new, person_id=self.held[new][-1][1], replaced=old, by="desk")
            except CardFaultError:
                return
        if done:
            assert self.status[old] in GONE_FROM_HOLDER or self.replaced.get(old) == new
            self.replaced[old] = new

    @rule(who=numbers, level=st.sampled_from(sorted(LEVEL_IDS)))
    def give(self, who: int, level: str) -> None:
        person = self.people[who]
        with self.store.transaction(self.now) as tx:
            try:
                give_grant(
                    tx,
                    self.id(),
                    Subject(SubjectKind.person, person),
                    level,
                    from_on=None,
                    until_on=None,
                    reason="理由",
                    by="desk",
                    levels=LEVEL_IDS,
                )
            except RightFaultError:
                assert person in self.ended

    @rule(who=numbers, where=st.sampled_from(["bu", "ka"]))
    def belong(self, who: int, where: str) -> None:
        if self.people[who] in self.ended:
            return
        with self.store.transaction(self.now) as tx:
            insert_post(tx, self.people[who], where, PostKind.concurrent, from_on=None, until_on=None, by="hr")
            insert_member(tx, "team", self.people[who], from_on=None, until_on=None, by="hr")
            save_level_grants(tx, {self.people[who]: {"manager"}})

    @rule(who=numbers, where=st.sampled_from(["bu", "ka"]), days=st.integers(0, 3))
    def transfer(self, who: int, where: str, days: int) -> None:
        if self.people[who] in self.ended:
            return
        first_on = self.now.astimezone(JST).date() + timedelta(days=days)
        with self.store.transaction(self.now) as tx, contextlib.suppress(TransferFaultError):
            given = {"title": "", "by": "hr", "reason": "異動"}
            transfer_person(tx, self.id(), self.people[who], department_id=where, first_on=first_on, **given)

    @precondition(lambda self: len(self.ended) < 2)
    @rule(who=numbers, ordered=st.booleans())
    def leave(self, who: int, ordered: bool) -> None:
        person = self.people[who]
        if person in self.ended:
            return
        last_on = self.now.astimezone(JST).date()
        with self.store.transaction(self.now) as tx:
            if ordered:
                order_end(tx, self.id(), person, last_on=last_on, by="hr", reason="退職")
            else:
                end_person(tx, person, by="hr", reason="退職")
        if ordered:
            self.now += timedelta(days=1)
            StaffingKeeper(self.store, lambda: self.now).keep()
        self.ended.add(person)
        for token, status in self.status.items():
            if self.held[token][-1][1] == person and find_move(status, Status.revoked, Actor.desk, replaced=False):
                self.status[token] = status if status in {Status.lost, Status.stolen} else Status.revoked

    @invariant()
    def cards_stand_as_the_table_says(self) -> None:
        with self.store.reading(self.now) as tx:
            for token, status in self.status.items():
                found = load_desk_card(tx, token)
                assert found is not None
                assert (found.status, found.replaced_by) == (status, self.replaced.get(token))
                assert token not in self.replaced or status not in USABLE
            known = {card.token for who in self.people for card in list_desk_cards(tx, who)}
        assert known == self.status.keys()

    @invariant()
    def an_old_tap_is_its_holders_of_then(self) -> None:
        moments = {
            (token, at + timedelta(microseconds=shift))
            for token, held in self.held.items()
            for at, _ in held
            for shift in (-1, 0, 1)
        }
        with self.store.reading(self.now) as tx:
            found = find_holders(tx, moments)
        for token, at in moments:
            then = [who for since_at, who in self.held[token] if since_at <= at]
            assert found.get((token, at)) == (then[-1] if then else None)

    @invariant()
    def whoever_left_opens_nothing(self) -> None:
        if not self.ended:
            return
        with self.store.reading(self.now) as tx:
            policy = derive_whole(REVISION, load_policy_inputs(tx, self.people), now=self.now)
        for token, card in policy.credentials.items():
            for point, days in itertools.product(policy.points, (0, 2)):
                at = self.now + timedelta(days=days)
                verdict = decide(policy, Tap(CredentialToken(token), AccessPointId(point), at, at, 3))
                assert not (card.person in self.ended and isinstance(verdict, Granted)), (token, point)


def test_lives(store: Store) -> None:
    run_state_machine_as_test(
        lambda: Lives(store), settings=settings(max_examples=12, stateful_step_count=20, deadline=None)
    )
