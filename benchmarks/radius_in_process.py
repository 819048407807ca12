"""What ``rlm_python3`` does in the baseline: the same rules over one person's facts inside FreeRADIUS, none kept."""

from domain.zones.compile_rules import compile_rules
from domain.zones.decide_tier import Answer, Outlook, decide_tier
from tests.domain.zones.cases import ALLOWED, NOW, PLAN, RULES, TODAY

_RULES = compile_rules(RULES, TODAY)
_OK, _UPDATED = 2, 8


def post_auth(_request: tuple[tuple[str, str], ...]) -> object:
    """Decide, and give (code, reply, control)."""
    decision = decide_tier(PLAN, _RULES, Outlook(lambda _: ALLOWED), NOW)
    if decision.answer is not Answer.permit:
        return _OK
    reply = (
        ("Tunnel-Type", "VLAN"),
        ("Tunnel-Medium-Type", "IEEE-802"),
        ("Tunnel-Private-Group-Id", str(decision.vlan)),
        ("Session-Timeout", "3600"),
    )
    return _UPDATED, reply, (("Tmp-String-0", "permit"),)
