"""What can be wrong with bytes from the wire, in words a person can act on."""

from enum import StrEnum

from pydantic import ValidationError

DETAIL_CHARACTERS_MAX = 200
"""What a rejection carries; a detail may quote what a sender wrote, so it is cut and kept to one printable line."""


class Fault(StrEnum):
    """Why a message or a record was refused or quarantined; stored, shown, counted, never reused."""

    malformed = "malformed"  # the envelope cannot be read at all
    oversize = "oversize"
    future_version = "future_version"  # the envelope or the body is of a version this centre does not know yet
    wrong_topic = "wrong_topic"  # the envelope names another device than the topic does
    unknown_device = "unknown_device"
    revoked_device = "revoked_device"
    forged = "forged"  # hash or signature do not fit
    fork = "fork"  # two different records claim one (device, epoch, seq)
    not_json = "not_json"  # a record's body
    unknown_kind = "unknown_kind"
    invalid_body = "invalid_body"


class MalformedMessageError(Exception):
    """Bytes that are no message of this contract; ``fault`` sorts them, the text says what was expected."""

    def __init__(self, fault: Fault, detail: str) -> None:
        shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in detail)
        self.fault = fault
        self.detail = shown[:DETAIL_CHARACTERS_MAX]
        super().__init__(self.detail)


def explain_envelope(error: ValidationError, what: str) -> MalformedMessageError:
    """Sort what is wrong with an envelope (``what`` names it): of a future version, or malformed."""
    future = _future_version(error)
    if future is not None:
        return MalformedMessageError(Fault.future_version, f"{what}: {future}")
    return MalformedMessageError(Fault.malformed, f"{what}: {_first(error)}")


def explain_body(error: ValidationError) -> MalformedMessageError:
    """Sort what is wrong with a record's body, whose envelope has already been read."""
    match error.errors(include_url=False)[0]["type"]:
        case "json_invalid":
            return MalformedMessageError(Fault.not_json, _first(error))
        case "union_tag_invalid" | "union_tag_not_found" | "dict_type":
            return MalformedMessageError(Fault.unknown_kind, "the record's kind is unknown")
    future = _future_version(error)
    if future is not None:
        return MalformedMessageError(Fault.future_version, future)
    return MalformedMessageError(Fault.invalid_body, _first(error))


def _future_version(error: ValidationError) -> str | None:
    for found in error.errors(include_url=False):
        version = found["input"]
        if found["loc"][-1:] == ("version",) and type(version) is int and version > 1:
            return "the version is later than any that is known here"
    return None


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"{field}: {first['msg']}" if field else str(first["msg"])
