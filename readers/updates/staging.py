"""From a release that is offered to a slot that waits to be applied."""

from collections.abc import Callable
from datetime import datetime

from readers.updates.client import Offered, UpdateClient
from readers.updates.slots import Slots
from readers.updates.switch import Switch
from readers.updates.trial import Cleared, Unpacked, require_newer
from readers.updates.unpacking import unpack_release


def stage(slots: Slots, client: UpdateClient, offered: Offered, now: Callable[[], datetime]) -> Switch:
    """Download a release, unpack it into the free slot, and give the state in which it waits.

    Raises:
        TrialError: a release is on trial, or this one is not newer than all that were tried.
        UpdateError: not reached, not trusted, or not fit.
        OSError: the disk refused.
    """
    require_newer(slots.load(), offered.note.release)
    archive = client.download(offered)
    switch = slots.change(Cleared(), now())
    unpack_release(archive, slots.path(switch.free), offered.note.unpacked_bytes)
    switch = slots.change(Unpacked(offered.note.release), now())
    archive.unlink()
    return switch
