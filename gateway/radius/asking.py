"""What a request of FreeRADIUS asks: which switch it came by, and how the terminal showed itself (RFC 3580)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from contract.radius_api import RadiusWords
from contract.tier_decision import Written
from domain.zones.decide_tier import Answer, Built, Decision
from domain.zones.facts import Facts
from domain.zones.tier import Method
from gateway.site.network import RadiusClientDescription
from gateway.zones.question import Question

_ADDRESS = re.compile(r"[0-9A-Fa-f]{2}(?:[-:.]?[0-9A-Fa-f]{2}){5}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that can be decided: the ``question``, or None and the reason why there is none."""

    nas_id: str
    question: Question | None
    reason: Built | None = None


def read_question(words: RadiusWords, clients: Sequence[RadiusClientDescription], *, server: str) -> Asked:
    """Give what is asked.

    The certificate's name decides, never what was typed. An address alone counts only where no certificate and no
    method of EAP is spoken of, and where it was given as the user too, as switches do for printers (MAB).

    Args:
        words: what the request says.
        clients: the site's switches.
        server: the network server that asks; it stands for a switch that is not known.
    """
    nas_id = find_switch(words, clients)
    if nas_id is None:
        return Asked(server, None, Built.stranger)
    if words.certificate and words.eap_type.upper() == "TLS":
        return Asked(nas_id, Question(nas_id, Method.eap_tls, terminal_id=words.certificate))
    station = read_address(words.station)
    is_alone = not words.certificate and not words.eap_type
    if is_alone and station and read_address(words.user) == station:
        return Asked(nas_id, Question(nas_id, Method.mab, station=station))
    return Asked(nas_id, None, Built.method)


def find_switch(words: RadiusWords, clients: Sequence[RadiusClientDescription]) -> str | None:
    """Give the switch whose secret signed a request, or of the address it names; None for none of the site."""
    if words.client:
        return next((client.id for client in clients if client.id == words.client), None)
    try:
        address = ip_address(words.switch_address)
    except ValueError:
        return None
    return next((client.id for client in clients if address in client.address), None)


def read_address(text: str) -> str:
    """Give a network card's address as twelve hex digits, however it was written; empty for what is none."""
    return re.sub(r"[-:.]", "", text).lower() if _ADDRESS.fullmatch(text) else ""


def refuse(reason: Built, asked_by: str, rules_hash: str, now: datetime) -> Written:
    """Give the decision about what is no question: nothing is known of it, and it is refused."""
    decision = Decision(Answer.reject, Facts(tier=""), rules_hash, now, failed=(reason.value,))
    return Written(decision, "", "", asked_by)
