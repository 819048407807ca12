"""What the newest release is to a box."""

from enum import StrEnum

from readers.updates.switch import Release, Switch


class Verdict(StrEnum):
    """What the newest release is to this box."""

    nothing = "nothing"
    running = "running"
    staged = "staged"
    tried = "tried"
    newer = "newer"


def assess(switch: Switch, release: Release | None) -> Verdict:
    """Say what a release, the newest of a repository, is to a box; None is a repository without releases."""
    if release is None:
        return Verdict.nothing
    if release == switch.release:
        return Verdict.running
    if release == switch.candidate:
        return Verdict.staged
    return Verdict.tried if release.serial <= switch.floor else Verdict.newer
