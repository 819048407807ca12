"""What FreeRADIUS (rlm_rest, ``body = 'json'``) asks and what it is answered: version 1, under ``/radius/v1``.

It sends every attribute of a request as ``{"Name": {"type": …, "value": […]}}``. Answers set attributes of its lists;
each value forbids expansion (``do_xlat``), for FreeRADIUS expands ``%{…}`` in answers otherwise. A permit is the word
``permit`` together with a VLAN: FreeRADIUS refuses what lacks either, so that an empty or misspelt answer opens
nothing.
"""

import json
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

BYTES_MAX = 65_536
VALUE_MAX = 253
"""Characters of one attribute (RFC 2865 §5)."""

DELAY_MAX = 7 * 24 * 3600
"""Seconds: nothing is believed to be told later than that."""

VERDICT = "control:Tmp-String-0"
PERMIT, DENY = "permit", "deny"


class Accounting(StrEnum):
    """Acct-Status-Type, as far as it means something here (RFC 2866 §5.1)."""

    start = "Start"
    interim = "Interim-Update"
    stop = "Stop"
    on = "Accounting-On"
    off = "Accounting-Off"


class RadiusError(ValueError):
    """The bytes are no request of FreeRADIUS; the text names the field and what was expected."""


@dataclass(frozen=True, slots=True)
class RadiusWords:
    """What a request says; what it does not say is empty.

    ``certificate`` is the common name of the client's certificate: it decides, never the typed ``user``. ``client`` is
    the switch whose secret signed the request, by its name in FreeRADIUS. ``session`` is what we gave as Class,
    ``switch_session`` the switch's own number. ``delay`` are the seconds for which it tried to tell (Acct-Delay-Time).
    """

    user: str = ""
    certificate: str = ""
    certificate_serial: str = ""
    eap_type: str = ""
    station: str = ""
    client: str = ""
    switch: str = ""
    switch_address: str = ""
    port: str = ""
    accounting: Accounting | None = None
    session: str = ""
    switch_session: str = ""
    delay: int = 0


class _Value(BaseModel):
    model_config = ConfigDict(extra="ignore")

    value: list[str | int]


class _Attributes(RootModel[dict[str, _Value]]):
    pass


_NAMES = {
    "user": ("User-Name",),
    "certificate": ("TLS-Client-Cert-Common-Name",),
    "certificate_serial": ("TLS-Client-Cert-Serial",),
    "eap_type": ("EAP-Type",),
    "station": ("Calling-Station-Id",),
    "client": ("FreeRADIUS-Client-Shortname",),
    "switch": ("NAS-Identifier",),
    "switch_address": ("NAS-IP-Address", "NAS-IPv6-Address", "Packet-Src-IP-Address"),
    "port": ("NAS-Port-Id", "NAS-Port"),
    "switch_session": ("Acct-Session-Id",),
}


def read_radius(data: bytes) -> RadiusWords:
    """Read a request.

    Raises:
        RadiusError: it is none, or a value is longer than an attribute can be or has control characters.
    """
    if len(data) > BYTES_MAX:
        raise RadiusError(f"request: {len(data)} bytes (expected at most {BYTES_MAX})")
    try:
        told = _Attributes.model_validate_json(data).root
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise RadiusError(f"{'.'.join(map(str, first['loc'])) or 'request'}: {first['msg']}") from error
    found = {name: _first(told, *names) for name, names in _NAMES.items()}
    status = _first(told, "Acct-Status-Type")
    known = Accounting(status) if status in set(Accounting) else None
    delay = _first(told, "Acct-Delay-Time")
    return RadiusWords(
        **found,
        accounting=known,
        session=_read_octets(_first(told, "Class")),
        delay=min(int(delay), DELAY_MAX) if delay.isascii() and delay.isdecimal() else 0,
    )


def write_permit(vlan: int, session_id: str, seconds: int) -> bytes:
    """Let a terminal into a VLAN under a session, for so many seconds at most (0 would be for ever: it is 1)."""
    values: dict[str, str | int] = {
        VERDICT: PERMIT,
        "reply:Tunnel-Type": "VLAN",
        "reply:Tunnel-Medium-Type": "IEEE-802",
        "reply:Tunnel-Private-Group-Id": str(vlan),
        "reply:Session-Timeout": max(seconds, 1),
        "reply:Termination-Action": "RADIUS-Request",
        "reply:Class": f"0x{session_id.encode().hex()}",
    }
    return _write(values)


def write_denial() -> bytes:
    """Let nobody in."""
    return _write({VERDICT: DENY})


def _write(values: dict[str, str | int]) -> bytes:
    told = {name: {"op": ":=", "value": [value], "do_xlat": False} for name, value in values.items()}
    return json.dumps(told, separators=(",", ":")).encode()


def _first(told: dict[str, _Value], *names: str) -> str:
    for name in names:
        if name in told and told[name].value:
            text = str(told[name].value[0])
            if len(text) > 2 * VALUE_MAX + 2:  # octets come as 0x and two digits each
                raise RadiusError(f"{name}: {len(text)} characters (expected at most {VALUE_MAX})")
            if not text.isprintable():
                raise RadiusError(f"{name}: expected text without control characters")
            return text
    return ""


def _read_octets(text: str) -> str:
    if not text.startswith("0x"):
        return text
    try:
        octets = bytes.fromhex(text[2:]).decode("ascii")
    except ValueError:
        return ""
    return octets if octets.isprintable() else ""
