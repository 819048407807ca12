"""What a control panel asks of an OSDP reader: lamp, tone, words, relay, state; values, and as libosdp takes them."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from osdp import Capability, Command, CommandLEDColor, StatusReportType

from readers.drivers.osdp_policy import BUZ, ISTAT, LED, LSTAT, OUT, TEXT

TIMER_TENTHS_MAX = 250
"""The longest timer asked for: libosdp's Python binding keeps eight bits of it (25.5 s)."""

TEXT_CHARACTERS_MAX = 32

Colour = Literal["red", "green", "amber"]
_COLOURS = {"red": CommandLEDColor.Red, "green": CommandLEDColor.Green, "amber": CommandLEDColor.Amber}
Form = dict[str, int | str | bool]


@dataclass(frozen=True, slots=True)
class Lamp:
    """Show a colour for ``tenths`` of a second, then what was before; blinking or steady."""

    code: ClassVar[int] = LED
    capability: ClassVar[int | None] = Capability.LEDControl
    colour: Colour
    tenths: int
    blinks: bool = False

    def form(self) -> Form:
        """Give the command as libosdp takes it."""
        return {
            "command": Command.LED,
            "reader": 0,
            "led_number": 0,
            "temporary": True,
            "control_code": 2,
            "on_count": 2 if self.blinks else 10,
            "off_count": 2 if self.blinks else 0,
            "on_color": _COLOURS[self.colour],
            "off_color": CommandLEDColor.Black,
            "timer_count": min(self.tenths, TIMER_TENTHS_MAX),
        }


@dataclass(frozen=True, slots=True)
class Tone:
    """Sound ``times`` tones of ``tenths`` of a second each."""

    code: ClassVar[int] = BUZ
    capability: ClassVar[int | None] = Capability.AudibleControl
    tenths: int = 1
    times: int = 1

    def form(self) -> Form:
        """Give the command as libosdp takes it."""
        return {
            "command": Command.Buzzer,
            "reader": 0,
            "control_code": 2,
            "on_count": self.tenths,
            "off_count": 1,
            "rep_count": self.times,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """Show a line of ASCII for some seconds."""

    code: ClassVar[int] = TEXT
    capability: ClassVar[int | None] = Capability.TextOutput
    text: str
    seconds: int = 5

    def form(self) -> Form:
        """Give the command as libosdp takes it; letters that no reader's display has are left out."""
        shown = "".join(letter for letter in self.text if " " <= letter <= "~")[:TEXT_CHARACTERS_MAX]
        return {
            "command": Command.Text,
            "reader": 0,
            "control_code": 3,
            "temp_time": self.seconds,
            "offset_row": 1,
            "offset_col": 1,
            "data": shown or " ",
        }


@dataclass(frozen=True, slots=True)
class Relay:
    """Switch an output: on or off, for ``tenths`` of a second by the reader's own timer, or for good (0)."""

    code: ClassVar[int] = OUT
    capability: ClassVar[int | None] = Capability.OutputControl
    number: int
    on: bool
    tenths: int = 0

    def form(self) -> Form:
        """Give the command as libosdp takes it (control codes 1, 2: for good, ending timers; 5, 6: for a time)."""
        lasting, passing = (2, 5) if self.on else (1, 6)
        return {
            "command": Command.Output,
            "output_no": self.number,
            "control_code": passing if self.tenths else lasting,
            "timer_count": min(self.tenths, TIMER_TENTHS_MAX),
        }


@dataclass(frozen=True, slots=True)
class AskLocal:
    """Ask for tamper and power."""

    code: ClassVar[int] = LSTAT
    capability: ClassVar[int | None] = None

    def form(self) -> Form:
        """Give the command as libosdp takes it."""
        return {"command": Command.Status, "type": StatusReportType.Local}


@dataclass(frozen=True, slots=True)
class AskInputs:
    """Ask for the state of every input."""

    code: ClassVar[int] = ISTAT
    capability: ClassVar[int | None] = Capability.ContactStatusMonitoring

    def form(self) -> Form:
        """Give the command as libosdp takes it."""
        return {"command": Command.Status, "type": StatusReportType.Input}


Ask = Lamp | Tone | Line | Relay | AskLocal | AskInputs
