"""How dangerous it is at a site now: an input to every decision, not a batch edit of doors (Genetec threat level)."""

from enum import StrEnum


class ThreatLevel(StrEnum):
    """The state of a site."""

    normal = "normal"
    lockdown = "lockdown"  # nobody enters; leaving is free
    evacuation = "evacuation"  # everybody leaves; nobody enters
    shelter = "shelter"  # 避難所開設: levels given for it open besides all others


SHUTTING = frozenset((ThreatLevel.lockdown, ThreatLevel.evacuation))
"""Levels in which only ways to safety open."""
