"""What is wrong with a form, by field, in the language of a page. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from gateway.pages.words import Language

FieldFaults = Mapping[str, Sequence[str]]
"""What is wrong, by the name of the field; a field without faults is not among them."""


class _Fault(Protocol):
    @property
    def field(self) -> str: ...


AFault = TypeVar("AFault", bound=_Fault)


def tell_by_field(
    faults: Iterable[AFault], describe: Callable[[AFault], tuple[str, str]], language: Language
) -> FieldFaults:
    """Say what the rules find wrong; ``describe`` gives a fault's words in Japanese and English."""
    told: dict[str, list[str]] = {}
    for fault in faults:
        japanese, english = describe(fault)
        text = japanese if language is Language.ja else f"{english[:1].upper()}{english[1:]}"
        lines = told.setdefault(fault.field, [])
        if text not in lines:
            lines.append(text)
    return told
