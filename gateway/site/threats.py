"""Threat levels as the site's description sets them: who must agree, which doors a shelter opens, who may open one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.access.threat import SHELTER_TIME_MAX, ThreatLevel
from gateway.site.findings import Finding, find_undefined
from gateway.site.places import Description

if TYPE_CHECKING:
    from gateway.site.description import Site

SHELTER_MINUTES_MAX = int(SHELTER_TIME_MAX.total_seconds()) // 60


class ThreatsDescription(Description):
    """How levels are declared."""

    two_person: tuple[ThreatLevel, ...] = ()
    """二人で宣言する警戒レベル · Levels that hold only once a second account has confirmed them within two minutes."""


def check_threats(site: "Site") -> Iterator[Finding]:
    """Yield shelter doors that are not described, and levels that declare a shelter for no time."""
    doors = [door.id for door in site.doors]
    for index, door in enumerate(site.shelter_doors):
        yield from find_undefined(("shelter_doors", index), door, "doors", doors)
    if ThreatLevel.normal in site.threats.two_person:
        yield Finding(
            ("threats", "two_person"),
            "通常に戻すのは一人でできるようにしてください。normal を消してください",
            "one person alone must be able to end a level; remove normal",
        )
    for index, level in enumerate(site.levels):
        if level.declares is not None and level.minutes is None:
            yield Finding(
                ("levels", index, "minutes"),
                "避難所を何分開設するかを minutes に書いてください",
                f"say for how many minutes the shelter is opened, 1 to {SHELTER_MINUTES_MAX}",
            )
        if level.declares is None and level.minutes is not None:
            yield Finding(
                ("levels", index, "declares"),
                "minutes は declares: shelter と一緒に書いてください",
                "minutes goes with declares: shelter",
            )
