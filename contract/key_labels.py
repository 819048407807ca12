"""The text of a key's label: a QR that names one copy and nothing that it opens.

Capitals, digits and colons, so that a QR holds it in alphanumeric mode (ISO/IEC 18004) and it stays small enough for a
key's tag. It is no secret and proves nothing: whoever reads it knows a number, as whoever reads the stamp does.
"""

from contract.errors import Fault, MalformedMessageError
from domain.ids import is_id

PREFIX = "SEKISHO:KEY:1:"
TEXT_CHARACTERS_MAX = len(PREFIX) + 63


def encode_key_label(copy_id: str) -> str:
    """Write the label of a copy.

    Raises:
        ValueError: the copy's id is none that :func:`decode_key_label` would give back.
    """
    if not is_id(copy_id):
        raise ValueError(f"{copy_id!r} is no id; expected a-z 0-9 - _")
    return PREFIX + copy_id.upper()


def decode_key_label(text: str) -> str:
    """Read a label; gives the copy's id.

    Raises:
        MalformedMessageError: it is none, or one of a later version.
    """
    if len(text) > TEXT_CHARACTERS_MAX:
        raise MalformedMessageError(Fault.oversize, "a key's label is shorter")
    if not text.startswith(PREFIX):
        later = text.startswith("SEKISHO:KEY:") and text.split(":")[2].isdecimal()
        fault = Fault.future_version if later else Fault.malformed
        raise MalformedMessageError(fault, f"expected a text that begins with {PREFIX}")
    copy_id = text.removeprefix(PREFIX)
    if copy_id != copy_id.upper() or not is_id(copy_id.lower()):
        raise MalformedMessageError(Fault.malformed, "expected a copy's id in capitals")
    return copy_id.lower()
