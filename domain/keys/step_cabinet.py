"""The key cabinet as a machine: (cabinet, what hangs where, state, event, moment) → (state', effects). Pure.

Theory of operation. A card is answered by ``domain.keys.ask_cabinet``; once the answer is written down, Admitted begins
a *session*: the door is freed for a while, the offered hooks too. Every hook speaks for itself, and what happens on one
is told for what it is, never guessed:

- what leaves a hook under an offer of the session was *removed*; while a shelter is open, on its grounds; anything else
  was taken without authority (*removed_unauthorised*), a second copy under one right as well as another key while the
  box is open. Who was at the box then is told beside it, as who was there and not as who took it.
- what comes to a hook is known by its tag, or where hooks read none, by the hook. At home it was *returned*; else it
  is *misplaced*, and a stranger (a tag of nobody, something on a hook that has nothing) is told as such.
- the first word of a hook says how it was found: nothing is concluded from it, for nobody saw what happened before.
  What was found is told as one count, when all hooks have spoken or after ``COUNT_SECONDS``; the centre compares.

A session ends when the door closes, when it was never opened in time, when it stands open for too long, or by a
lock-down; then hooks and door are locked. Opening without a session or a shelter is *forced*. Without a contact nothing
is told of the door.

Every deadline that lies before an event is gone through at its own time, so that the result does not depend on how
often or how late TimePassed is given.
"""

from dataclasses import replace

from domain.key_boxes import KeyBox
from domain.keys.cabinet import CabinetSpec, CabinetState, Grounds, Session
from domain.keys.cabinet_events import (
    Admitted,
    CabinetEffect,
    CabinetEvent,
    Dismissed,
    DoorSpoke,
    DoorTold,
    FreeDoor,
    FreeHook,
    HookSpoke,
    SecureDoor,
    SecureHook,
    ShelterTold,
    TimePassed,
)
from domain.keys.cabinet_hooks import Stepped, count_hooks, hear_hook


def step_cabinet(
    spec: CabinetSpec, box: KeyBox | None, state: CabinetState, event: CabinetEvent, mono: float
) -> Stepped:
    """Handle one event.

    Args:
        spec: the cabinet.
        box: what hangs where by the policy in force; None while there is none.
        state: as the last step gave it.
        event: what happened.
        mono: when, in monotonic seconds; not before the last step.

    Returns:
        The new state and what is to be done and told, in this order.
    """
    effects: list[CabinetEffect] = []
    while (due := state.next_due_mono) is not None and due <= mono:
        state, told = _let_time_pass(spec, box, state, due)
        effects += told
    state, told = _take_in(spec, box, state, event, mono)
    return state, (*effects, *told)


def _take_in(spec: CabinetSpec, box: KeyBox | None, state: CabinetState, event: CabinetEvent, mono: float) -> Stepped:
    match event:
        case Admitted():
            return _admit(spec, state, event, mono)
        case HookSpoke():
            return hear_hook(spec, box, state, event, mono)
        case DoorSpoke():
            return _hear_door(spec, state, mono, is_open=event.is_open)
        case ShelterTold():
            return _shelter(spec, state, mono, active=event.active)
        case Dismissed():
            return _end_session(spec, replace(state, waiting=None))
        case TimePassed():
            return state, ()


# ---- the session -----------------------------------------------------------------------------------------------------


def _admit(spec: CabinetSpec, state: CabinetState, event: Admitted, mono: float) -> Stepped:
    """Let somebody at the box; who was there before and did not open it is there no more."""
    if state.sheltering:
        return replace(state, waiting=None), ()
    kept = {offer.position for offer in event.asked.offers}
    secured = tuple(SecureHook(each) for each in _freed(spec, state) if each not in kept)
    session = Session(event.asked, event.cause_seq, mono + spec.session_seconds)
    freed = tuple(FreeHook(each, spec.session_seconds) for each in sorted(kept)) if spec.has_hook_locks else ()
    state = replace(state, session=session, waiting=None)
    return state, (*secured, FreeDoor(spec.release_seconds), *freed)


def _end_session(spec: CabinetSpec, state: CabinetState) -> Stepped:
    if state.session is None:
        return state, ()
    secured = tuple(SecureHook(each) for each in _freed(spec, state))
    return replace(state, session=None), (SecureDoor(), *secured)


def _freed(spec: CabinetSpec, state: CabinetState) -> list[int]:
    """Give the hooks that the session had freed."""
    if state.session is None or not spec.has_hook_locks:
        return []
    return [offer.position for offer in state.session.asked.offers]


def _let_time_pass(spec: CabinetSpec, box: KeyBox | None, state: CabinetState, mono: float) -> Stepped:
    """Do what is due at exactly this time."""
    effects: list[CabinetEffect] = []
    if state.waiting is not None and state.waiting.until_mono <= mono:
        state = replace(state, waiting=None)
    if state.session is not None and not state.is_open and state.session.until_mono <= mono:
        state, told = _end_session(spec, state)
        effects += told
    if state.open_due_mono is not None and state.open_due_mono <= mono:
        effects.append(DoorTold("overstayed", asked=state.session.asked if state.session else None))
        state, told = _end_session(spec, replace(state, open_due_mono=None))
        effects += told
    if state.count_due_mono is not None and state.count_due_mono <= mono:
        state, told = count_hooks(spec, box, state, mono)
        effects += told
    return state, tuple(effects)


# ---- the door --------------------------------------------------------------------------------------------------------


def _hear_door(spec: CabinetSpec, state: CabinetState, mono: float, *, is_open: bool) -> Stepped:
    if state.is_open == is_open or not spec.has_contact:
        return state, ()
    first = state.is_open is None
    state = replace(state, is_open=is_open, open_due_mono=None)
    if is_open:
        grounds, session = _tell_grounds(state, first=first), state.session
        due = None if state.sheltering else mono + spec.open_seconds
        seq = session.cause_seq if session else 0
        told = DoorTold("opened", grounds, session.asked if session else None, seq)
        return replace(state, open_due_mono=due), (told,)
    if first:
        return state, ()
    closed = DoorTold("closed", asked=state.session.asked if state.session else None)
    state, secured = _end_session(spec, state)
    return state, (closed, *secured)


def _tell_grounds(state: CabinetState, *, first: bool) -> Grounds:
    if state.sheltering:
        return Grounds.shelter
    if state.session is not None:
        return state.session.asked.grounds
    return Grounds.found if first else Grounds.forced


def _shelter(spec: CabinetSpec, state: CabinetState, mono: float, *, active: bool) -> Stepped:
    """Stand open with every hook while a shelter is; lock all of it after."""
    if state.sheltering == active:
        return state, ()
    hooks = range(1, spec.positions + 1) if spec.has_hook_locks else ()
    due = mono + spec.open_seconds if state.is_open and not active else None
    state = replace(state, sheltering=active, session=None, waiting=None, open_due_mono=due)
    if active:
        return state, (FreeDoor(None), *(FreeHook(each, None) for each in hooks))
    return state, (SecureDoor(), *(SecureHook(each) for each in hooks))
