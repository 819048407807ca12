"""How a changed description goes out, as the description itself says it: who tries it first, and for how long."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from contract.fields import Id
from domain.access.rollout import RolloutRules
from domain.ids import DeviceId
from gateway.site.findings import Finding, find_undefined
from gateway.site.places import Description

if TYPE_CHECKING:
    from gateway.site.description import Site

Minutes = Annotated[int, Field(ge=0, le=24 * 60)]
Devices = tuple[Id, ...]


class RolloutDescription(Description):
    """Stages of a roll-out: canary, then each group, then all others."""

    canary: Devices = ()
    """最初に試す装置 · The devices that try it first; without them the first device of the file."""
    groups: tuple[Annotated[Devices, Field(min_length=1)], ...] = ()
    """次に進む装置の組 · Then these, one group after the other; all others follow at the end."""
    soak_minutes: Minutes = 10
    """様子を見る分数 · So long a stage's devices hold it in health before the next stage begins."""
    arrive_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 15
    """届くまでの分数 · So long they have to come to hold it; then the roll-out stops."""
    lost_share_percent_max: Annotated[float, Field(ge=0, le=100)] = 10
    """失われる権限の割合 · Of (card, access point) pairs so many in a hundred one person alone may take away."""


def check_rollout(site: "Site") -> Iterator[Finding]:
    """Yield devices that are named here and not described, or named twice."""
    known = [device.id for device in site.devices]
    seen: set[str] = set()
    canary = [(("rollout", "canary", index), name) for index, name in enumerate(site.rollout.canary)]
    groups = [
        (("rollout", "groups", group, index), name)
        for group, names in enumerate(site.rollout.groups)
        for index, name in enumerate(names)
    ]
    for field, name in [*canary, *groups]:
        yield from find_undefined(field, name, "devices", known)
        if name in seen:
            yield Finding(field, f"{name!r} は一度だけ書いてください", "named before; name it once")
        seen.add(name)


def derive_rules(site: "Site", former: "Site") -> RolloutRules:
    """Give the rules by which ``site`` goes out where ``former`` holds; devices of either are in exactly one stage."""
    said = site.rollout
    canary = said.canary or (site.devices[0].id,)
    named = {*canary, *(name for group in said.groups for name in group)}
    groups = [tuple(name for name in group if name not in canary) for group in said.groups]
    both = dict.fromkeys(device.id for device in (*site.devices, *former.devices))
    rest = tuple(name for name in both if name not in named)
    return RolloutRules(
        tuple(tuple(DeviceId(name) for name in stage) for stage in (canary, *groups, rest) if stage),
        timedelta(minutes=said.soak_minutes),
        timedelta(minutes=said.arrive_minutes),
    )
