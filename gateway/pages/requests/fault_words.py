"""What is wrong with a form, by field, in the language of a page. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from domain.attendance.request_fault import RequestFault
from domain.attendance.request_words import describe_fault
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.requests.request_form import FormFault
from gateway.pages.words import Language

Faults = Mapping[str, Sequence[str]]
"""What is wrong, by field."""


def tell_faults(faults: Iterable[RequestFault], language: Language) -> Faults:
    """Say what the rules find wrong."""
    told: dict[str, list[str]] = defaultdict(list)
    for fault in faults:
        japanese, english = describe_fault(fault)
        text = japanese if language is Language.ja else f"{english[0].upper()}{english[1:]}"
        if text not in told[fault.field]:
            told[fault.field].append(text)
    return dict(told)


def tell_unreadable(faults: Iterable[FormFault], language: Language) -> Faults:
    """Say which fields cannot be read."""
    phrases = Phrases(language)
    return {fault.field: [phrases.say(f"asking.fault.{fault.why}")] for fault in faults}
