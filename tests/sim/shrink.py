"""From a failing plan to the few events that matter: delta debugging on the list of taps and faults."""

from collections.abc import Callable

from tests.sim.plan import Event, Plan


def shrink_plan(plan: Plan, fails: Callable[[Plan], bool], *, runs_max: int = 400) -> Plan:
    """Give a plan with as few of the events as can be found that still fails in the same way.

    Args:
        plan: one that fails.
        fails: lives a plan and tells whether it fails as the first one did; must be deterministic.
        runs_max: how many lives may be spent.
    """
    events = plan.events
    runs = 0
    pieces = 2
    while len(events) >= 2 and runs < runs_max:
        size = -(-len(events) // pieces)
        for start in range(0, len(events), size):
            fewer: tuple[Event, ...] = events[:start] + events[start + size :]
            runs += 1
            if fails(plan.with_events(fewer)):
                events, pieces = fewer, max(pieces - 1, 2)
                break
        else:
            if size == 1:
                break
            pieces = min(pieces * 2, len(events))
    if len(events) == 1 and fails(plan.with_events(())):
        events = ()
    return plan.with_events(events)
