"""The network tiers of a site's description: what each switch is told for one, from where it may be used, and when."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from contract.fields import Id
from domain.access.policy import ALWAYS
from domain.ids import AreaId
from domain.validity import share_days
from domain.zones.check_plan import check_tier
from domain.zones.tier import VLAN_MAX, VLAN_MIN, FailurePolicy, Method, Silence, Tier, TierId, TierPlace, TierPlan
from domain.zones.zone_words import describe_zone_fault
from gateway.site.findings import FieldPath, Finding, find_undefined
from gateway.site.places import Description, Name

if TYPE_CHECKING:
    from gateway.site.description import Site

Vlan = Annotated[int, Field(ge=VLAN_MIN, le=VLAN_MAX)]
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 7)]


class TierFailureDescription(Description):
    """決定が得られないとき · What the network servers do for a tier without a decision."""

    silence: Silence = Silence.reject
    age_minutes_max: Annotated[int, Field(ge=0, le=60 * 24)] = 0
    """snapshot のとき · How old the last permit may be, in minutes."""


class TierPlaceDescription(Description):
    """使える区域 · An area from which the tier may be used."""

    area: Id
    valid_from: date | None = None
    valid_until: date | None = None


class TierDescription(Description):
    """系 · A network tier. Two rows of one id may follow each other by their days of force."""

    id: Id
    name: Name
    name_en: Name
    vlan: Vlan
    quarantine_vlan: Vlan | None = None
    """待機VLAN · Where a terminal waits whose person may not use the tier now; without one it is rejected."""
    methods: Annotated[tuple[Method, ...], Field(min_length=1)] = (Method.eap_tls,)
    places: tuple[TierPlaceDescription, ...] = ()
    hours: Id = ALWAYS
    """利用時間 · A schedule."""
    presence_minutes: Minutes = 600
    """在室とみなす時間（分） · So long a presence counts after its last proof."""
    factor_minutes: Minutes = 600
    """本人確認の有効時間（分） · So long a person's own factor counts."""
    trainings: tuple[Id, ...] = ()
    """必要な研修 · Those that everybody needs, by id."""
    failure: TierFailureDescription = TierFailureDescription()
    valid_from: date | None = None
    valid_until: date | None = None


def derive_tier_plan(site: "Site") -> TierPlan:
    """Give the site's tiers and their places as the decisions know them."""
    tiers = tuple(
        Tier(
            TierId(each.id),
            each.name,
            each.name_en,
            each.vlan,
            frozenset(each.methods),
            each.quarantine_vlan,
            each.presence_minutes,
            each.factor_minutes,
            frozenset(each.trainings),
            FailurePolicy(each.failure.silence, each.failure.age_minutes_max),
            each.valid_from,
            each.valid_until,
        )
        for each in site.tiers
    )
    places = {
        TierPlace(TierId(each.id), AreaId(place.area), place.valid_from, place.valid_until)
        for each in site.tiers
        for place in each.places
    }
    return TierPlan(
        tiers, tuple(sorted(places, key=lambda place: (place.tier_id, place.area_id, str(place.valid_from))))
    )


def check_tiers(site: "Site") -> Iterator[Finding]:
    """Yield what does not fit together of a site's tiers."""
    areas = [area.id for area in site.areas]
    schedules = [ALWAYS, *(schedule.id for schedule in site.schedules)]
    plan = derive_tier_plan(site)
    for index, described in enumerate(site.tiers):
        tier = plan.tiers[index]
        yield from _days(("tiers", index), described)
        for fault in check_tier(tier, plan.tiers):
            yield Finding(("tiers", index, fault.field.rpartition(".")[2]), *describe_zone_fault(fault))
        yield from find_undefined(("tiers", index, "hours"), described.hours, "schedules", schedules)
        for at, place in enumerate(described.places):
            field = ("tiers", index, "places", at)
            yield from find_undefined((*field, "area"), place.area, "areas", areas)
            yield from _days(field, place)
            if not share_days(place, described):
                yield Finding(
                    (*field, "valid_from"),
                    "この系が有効な期間と重なりません。期間を合わせるか、この行を消してください",
                    "its days are none of the tier's; move them or remove the place",
                )


def _days(field: FieldPath, dated: TierDescription | TierPlaceDescription) -> Iterator[Finding]:
    first, last = dated.valid_from, dated.valid_until
    if first is not None and last is not None and last < first:
        yield Finding(
            (*field, "valid_until"),
            f"valid_from（{first}）より前です。同じ日か、後の日にしてください",
            f"lies before valid_from ({first}); expected that day or a later one",
        )
