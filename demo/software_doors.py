"""The demo's software doors: one leaf for each door of the site, behind the controller that its lock hangs on."""

from pathlib import Path

from emulation.door_leaf import DoorLeaves
from gateway.site.description import Site


def open_doors(site: Site, state: Path) -> list[DoorLeaves]:
    """Hang the doors of each controller; their sockets lie where the equipment files say, in the controllers' state."""
    leaves = []
    for device in site.devices:
        folder = state / "edge" / device.id
        contacts = {door.id: folder / f"{door.id}_contact.sock" for door in site.doors_of(device.id)}
        leaves.append(DoorLeaves(folder / "locks.sock", contacts))
    return leaves
