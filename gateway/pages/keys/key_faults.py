"""What was refused about a key, by field, in the language of the page."""

from domain.keys.key_fault import KeyFaultError
from domain.keys.key_words import describe_fault
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.words import Language


def tell_refusal(error: KeyFaultError, language: Language) -> FieldFaults:
    """Say every fault of a refusal."""
    return tell_by_field(error.faults, describe_fault, language)
