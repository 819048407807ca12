"""What can be wrong with bytes from the wire, in words a person can act on."""

from enum import StrEnum


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
        super().__init__(detail)
        self.fault = fault
        self.detail = detail
