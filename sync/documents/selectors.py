"""Variation selectors: characters that are drawn as nothing and choose the glyph of the one before."""


def is_selector(character: str) -> bool:
    """Tell whether a character only chooses a variant of the one before it (IVS, and the standardised ones)."""
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
