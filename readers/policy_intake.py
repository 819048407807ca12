"""What to ask the centre for so that the right policy comes, whatever the road loses, doubles or turns about. Pure.

Theory of operation. A pointer says which version is wanted. Whoever holds another says so and is made an offer; one
that leads on from what is held is taken whether it was asked for or not, for the centre sends those of a new edition
at once. What is not inside an offer is asked for in parts, some at a time, beginning with the first that is missing.
Whatever does not come is asked for again, later each time. A newer version ends the fetch of an older one. A policy
reached by many changes is asked for whole when nothing newer is wanted, at an instant of its own, so that not every
box asks at once.
"""

from dataclasses import dataclass, replace

from contract.policy import PART_BYTES, PARTS_AT_ONCE, PolicyOffer, PolicyPart

AGAIN_SECONDS = 5.0
AGAIN_SECONDS_MAX = 120.0
REFUSED_SECONDS = 30.0
REFUSED_SECONDS_MAX = 900.0
PART_TRIES = 3
"""After asking for the same parts so often in vain, the offer itself is asked for again."""

WHOLE_WITHIN_SECONDS = 600.0
"""Boxes whose changes grew too many at the same one ask for the whole spread over so long."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Say what is held (0: nothing, or nothing to build on) and ask for an offer, or for the parts of one."""

    have_version: int
    digest: str | None = None
    from_part: int = 0


@dataclass(frozen=True, slots=True)
class Begin:
    """Make room for what this offer brings."""

    offer: PolicyOffer


@dataclass(frozen=True, slots=True)
class Store:
    """Write a part down."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Take:
    """All of it came: check it and let it take effect. ``step_taken`` or ``step_failed`` must follow."""


Effect = Ask | Begin | Store | Take


@dataclass(frozen=True, slots=True)
class Intake:
    """What is known of the road. Times are monotonic seconds.

    ``held`` is the version in force (0: none), ``wanted`` the one that the centre stands by (0: it said none yet).
    ``whole_mono`` is when the whole is to be asked for in place of many changes. ``offer`` is what is being fetched,
    ``missing`` its parts that did not come, ``asked_upto`` the first part that was not asked for. ``ask_mono`` is when
    to ask next. ``refused`` is an offer that must not be taken, by digest; after a refusal the whole is asked for.
    ``stuck``: the last try failed here and not on the road.
    """

    held: int = 0
    wanted: int = 0
    whole_mono: float | None = None
    offer: PolicyOffer | None = None
    missing: frozenset[int] = frozenset()
    asked_upto: int = 0
    ask_mono: float = 0.0
    failures: int = 0
    refused: str = ""
    refusals: int = 0
    stuck: bool = False

    @property
    def due_mono(self) -> float | None:
        """When :func:`step_time` has something to ask for; None while nothing is wanted."""
        if self.wanted > self.held or self.offer is not None:
            return self.ask_mono
        return None if self.whole_mono is None else max(self.ask_mono, self.whole_mono)


Step = tuple[Intake, list[Effect]]


def begin_intake(held: int, *, is_long: bool, mono: float, chance: float) -> Intake:
    """Give the intake of a box that holds a version; ``chance`` is random in 0..1, here and below."""
    return Intake(held, held, mono + chance * WHOLE_WITHIN_SECONDS if is_long else None)


def step_pointer(intake: Intake, version: int, mono: float, chance: float) -> Step:
    """The centre stands by a version."""
    if version <= intake.wanted:
        # Said again each minute and after each connect: ask again soon for what did not come.
        if intake.failures and not intake.stuck:
            intake = replace(intake, failures=0, ask_mono=min(intake.ask_mono, mono + AGAIN_SECONDS))
        return intake, []
    intake = replace(intake, wanted=version, failures=0, refused="", refusals=0, stuck=False)
    if intake.offer is not None and intake.offer.policy_version < version:
        intake = _without_offer(intake)
    return _ask(intake, mono, chance) if version > intake.held and intake.offer is None else (intake, [])


def step_offer(intake: Intake, offer: PolicyOffer, mono: float, chance: float) -> Step:
    """An offer came, asked for or not; its signature and addressee were checked."""
    if not _is_welcome(intake, offer):
        return intake, []
    begun: list[Effect] = [Begin(offer)]
    if offer.parts == 0:
        return replace(_without_offer(intake), offer=offer), [*begun, Take()]
    intake = replace(intake, offer=offer, missing=frozenset(range(offer.parts)), asked_upto=0, failures=0)
    intake, asked = _ask(intake, mono, chance)
    return intake, begun + asked


def _is_welcome(intake: Intake, offer: PolicyOffer) -> bool:
    if intake.wanted == 0 or offer.digest == intake.refused:
        return False
    instead = offer.from_version == 0 and offer.policy_version == intake.held and intake.whole_mono is not None
    leads_on = offer.policy_version > intake.held and offer.from_version in {0, intake.held}
    if not (leads_on or instead):
        return False
    if offer.policy_version < intake.wanted and (offer.parts or offer.from_version == 0):
        return False  # by the time it is fetched it is of no use
    under_way = intake.offer
    if under_way is None or under_way.policy_version < offer.policy_version:
        return True
    better = offer.parts == 0 or intake.failures > 0  # what is here, or on its way, rather than what does not come
    return better and under_way.digest != offer.digest and under_way.policy_version == offer.policy_version


def step_part(intake: Intake, part: PolicyPart, mono: float, chance: float) -> Step:
    """A part came; one of something else, or that is there already, is passed over."""
    offer = intake.offer
    if offer is None or part.digest != offer.digest or part.number not in intake.missing:
        return intake, []
    if len(part.data) != min(PART_BYTES, offer.size - part.number * PART_BYTES):
        return intake, []
    missing = intake.missing - {part.number}
    stored: list[Effect] = [Store(part.number, part.data)]
    intake = replace(intake, missing=missing, failures=0, ask_mono=mono + _again_seconds(0, chance))
    if not missing:
        return intake, [*stored, Take()]
    if min(missing) >= intake.asked_upto:
        intake, asked = _ask(intake, mono, chance)
        return intake, stored + asked
    return intake, stored


def step_time(intake: Intake, mono: float, chance: float) -> Step:
    """Ask for what is due."""
    due = intake.due_mono
    if due is None or mono < due:
        return intake, []
    if intake.offer is not None and intake.failures >= PART_TRIES:
        intake = _without_offer(intake)  # the centre may know nothing of it any more
    return _ask(replace(intake, failures=intake.failures + 1, refused=""), mono, chance)


def step_taken(intake: Intake, version: int, *, is_long: bool, mono: float, chance: float) -> Step:
    """A version took effect."""
    whole_mono = intake.whole_mono if is_long else None
    if is_long and whole_mono is None:
        whole_mono = mono + chance * WHOLE_WITHIN_SECONDS
    intake = replace(_without_offer(intake), held=version, whole_mono=whole_mono, failures=0)
    intake = replace(intake, refused="", refusals=0, stuck=False)
    return _ask(intake, mono, chance) if intake.wanted > version else (intake, [])


def step_failed(intake: Intake, mono: float, chance: float) -> Intake:
    """What was offered could not be kept: this box's own trouble, or what came was not taken in time."""
    failures = intake.failures + 1
    ask_mono = mono + _again_seconds(failures, chance)
    return replace(_without_offer(intake), failures=failures, ask_mono=ask_mono, stuck=True)


def step_refused(intake: Intake, mono: float, chance: float) -> Intake:
    """What was offered must not be used: in place of a change try the whole soon; else wait, longer each time."""
    offer, refusals = intake.offer, intake.refusals
    pause = min(REFUSED_SECONDS * 2.0**refusals, REFUSED_SECONDS_MAX) * (0.5 + chance / 2)
    if offer is not None and offer.from_version and not refusals:
        pause = _again_seconds(0, chance)
    refused = offer.digest if offer else ""
    intake = replace(_without_offer(intake), refused=refused, refusals=min(refusals + 1, 10), stuck=True)
    return replace(intake, ask_mono=mono + pause)


def _ask(intake: Intake, mono: float, chance: float) -> Step:
    """Ask for an offer, or for the parts of the one that is being fetched."""
    ask_mono = mono + _again_seconds(intake.failures, chance)
    offer = intake.offer
    have = 0 if intake.refusals or intake.wanted <= intake.held else intake.held
    if offer is None:
        return replace(intake, ask_mono=ask_mono), [Ask(have)]
    first = min(intake.missing, default=0)
    upto = min(first + PARTS_AT_ONCE, offer.parts)
    return replace(intake, ask_mono=ask_mono, asked_upto=upto), [Ask(have, offer.digest, first)]


def _again_seconds(failures: int, chance: float) -> float:
    """Give how long to wait for an answer: 5 s doubling to two minutes, and up to half as much again by chance."""
    return float(min(AGAIN_SECONDS * 2.0 ** min(failures, 10), AGAIN_SECONDS_MAX)) * (1 + chance / 2)


def _without_offer(intake: Intake) -> Intake:
    return replace(intake, offer=None, missing=frozenset(), asked_upto=0)
