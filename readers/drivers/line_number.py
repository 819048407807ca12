"""The numbers that a reader tells on a line of its own: one spelling each, so that equal numbers are equal everywhere.

The first byte says what kind of number it is, and bits carry their count: 26 bits never equal 34, and bits never equal
digits. A site's import writes the same forms.
"""

BITS_MIN = 8
BITS_MAX = 512
"""What one osdp_RAW reply can hold."""

DIGITS_MAX = 128


def bits_identifier(count: int, data: bytes) -> bytes | None:
    """Give the identifier of ``count`` bits: ``b``, the count in two bytes, the bits from the left, padded with zeros.

    None for what no card says: a count outside BITS_MIN–BITS_MAX, fewer bytes than bits, all zeros or all ones (what a
    broken reader tells).
    """
    size = (count + 7) // 8
    if not BITS_MIN <= count <= BITS_MAX or len(data) < size:
        return None
    spare = size * 8 - count
    number = int.from_bytes(data[:size], "big") >> spare
    if number in (0, (1 << count) - 1):
        return None
    return b"b" + count.to_bytes(2, "big") + (number << spare).to_bytes(size, "big")


def hexadecimal_identifier(digits: str) -> bytes | None:
    """Give the identifier of hexadecimal digits: four bits each, leading zeros counted; None as for bits."""
    if not 0 < len(digits) <= DIGITS_MAX or not set(digits) <= set("0123456789abcdefABCDEF"):
        return None
    even = digits + "0" * (len(digits) % 2)
    return bits_identifier(len(digits) * 4, bytes.fromhex(even))


def decimal_identifier(digits: str) -> bytes | None:
    """Give the identifier of decimal digits: ``d`` and the number without the leading zeros that readers add.

    None for anything else than 1 to DIGITS_MAX digits, and for zero.
    """
    if not 0 < len(digits) <= DIGITS_MAX or not set(digits) <= set("0123456789"):
        return None
    number = digits.lstrip("0")
    return b"d" + number.encode("ascii") if number else None
