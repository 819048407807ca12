"""What hangs on one box: the tables of ``edge.toml`` that come from the site's equipment file for this device.

``firmware_configs/sites/<site>/equipment/<device>.toml`` holds them, written by whoever wired the box; rendering puts
them behind what follows from the site's description. Doors, readers and points are named here and defined there.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from contract.fields import Id
from readers.cabinets.settings import CabinetWiring
from readers.cards.felica_over_pcsc import FelicaDialect
from readers.cards.settings import CardSettings
from readers.drivers.osdp_settings import OsdpLineSettings
from readers.inputs.settings import InputSettings, OsdpInput
from readers.keys.settings import KeySettings, NoKeys
from readers.outputs.settings import KioskSettings, LockSettings


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PcscSettings(_Section):
    """``[pcsc]``: how this box's PC/SC readers pass FeliCa frames on; ``none`` reads their numbers alone."""

    felica_dialect: FelicaDialect = "none"


class Equipment(_Section):
    """The file."""

    locks: dict[Id, LockSettings] = {}
    """``[locks.<door>]``: what moves each door's lock; a door without one moves nothing."""
    inputs: tuple[InputSettings, ...] = ()
    """``[[inputs]]``: contacts, buttons, tamper, fire."""
    osdp_lines: tuple[OsdpLineSettings, ...] = ()
    """``[[osdp_lines]]``: the RS-485 lines of OSDP readers."""
    cabinet_wiring: dict[Id, CabinetWiring] = {}
    """``[cabinet_wiring.<cabinet>]``: the sensors and locks of key cabinets."""
    cards: CardSettings = CardSettings()
    """``[cards]``: what is known of the site's cards."""
    keys: KeySettings = NoKeys()
    """``[keys]``: where card keys come from."""
    pcsc: PcscSettings = PcscSettings()
    kiosk: KioskSettings | None = None
    """``[kiosk]``: pages for small screens beside the readers."""

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        ids = [each.id for each in self.inputs]
        if twice := {each for each in ids if ids.count(each) > 1}:
            raise ValueError(f"inputs: {', '.join(sorted(twice))} が二度あります / is there twice")
        wired = {each.id for line in self.osdp_lines for reader in line.readers for each in reader.inputs}
        meant = {each.id for each in self.inputs if isinstance(each, OsdpInput)}
        if wired != meant:
            raise ValueError(
                f'inputs: kind = "osdp" の入力と osdp_lines の入力が合いません: {", ".join(sorted(wired ^ meant))}'
                " / inputs of kind osdp and those of osdp_lines must be the same"
            )
        return self
