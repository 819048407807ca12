"""RADIUS attributes and codes by their numbers, as far as we send or read them (RFC 2865, 2866, 3580, 5176)."""

from enum import IntEnum


class Attribute(IntEnum):
    """An attribute's type (RFC 2865 §5 and those named)."""

    user_name = 1
    nas_ip_address = 4
    nas_port = 5
    cls = 25  # Class: comes back in accounting as it was given
    session_timeout = 27
    called_station_id = 30
    calling_station_id = 31
    nas_identifier = 32
    acct_session_id = 44  # RFC 2866 §5.5
    event_timestamp = 55  # RFC 2869 §5.3
    message_authenticator = 80  # RFC 3579 §3.2
    nas_port_id = 87
    error_cause = 101  # RFC 5176 §3.5


class ErrorCause(IntEnum):
    """Why a switch did not obey (RFC 5176 §3.5)."""

    unsupported_attribute = 401
    missing_attribute = 402
    nas_identification_mismatch = 403
    invalid_request = 404
    administratively_prohibited = 501
    session_context_not_found = 503
    session_context_not_removable = 504
    resources_unavailable = 506
