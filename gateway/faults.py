"""Our own faults in the log: where, never what, for an error's words may quote a row or a card."""

import traceback


def describe_fault(error: BaseException) -> str:
    """Give an error's type and the places it passed, innermost last, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join([type(error).__name__, *(f"  {frame.name} ({frame.filename}:{frame.lineno})" for frame in frames)])
