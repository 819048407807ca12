"""What the gateway's parts share: made once at start, passed to each, found nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.dated_profiles import GroundedProfiles
from gateway.live import Broadcast
from gateway.policy.policy_shelf import PolicyShelf
from gateway.requests.rules import Rules
from gateway.settings import GatewaySettings
from gateway.site.description import Site
from gateway.zones.rule_trial import RuleTrials
from gateway.zones.situations import Situations
from gateway.zones.tier_desk import TierDesk
from store.tx import Store


@dataclass(slots=True)
class GatewayContext:
    """The store, the site's description, the signing key, the clock and the live channel of one gateway process.

    Policies are read from one ``shelf``: a city's cards are many, and nobody decodes them twice.

    ``rules`` are the city's for attendance, ``profiles`` what they rest on. ``tiers`` decides about network tiers, from
    what ``situations`` knows. Whoever commits what others wait for sets
    ``committed``. Nothing of it changes but ``site``, which is exchanged when another description holds
    (``gateway.rollouts.rollout_keeper``).
    """

    settings: GatewaySettings
    store: Store
    site: Site
    signing_key: Ed25519PrivateKey
    now: Callable[[], datetime]
    live: Broadcast
    committed: Event = field(default_factory=Event)
    shelf: PolicyShelf = field(default_factory=PolicyShelf)
    trials: RuleTrials = field(default_factory=RuleTrials)
    profiles: GroundedProfiles = field(init=False)
    rules: Rules = field(init=False)
    situations: Situations = field(init=False)
    tiers: TierDesk = field(init=False)

    def __post_init__(self) -> None:
        attendance = self.settings.attendance
        leave = attendance.read_leave_rules()
        self.profiles = attendance.read_profiles()
        self.rules = Rules(self.profiles.rules, leave.kinds, leave.schemes)
        self.situations = Situations(lambda: self.site, self.rules.profiles)
        self.tiers = TierDesk(lambda: self.site.tier_plan, self.situations)
