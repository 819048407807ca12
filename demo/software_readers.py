"""The demo's software readers: one for each reader of the site, on the stack that the site names."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from demo.hands import FieldPlace, PcscPlace, Place, SocketPlace
from emulation.felica_field import FelicaField
from emulation.pcscd import Pcscd
from gateway.site.description import Site


@dataclass(frozen=True, slots=True)
class Readers:
    """The software readers: where a card can be held, what the edges must know to find them."""

    places: dict[str, Place]
    paths: dict[str, str]
    environment: dict[str, str]
    pcscd: Pcscd | None
    fields: tuple[FelicaField, ...]

    def close(self) -> None:
        """Switch the antennas off and end the private pcscd."""
        for field in self.fields:
            field.close()
        if self.pcscd is not None:
            self.pcscd.stop()


def open_readers(site: Site, folder: Path, state: Path) -> Readers:
    """Start a software reader for each reader of the site, on the stack that the site names."""
    places: dict[str, Place] = {}
    paths: dict[str, str] = {}
    fields = []
    pcsc = [reader.id for reader in site.readers if reader.driver == "pcsc"]
    pcscd = None
    if pcsc and Pcscd.is_available():
        shutil.rmtree(folder / "pcscd", ignore_errors=True)
        (folder / "pcscd").mkdir(parents=True)
        pcscd = Pcscd(folder / "pcscd", pcsc)
        pcscd.start()
    for reader in site.readers:
        if reader.driver == "nfc":
            field = FelicaField()
            fields.append(field)
            places[reader.id], paths[reader.id] = FieldPlace(field), field.path
        elif reader.driver == "pcsc" and pcscd is not None:
            places[reader.id], paths[reader.id] = PcscPlace(pcscd.reader(reader.id)), reader.id
        elif reader.driver == "simulated":
            places[reader.id] = SocketPlace(str(state / "edge" / reader.device / reader.path))
    for cabinet in site.cabinets:
        places[cabinet.reader.id] = SocketPlace(str(state / "edge" / cabinet.device / cabinet.reader.path))
    return Readers(places, paths, pcscd.environment if pcscd else {}, pcscd, tuple(fields))


def without_pcsc(site: Site) -> Site:
    """Give the site with simulated readers in place of PC/SC ones, for machines that have no pcscd."""
    readers = tuple(
        reader.model_copy(update={"driver": "simulated", "path": f"{reader.id}.sock"})
        if reader.driver == "pcsc"
        else reader
        for reader in site.readers
    )
    return site.model_copy(update={"readers": readers})
