"""What the hooks of a key cabinet say, and what follows from it; told at the head of ``domain.keys.step_cabinet``."""

from dataclasses import replace

from domain.key_boxes import KeyBox
from domain.keys.cabinet import EMPTY, CabinetSpec, CabinetState, Grounds, Hung, identify, list_present
from domain.keys.cabinet_events import CabinetEffect, Counted, HookSpoke, KeyTold, TagTwice

COUNT_SECONDS = 10.0
"""So long after a hook's first word the others are waited for."""

UNNAMED_SECONDS = 1.0
"""How often it is looked whether a policy has come by which what hangs there has a name."""

Stepped = tuple[CabinetState, tuple[CabinetEffect, ...]]
"""A cabinet after an event, and what is to be done and told."""


def hear_hook(spec: CabinetSpec, box: KeyBox | None, state: CabinetState, event: HookSpoke, mono: float) -> Stepped:
    """Let a hook say what hangs on it; its first word and one that says nothing new lead to nothing."""
    position, hung = event.position, event.hung
    before = state.hooks.get(position)
    if before == hung or not 1 <= position <= spec.positions:
        return state, ()
    other = _find_twice(state, position, hung)
    state = replace(state, hooks={**state.hooks, position: hung})
    effects: list[CabinetEffect] = [] if other is None else [TagTwice(position, other)]
    if before is None:
        due = state.count_due_mono if state.count_due_mono is not None else mono + COUNT_SECONDS
        state = replace(state, count_due_mono=mono if len(state.hooks) == spec.positions else due)
        if len(state.hooks) == spec.positions:
            state, told = count_hooks(spec, box, state, mono)
            effects += told
        return state, tuple(effects)
    if before.occupied:
        state, gone = _leave(box, state, position, before)
        effects += gone
    if hung.occupied:
        state, come = _come(box, state, position, hung)
        effects += come
    return state, tuple(effects)


def _find_twice(state: CabinetState, position: int, hung: Hung) -> int | None:
    """Give another hook on which the same tag is read."""
    if hung.tag is None:
        return None
    return next((each for each, there in state.hooks.items() if each != position and there.tag == hung.tag), None)


def _leave(box: KeyBox | None, state: CabinetState, position: int, before: Hung) -> Stepped:
    hook, session = identify(box, position, before), state.session
    asked = session.asked if session else None
    if state.sheltering and hook is not None:
        return state, (KeyTold("removed", position, hook, before.tag, grounds=Grounds.shelter),)
    if session is not None:
        offers = (each for each in session.asked.offers if each.position == position and position not in session.taken)
        offer = next((each for each in offers if each.hook == hook), None)
        if offer is not None:
            state = replace(state, session=replace(session, taken=session.taken | {position}))
            return state, (KeyTold("removed", position, hook, before.tag, asked, offer, Grounds.right),)
    return state, (KeyTold("removed_unauthorised", position, hook, before.tag, asked),)


def _come(box: KeyBox | None, state: CabinetState, position: int, hung: Hung) -> Stepped:
    """Tell what was hung there; what was taken in this session and hung back may be taken again."""
    hook, session = identify(box, position, hung), state.session
    if session is not None and any(each.position == position and each.hook == hook for each in session.asked.offers):
        state = replace(state, session=replace(session, taken=session.taken - {position}))
    at_home = hook is not None and hook.position == position
    asked = session.asked if session else None
    return state, (KeyTold("returned" if at_home else "misplaced", position, hook, hung.tag, asked),)


def count_hooks(spec: CabinetSpec, box: KeyBox | None, state: CabinetState, mono: float) -> Stepped:
    """Tell what was found; without a policy nothing has a name yet, and it waits."""
    if box is None:
        return replace(state, count_due_mono=mono + UNNAMED_SECONDS), ()
    present = tuple(list_present(box, state))
    known = {position for position, _ in present}
    spoken = sorted(state.hooks)
    counted = Counted(
        present,
        tuple(each for each in spoken if state.hooks[each] == EMPTY),
        tuple(each for each in spoken if state.hooks[each].occupied and each not in known),
        tuple(each for each in range(1, spec.positions + 1) if each not in state.hooks),
    )
    return replace(state, count_due_mono=None), (counted,)
