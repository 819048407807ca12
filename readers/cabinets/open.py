"""From a box's cabinets to their sensors, their locks, and what the controller knows of them."""

from collections.abc import Mapping, Sequence

from domain.ids import DoorId
from domain.keys.cabinet import CabinetSpec
from readers.cabinets.settings import CabinetSettings, CabinetWiring, TagSensor, contact_of, hook_of
from readers.drivers.port import Driver
from readers.inputs.settings import InputSettings
from readers.outputs.settings import LockSettings

Wirings = Mapping[str, CabinetWiring]


def list_cabinet_inputs(cabinets: Sequence[CabinetSettings], wirings: Wirings) -> list[InputSettings]:
    """Give the wired sensors as inputs, so that they share their modules' lines with the doors' inputs."""
    return [each for cabinet in cabinets for each in _wiring(wirings, cabinet).list_inputs(cabinet)]


def list_cabinet_locks(cabinets: Sequence[CabinetSettings], wirings: Wirings) -> dict[DoorId, LockSettings]:
    """Give what moves the doors and hooks: the keeper does as with any door, and locks them when the agent is gone."""
    return {name: lock for each in cabinets for name, lock in _wiring(wirings, each).list_locks(each).items()}


def open_cabinets(cabinets: Sequence[CabinetSettings], wirings: Wirings) -> list[tuple[str, Driver]]:
    """Give the drivers of tag readers at hooks, and of cabinets that a socket plays; nothing is opened until they run.

    Raises:
        ValueError: a socket's path is too long.
    """
    drivers: list[tuple[str, Driver]] = []
    for cabinet in cabinets:
        wiring = _wiring(wirings, cabinet)
        if wiring.simulated is not None:
            from readers.cabinets.simulated import simulated_cabinet

            drivers.append(
                (f"cabinet {cabinet.id}", simulated_cabinet(cabinet.id, cabinet.positions, wiring.simulated))
            )
        modules: dict[tuple[str, int, int], dict[int, TagSensor]] = {}
        for position, tag in wiring.list_tags().items():
            modules.setdefault((tag.host, tag.port, tag.unit), {})[position] = tag
        for (host, port, unit), tags in modules.items():
            from readers.cabinets.tag_registers import tag_reader

            drivers.append((f"cabinet {cabinet.id} {host}:{port}/{unit}", tag_reader(cabinet.id, tags)))
    return drivers


def list_specs(cabinets: Sequence[CabinetSettings], wirings: Wirings) -> dict[str, CabinetSpec]:
    """Give the cabinets as the controller knows them."""
    return {cabinet.id: _wiring(wirings, cabinet).spec(cabinet) for cabinet in cabinets}


def name_sensors(cabinets: Sequence[CabinetSettings]) -> dict[str, tuple[str, int | None]]:
    """Give of which hook each sensor speaks; None stands for the cabinet's door."""
    doors: dict[str, tuple[str, int | None]] = {contact_of(each.id): (each.id, None) for each in cabinets}
    hooks = {
        str(hook_of(each.id, position)): (each.id, position)
        for each in cabinets
        for position in range(1, each.positions + 1)
    }
    return doors | hooks


def find_misfits(cabinets: Mapping[str, int], wirings: Wirings) -> list[tuple[str, str]]:
    """Give each setting of a wiring that fits no cabinet, with what was expected; ``cabinets`` is positions by id."""
    found = [
        (f"cabinet_wiring.{each}", f"expected one of {', '.join(sorted(cabinets)) or '-'}, not {each}")
        for each in wirings
        if each not in cabinets
    ]
    found += [
        (f"cabinet_wiring.{each}.hooks", f"position {hook.position}: expected 1 to {cabinets[each]}")
        for each, wiring in wirings.items()
        for hook in wiring.hooks
        if each in cabinets and hook.position > cabinets[each]
    ]
    return found


def _wiring(wirings: Wirings, cabinet: CabinetSettings) -> CabinetWiring:
    return wirings.get(cabinet.id) or CabinetWiring()
