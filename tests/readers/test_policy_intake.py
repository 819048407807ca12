"""What a box asks for: the right policy comes in the end, whatever the road loses, doubles or turns about."""

from dataclasses import dataclass, field, replace
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contract.policy import PART_BYTES, PARTS_AT_ONCE, PolicyOffer, PolicyPart
from readers.policy_intake import (
    AGAIN_SECONDS,
    WHOLE_WITHIN_SECONDS,
    Ask,
    Begin,
    Effect,
    Intake,
    Step,
    Store,
    Take,
    begin_intake,
    step_failed,
    step_offer,
    step_part,
    step_pointer,
    step_refused,
    step_taken,
    step_time,
)
from tests.readers.cases import DEVICE

INSIDE = "AAAA"


def offer(begins: int, leads: int, *, parts: int = 0, digest: str = "") -> PolicyOffer:
    return PolicyOffer(
        device=DEVICE,
        from_version=begins,
        policy_version=leads,
        digest=digest or f"{begins:032x}{leads:032x}",
        size=max(1, parts * PART_BYTES - 1),
        unpacked_size=1,
        inside=None if parts else INSIDE,
    )


def part(of: PolicyOffer, number: int) -> PolicyPart:
    size = min(PART_BYTES, of.size - number * PART_BYTES)
    return PolicyPart(of.digest, number, bytes(size))


def at(version: int, *, is_long: bool = False) -> Intake:
    return begin_intake(version, is_long=is_long, mono=0.0, chance=0.5)


def test_a_newer_pointer_asks_by_what_is_held() -> None:
    intake, effects = step_pointer(at(3), 4, 0.0, 0.0)
    assert effects == [Ask(3)]
    assert step_pointer(intake, 4, 1.0, 0.0)[1] == [], "once is enough for now"
    assert step_pointer(at(3), 3, 0.0, 0.0)[1] == []
    assert step_pointer(at(0), 3, 0.0, 0.0)[1] == [Ask(0)]


def test_what_leads_on_is_taken_asked_for_or_not() -> None:
    for change in (offer(3, 4), offer(0, 4)):
        _, effects = step_offer(at(3), change, 0.0, 0.0)
        assert effects == [Begin(change), Take()]


def test_what_leads_from_elsewhere_is_passed_over() -> None:
    for each in (offer(2, 4), offer(4, 5), offer(3, 3), offer(0, 3), offer(0, 2), offer(1, 2)):
        assert step_offer(at(3), each, 0.0, 0.0) == (at(3), [])
    assert step_offer(at(0), offer(0, 3), 0.0, 0.0)[1] == [], "no pointer says yet that the centre stands by it"


def test_a_small_step_on_the_way_is_taken_and_a_large_one_is_not_begun() -> None:
    intake, _ = step_pointer(at(3), 9, 0.0, 0.0)
    assert step_offer(intake, offer(3, 4), 0.0, 0.0)[1] == [Begin(offer(3, 4)), Take()]
    assert step_offer(intake, offer(3, 4, parts=2), 0.0, 0.0)[1] == []
    assert step_offer(intake, offer(0, 4), 0.0, 0.0)[1] == []
    taken, effects = step_taken(step_offer(intake, offer(3, 4), 0.0, 0.0)[0], 4, is_long=False, mono=0.0, chance=0.0)
    assert (taken.held, effects) == (4, [Ask(4)])


def test_parts_are_asked_for_some_at_a_time_from_the_first_missing() -> None:
    large = offer(0, 4, parts=20)
    intake, effects = step_offer(step_pointer(at(3), 4, 0.0, 0.0)[0], large, 0.0, 0.0)
    assert effects == [Begin(large), Ask(3, large.digest, 0)]
    for number in (1, 0, *range(2, PARTS_AT_ONCE - 1)):
        intake, effects = step_part(intake, part(large, number), 0.0, 0.0)
        assert effects == [Store(number, part(large, number).data)]
    intake, effects = step_part(intake, part(large, PARTS_AT_ONCE - 1), 1.0, 0.0)
    assert effects[1:] == [Ask(3, large.digest, PARTS_AT_ONCE)]
    intake, effects = step_part(intake, part(large, PARTS_AT_ONCE + 3), 1.0, 0.0)
    intake, effects = step_time(intake, 1.0 + AGAIN_SECONDS, 0.0)
    assert effects == [Ask(3, large.digest, PARTS_AT_ONCE)]


def test_the_last_part_completes_it() -> None:
    large = offer(3, 4, parts=2)
    intake, _ = step_offer(at(3), large, 0.0, 0.0)
    intake, _ = step_part(intake, part(large, 1), 0.0, 0.0)
    assert step_part(intake, part(large, 1), 0.0, 0.0) == (intake, []), "twice is once"
    assert step_part(intake, part(large, 0), 0.0, 0.0)[1][-1] == Take()


def test_parts_of_something_else_are_passed_over() -> None:
    large = offer(3, 4, parts=2)
    intake, _ = step_offer(at(3), large, 0.0, 0.0)
    other = part(offer(3, 5, parts=2), 0)
    for each in (other, part(large, 0)._replace(number=7), part(large, 0)._replace(data=b"x")):
        assert step_part(intake, each, 0.0, 0.0) == (intake, [])
    assert step_part(at(3), other, 0.0, 0.0) == (at(3), [])


def test_a_newer_pointer_ends_an_older_fetch() -> None:
    large = offer(3, 4, parts=2)
    intake, _ = step_offer(step_pointer(at(3), 4, 0.0, 0.0)[0], large, 0.0, 0.0)
    intake, effects = step_pointer(intake, 5, 1.0, 0.0)
    assert effects == [Ask(3)]
    assert step_part(intake, part(large, 0), 1.0, 0.0)[1] == []


def test_a_change_that_is_here_goes_before_the_whole_on_its_way() -> None:
    intake, _ = step_offer(step_pointer(at(3), 4, 0.0, 0.0)[0], offer(0, 4, parts=9), 0.0, 0.0)
    assert step_offer(intake, offer(3, 4), 0.0, 0.0)[1] == [Begin(offer(3, 4)), Take()]


def test_what_does_not_come_is_asked_for_again_later_each_time() -> None:
    intake, _ = step_pointer(at(3), 4, 0.0, 0.0)
    asked = []
    for second in range(300):
        intake, effects = step_time(intake, float(second), 0.0)
        asked += [second] if effects == [Ask(3)] else []
    assert asked == [5, 15, 35, 75, 155, 275]
    intake, _ = step_pointer(intake, 4, 300.0, 0.0)
    assert step_time(intake, 300.0 + AGAIN_SECONDS, 0.0)[1] == [Ask(3)], "the centre is heard again"


def test_an_offer_whose_parts_do_not_come_is_given_up_and_asked_for_anew() -> None:
    large = offer(3, 4, parts=2)
    intake, _ = step_offer(step_pointer(at(3), 4, 0.0, 0.0)[0], large, 0.0, 0.0)
    asks = []
    for second in range(200):
        intake, effects = step_time(intake, float(second), 0.0)
        asks += effects
    assert asks[:4] == [Ask(3, large.digest, 0)] * 3 + [Ask(3)]


def test_an_offer_made_anew_replaces_one_that_does_not_come() -> None:
    large, other = offer(3, 4, parts=2), offer(3, 4, parts=2, digest="b" * 64)
    intake, _ = step_offer(step_pointer(at(3), 4, 0.0, 0.0)[0], large, 0.0, 0.0)
    assert step_offer(intake, other, 1.0, 0.0) == (intake, [])
    intake, _ = step_time(intake, 10.0, 0.0)
    assert step_offer(intake, other, 10.0, 0.0)[1][0] == Begin(other)


def test_in_place_of_a_refused_change_the_whole_is_asked_for() -> None:
    intake, _ = step_offer(step_pointer(at(3), 4, 0.0, 0.0)[0], offer(3, 4), 0.0, 0.0)
    intake = step_refused(intake, 0.0, 0.0)
    assert step_offer(intake, offer(3, 4), 1.0, 0.0)[1] == [], "the same again is no news"
    assert step_pointer(intake, 4, 1.0, 0.0)[1] == []
    intake, effects = step_time(intake, AGAIN_SECONDS, 0.0)
    assert effects == [Ask(0)]
    intake = step_refused(step_offer(intake, offer(0, 4), 6.0, 0.0)[0], 6.0, 0.0)
    assert step_time(intake, 6.0 + 29.0, 0.0)[1] == [], "a refused whole is no matter of seconds"
    assert step_time(intake, 6.0 + 31.0, 0.0)[1] == [Ask(0)]
    assert step_pointer(intake, 5, 7.0, 0.0)[1] == [Ask(3)], "another edition is another matter"


def test_a_trouble_of_this_box_is_tried_again_and_not_with_each_pointer() -> None:
    intake, _ = step_offer(step_pointer(at(3), 4, 0.0, 0.0)[0], offer(3, 4), 0.0, 0.0)
    intake = step_failed(intake, 0.0, 0.0)
    intake = step_failed(replace(intake, failures=5), 0.0, 0.0)
    intake, _ = step_pointer(intake, 4, 1.0, 0.0)
    assert step_time(intake, 10.0, 0.0)[1] == []
    assert step_time(intake, 121.0, 0.0)[1] == [Ask(3)]


def test_many_changes_are_followed_by_the_whole_at_an_instant_of_ones_own() -> None:
    intake, effects = step_taken(at(3), 4, is_long=True, mono=0.0, chance=0.25)
    intake, _ = step_pointer(intake, 4, 0.0, 0.0)
    assert effects == []
    assert intake.due_mono == WHOLE_WITHIN_SECONDS / 4
    intake, effects = step_time(intake, WHOLE_WITHIN_SECONDS / 4, 0.0)
    assert effects == [Ask(0)]
    whole = offer(0, 4, parts=2)
    intake, effects = step_offer(intake, whole, 151.0, 0.0)
    assert effects == [Begin(whole), Ask(0, whole.digest, 0)]
    assert step_offer(intake, offer(4, 5), 151.0, 0.0)[1] == [Begin(offer(4, 5)), Take()], "a change does not wait"
    intake, _ = step_part(intake, part(whole, 0), 152.0, 0.0)
    intake, effects = step_part(intake, part(whole, 1), 152.0, 0.0)
    assert effects[-1] == Take()
    intake, effects = step_taken(intake, 4, is_long=False, mono=153.0, chance=0.0)
    assert (intake.due_mono, effects) == (None, [])


def test_a_newer_version_is_asked_for_by_a_change_though_there_are_many() -> None:
    assert step_pointer(at(3, is_long=True), 4, 0.0, 0.0)[1] == [Ask(3)]


@dataclass
class Centre:
    """Answers a box as the real one: the change from a version it knows, else the whole; large ones in parts."""

    rng: Random
    version: int = 1
    offers: dict[str, PolicyOffer] = field(default_factory=dict)

    def answer(self, ask: Ask) -> list[PolicyOffer | PolicyPart]:
        if ask.digest is not None:
            found = self.offers.get(ask.digest)
            numbers = range(ask.from_part, min(ask.from_part + PARTS_AT_ONCE, found.parts)) if found else ()
            return [part(self.offers[ask.digest], number) for number in numbers]
        if ask.have_version == self.version:
            return []
        begins = ask.have_version if self.version - ask.have_version < 4 else 0
        return [self.make(begins)]

    def make(self, begins: int) -> PolicyOffer:
        made = offer(begins, self.version, parts=self.rng.choice([0, 1, 3, 20]))
        self.offers[made.digest] = made
        return made


class Road(RuleBasedStateMachine):
    """A box, a centre, and a road on which anything may be lost, doubled or overtaken."""

    @initialize(seed=st.integers(0, 1000), held=st.integers(0, 1))
    def begin(self, seed: int, held: int) -> None:
        self.rng = Random(seed)
        self.centre = Centre(self.rng)
        self.intake = at(held)
        self.mono = 0.0
        self.road: list[int | PolicyOffer | PolicyPart] = []
        self.building: PolicyOffer | None = None
        self.stored: set[int] = set()
        self.taken = [held]

    def _do(self, step: Step) -> None:
        self.intake, effects = step
        for effect in effects:
            self._follow(effect)

    def _follow(self, effect: Effect) -> None:
        match effect:
            case Ask():
                self.road += self.centre.answer(effect)
            case Begin():
                self.building, self.stored = effect.offer, set()
            case Store():
                self.stored.add(effect.number)
            case Take():
                self._take()

    def _take(self) -> None:
        built = self.building
        assert built is not None
        assert self.stored == set(range(built.parts)), "nothing is taken before all of it is there"
        assert built.from_version in {0, self.taken[-1]}
        assert built.policy_version > self.taken[-1]
        self.taken.append(built.policy_version)
        self._do(step_taken(self.intake, built.policy_version, is_long=False, mono=self.mono, chance=0.3))

    @rule(pushes=st.booleans())
    def publish(self, pushes: bool) -> None:
        before = self.centre.version
        self.centre.version += 1
        if pushes:
            self.road.append(self.centre.make(before))
        self.road.append(self.centre.version)

    @rule()
    def say_again(self) -> None:
        self.road.append(self.centre.version)

    @precondition(lambda self: self.road)
    @rule(pick=st.integers(0, 10**6), lost=st.booleans(), doubled=st.booleans())
    def arrive(self, pick: int, lost: bool, doubled: bool) -> None:
        message = self.road[pick % len(self.road)]
        if not doubled:
            self.road.remove(message)
        if not lost:
            self._hear(message)

    def _hear(self, message: int | PolicyOffer | PolicyPart) -> None:
        match message:
            case PolicyOffer():
                self._do(step_offer(self.intake, message, self.mono, 0.3))
            case PolicyPart():
                self._do(step_part(self.intake, message, self.mono, 0.3))
            case _:
                self._do(step_pointer(self.intake, message, self.mono, 0.3))

    @rule(seconds=st.integers(1, 30))
    def pass_time(self, seconds: int) -> None:
        self.mono += seconds
        self._do(step_time(self.intake, self.mono, 0.3))

    @rule()
    def forget_offers(self) -> None:
        """The centre starts anew."""
        self.centre.offers.clear()

    @invariant()
    def asks_as_long_as_something_is_wanted(self) -> None:
        if hasattr(self, "intake") and self.intake.wanted > self.intake.held:
            assert self.intake.due_mono is not None

    def teardown(self) -> None:
        """On a good road the latest comes."""
        if not hasattr(self, "intake"):
            return
        self.road.clear()
        self._hear(self.centre.version)
        for _ in range(200):
            self._do(step_time(self.intake, self.mono, 0.3))
            while self.road:
                self._hear(self.road.pop(0))
            self.mono += 10
        assert self.intake.held == self.centre.version
        assert self.taken == sorted(set(self.taken))


TestRoad = Road.TestCase
TestRoad.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
