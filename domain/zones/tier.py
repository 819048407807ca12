"""The network tiers of a city as data: how many there are, where each may be used, and what a switch is told for it.

Cities run three tiers, four, or the α, β and β′ models, and the ministry has said that the three will be given up. So a
tier is a row with days of force and never a word of the code.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType

from domain.ids import AreaId
from domain.validity import is_in_force

TierId = NewType("TierId", str)

VLAN_MIN, VLAN_MAX = 1, 4094
"""IEEE 802.1Q: what a switch may be told."""


class Method(StrEnum):
    """How somebody, or a terminal, showed itself where it asked."""

    eap_tls = "eap_tls"  # a client certificate by 802.1X
    mab = "mab"  # the address of a network card alone (printers)
    agent = "agent"  # a log-on agent, a VPN or an identity provider asks for its user


class Silence(StrEnum):
    """What a network server does for a tier when no decision can be had."""

    reject = "reject"
    silent = "silent"  # no answer: the switch asks its second server; the last one rejects
    snapshot = "snapshot"  # as the last decisions say, up to an age


@dataclass(frozen=True, slots=True)
class FailurePolicy:
    """What is done without a decision; ``age_minutes_max`` bounds how old a snapshot may be, for ``snapshot`` alone."""

    silence: Silence
    age_minutes_max: int = 0


REJECT = FailurePolicy(Silence.reject)


@dataclass(frozen=True, slots=True)
class Tier:
    """A network tier: マイナンバー利用事務系, LGWAN接続系, インターネット接続系, or whatever a city has.

    ``quarantine_vlan`` takes a terminal whose person may not use the tier now, so that its session can be ended when
    that changes; None: such a terminal is rejected. ``methods`` are the ways of showing oneself that count. A presence
    counts for ``presence_minutes`` after its last proof, a person's own factor for ``factor_minutes``.
    """

    id: TierId
    name: str
    name_en: str
    vlan: int
    methods: frozenset[Method]
    quarantine_vlan: int | None = None
    presence_minutes: int = 10 * 60
    factor_minutes: int = 10 * 60
    trainings: frozenset[str] = frozenset()
    """Those that it asks for, by id."""
    failure: FailurePolicy = REJECT
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class TierPlace:
    """An area from which a tier may be used (管理区域, 取扱区域); the areas in it count as it does."""

    tier_id: TierId
    area_id: AreaId
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class TierPlan:
    """All tiers and places of a city."""

    tiers: tuple[Tier, ...] = ()
    places: tuple[TierPlace, ...] = ()

    def find(self, tier_id: str, on: date) -> Tier | None:
        """Give a tier that is in force on a day; None for one that is not."""
        return next((each for each in self.tiers if each.id == tier_id and is_in_force(each, on)), None)

    def is_place(self, tier_id: str, areas: Iterable[str], on: date) -> bool:
        """Tell whether one of ``areas``, an area and all those around it, is a place of a tier on a day."""
        around = frozenset(areas)
        return any(each.tier_id == tier_id and each.area_id in around and is_in_force(each, on) for each in self.places)
