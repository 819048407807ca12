"""A form that was sent and is shown again, for something is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.pages.drawing.field_faults import FieldFaults


@dataclass(frozen=True, slots=True)
class SentForm:
    """Which of a page's forms it is, what was typed by field, and what is wrong; nothing was sent where it is empty."""

    form: str = ""
    entered: Mapping[str, str] = field(default_factory=dict)
    faults: FieldFaults = field(default_factory=dict)
