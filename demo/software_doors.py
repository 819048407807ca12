"""The demo's software doors and key cabinets: a leaf for each door of the site, a hand at each cabinet."""

from pathlib import Path

from demo.hall_keys import list_hung
from emulation.door_leaf import DoorLeaves
from emulation.key_cabinet import KeyCabinet
from gateway.site.description import Site


def open_doors(site: Site, state: Path) -> list[DoorLeaves | KeyCabinet]:
    """Hang what each controller locks; the sockets lie where the equipment files say, in the controllers' state."""
    opened: list[DoorLeaves | KeyCabinet] = []
    for device in site.devices:
        folder = state / "edge" / device.id
        contacts = {door.id: folder / f"{door.id}_contact.sock" for door in site.doors_of(device.id)}
        opened.append(DoorLeaves(folder / "locks.sock", contacts))
        for cabinet in site.cabinets_of(device.id):
            stem = folder / cabinet.reader.id
            opened.append(KeyCabinet(cabinet.id, Path(f"{stem}_locks.sock"), Path(f"{stem}_hooks.sock"), list_hung()))
    return opened
