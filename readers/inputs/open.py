"""From a box's inputs to the lines that report them. Each stack is imported only where an input uses it."""

from collections.abc import Sequence
from functools import partial

from readers.inputs.line import InputLine
from readers.inputs.port import InputDriver
from readers.inputs.settings import GpioInput, InputSettings, ModbusInput, SimulatedInput, UhppoteInput


def open_inputs(inputs: Sequence[InputSettings]) -> list[tuple[str, InputDriver]]:
    """Give each line's name and driver; nothing is opened until it runs. OSDP inputs are their line's own.

    Raises:
        ValueError: what is said about one module or controller contradicts itself; says what was expected.
    """
    lines: list[tuple[str, InputDriver]] = []
    modules: dict[tuple[str, int, int], list[ModbusInput]] = {}
    controllers: dict[int, list[UhppoteInput]] = {}
    for each in inputs:
        match each:
            case GpioInput():
                lines.append((f"input {each.id}", _gpio(each)))
            case SimulatedInput():
                lines.append((f"input {each.id}", _simulated(each)))
            case ModbusInput():
                modules.setdefault((each.host, each.port, each.unit), []).append(each)
            case UhppoteInput():
                controllers.setdefault(each.controller, []).append(each)
    lines += [(f"inputs {host}:{port}/{unit}", _modbus(each)) for (host, port, unit), each in modules.items()]
    lines += [(f"inputs {serial}", _uhppote(each)) for serial, each in controllers.items()]
    _refuse_shared_ports(controllers)
    return lines


def _gpio(wanted: GpioInput) -> InputLine:
    from readers.inputs.gpio import GpioSession

    opened = partial(GpioSession, wanted.id, wanted.pin, normally=wanted.normally, pull=wanted.pull)
    return InputLine({wanted.id: wanted.meaning}, opened)


def _simulated(wanted: SimulatedInput) -> InputLine:
    from readers.inputs.simulated import SimulatedSession

    return InputLine({wanted.id: wanted.meaning}, partial(SimulatedSession, wanted.id, wanted.path))


def _modbus(wanted: Sequence[ModbusInput]) -> InputLine:
    from readers.inputs import modbus

    numbers = [each.input for each in wanted]
    if max(numbers) - min(numbers) >= modbus.SPAN_MAX:
        raise ValueError(
            f"inputs.{wanted[0].id}.input: 1台のモジュールの入力は{modbus.SPAN_MAX}個以内の幅に "
            f"(expected the inputs of one module within a span of {modbus.SPAN_MAX})"
        )
    places = {each.id: modbus.ModbusInput(each.input, each.normally) for each in wanted}
    first = wanted[0]
    opened = partial(modbus.ModbusSession, first.host, first.port, first.unit, places)
    return InputLine({each.id: each.meaning for each in wanted}, opened)


def _uhppote(wanted: Sequence[UhppoteInput]) -> InputLine:
    from readers.inputs import uhppote

    first = wanted[0]
    for each in wanted:
        if (each.address, each.listen) != (first.address, first.listen):
            raise ValueError(
                f"inputs.{each.id}: 制御盤 {each.controller} の address と listen は全入力で同じに "
                f"(expected the same address and listen for every input of controller {each.controller})"
            )
    host, _, port = first.listen.rpartition(":")
    places = {each.id: uhppote.UhppoteInput(each.controller_door, each.meaning) for each in wanted}
    opened = partial(uhppote.UhppoteSession, first.controller, first.address, (host, int(port)), places)
    return InputLine({each.id: each.meaning for each in wanted}, opened)


def _refuse_shared_ports(controllers: dict[int, list[UhppoteInput]]) -> None:
    taken: dict[str, int] = {}
    for serial, inputs in controllers.items():
        listen = inputs[0].listen
        if listen in taken:
            raise ValueError(
                f"inputs.{inputs[0].id}.listen: {listen} は制御盤 {taken[listen]} が使っています。別のポートを "
                f"(expected a port of its own: controller {taken[listen]} has {listen})"
            )
        taken[listen] = serial
