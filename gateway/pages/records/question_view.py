"""What a visitor asks the rules: whom, where and when, or which tap; and the answer as the page tells it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Query

from contract.records import SituationFacts, TapObserved
from domain.access.decide import Tap
from domain.access.explain import Explanation, Opening, Outcome, explain
from domain.access.policy import ALWAYS, PolicySnapshot
from domain.access.situation import NOTHING_KNOWN, Situation
from domain.civil import JST
from domain.ids import AccessPointId, CredentialToken
from domain.verdict import Granted
from gateway.pages.drawing.phrases import Phrases
from gateway.site.description import Site

MINUTE = "%Y-%m-%dT%H:%M"
Short = Annotated[str, Query(max_length=80)]
Number = Annotated[int | None, Query(ge=0, lt=2**63)]


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """What the address holds. ``who``: a person's id, or words to find one by; ``device``…``seq``: a recorded tap."""

    who: str = ""
    point: str = ""
    at: str = ""
    card: str = ""
    device: str = ""
    epoch: int | None = None
    seq: int | None = None

    @property
    def is_about_tap(self) -> bool:
        """Tell whether a recorded tap is asked about."""
        return bool(self.device) and self.epoch is not None and self.seq is not None


def read_form(
    *,
    who: Short = "",
    point: Short = "",
    at: Short = "",
    card: Short = "",
    device: Short = "",
    epoch: Number = None,
    seq: Number = None,
) -> QuestionForm:
    """Read the address."""
    return QuestionForm(who.strip(), point, at, card, device, epoch, seq)


def read_moment(text: str, now: datetime) -> datetime | None:
    """Read a minute of civil time as the browser sends it, now where there is none; None where it is no time."""
    if not text:
        return now
    try:
        return datetime.strptime(text, MINUTE).replace(tzinfo=JST)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules say of a tap, recorded or thought of, by one edition of the policy.

    ``recorded`` is the door's own word (``granted`` or a reason) where the tap was one, else empty.
    """

    tap: Tap
    situation: Situation
    explanation: Explanation
    version: int
    recorded: str = ""

    @property
    def granted(self) -> bool:
        """Tell whether the door opens."""
        return isinstance(self.explanation.verdict, Granted)

    @property
    def word(self) -> str:
        """The verdict: ``granted`` or the reason."""
        verdict = self.explanation.verdict
        return "granted" if isinstance(verdict, Granted) else verdict.reason.value

    @property
    def rules(self) -> list[tuple[str, Outcome]]:
        """Each rule's word with what it said."""
        return [(reason.value, outcome) for reason, outcome in self.explanation.rules]


def answer_for_card(
    policy: PolicySnapshot,
    credential: str,
    point: str,
    at: datetime,
    *,
    assurance: int | None,
    situation: Situation = NOTHING_KNOWN,
) -> Answer:
    """Say what would come of a tap, the controller being in touch with the centre.

    Args:
        policy: the edition asked.
        credential: the card's token.
        point: an access point of the policy.
        at: when.
        assurance: what the card was last proven to be worth; None is enough for the point.
        situation: what is known of the place.
    """
    enough = policy.points[AccessPointId(point)].minimum_assurance
    tap = Tap(CredentialToken(credential), AccessPointId(point), at, at, enough if assurance is None else assurance)
    return Answer(tap, situation, explain(policy, tap, situation), policy.version)


def answer_for_record(policy: PolicySnapshot, credential: str, body: TapObserved) -> Answer:
    """Say again what the door decided, from the facts that it recorded."""
    facts = body.situation or SituationFacts()
    tap = Tap(
        CredentialToken(credential),
        AccessPointId(body.access_point),
        body.at,
        body.policy_confirmed_at,
        body.assurance,
    )
    situation = facts.situation()
    return Answer(tap, situation, explain(policy, tap, situation), policy.version, body.reason)


def reach_of(policy: PolicySnapshot, horizon_days: int) -> tuple[datetime, datetime]:
    """Give the time for which an edition's schedules are expanded: from the Monday before it was issued."""
    issued = policy.issued_at.astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = issued - timedelta(days=issued.weekday())
    return monday, monday + timedelta(days=horizon_days)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of levels and schedules in a site's files; an id that they no longer define stands for itself."""

    site: Site
    phrases: Phrases

    def grant(self, level: str, schedule: str) -> str:
        """Write a level and its schedule: 職員・開庁時間."""
        levels = {each.id: self.phrases.name_of(each) for each in self.site.levels}
        schedules = {each.id: self.phrases.name_of(each) for each in self.site.schedules}
        always = self.phrases.say("question.always")
        held = always if schedule == ALWAYS else schedules.get(schedule, schedule)
        return self.phrases.say("question.grant", level=levels.get(level, level), schedule=held)

    def opening(self, opens: Opening, now: datetime) -> str:
        """Write when and by what the door opens next."""
        at = self.phrases.until(opens.at, now)
        return self.phrases.say("question.opens", at=at, grant=self.grant(opens.level, opens.schedule))
