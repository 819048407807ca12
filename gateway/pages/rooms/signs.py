"""The sign of each look, as calendar, picture and form draw it."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.pages.drawing.phrases import Phrases
from gateway.pages.rooms.looks import Look

_SIGNS = MappingProxyType({Look.free: "○", Look.partly: "△", Look.taken: "×", Look.past: "·"})
_WORDS = MappingProxyType(
    {
        Look.early: "rooms.sign_early",
        Look.late: "rooms.sign_late",
        Look.unoffered: "rooms.sign_unoffered",
        Look.closed: "rooms.sign_closed",
    }
)


def draw_signs(phrases: Phrases) -> Mapping[Look, str]:
    """Give the signs in the language of a page; some need no words, the others are one."""
    return {look: _SIGNS[look] if look in _SIGNS else phrases.say(_WORDS[look]) for look in Look}
