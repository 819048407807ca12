"""From a record's line to its body; one that cannot be read is a value too, never an error."""

from dataclasses import dataclass

from contract.errors import Fault, MalformedMessageError
from contract.records import Body, decode_record
from gateway.intake.plain_text import plain_text


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A body that could not be read, and why; the record itself is identified and counts as received."""

    fault: Fault
    detail: str


Reading = Body | Quarantine


def read_line(line: bytes) -> Reading:
    """Read a record's body; a broken one is a Quarantine, never an error."""
    try:
        body = decode_record(line)
    except MalformedMessageError as error:
        return Quarantine(error.fault, plain_text(error.detail))
    except OverflowError:
        return Quarantine(Fault.invalid_body, "at: an instant outside of the calendar")
    if b"\\u0000" in line and any("\0" in value for _, value in body if isinstance(value, str)):
        # Lawful JSON, and the one character that PostgreSQL does not keep in a text.
        return Quarantine(Fault.invalid_body, "a text holds the character U+0000")
    return body
