"""From plans to relays, in the keeper. Each stack is imported only where a door uses it.

A plan is what a lock's settings say, as the agent checked them: ``{"kind": "gpio", "pin": 17, …}``.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain.ids import DoorId
from readers.outputs.locks.relay import Relay

if TYPE_CHECKING:
    from readers.modbus_module import ModbusModule
    from readers.uhppote_controller import UhppoteController

Plan = Mapping[str, Any]


class Relays:
    """Makes relays; those on one module or controller share its line and its connection."""

    def __init__(self) -> None:
        self._modules: dict[str, ModbusModule] = {}
        self._controllers: dict[str, UhppoteController] = {}

    def make(self, door: DoorId, plan: Plan) -> Relay:
        """Give the relay that a plan describes; nothing is opened or moved yet.

        Raises:
            ValueError: the plan is of no kind that the keeper moves.
        """
        match plan["kind"]:
            case "gpio":
                from readers.outputs.locks.gpio import GpioRelay

                return GpioRelay(plan["pin"], failure=plan["failure"], active_low=plan["active_low"])
            case "modbus":
                return self._make_modbus(plan)
            case "uhppote":
                return self._make_uhppote(plan)
            case "simulated":
                from readers.outputs.locks.simulated import SimulatedLock

                return SimulatedLock(door, plan["path"])
            case kind:
                raise ValueError(f"expected gpio, modbus, uhppote or simulated, not {kind}")

    def _make_modbus(self, plan: Plan) -> Relay:
        from readers.modbus_module import ModbusModule
        from readers.outputs.locks.modbus import ModbusRelay

        line = f"modbus {plan['host']}:{plan['port']}"
        module = self._modules.get(line) or ModbusModule(plan["host"], plan["port"])
        self._modules[line] = module
        return ModbusRelay(line, module, unit=plan["unit"], coil=plan["coil"], failure=plan["failure"])

    def _make_uhppote(self, plan: Plan) -> Relay:
        from readers.outputs.locks.uhppote import UhppoteLock
        from readers.uhppote_controller import UhppoteController

        line = f"uhppote {plan['controller']}"
        controller = self._controllers.get(line) or UhppoteController(plan["controller"], plan["address"])
        self._controllers[line] = controller
        return UhppoteLock(line, controller, plan["door"])
