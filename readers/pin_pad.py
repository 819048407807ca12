"""A card that needs its PIN: waiting for the keys, and what they make of it. Pure.

While it waits nothing is recorded and nothing opens; the PIN itself is compared by its verifier and kept nowhere.
"""

import hmac
from dataclasses import replace

from contract.tokens import pin_verifier
from domain.access.policy import PolicySnapshot
from domain.access.situation import Pin
from domain.ids import AccessPointId
from readers.drivers.port import CardSeen, KeysEntered
from readers.events import Effect, Moment, Present
from readers.naming import name_card
from readers.scene import judge_pin
from readers.state import AskedPin, ControllerState
from readers.words import ASK_PIN

PIN_SECONDS = 15.0
KEYS_MAX = 8
_CLEAR, _ENTER = "*", "#"

Keyed = tuple[CardSeen, Pin]
"""The card that waited, and what its PIN was."""


def ask_pin(state: ControllerState, seen: CardSeen, moment: Moment) -> tuple[ControllerState, list[Effect]]:
    """Wait for a card's PIN at its access point."""
    point = state.wiring.points[seen.reader]
    asked = AskedPin(seen, "", moment.mono + PIN_SECONDS)
    return replace(state, asked={**state.asked, point: asked}), [Present(point, "retry", ASK_PIN)]


def hear_keys(
    state: ControllerState, policy: PolicySnapshot | None, event: KeysEntered, moment: Moment
) -> tuple[ControllerState, Keyed | None]:
    """Take keys; gives the card and its PIN's verdict once they are complete, and nothing without a card in time."""
    point = state.wiring.points[event.reader]
    asked = state.asked.get(point)
    if asked is None or asked.until_mono <= moment.mono:
        return state, None
    for key in event.keys:
        if key == _ENTER:
            return _judge(forget_pin(state, point), policy, asked, moment)
        asked = replace(asked, keys="" if key == _CLEAR else (asked.keys + key)[: KEYS_MAX + 1])
    return replace(state, asked={**state.asked, point: asked}), None


def list_given_up(state: ControllerState, moment: Moment) -> list[tuple[AccessPointId, CardSeen]]:
    """Give the cards whose PIN did not come in time."""
    return [(point, asked.seen) for point, asked in state.asked.items() if asked.until_mono <= moment.mono]


def forget_pin(state: ControllerState, point: AccessPointId) -> ControllerState:
    """Wait no longer at a point."""
    return replace(state, asked={each: asked for each, asked in state.asked.items() if each != point})


def _judge(
    state: ControllerState, policy: PolicySnapshot | None, asked: AskedPin, moment: Moment
) -> tuple[ControllerState, Keyed]:
    token, name = name_card(state.wiring, asked.seen)
    credential = policy.credentials.get(name) if policy else None
    verifier = pin_verifier(state.wiring.site_key, token, asked.keys)
    pin = Pin.wrong
    if credential is not None and credential.duress_pin and hmac.compare_digest(verifier, credential.duress_pin):
        pin = Pin.duress
    elif credential is not None and credential.pin and hmac.compare_digest(verifier, credential.pin):
        pin = Pin.right
    scene = judge_pin(state.scene, name, right=pin is not Pin.wrong, mono=moment.mono)
    return replace(state, scene=scene), (asked.seen, pin)
